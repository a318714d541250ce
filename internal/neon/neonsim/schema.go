package neonsim

import (
	"fmt"
	"slices"
	"strings"
)

// A table of the application that every simulated tenant runs.
type table struct {
	name    string
	columns []column
}

type column struct {
	name, kind string
	null       bool
}

// tables are what each database has, in pg_dump's order.
var tables = []table{
	{"customers", []column{{"id", "bigint", false}, {"email", "text", false}, {"name", "text", true}, {"created_at", "timestamp with time zone", false}}},
	{"invoices", []column{{"id", "bigint", false}, {"customer_id", "bigint", false}, {"total_cents", "bigint", false}, {"issued_on", "date", false}}},
	{"orders", []column{{"id", "bigint", false}, {"customer_id", "bigint", false}, {"status", "text", false}, {"placed_at", "timestamp with time zone", false}}},
	{"products", []column{{"id", "bigint", false}, {"sku", "text", false}, {"title", "text", false}, {"price_cents", "integer", false}}},
}

// A migration adds a column to a table, or a table.
type migration struct {
	table string
	add   []column
}

// migrations are what developers try out on branches.
var migrations = []migration{
	{"orders", []column{{"notes", "text", true}}},
	{"customers", []column{{"phone", "text", true}, {"locale", "text", true}}},
	{"audit_log", []column{{"id", "bigint", false}, {"actor", "text", false}, {"action", "text", false}, {"at", "timestamp with time zone", false}}},
	{"products", []column{{"archived_at", "timestamp with time zone", true}}},
	{"webhooks", []column{{"id", "bigint", false}, {"url", "text", false}, {"secret", "text", true}}},
}

// schemaOf are the tables after some migrations. Only the project's first
// database has any: one made later is empty.
func schemaOf(done []int) []table {
	got := []table{}
	for _, t := range tables {
		got = append(got, table{t.name, slices.Clone(t.columns)})
	}
	for _, n := range slices.Compact(slices.Sorted(slices.Values(done))) {
		m := migrations[n]
		at := slices.IndexFunc(got, func(t table) bool { return t.name == m.table })
		if at < 0 {
			got = append(got, table{name: m.table})
			at = len(got) - 1
		}
		got[at].columns = append(got[at].columns, m.add...)
	}
	slices.SortFunc(got, func(a, b table) int { return strings.Compare(a.name, b.name) })
	return got
}

// sql writes tables as pg_dump does.
func sql(tables []table, owner string) string {
	var b strings.Builder
	b.WriteString("--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n")
	for _, t := range tables {
		fmt.Fprintf(&b, "\n--\n-- Name: %s; Type: TABLE; Schema: public; Owner: %s\n--\n\nCREATE TABLE public.%s (\n", t.name, owner, t.name)
		for i, c := range t.columns {
			b.WriteString("    " + c.name + " " + c.kind)
			if !c.null {
				b.WriteString(" NOT NULL")
			}
			if i < len(t.columns)-1 {
				b.WriteString(",")
			}
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, ");\n\n\nALTER TABLE public.%s OWNER TO %s;\n", t.name, owner)
	}
	b.WriteString("\n--\n-- PostgreSQL database dump complete\n--\n")
	return b.String()
}

type wireSchema struct {
	Tables []wireTable `json:"tables"`
}

type wireTable struct {
	Schema      string           `json:"schema"`
	Name        string           `json:"name"`
	Columns     []wireColumn     `json:"columns"`
	Constraints []wireConstraint `json:"constraints"`
}

type wireColumn struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
}

type wireConstraint struct {
	Type    string   `json:"type"`
	Columns []string `json:"columns"`
	Name    string   `json:"name"`
}

func wireSchemaOf(tables []table) wireSchema {
	w := wireSchema{Tables: []wireTable{}}
	for _, t := range tables {
		got := wireTable{Schema: "public", Name: t.name, Constraints: []wireConstraint{{"primary_key", []string{t.columns[0].name}, t.name + "_pkey"}}}
		for _, c := range t.columns {
			got.Columns = append(got.Columns, wireColumn{c.name, c.kind, c.null})
		}
		w.Tables = append(w.Tables, got)
	}
	return w
}
