package db

import (
	"strconv"
	"strings"
)

// A dialect is what the two engines say differently in the reading queries.
// Each engine's own stands in listplan_sqlite.go and listplan_postgres.go.
type dialect struct {
	// walk is the tenants (t) in the order of an index of theirs.
	walk func(index string) string
	// byKind is the facet rows (f) that where holds for, and their tenants (t).
	byKind func(where string) string
	// among is the tenants (t) that a subquery with the column tenant names.
	among func(subquery string) string
	// listed is a subquery of the numbers of a list argument (see DB.list) as
	// the column tenant.
	listed func(arg string) string
	// contains says that a column has a text in it, letter by letter.
	contains func(column, arg string) string
	// having is a query for the ids of tenants that all the words may be part
	// of, as the column tenant. An engine may find a few too many: all are
	// compared again.
	having func(words []string, a *args) string
	// worded are the details of tenants that have words of their own.
	worded string
	// day is the UTC day of a column of unix seconds as 20261103; 0 stays 0.
	day func(column string) string
}

func (d *DB) dialect() *dialect {
	if d.engine == postgresEngine {
		return &postgresDialect
	}
	return &sqliteDialect
}

// args gathers the arguments of a query while its text is written.
type args []any

// add gives the placeholder of a value.
func (a *args) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// intList writes numbers into a query's text: short lists of our own numbers,
// which the planner should see.
func intList(list []int64) string {
	var b strings.Builder
	for i, n := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(n, 10))
	}
	return b.String()
}
