package usagesync_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon/neonsim"
)

// runs is how many records a step has.
func (w *world) runs(step fleet.Step) int64 {
	w.Helper()
	return w.count(`SELECT count(*) FROM sync_run WHERE step = $1`, string(step))
}

// down makes every answer of Neon a failure, up ends that.
func (w *world) down() { w.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/*", Status: 500}}) }
func (w *world) up()   { w.sim.SetFaults(nil) }

func TestSweep_isDue(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(w *world) // after a first sweep that was complete
		want int64
	}{
		{"not at once again", func(*world) {}, 1},
		{"not before the time between sweeps", func(w *world) { w.pass(4*time.Minute + 59*time.Second) }, 1},
		{"when that is over", func(w *world) { w.pass(5 * time.Minute) }, 2},
		{"when somebody asks", func(w *world) { w.request(false) }, 2},
		{"not at once in a new process", func(w *world) { w.pass(time.Minute); w.restart() }, 1},
		{"in a new process when the time is over", func(w *world) { w.pass(5 * time.Minute); w.restart() }, 2},
		{"at once in a new process after a failure", func(w *world) {
			w.pass(5 * time.Minute)
			w.down()
			if w.sweep() == nil {
				w.Error("no failure")
			}
			w.up()
			w.restart()
		}, 3},
		{"not at once after a failure", func(w *world) {
			w.pass(5 * time.Minute)
			w.down()
			if w.sweep() == nil {
				w.Error("no failure")
			}
			w.up()
		}, 2},
		{"not while another process swept meanwhile", func(w *world) {
			w.pass(4 * time.Minute)
			w.must(w.jobs.Resign(w.Context()))
			w.must(w.process().SweepNow(w.Context(), "test"))
			w.exec(`DELETE FROM lease`)
			w.pass(2 * time.Minute)
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, sqlite(t), 5)
			w.must(w.sweep())
			c.then(w)
			w.must(w.sweep())
			if got := w.runs(fleet.Sweep); got != c.want {
				t.Errorf("%d sweeps, want %d", got, c.want)
			}
		})
	}
}

func (w *world) request(whole bool) {
	w.Helper()
	w.must(w.store.RequestSync(w.Context(), fleet.Actor{ID: 1, Email: "ada@example.com"}, whole, w.sim.Now()))
}

func TestSweep_ofManyWishesIsOne(t *testing.T) {
	each(t, 5, func(w *world) {
		w.must(w.sweep())
		for range 5 {
			w.request(false)
		}
		for range 3 {
			w.must(w.sweep())
		}
		if got := w.runs(fleet.Sweep); got != 2 {
			w.Errorf("%d sweeps of five wishes, want one more than the first", got)
		}
		if r := w.last(fleet.Sweep); r.Reason != "ada@example.com" {
			w.Errorf("reason %q, want who asked", r.Reason)
		}
	})
}

func TestSweep_neverRunsBesideItself(t *testing.T) {
	w := start(t, sqlite(t), 5)
	entered, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		once.Do(func() { close(entered); <-release })
		return send(r), nil
	})
	done := make(chan error, 1)
	go func() { done <- w.sweep() }()
	<-entered
	w.request(false) // a wish that comes meanwhile is for afterwards
	w.must(w.sweep())
	if got := w.runs(fleet.Sweep); got != 1 {
		t.Errorf("%d sweeps at once", got)
	}
	close(release)
	w.must(<-done)
	w.must(w.sweep())
	if got := w.runs(fleet.Sweep); got != 2 {
		t.Errorf("%d sweeps, want the wish's too", got)
	}
}

func TestSweep_ofAWholeWishLeavesSettleAndCountersToTheirTurns(t *testing.T) {
	each(t, 60, func(w *world) {
		w.sync(false)
		w.pass(30 * time.Minute)
		w.request(true)
		w.must(w.sweep())
		if n := w.count(`SELECT count(*) FROM tenant WHERE usage_at < $1`, w.sim.Now().Truncate(time.Hour).Unix()); n != 0 {
			w.Errorf("usage of %d tenants was left out", n)
		}
		if got := w.runs(fleet.Counters); got != 0 {
			w.Error("the sweep waited for the counters")
		}
		w.restart() // the wish survives
		w.must(w.jobs.NightlySettle(w.Context()))
		w.must(w.jobs.SpareCounters(w.Context()))
		if r := w.last(fleet.Settle); r.Reason != "ada@example.com" || !r.Complete {
			w.Errorf("settle %+v, want it because somebody asked", r)
		}
		if n := w.count(`SELECT count(*) FROM tenant_detail WHERE counter_at = 0`); n != 0 {
			w.Errorf("counters of %d tenants were left out", n)
		}
		settles, counters := w.runs(fleet.Settle), w.runs(fleet.Counters)
		w.must(w.jobs.NightlySettle(w.Context()))
		w.must(w.jobs.SpareCounters(w.Context()))
		if w.runs(fleet.Settle) != settles || w.runs(fleet.Counters) != counters {
			w.Error("a wish was granted twice")
		}
	})
}

func TestNightlySettle_isDue(t *testing.T) {
	for _, c := range []struct {
		name  string
		swept bool
		then  func(w *world)
		want  int64
	}{
		{"not before the first sweep", false, func(*world) {}, 0},
		{"at once after it", true, func(*world) {}, 1},
		{"not again on the same day", true, func(w *world) { w.nightly(); w.pass(11 * time.Hour) }, 1},
		{"not after midnight already", true, func(w *world) { w.nightly(); w.pass(13 * time.Hour) }, 1},
		{"at two in the night", true, func(w *world) { w.nightly(); w.pass(13*time.Hour + 50*time.Minute) }, 2},
		{"at noon, if nobody was up at night", true, func(w *world) { w.nightly(); w.pass(24 * time.Hour); w.restart() }, 2},
		{"not right after a failure", true, func(w *world) { w.failNightly(); w.pass(9 * time.Minute) }, 1},
		{"ten minutes after a failure", true, func(w *world) { w.failNightly(); w.pass(10 * time.Minute) }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, sqlite(t), 5)
			if c.swept {
				w.must(w.jobs.SweepNow(t.Context(), "test"))
			}
			c.then(w)
			w.nightly()
			if got := w.runs(fleet.Settle); got != c.want {
				t.Errorf("%d settles, want %d", got, c.want)
			}
		})
	}
}

func (w *world) nightly() { w.Helper(); w.must(w.jobs.NightlySettle(w.Context())) }

func (w *world) failNightly() {
	w.Helper()
	w.down()
	if w.jobs.NightlySettle(w.Context()) == nil {
		w.Error("no failure")
	}
	w.up()
}

func TestSpareCounters_restOnceTheirQueuesAreEmpty(t *testing.T) {
	w := start(t, sqlite(t), 30)
	w.must(w.jobs.SpareCounters(t.Context()))
	if got := w.runs(fleet.Counters); got != 0 {
		t.Error("counters before the first sweep")
	}
	w.must(w.sweep())
	for range 3 {
		w.must(w.jobs.SpareCounters(t.Context()))
	}
	if got := w.runs(fleet.Counters); got != 1 {
		t.Errorf("%d runs, want 1 until there can be something new", got)
	}
	w.pass(5 * time.Minute)
	w.must(w.jobs.SpareCounters(t.Context()))
	if got := w.runs(fleet.Counters); got != 2 {
		t.Errorf("%d runs, want 2", got)
	}
}

func TestSpareCounters_goOnAtOnceWhileThereIsWork(t *testing.T) {
	w := start(t, sqlite(t), 200)
	w.must(w.sweep())
	var mu sync.Mutex
	w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		w.pass(10 * time.Second) // every call takes that long
		return send(r), nil
	})
	for range 2 {
		w.must(w.jobs.SpareCounters(t.Context()))
	}
	if got := w.runs(fleet.Counters); got != 2 {
		t.Errorf("%d runs, want the second right after the first: there was work left", got)
	}
	runs, err := w.store.SyncRuns(t.Context(), 2)
	w.must(err)
	if first := runs[1]; !first.Complete || first.Finished.Sub(first.Started) > 30*time.Minute {
		t.Errorf("record %+v, want it to end", first)
	}
}

func TestBegin_whatWasCutOffTooLongAgoBeginsAnew(t *testing.T) {
	each(t, 100, func(w *world) {
		w.wire.put(cutAt(2, smallPages(30)))
		if w.jobs.SweepNow(w.Context(), "test") == nil {
			w.Fatal("not cut")
		}
		w.pass(2 * time.Hour)
		w.restart()
		w.wire.put(smallPages(30))
		w.must(w.jobs.SweepNow(w.Context(), "test"))
		if n := w.count(`SELECT count(*) FROM tenant WHERE synced_at <> $1`, w.sim.Now().Unix()); n != 0 {
			w.Errorf("%d tenants are as they were before the cut", n)
		}
		runs, err := w.store.SyncRuns(w.Context(), 5)
		w.must(err)
		if len(runs) != 2 || runs[1].Complete || runs[1].Problem == "" || !runs[0].Complete {
			w.Errorf("records %+v, want the cut one closed with a reason and a new one", runs)
		}
	})
}

func TestOnce_stopsAtTheFirstStepThatFails(t *testing.T) {
	w := start(t, sqlite(t), 20)
	w.sim.SetFaults([]neonsim.Fault{{Path: consumptionPath, Status: 500}})
	if err := w.jobs.Once(t.Context(), "shell", true); err == nil {
		t.Error("a sync without usage is complete")
	}
	if w.runs(fleet.Settle) != 0 || w.runs(fleet.Counters) != 0 {
		t.Error("it went on after the failure")
	}
	w.says(fleet.Recent, "Neon failed")
}

func TestOnce_ofAFleetWithoutProjects(t *testing.T) {
	each(t, 0, func(w *world) {
		w.sync(true)
		fresh, err := w.store.Freshness(w.Context())
		w.must(err)
		if len(fresh.Complete) != 4 || fresh.Failed != nil {
			w.Errorf("%+v, want all four steps complete", fresh)
		}
	})
}
