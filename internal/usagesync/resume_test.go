package usagesync_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon/neonsim"

	"github.com/google/go-cmp/cmp"
)

// A whole sync of this many projects, in pages of so many, is a dozen pages
// and then three calls for each project.
const (
	resumed     = 24
	resumedPage = 8
)

// A cut is a moment at which a sync is stopped.
type cut struct {
	at     int  // of its requests
	answer bool // after the answer has come, else before the request
}

func (c cut) String() string {
	if c.answer {
		return fmt.Sprintf("after answer %d", c.at)
	}
	return fmt.Sprintf("before request %d", c.at)
}

// Wherever a sync is stopped, the next process ends with the same store as if
// nothing had happened, and asks for one page (of a queue: one round) again.
func TestResume_fromACutAtEveryPageEndsTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		whole := start(t, store, resumed)
		whole.wire.put(smallPages(resumedPage))
		whole.sync(true)
		want, calls := whole.contents(), whole.wire.sent("")
		firstSingle := slices.IndexFunc(calls, func(r string) bool { return strings.HasPrefix(r, listPath+"/") })
		var cuts []cut
		for at := 2; at <= len(calls); {
			cuts = append(cuts, cut{at, false}, cut{at, true})
			if at++; at > firstSingle+2 {
				at += 25 // of the calls for each project some are enough
			}
		}
		if whole.store.Engine() == "postgres" || raced { // the code is the same; some are enough
			cuts = slices.DeleteFunc(cuts, func(c cut) bool { return c.at%4 != 0 })
		}
		for _, c := range cuts {
			t.Run(c.String(), func(t *testing.T) { resumeAfter(t, whole.fresh(t), c, want, calls) })
		}
	})
}

// fresh is a world of its own like w at its beginning.
func (w *world) fresh(t *testing.T) *world {
	t.Helper()
	if w.store.Engine() == "postgres" {
		return start(t, dbtest.Postgres(t), resumed)
	}
	return start(t, dbtest.SQLite(t), resumed)
}

func resumeAfter(t *testing.T, w *world, c cut, want map[string][]string, calls []string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	n := 0
	w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		mu.Lock()
		n++
		cutting := n == c.at
		mu.Unlock()
		if cutting && !c.answer {
			stop()
			return nil, ctx.Err()
		}
		resp := send(shorter(r, resumedPage))
		if cutting {
			stop()
		}
		return resp, nil
	})
	if err := w.jobs.Once(ctx, "test", true); err == nil && !c.answer {
		t.Fatal("the sync was not cut")
	}
	w.restart()
	w.wire.put(smallPages(resumedPage))
	if w.count(`SELECT count(*) FROM sync_run WHERE step = 'counters' AND complete = 1`) == 0 {
		w.goOn()
	}
	if diff := cmp.Diff(want, w.contents()); diff != "" {
		t.Errorf("the store differs from an uninterrupted run's:\n%s", diff)
	}
	again := repeated(calls, w.wire.sent(""))
	pages := slices.DeleteFunc(slices.Clone(again), func(r string) bool { return strings.HasPrefix(r, listPath+"/") })
	if len(pages) > 1 || len(again)-len(pages) > 40 {
		t.Errorf("asked again for %d pages and %d single projects, want 1 and a round of 40 at most:\n%s", len(pages), len(again)-len(pages), strings.Join(again, "\n"))
	}
}

// goOn runs the steps that are not complete yet, in their order, as the
// scheduler does: those that are, are not due.
func (w *world) goOn() {
	w.Helper()
	done := func(step fleet.Step) bool {
		fresh, err := w.store.Freshness(w.Context())
		w.must(err)
		_, ok := fresh.Complete[step]
		return ok
	}
	if !done(fleet.Sweep) {
		w.must(w.jobs.SweepNow(w.Context(), "test"))
	}
	if !done(fleet.Recent) {
		w.must(w.jobs.Usage(w.Context(), "test", true))
	}
	if !done(fleet.Settle) {
		w.must(w.settle())
	}
	w.must(w.jobs.Counters(w.Context(), "test", true))
}

// repeated are the requests of a sync in two parts that the same one in one
// part did not send.
func repeated(calls, got []string) (again []string) {
	left := map[string]int{}
	for _, r := range calls {
		left[r]++
	}
	for _, r := range got {
		if left[r]--; left[r] < 0 {
			again = append(again, r)
		}
	}
	return again
}

func TestResume_ofUsageGoesOnBehindTheLastPage(t *testing.T) {
	each(t, 350, func(w *world) {
		w.must(w.jobs.SweepNow(w.Context(), "test"))
		w.wire.put(cutAt(3, smallPages(400)))
		if err := w.jobs.Usage(w.Context(), "test", true); err == nil {
			w.Fatal("the usage was not cut")
		}
		w.restart()
		w.wire.put(nil)
		w.wire.sent("")
		w.must(w.jobs.Usage(w.Context(), "test", false)) // goes on as it was begun
		if n := len(w.wire.sent(consumptionPath)); n != 2 {
			w.Errorf("%d pages were left of four, want two", n)
		}
		if n := w.count(`SELECT count(*) FROM tenant WHERE usage_at = 0`); n != 0 {
			w.Errorf("%d tenants were never read", n)
		}
	})
}

func TestStop_letsAPageWhoseAnswerHasComeFinish(t *testing.T) {
	each(t, 100, func(w *world) {
		ctx, stop := context.WithCancel(w.Context())
		w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
			resp := send(shorter(r, 30))
			if strings.Contains(r.URL.RawQuery, "cursor") {
				stop() // the second page's answer is here
			}
			return resp, nil
		})
		if err := w.jobs.SweepNow(ctx, "test"); err == nil {
			w.Fatal("the sweep was not stopped")
		}
		if n := w.count(`SELECT count(*) FROM tenant`); n != 60 {
			w.Errorf("%d tenants are stored, want both pages", n)
		}
		runs, err := w.store.SyncRuns(w.Context(), 1)
		w.must(err)
		if r := runs[0]; !r.Finished.IsZero() || r.Problem != "" || r.Rows != 60 || r.Calls != 2 {
			w.Errorf("record %+v, want it open: a stop is no failure", r)
		}
	})
}

func TestStop_keepsTheAnswersOfARoundThatCame(t *testing.T) {
	each(t, 30, func(w *world) {
		w.must(w.sweep())
		w.wire.sent("")
		ctx, stop := context.WithCancel(w.Context())
		var mu sync.Mutex
		n := 0
		w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			resp := send(r)
			if n++; n == 9 {
				stop()
			}
			return resp, nil
		})
		if err := w.jobs.Counters(ctx, "test", true); err == nil {
			w.Fatal("the counters were not stopped")
		}
		if stored := w.count(`SELECT count(*) FROM tenant_detail WHERE counter_at > 0`); stored < 5 {
			w.Errorf("%d of 9 answers are stored", stored)
		}
	})
}

func TestCounters_readTheActiveOldestFirstAndEverybodysComputes(t *testing.T) {
	each(t, 300, func(w *world) {
		w.must(w.sweep())
		w.must(w.jobs.Counters(w.Context(), "test", false))
		if n := w.count(`SELECT count(*) FROM tenant t JOIN tenant_detail d ON d.tenant = t.id WHERE t.last_active_at > 0 AND d.counter_at <> $1`, noon.Unix()); n != 0 {
			w.Errorf("counters of %d who were active are not read", n)
		}
		if n := w.count(`SELECT count(*) FROM tenant_detail WHERE endpoints_at <> $1`, noon.Unix()); n != 0 {
			w.Errorf("computes of %d tenants are not read", n)
		}
		busy := w.cast(neonsim.Busy)
		p, err := w.ask().Projects.Get(w.Context(), busy)
		w.must(err)
		d := w.detail(busy)
		if d.Counters[fleet.Written] != fleet.Of(*p.WrittenDataBytes) || d.Counters[fleet.Compute] != fleet.Of(*p.ComputeTimeSeconds) ||
			d.Tenant.Used[fleet.Written] != fleet.Of(*p.WrittenDataBytes) || !d.Tenant.Period.Start.Equal(p.ConsumptionPeriodStart) {
			w.Errorf("counters %v of %v, want %d written and %d CU-s", d.Counters, d.Tenant.Period, *p.WrittenDataBytes, *p.ComputeTimeSeconds)
		}
		full := w.cast(neonsim.Full)
		if d := w.detail(full); !d.Tenant.StorageOfBranch.Known() || d.Tenant.State != fleet.StateStorageFull {
			w.Errorf("largest branch %v, state %v; want it read, and storage full", d.Tenant.StorageOfBranch, d.Tenant.State)
		}
	})
}

func TestCounters_projectsThatNeonCannotAnswerForHoldNobodyUp(t *testing.T) {
	each(t, 150, func(w *world) {
		w.must(w.sweep())
		broken := w.sim.Find(func(c neonsim.Casting) bool { return c.Cast == neonsim.Busy || c.Cast == neonsim.Regular })[:7]
		var faults []neonsim.Fault
		for _, id := range broken {
			faults = append(faults, neonsim.Fault{Path: "/api/v2/projects/" + id, Status: 500}, neonsim.Fault{Path: "/api/v2/projects/" + id + "/endpoints", Status: 500})
		}
		w.sim.SetFaults(faults)
		w.must(w.jobs.Counters(w.Context(), "test", false))
		if n := w.count(`SELECT count(*) FROM tenant_detail WHERE endpoints_at = 0`); n != int64(len(broken)) {
			w.Errorf("computes of %d tenants are not read, want those of the %d broken ones only", n, len(broken))
		}
		if n := w.count(`SELECT count(*) FROM tenant t JOIN tenant_detail d ON d.tenant = t.id WHERE t.last_active_at > 0 AND d.counter_at = 0`); n != int64(len(broken)) {
			w.Errorf("counters of %d tenants are not read, want those of the %d broken ones only", n, len(broken))
		}
		w.wire.sent("")
		w.pass(6 * 60e9)
		w.must(w.jobs.Counters(w.Context(), "test", false))
		for _, r := range w.wire.sent("/projects/") {
			if slices.ContainsFunc(broken, func(id string) bool { return strings.Contains(r, id) }) {
				w.Errorf("%s was asked again at once", r)
			}
		}
		w.sim.SetFaults(nil)
		w.pass(61 * 60e9)
		w.must(w.jobs.Counters(w.Context(), "test", false))
		if n := w.count(`SELECT count(*) FROM tenant_detail WHERE endpoints_at = 0`); n != 0 {
			w.Errorf("%d still not read an hour after Neon is well", n)
		}
	})
}

func TestCounters_sayThatNeonFailsWhenNobodyIsAnsweredFor(t *testing.T) {
	w := start(t, sqlite(t), 60)
	w.must(w.sweep())
	w.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/projects/*", Status: 500}})
	if err := w.jobs.Counters(t.Context(), "test", false); err == nil {
		t.Error("nothing was read and all is well")
	}
	w.says(fleet.Counters, "Neon failed")
}
