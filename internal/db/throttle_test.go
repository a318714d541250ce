package db_test

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

func takeTry(t *testing.T, store *db.DB, now time.Time, keys ...string) (fleet.Tries, bool) {
	t.Helper()
	tries, allowed, err := store.TakeTry(t.Context(), keys, now)
	if err != nil {
		t.Fatal(err)
	}
	return tries, allowed
}

func TestTakeTry_pausesAfterFiveAndDoesNotCountInThePause(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		for i := range 5 {
			if tries, allowed := takeTry(t, store, staffNoon, "ada", "address"); !allowed || tries.Left() != 4-i {
				t.Fatalf("try %d: allowed %v, %d left", i+1, allowed, tries.Left())
			}
		}
		for range 3 {
			if tries, allowed := takeTry(t, store, staffNoon.Add(59*time.Second), "ada", "address"); allowed || !tries.Until.Equal(staffNoon.Add(time.Minute)) {
				t.Errorf("in the pause: allowed %v, until %s", allowed, tries.Until)
			}
		}
		tries, allowed := takeTry(t, store, staffNoon.Add(time.Minute), "ada", "address")
		if !allowed || tries.Count != 6 || !tries.Until.Equal(staffNoon.Add(3*time.Minute)) {
			t.Errorf("after the pause: allowed %v, %+v; want the sixth, and two minutes", allowed, tries)
		}
	})
}

func TestTakeTry_aPauseIsNeverShorterThanSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		at := staffNoon.Add(700 * time.Millisecond)
		for range 5 {
			takeTry(t, store, at, "ada")
		}
		if _, allowed := takeTry(t, store, at.Add(time.Minute-time.Millisecond), "ada"); allowed {
			t.Error("allowed before the minute was over")
		}
	})
}

func TestTakeTry_eitherKeyAlonePauses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		for _, account := range []string{"a", "b", "c", "d", "e"} {
			if _, allowed := takeTry(t, store, staffNoon, account, "address"); !allowed {
				t.Fatalf("%s: refused", account)
			}
		}
		if _, allowed := takeTry(t, store, staffNoon, "f", "address"); allowed {
			t.Error("an address that tried five accounts may go on")
		}
		if tries, allowed := takeTry(t, store, staffNoon, "f", "elsewhere"); !allowed || tries.Count != 1 {
			t.Errorf("from elsewhere: allowed %v, %+v; the refused try must not count", allowed, tries)
		}
	})
}

func TestTakeTry_fiftyAtOnceGetFive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		var all sync.WaitGroup
		var passed atomic.Int64
		for i := range 50 {
			all.Go(func() {
				keys := []string{"ada", "address"}
				if i%2 == 1 {
					keys = []string{"address", "ada"}
				}
				_, allowed, err := store.TakeTry(t.Context(), keys, staffNoon)
				if err != nil {
					t.Error(err)
				}
				if allowed {
					passed.Add(1)
				}
			})
		}
		all.Wait()
		if passed.Load() != fleet.FreeTries {
			t.Errorf("%d passed, want %d", passed.Load(), fleet.FreeTries)
		}
	})
}

func TestTakeTry_survivesARestart(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "fleet.db") },
		"postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at := url(t)
			first, err := db.Open(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			for range 5 {
				takeTry(t, first, staffNoon, "ada")
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			if _, allowed := takeTry(t, dbtest.Open(t, at), staffNoon.Add(time.Second), "ada"); allowed {
				t.Error("the pause is forgotten")
			}
		})
	}
}

func TestForgetTries_beginsAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		for range 5 {
			takeTry(t, store, staffNoon, "ada")
			takeTry(t, store, staffNoon, "bob")
		}
		if err := store.ForgetTries(t.Context(), []string{"ada", "nobody"}); err != nil {
			t.Fatal(err)
		}
		if tries, allowed := takeTry(t, store, staffNoon, "ada"); !allowed || tries.Count != 1 {
			t.Errorf("ada: allowed %v, %+v", allowed, tries)
		}
		if _, allowed := takeTry(t, store, staffNoon, "bob"); allowed {
			t.Error("bob's tries were forgotten too")
		}
	})
}

func TestSweepTries_removesWhatWouldBeForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		takeTry(t, store, staffNoon, "old")
		takeTry(t, store, staffNoon.Add(time.Minute), "new")
		if n, err := store.SweepTries(t.Context(), staffNoon.Add(fleet.TriesForgotten)); err != nil || n != 1 {
			t.Errorf("swept %d, %v; want 1", n, err)
		}
		if tries, _ := takeTry(t, store, staffNoon.Add(fleet.TriesForgotten), "new"); tries.Count != 2 {
			t.Errorf("new: %+v, want its second", tries)
		}
	})
}
