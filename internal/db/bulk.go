package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// bulkSizes are the numbers of rows that one statement writes. Postgres wants
// few round trips, with few texts to keep prepared; SQLite has no round trips,
// and reading a long text costs it more than running a short one often.
func (e engine) bulkSizes() []int {
	if e == postgresEngine {
		return []int{100, 20, 5, 1}
	}
	return []int{1}
}

// insertRows writes rows with as few statements as is sensible. head is
// "INSERT INTO t (a, b)", tail what follows the values, such as ON CONFLICT.
func (d *DB) insertRows(ctx context.Context, head, tail string, rows [][]any) error {
	return d.inChunks(ctx, rows, func(n, width int) string {
		return head + " VALUES " + d.engine.placeholders(n, width, nil) + " " + tail
	})
}

// A column of a bulk update and its type in SQL.
type column struct{ name, kind string }

// updateRows sets columns of the rows of a table whose key has the first value
// of each row. Only the columns named are touched, and with them only the
// indexes that hold them (docs/performance.md).
func (d *DB) updateRows(ctx context.Context, table string, key column, columns []column, rows [][]any) error {
	all := append([]column{key}, columns...)
	names, sets := make([]string, len(all)), make([]string, len(columns))
	for i, c := range all {
		names[i] = c.name
	}
	for i, c := range columns {
		sets[i] = c.name + " = v." + c.name
	}
	return d.inChunks(ctx, rows, func(n, width int) string {
		return "WITH v (" + strings.Join(names, ", ") + ") AS (VALUES " + d.engine.placeholders(n, width, all) + ") UPDATE " + table +
			" SET " + strings.Join(sets, ", ") + " FROM v WHERE " + table + "." + key.name + " = v." + key.name
	})
}

// inChunks runs a statement over all rows, some at a time.
func (d *DB) inChunks(ctx context.Context, rows [][]any, text func(n, width int) string) error {
	for _, size := range d.engine.bulkSizes() {
		if len(rows) < size {
			continue
		}
		n := len(rows) / size * size
		if err := d.repeat(ctx, rows[:n], size, text(size, len(rows[0]))); err != nil {
			return fmt.Errorf("write %d rows: %w", n, err)
		}
		rows = rows[n:]
	}
	return nil
}

// repeat runs one statement until all rows are through, size at a time. On
// SQLite it is prepared once here; the Postgres driver remembers what it
// prepared by itself, from page to page.
func (d *DB) repeat(ctx context.Context, rows [][]any, size int, text string) error {
	run := func(args []any) (sql.Result, error) { return d.q.ExecContext(ctx, text, args...) }
	if d.engine == sqliteEngine {
		statement, err := d.q.PrepareContext(ctx, text) //nolint:sqlclosecheck // closed two lines on
		if err != nil {
			return err
		}
		defer statement.Close()
		run = func(args []any) (sql.Result, error) { return statement.ExecContext(ctx, args...) }
	}
	args := make([]any, 0, size*len(rows[0]))
	for ; len(rows) > 0; rows = rows[size:] {
		args = args[:0]
		for _, r := range rows[:size] {
			args = append(args, r...)
		}
		if _, err := run(args); err != nil {
			return err
		}
	}
	return nil
}

// placeholders are n rows of width values. Where columns are given the first
// row says their types: Postgres cannot tell from a bare list. On SQLite they
// have no numbers: it looks each numbered one up in a list of all.
func (e engine) placeholders(n, width int, columns []column) string {
	var b strings.Builder
	b.Grow(n * width * 7)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range width {
			if j > 0 {
				b.WriteByte(',')
			}
			p := "?"
			if e == postgresEngine {
				p = "$" + strconv.Itoa(i*width+j+1)
			}
			if i == 0 && columns != nil {
				p = "CAST(" + p + " AS " + columns[j].kind + ")"
			}
			b.WriteString(p)
		}
		b.WriteByte(')')
	}
	return b.String()
}
