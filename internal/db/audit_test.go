package db_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/google/go-cmp/cmp"
)

func appendEntry(t *testing.T, store *db.DB, e fleet.AuditEntry) int64 {
	t.Helper()
	if e.At.IsZero() {
		e.At = staffNoon
	}
	if e.By.Email == "" {
		e.By.Email = "ada@example.com"
	}
	if e.Outcome == "" {
		e.Outcome = fleet.Done
	}
	id, err := store.AppendAudit(t.Context(), e)
	if err != nil {
		t.Fatalf("append %q: %v", e.Action, err)
	}
	return id
}

func verified(t *testing.T, store *db.DB) int {
	t.Helper()
	n, err := store.VerifyAudit(t.Context())
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return n
}

func TestAppendAudit_keepsEveryFieldAndHostileText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		first := appendEntry(t, store, fleet.AuditEntry{Action: "suspend", Outcome: fleet.Intended})
		want := fleet.AuditEntry{At: staffNoon, Action: "suspend", Target: "p-1", Outcome: fleet.Failed,
			By:     fleet.Actor{ID: 7, Email: "ada@example.com", Role: fleet.Admin, Address: "2001:db8::1", RequestID: "r-1"},
			Detail: "<script>'; -- \u202eabc \U0001F600", Before: `{"a":1}`, After: `{"a":2}`, NeonID: "n-1", Of: first}
		dirty := want
		dirty.Detail = "\x00" + want.Detail
		want.ID = appendEntry(t, store, dirty)
		got, err := store.Audit(t.Context(), db.AuditFilter{}, 0, 1)
		if err != nil || len(got) != 1 {
			t.Fatalf("%d entries, %v", len(got), err)
		}
		want.Hash = got[0].Hash
		if diff := cmp.Diff(want, got[0]); diff != "" {
			t.Error(diff)
		}
		if n := verified(t, store); n != 2 {
			t.Errorf("verified %d, want 2", n)
		}
	})
}

func TestAppendAudit_refusesWhatSaysNotEnough(t *testing.T) {
	whole := fleet.AuditEntry{At: staffNoon, By: fleet.Actor{Email: "sync"}, Action: "start sync", Outcome: fleet.Done}
	for name, spoil := range map[string]func(e *fleet.AuditEntry){
		"no time":            func(e *fleet.AuditEntry) { e.At = time.Time{} },
		"nobody":             func(e *fleet.AuditEntry) { e.By.Email = "" },
		"no action":          func(e *fleet.AuditEntry) { e.Action = "" },
		"no outcome":         func(e *fleet.AuditEntry) { e.Outcome = "" },
		"outcome of nothing": func(e *fleet.AuditEntry) { e.Of = 99 },
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, store *db.DB) {
				e := whole
				spoil(&e)
				if _, err := store.AppendAudit(t.Context(), e); err == nil {
					t.Error("accepted")
				}
				if n := verified(t, store); n != 0 {
					t.Errorf("%d entries, want none", n)
				}
			})
		})
	}
}

func TestAppendAudit_isUndoneWithItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		appendEntry(t, store, fleet.AuditEntry{Action: "first"})
		stop := errors.New("stop")
		err := store.Update(t.Context(), func(tx *db.DB) error {
			for range 2 {
				if _, err := tx.AppendAudit(t.Context(), fleet.AuditEntry{At: staffNoon, By: staffShell, Action: "lost", Outcome: fleet.Done}); err != nil {
					return err
				}
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		if id := appendEntry(t, store, fleet.AuditEntry{Action: "second"}); id != 2 {
			t.Errorf("id = %d, want 2", id)
		}
		if n := verified(t, store); n != 2 {
			t.Errorf("verified %d, want 2", n)
		}
	})
}

func TestAppendAudit_chainHoldsWhenManyWriteAtOnce(t *testing.T) {
	const writers, each = 8, 20
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := range each {
					_, err := store.AppendAudit(t.Context(), fleet.AuditEntry{At: staffNoon, By: fleet.Actor{Email: fmt.Sprintf("writer-%d", w)}, Action: fmt.Sprintf("act %d", i), Outcome: fleet.Done})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Go(func() { // whoever verifies meanwhile finds nothing wrong either
			for range 10 {
				if _, err := store.VerifyAudit(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
		all.Wait()
		if n := verified(t, store); n != writers*each {
			t.Errorf("verified %d, want %d", n, writers*each)
		}
	})
}

func TestAudit_filtersAndPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada, bob := fleet.Actor{Email: "ada@example.com"}, fleet.Actor{Email: "bob@example.com"}
		for i, e := range []fleet.AuditEntry{
			{By: ada, Action: "sign in", Target: "ada@example.com"},
			{By: ada, Action: "suspend", Target: "p-1"},
			{By: bob, Action: "suspend", Target: "p-2"},
			{By: bob, Action: "resume", Target: "p-1"},
			{By: ada, Action: "resume", Target: "p-2"},
		} {
			e.At = staffNoon.Add(time.Duration(i) * time.Hour)
			appendEntry(t, store, e)
		}
		for _, c := range []struct {
			name   string
			filter db.AuditFilter
			after  int64
			limit  int
			want   []int64
		}{
			{"all, newest first", db.AuditFilter{}, 0, 10, []int64{5, 4, 3, 2, 1}},
			{"a page", db.AuditFilter{}, 0, 2, []int64{5, 4}},
			{"the next page", db.AuditFilter{}, 4, 2, []int64{3, 2}},
			{"beyond the end", db.AuditFilter{}, 1, 2, nil},
			{"by a person", db.AuditFilter{By: "ada@example.com"}, 0, 10, []int64{5, 2, 1}},
			{"by a person, next page", db.AuditFilter{By: "ada@example.com"}, 5, 10, []int64{2, 1}},
			{"of a target", db.AuditFilter{Target: "p-1"}, 0, 10, []int64{4, 2}},
			{"of an action", db.AuditFilter{Action: "suspend"}, 0, 10, []int64{3, 2}},
			{"from", db.AuditFilter{From: staffNoon.Add(3 * time.Hour)}, 0, 10, []int64{5, 4}},
			{"to, excluded", db.AuditFilter{To: staffNoon.Add(time.Hour)}, 0, 10, []int64{1}},
			{"everything at once", db.AuditFilter{By: "bob@example.com", Target: "p-2", Action: "suspend", From: staffNoon, To: staffNoon.Add(9 * time.Hour)}, 9, 9, []int64{3}},
		} {
			entries, err := store.Audit(t.Context(), c.filter, c.after, c.limit)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			var got []int64
			for _, e := range entries {
				got = append(got, e.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
	})
}

// eachRaw runs a test on a store of each engine together with a connection of
// somebody who goes past the program.
func eachRaw(t *testing.T, test func(t *testing.T, store *db.DB, raw *sql.DB, engine string)) {
	t.Helper()
	run := func(t *testing.T, url, driver, dsn string) {
		store := dbtest.Open(t, url)
		raw, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		test(t, store, raw, store.Engine())
	}
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "fleet.db")
		run(t, "sqlite://"+path, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	})
	t.Run("postgres", func(t *testing.T) {
		url := dbtest.PostgresURL(t)
		run(t, url, "pgx", url)
	})
}

func TestAudit_theDatabaseRefusesToChangeEntries(t *testing.T) {
	eachRaw(t, func(t *testing.T, store *db.DB, raw *sql.DB, engine string) {
		for range 3 {
			appendEntry(t, store, fleet.AuditEntry{Action: "act"})
		}
		attacks := []string{
			`UPDATE audit SET detail = 'nothing happened' WHERE id = 2`,
			`DELETE FROM audit WHERE id = 3`,
			`DELETE FROM audit_head`,
			`UPDATE audit_head SET n = 2`,
		}
		switch engine {
		case "sqlite":
			attacks = append(attacks, `INSERT OR REPLACE INTO audit SELECT id, at, by_id, by_email, by_role, address, request_id, 'other', target,
				outcome, detail, before_json, after_json, neon_id, of_id, hash FROM audit WHERE id = 2`)
		case "postgres":
			attacks = append(attacks, `TRUNCATE audit CASCADE`, `TRUNCATE audit_head`)
		}
		for _, attack := range attacks {
			if _, err := raw.ExecContext(t.Context(), attack); err == nil {
				t.Errorf("accepted: %s", attack)
			}
		}
		if n := verified(t, store); n != 3 {
			t.Errorf("verified %d, want 3", n)
		}
	})
}

func TestVerifyAudit_findsWhatWasDonePastTheProgram(t *testing.T) {
	for name, c := range map[string]struct {
		attack []string
		n      int
		says   string
	}{
		"a changed detail":         {[]string{`UPDATE audit SET detail = 'nothing happened' WHERE id = 3`}, 2, "entry 3 "},
		"a changed time":           {[]string{`UPDATE audit SET at = at - 1 WHERE id = 1`}, 0, "entry 1 "},
		"text moved over":          {[]string{`UPDATE audit SET action = 'ac', target = 'tp-1' WHERE id = 2`}, 1, "entry 2 "},
		"one taken out":            {[]string{`DELETE FROM audit WHERE id = 2`}, 1, "entry 2 "},
		"the last cut off":         {[]string{`DELETE FROM audit WHERE id = 5`}, 4, "5 were written"},
		"all taken out":            {[]string{`DELETE FROM audit`}, 0, "5 were written"},
		"another's hash":           {[]string{`UPDATE audit SET hash = (SELECT a.hash FROM audit a WHERE a.id = 1) WHERE id = 4`}, 3, "entry 4 "},
		"the last, head as well":   {[]string{`DELETE FROM audit WHERE id = 5`, `UPDATE audit_head SET n = 4`}, 3, "entry 4 "},
		"one put in at the end":    {[]string{insertForged("6")}, 5, "entry 6 "},
		"one put in far beyond it": {[]string{insertForged("9")}, 5, "entry 6 "},
	} {
		t.Run(name, func(t *testing.T) {
			eachRaw(t, func(t *testing.T, store *db.DB, raw *sql.DB, engine string) {
				for range 5 {
					appendEntry(t, store, fleet.AuditEntry{Action: "act", Target: "p-1"})
				}
				for _, statement := range append(withoutGuards(engine), c.attack...) {
					if _, err := raw.ExecContext(t.Context(), statement); err != nil {
						t.Fatalf("%s: %v", statement, err)
					}
				}
				n, err := store.VerifyAudit(t.Context())
				if fleet.KindOf(err) != fleet.Invalid || !strings.Contains(err.Error(), c.says) {
					t.Errorf("err = %v, want Invalid that says %q", err, c.says)
				}
				if n != c.n {
					t.Errorf("%d entries hold, want %d", n, c.n)
				}
			})
		})
	}
}

func insertForged(id string) string {
	return `INSERT INTO audit SELECT ` + id + `, at, by_id, by_email, by_role, address, request_id, action, target,
		outcome, detail, before_json, after_json, neon_id, of_id, hash FROM audit WHERE id = 5`
}

// withoutGuards is what somebody with the database's password begins with.
func withoutGuards(engine string) []string {
	if engine == "postgres" {
		return []string{`ALTER TABLE audit DISABLE TRIGGER ALL`, `ALTER TABLE audit_head DISABLE TRIGGER ALL`}
	}
	return []string{`DROP TRIGGER audit_update`, `DROP TRIGGER audit_delete`, `DROP TRIGGER audit_insert`, `DROP TRIGGER audit_head_update`}
}

func TestAppendAudit_afterAForgedEntryFailsInsteadOfHidingIt(t *testing.T) {
	eachRaw(t, func(t *testing.T, store *db.DB, raw *sql.DB, engine string) {
		for range 5 {
			appendEntry(t, store, fleet.AuditEntry{Action: "act"})
		}
		for _, statement := range append(withoutGuards(engine), insertForged("6")) {
			if _, err := raw.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
		if _, err := store.AppendAudit(t.Context(), fleet.AuditEntry{At: staffNoon, By: staffShell, Action: "act", Outcome: fleet.Done}); err == nil {
			t.Error("an entry was appended in place of a forged one")
		}
	})
}
