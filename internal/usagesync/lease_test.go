package usagesync_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/usagesync"
)

func TestLead_onlyOneProcessSyncs(t *testing.T) {
	each(t, 60, func(w *world) {
		first, second := w.jobs, w.process()
		w.must(first.Lead(w.Context()))
		if err := second.Lead(w.Context()); !usagesync.Follower(err) {
			w.Errorf("the second leads too: %v", err)
		}
		if err := second.Once(w.Context(), "test", true); !usagesync.Follower(err) {
			w.Errorf("the second syncs: %v", err)
		}
		if n := w.count(`SELECT count(*) FROM sync_run`); n != 0 {
			w.Errorf("%d records of a sync that must not be", n)
		}
		w.must(first.Once(w.Context(), "test", false))
		w.must(first.Resign(w.Context()))
		w.must(second.Lead(w.Context()))
		w.must(second.Once(w.Context(), "test", false))
	})
}

func TestLead_aDeadProcessIsFollowedWhenItsLeaseRunsOut(t *testing.T) {
	each(t, 200, func(w *world) {
		dead, heir := w.jobs, w.process()
		w.wire.put(cutAt(3, smallPages(50)))
		if err := dead.SweepNow(w.Context(), "test"); err == nil {
			w.Fatal("the sweep was not cut")
		}
		if err := heir.Lead(w.Context()); !usagesync.Follower(err) {
			w.Errorf("took over while the lease holds: %v", err)
		}
		w.exec(`UPDATE lease SET expires = 1`) // 30 seconds later, by the store's clock
		w.wire.put(smallPages(50))
		w.wire.sent("")
		w.must(heir.SweepNow(w.Context(), "test"))
		if pages := w.wire.sent(listPath + "?"); len(pages) != 3 {
			w.Errorf("the heir read %d pages, want the two that were left, and the empty one at the end", len(pages))
		}
		if r := w.last(fleet.Sweep); r.ID != 1 || !r.Complete || r.Rows != 200 {
			w.Errorf("record %+v, want the first one to go on to its end", r)
		}
	})
}

func TestLead_whoLostItStoresNothingMore(t *testing.T) {
	each(t, 60, func(w *world) {
		slow, quick := w.jobs, w.process()
		w.must(slow.SweepNow(w.Context(), "test"))
		w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
			resp := send(r)
			if r.URL.Path == listPath { // while its answer is on the way, the lease runs out
				w.wire.put(nil)
				w.exec(`UPDATE lease SET expires = 1`)
				w.must(quick.Lead(w.Context()))
			}
			return resp, nil
		})
		w.pass(10 * time.Minute)
		if err := slow.SweepNow(w.Context(), "test"); fleet.KindOf(err) != fleet.Conflict {
			w.Errorf("err = %v, want that another process syncs", err)
		}
		if n := w.count(`SELECT count(*) FROM tenant WHERE synced_at > $1`, noon.Unix()); n != 0 {
			w.Errorf("%d rows of a page whose reader had lost its lead", n)
		}
		w.must(quick.SweepNow(w.Context(), "test"))
		if fresh, err := w.store.Freshness(w.Context()); err != nil || fresh.Failed != nil {
			w.Errorf("%+v, %v; want no failure", fresh.Failed, err)
		}
	})
}

func TestKeepLead_prolongsUntilItIsStopped(t *testing.T) {
	each(t, 1, func(w *world) {
		w.must(w.jobs.Lead(w.Context()))
		ctx, stop := context.WithCancel(w.Context())
		w.jobs.KeepLead(ctx, &counting{waits: 4, then: func(n int) {
			if n == 2 {
				w.exec(`UPDATE lease SET expires = 1`)
			}
			if n == 4 {
				stop()
			}
		}})
		if owner, err := w.store.SyncOwner(w.Context()); err != nil || owner != w.jobs.Owner {
			w.Errorf("owner %q, %v; want the lease prolonged", owner, err)
		}
		w.must(w.jobs.Resign(w.Context()))
		if owner, err := w.store.SyncOwner(w.Context()); err != nil || owner != "" {
			w.Errorf("owner %q, %v; want nobody", owner, err)
		}
	})
}

// counting is a clock whose waits are counted, not waited.
type counting struct {
	neon.SystemClock
	n, waits int
	then     func(n int)
}

func (c *counting) Wait(ctx context.Context, _ time.Duration) error {
	c.n++
	c.then(c.n)
	return ctx.Err()
}

var errKilled = errors.New("the process is gone")

// cutAt ends the process before its nth request of all: nothing of it, and
// nothing after it, is answered, and its context ends as a stop's does.
func cutAt(n int, between func(*http.Request, func(*http.Request) *http.Response) (*http.Response, error)) func(*http.Request, func(*http.Request) *http.Response) (*http.Response, error) {
	count := 0
	return func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		if count++; count >= n {
			return nil, errors.Join(errKilled, context.Canceled)
		}
		return between(r, send)
	}
}
