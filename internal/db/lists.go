package db

import (
	"encoding/json"
	"fmt"
)

// in is the condition that a column is in the list given as argument n, which
// list makes: one text for a list of any length.
func (d *DB) in(n int) string {
	if d.engine == postgresEngine {
		return fmt.Sprintf("= ANY($%d)", n)
	}
	return fmt.Sprintf("IN (SELECT value FROM json_each($%d))", n)
}

// list is the argument of in.
func list[T int64 | string](d *DB, values []T) (any, error) {
	if d.engine == postgresEngine {
		return values, nil
	}
	b, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("encode list: %w", err)
	}
	return string(b), nil
}
