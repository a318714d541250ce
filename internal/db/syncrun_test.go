package db_test

import (
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

func take(t testing.TB, store *db.DB, owner string, ttl time.Duration, want bool) {
	t.Helper()
	if got, err := store.TakeSyncLease(t.Context(), owner, ttl); err != nil || got != want {
		t.Fatalf("%s takes the lease: %v, %v, want %v", owner, got, err, want)
	}
}

func TestSyncLease_isHeldByOneUntilItExpires(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		take(t, store, "one", time.Hour, true)
		take(t, store, "two", time.Hour, false)
		if owner, err := store.SyncOwner(t.Context()); err != nil || owner != "one" {
			t.Errorf("owner = %q, %v, want one", owner, err)
		}
		take(t, store, "one", -time.Second, true) // prolonged into the past: expired
		if owner, err := store.SyncOwner(t.Context()); err != nil || owner != "" {
			t.Errorf("owner = %q, %v, want nobody", owner, err)
		}
		take(t, store, "two", time.Hour, true)
		if err := store.ReleaseSyncLease(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		take(t, store, "one", time.Hour, false) // it was not one's to give back
	})
}

func begin(t testing.TB, store *db.DB, owner string, params string, at time.Time) db.StepStart {
	t.Helper()
	s, err := store.BeginStep(t.Context(), owner, fleet.Sweep, "schedule", params, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSweepPage_storesItsCursorAndProgressWithTheRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		take(t, store, "one", time.Hour, true)
		s := begin(t, store, "one", "{}", noon())
		if s.Resumed || s.Cursor != "" || !s.Began.Equal(noon()) {
			t.Errorf("start = %+v, want a new one", s)
		}
		page := db.SweepPage{SyncMark: db.SyncMark{Run: s.Run, Step: fleet.Sweep, Cursor: "c1", Calls: 2, Throttled: 1, Total: 900}, At: noon(),
			Projects: []db.SweepProject{project("a"), project("b")}}
		if _, err := store.SweepPage(t.Context(), page); err != nil {
			t.Fatal(err)
		}
		runs, err := store.CurrentSync(t.Context())
		if err != nil || len(runs) != 1 {
			t.Fatalf("current = %v, %v, want one", runs, err)
		}
		if r := runs[0]; r.Step != fleet.Sweep || r.Pages != 1 || r.Rows != 2 || r.Calls != 2 || r.Throttled != 1 || r.Total != 900 || !r.Finished.IsZero() {
			t.Errorf("run = %+v", r)
		}

		// Killed: the next process goes on with the same record.
		take(t, store, "one", -time.Second, true)
		if runs, err := store.CurrentSync(t.Context()); err != nil || len(runs) != 0 {
			t.Errorf("current = %v, %v, want none once the lease is over", runs, err)
		}
		take(t, store, "two", time.Hour, true)
		again := begin(t, store, "two", "other", noon().Add(time.Hour))
		if !again.Resumed || again.Run != s.Run || again.Cursor != "c1" || again.Params != "{}" || !again.Began.Equal(noon()) {
			t.Errorf("resumed = %+v", again)
		}
		if err := store.CompleteStep(t.Context(), again.Run, noon().Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if next := begin(t, store, "two", "{}", noon().Add(3*time.Hour)); next.Resumed || next.Cursor != "" || next.Run == s.Run {
			t.Errorf("next = %+v, want a new one", next)
		}
	})
}

func TestSweepPage_ofAProcessThatLostTheLeaseStoresNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		take(t, store, "one", -time.Second, true)
		s := begin(t, store, "one", "{}", noon())
		take(t, store, "two", time.Hour, true)
		_, err := store.SweepPage(t.Context(), db.SweepPage{SyncMark: db.SyncMark{Run: s.Run, Step: fleet.Sweep, Cursor: "c1"}, At: noon(), Projects: []db.SweepProject{project("a")}})
		if fleet.KindOf(err) != fleet.Conflict {
			t.Fatalf("err = %v, want Conflict", err)
		}
		expect(t, store, "0", `SELECT count(*) FROM tenant`)
		expect(t, store, "0", `SELECT count(*) FROM facet`)
		expect(t, store, "", `SELECT cursor FROM sync_cursor`)
	})
}

func TestFailStep_saysWhyAndTheNextRunGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		take(t, store, "one", time.Hour, true)
		s := begin(t, store, "one", "{}", noon())
		if err := store.SaveMark(t.Context(), db.SyncMark{Run: s.Run, Step: fleet.Sweep, Cursor: "c7"}, 0); err != nil {
			t.Fatal(err)
		}
		if err := store.FailStep(t.Context(), s.Run, "Neon did not answer.", noon().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		fresh, err := store.Freshness(t.Context())
		if err != nil || fresh.Failed == nil || fresh.Failed.Problem != "Neon did not answer." {
			t.Errorf("freshness = %+v, %v", fresh, err)
		}
		if _, ok := fresh.Age(fleet.Sweep, noon()); ok {
			t.Error("a failed sweep counts as complete")
		}
		next := begin(t, store, "one", "{}", noon().Add(time.Hour))
		if !next.Resumed || next.Cursor != "c7" || next.Run == s.Run || !next.Began.Equal(noon()) {
			t.Errorf("next = %+v, want a new record from c7", next)
		}
		if err := store.CompleteStep(t.Context(), next.Run, noon().Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		fresh, err = store.Freshness(t.Context())
		if age, ok := fresh.Age(fleet.Sweep, noon().Add(3*time.Hour)); err != nil || !ok || age != 3*time.Hour || fresh.Failed != nil || !fresh.Consumption {
			t.Errorf("age = %v, %v, %v, %+v; want 3 h, since the first page of the run that failed, and nothing failed", age, ok, err, fresh)
		}
		if err := store.PruneRuns(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if runs, err := store.SyncRuns(t.Context(), 10); err != nil || len(runs) != 1 || runs[0].ID != next.Run {
			t.Errorf("runs = %+v, %v, want the complete one", runs, err)
		}
	})
}

func TestForgetStep_beginsAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		take(t, store, "one", time.Hour, true)
		s := begin(t, store, "one", "old", noon())
		if err := store.FailStep(t.Context(), s.Run, "The cursor is refused.", noon()); err != nil {
			t.Fatal(err)
		}
		if err := store.ForgetStep(t.Context(), fleet.Sweep); err != nil {
			t.Fatal(err)
		}
		if s := begin(t, store, "one", "new", noon().Add(time.Hour)); s.Resumed || s.Params != "new" {
			t.Errorf("start = %+v, want a new one", s)
		}
	})
}

func TestRequestSync_twoWishesAreOneAndOnlyOneTakesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada, ben := fleet.Actor{ID: 1, Email: "ada@example.com"}, fleet.Actor{ID: 2, Email: "ben@example.com"}
		for _, wish := range []struct {
			by    fleet.Actor
			whole bool
		}{{ada, false}, {ben, true}, {ada, false}} {
			if err := store.RequestSync(t.Context(), wish.by, wish.whole, noon()); err != nil {
				t.Fatal(err)
			}
		}
		want := db.SyncRequest{At: noon(), By: ada, Whole: true}
		if got, ok, err := store.PendingSyncRequest(t.Context()); err != nil || !ok || got != want {
			t.Errorf("pending = %+v, %v, %v, want %+v", got, ok, err, want)
		}
		if got, ok, err := store.TakeSyncRequest(t.Context()); err != nil || !ok || got != want {
			t.Errorf("taken = %+v, %v, %v, want %+v", got, ok, err, want)
		}
		if _, ok, err := store.TakeSyncRequest(t.Context()); err != nil || ok {
			t.Errorf("taken again = %v, %v, want nothing", ok, err)
		}
	})
}

func TestSetting_isWhatWasSetLast(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		if _, ok, err := store.Setting(t.Context(), "org"); ok || err != nil {
			t.Errorf("a setting nobody set: %v, %v", ok, err)
		}
		for _, v := range []string{"org-1", "org-2"} {
			if err := store.SetSetting(t.Context(), "org", v); err != nil {
				t.Fatal(err)
			}
		}
		if v, ok, err := store.Setting(t.Context(), "org"); v != "org-2" || !ok || err != nil {
			t.Errorf("org = %q, %v, %v, want org-2", v, ok, err)
		}
	})
}
