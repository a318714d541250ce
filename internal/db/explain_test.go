package db

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/fleet"
)

// A page must cost the same on the first tenant and on the 300,000th: each
// sort, filtered or not, walks an index that has all it needs, from the place
// on, and sorts nothing.
func TestWalk_isAStretchOfOneCoveringIndex(t *testing.T) {
	d, err := Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "fleet.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, query := range []string{"", "region:eu state:idle is:drift", "used:>=80"} {
		f, err := fleet.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		sel, err := d.selection(t.Context(), f, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range fleet.SortKeys() {
			for _, down := range []bool{false, true} {
				o, err := orderOf(fleet.Sort{By: key, Descending: down})
				if err != nil {
					t.Fatal(err)
				}
				for _, from := range []*entry{nil, {id: 7, num: 850, text: "acme"}} {
					for _, s := range o.within(sel).spans {
						plan := explain(t, d, sel, o, s, from)
						if !strings.Contains(plan, "USING COVERING INDEX "+o.index) || strings.Contains(plan, "B-TREE") {
							t.Errorf("%q by %s, span %v: %s", query, o.sort, s, plan)
						}
						if from != nil && !strings.Contains(plan, "SEARCH") {
							t.Errorf("%q by %s, span %v does not begin at the place: %s", query, o.sort, s, plan)
						}
					}
				}
			}
		}
	}
}

func explain(t *testing.T, d *DB, sel selection, o order, s span, from *entry) string {
	t.Helper()
	query, a := d.walkQuery(d.walkAll(o), sel, o, s, from, 51)
	rows, err := d.q.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, a...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "; ")
}
