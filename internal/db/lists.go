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

// inTexts is in for texts. Postgres looks each of them up by itself: with
// ANY($n) it takes the trigram index for project ids, which answers such a list
// a thousand times slower than the unique one.
func (d *DB) inTexts(n int) string {
	if d.engine == postgresEngine {
		return fmt.Sprintf("IN (SELECT unnest(CAST($%d AS TEXT[])))", n)
	}
	return d.in(n)
}

// list is the argument of in and inTexts.
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
