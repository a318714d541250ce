package db

import (
	"context"
	"fmt"
	"strings"
)

// Dump is what a query answers, a line per row, NULL as "-": tests compare
// stored rows with what they should be.
func (d *DB) Dump(ctx context.Context, query string, args ...any) (string, error) {
	rows, err := d.q.QueryContext(ctx, query, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var lines []string
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		cells := make([]string, len(values))
		for i, v := range values {
			if cells[i] = fmt.Sprint(v); v == nil {
				cells[i] = "-"
			}
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "\n"), rows.Err()
}

// RebuildRollups counts everything anew: the oracle of what is kept step by step.
func (d *DB) RebuildRollups(ctx context.Context) error { return d.rebuildRollups(ctx) }

// Exec runs a statement that no method has yet.
func (d *DB) Exec(ctx context.Context, query string, args ...any) error {
	return d.Update(ctx, func(tx *DB) error {
		_, err := tx.q.ExecContext(ctx, query, args...)
		return err
	})
}
