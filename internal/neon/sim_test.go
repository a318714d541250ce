package neon_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
)

// direct hands requests to a handler without a network, so that simulated time
// is all that passes.
type direct struct {
	handler http.Handler
	answer  time.Duration // how long each one takes
}

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := (neon.SystemClock{}).Wait(r.Context(), d.answer); err != nil {
		return nil, err
	}
	w, arrived := httptest.NewRecorder(), r.Clone(r.Context())
	if arrived.Body == nil { // a server's request always has one
		arrived.Body = http.NoBody
	}
	d.handler.ServeHTTP(w, arrived)
	return w.Result(), nil
}

// simulated returns a Neon with that many projects, and a client of it.
func simulated(t *testing.T, projects int) (*neonsim.Sim, *neon.Client) {
	t.Helper()
	from := time.Now() // a bubble begins in 2000, before Neon
	now := func() time.Time {
		return time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC).Add(time.Since(from))
	}
	sim := neonsim.New(neonsim.Config{Projects: projects, Seed: 1, Key: "key", Org: "org-acme", Now: now})
	c, err := neon.New(neon.Config{BaseURL: "http://neon.test/api/v2", Key: "key", Org: "org-acme", HTTP: &http.Client{Transport: direct{sim, 200 * time.Millisecond}}})
	if err != nil {
		t.Fatal(err)
	}
	return sim, c
}

func TestSimulated_busyMinutesAreNeverThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, c := simulated(t, 10)
		ids := sim.IDs()
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		work := map[neon.Lane]func(c *neon.Client, worker, i int) error{
			neon.Person: func(c *neon.Client, _, i int) error {
				_, err := c.Endpoints.List(ctx, ids[i%len(ids)])
				return errors.Join(err, neon.SystemClock{}.Wait(ctx, 5*time.Second))
			},
			neon.Run: func(c *neon.Client, _, i int) error { _, err := c.Projects.Get(ctx, ids[i%len(ids)]); return err },
			neon.Sync: func(c *neon.Client, worker, _ int) error {
				if worker > 0 {
					return walkAll(c.Projects.Pages(ctx, neon.ProjectQuery{}))
				}
				now := sim.Now()
				return walkAll(c.Consumption.Projects(ctx, neon.ConsumptionQuery{From: now.Add(-24 * time.Hour), To: now, Granularity: neon.Hourly, ProjectIDs: ids}))
			},
		}
		var wg sync.WaitGroup
		for lane, do := range work {
			for worker := range 6 {
				wg.Go(func() {
					for i := 0; ctx.Err() == nil; i++ {
						if err := do(c.In(lane), worker, i); err != nil && ctx.Err() == nil {
							t.Errorf("%s: %v", lane, err)
							return
						}
					}
				})
			}
		}
		wg.Wait()
		total := 0
		for _, n := range sim.Stats() {
			total += n.Count
			if n.Status != http.StatusOK {
				t.Errorf("%s %s was answered %d, %d times", n.Method, n.Route, n.Status, n.Count)
			}
		}
		if total < 850 {
			t.Errorf("%d requests in 90 seconds, want the ceilings used", total)
		}
	})
}

func walkAll[P any](pages func(func(P, error) bool)) error {
	for _, err := range pages {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestSimulated_aTenantIsChangedAndBroughtBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, c := simulated(t, 10)
		ctx, id := t.Context(), sim.IDs()[0]
		endpoints, err := c.Endpoints.List(ctx, id)
		if err != nil || len(endpoints) == 0 {
			t.Fatalf("endpoints = %v, %v", endpoints, err)
		}

		// Both change the same compute: the second is a 423 until the first is done.
		for _, maxCU := range []float64{2, 4} {
			if _, _, err := c.Endpoints.Update(ctx, id, endpoints[0].ID, neon.EndpointUpdate{AutoscalingLimitMinCU: new(0.25), AutoscalingLimitMaxCU: &maxCU}); err != nil {
				t.Fatal(err)
			}
		}
		_, ops, err := c.Endpoints.Restart(ctx, id, endpoints[0].ID)
		if err != nil || len(ops) == 0 {
			t.Fatalf("operations = %v, %v", ops, err)
		}
		ended := 0
		err = c.Operations.Follow(ctx, id, ops, func(o neon.Operation) {
			if o.Status.Good() {
				ended++
			}
		})
		if err != nil || ended != len(ops) {
			t.Errorf("%d of %d operations ended well, %v", ended, len(ops), err)
		}
		if e, err := c.Endpoints.Get(ctx, id, endpoints[0].ID); err != nil || e.AutoscalingLimitMaxCU != 4 || e.CurrentState != neon.EndpointActive {
			t.Errorf("endpoint = %+v, %v, want 4 CU and running", e, err)
		}

		for _, quota := range []neon.Quota{{ActiveTimeSeconds: new(int64(360000))}, {ComputeTimeSeconds: new(int64(7200))}} {
			if _, _, err := c.Projects.Update(ctx, id, neon.ProjectUpdate{Settings: &neon.ProjectSettings{Quota: &quota}}); err != nil {
				t.Fatal(err)
			}
		}
		p, err := c.Projects.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if q := p.Quota(); q.ActiveTimeSeconds != nil && *q.ActiveTimeSeconds != 0 || q.ComputeTimeSeconds == nil || *q.ComputeTimeSeconds != 7200 {
			t.Errorf("quota = %+v, want the active time lifted and 2 CU-hours", q)
		}
		if p.ConsumptionPeriodStart.IsZero() || p.ComputeTimeSeconds == nil {
			t.Errorf("period from %v, compute %v, want both", p.ConsumptionPeriodStart, p.ComputeTimeSeconds)
		}

		if _, err := c.Projects.Delete(ctx, id); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Projects.Get(ctx, id); !neon.IsNotFound(err) {
			t.Errorf("err = %v, want not found", err)
		}
		if _, branches, err := c.Projects.Recover(ctx, id); err != nil || len(branches) == 0 {
			t.Errorf("recovered %d branches, %v", len(branches), err)
		}
	})
}
