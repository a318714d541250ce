package main

import (
	"os"
	"strings"
	"testing"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/google/go-cmp/cmp"
)

// serverOf is a Postgres that may be filled.
func serverOf(t *testing.T) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		t.Skip("LEFT OUT: no TEST_DATABASE_URL, so nothing was tested on Postgres")
	}
	return server
}

// comparePages reads the first two pages in every order both ways.
func comparePages(t *testing.T, s *subject) {
	t.Helper()
	for _, by := range sorts() {
		after := ""
		var last *fleet.Tenant
		for n := range 2 {
			p, err := s.Tenants(t.Context(), db.ListQuery{Sort: by, After: after, Now: dbtest.Now()})
			if err != nil {
				t.Fatal(err)
			}
			var want []int64
			for _, row := range p.Rows {
				want = append(want, row.Local)
			}
			got := idsOf(t, s, s.pageSQL(by, last)[0])
			if d := cmp.Diff(want, got[:min(len(got), perPage)]); d != "" {
				t.Errorf("page %d by %s (-store +raw):\n%s", n+1, by, d)
			}
			after, last = p.Next, &p.Rows[len(p.Rows)-1]
			if strings.HasPrefix(keySQL(by.By, *last), "-") {
				break // unlimited and unknown are a walk of their own
			}
		}
	}
}

// idsOf are the first cells of a statement's rows.
func idsOf(t *testing.T, s *subject, statement string) (ids []int64) {
	t.Helper()
	rows, err := s.Raw().QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	places := make([]any, len(columns))
	for i := range places {
		places[i] = new(any)
	}
	var id int64
	places[0] = &id
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestRaw_saysWhatIsWrongAndGoesOn(t *testing.T) {
	s, err := openSQLite(t.Context(), t.TempDir(), "fleet")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	bare, err := openBareSQLite(s.path)
	if err != nil {
		t.Fatal(err)
	}
	engines := []raw{bare}
	if has("sqlite3") {
		shell, err := openShell(t.Context(), s.path)
		if err != nil {
			t.Fatal(err)
		}
		engines = append(engines, shell)
	}
	for _, engine := range engines {
		if err := engine.query(t.Context(), "SELECT 1 FROM nowhere"); err == nil || !strings.Contains(err.Error(), "no such table") {
			t.Errorf("%s: err = %v, want that there is no such table", engine.name(), err)
		}
		if err := engine.query(t.Context(), "SELECT count(*) FROM tenant"); err != nil {
			t.Errorf("%s after a mistake: %v", engine.name(), err)
		}
		if err := engine.close(); err != nil {
			t.Errorf("%s: close: %v", engine.name(), err)
		}
	}
}
