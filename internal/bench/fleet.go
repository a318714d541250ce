package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
	"neonfleet/internal/observe"
)

// seed makes the same fleet in every run.
const seed = 1

// A neonServer is a simulated Neon that answers at an address. Its clock stands
// still unless it is moved.
type neonServer struct {
	sim    *neonsim.Sim
	server *httptest.Server
	delay  atomic.Int64 // of every answer, nanoseconds
}

func startNeon(tenants int) *neonServer {
	n := &neonServer{sim: neonsim.New(neonsim.Config{Projects: tenants, Seed: seed, Anchor: dbtest.Now(),
		Now: dbtest.Now, Limits: neonsim.Limits{Off: true}})}
	n.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d := time.Duration(n.delay.Load()); d > 0 {
			select {
			case <-time.After(d):
			case <-r.Context().Done():
				return
			}
		}
		n.sim.ServeHTTP(w, r)
	}))
	return n
}

func (n *neonServer) url() string { return n.server.URL + "/api/v2" }

// unlimited are ceilings that nothing reaches.
const unlimited = 10_000_000

func newClient(url, org string, perMinute, consumption int, onCall func(neon.Call)) (*neon.Client, error) {
	return neon.New(neon.Config{BaseURL: url, Key: "napi_bench", Org: org, UserAgent: "neonfleet-bench", OnCall: onCall, Budget: neon.NewBudget(neon.BudgetConfig{
		PerMinute: perMinute, ConsumptionPerMinute: consumption, PerRoutePerSecond: max(neon.DefaultPerRoutePerSecond, perMinute/60)})})
}

// listFleet reads the whole organization as a sweep would, in Neon's order, so
// that a later sweep meets the fleet it knows.
func listFleet(ctx context.Context, tenants int) ([]db.SweepProject, error) {
	n := startNeon(tenants)
	defer n.server.Close()
	client, err := newClient(n.url(), n.sim.Org(), unlimited, unlimited, nil)
	if err != nil {
		return nil, err
	}
	list := make([]db.SweepProject, 0, tenants)
	for page, err := range client.Projects.Pages(ctx, neon.ProjectQuery{Limit: neon.MaxProjectPage}) {
		if err != nil {
			return nil, fmt.Errorf("list the simulated fleet: %w", err)
		}
		for _, p := range page.Items {
			list = append(list, observe.Listed(p))
		}
	}
	return list, nil
}

// dressed gives listed projects what a list does not say: compute, transfer and
// written data, tags, owners and suspensions, as dbtest draws them.
func dressed(listed []db.SweepProject) func(yield func(db.Loaded) bool) {
	return func(yield func(db.Loaded) bool) {
		i := 0
		for drawn := range dbtest.Fleet(len(listed), seed) {
			if !yield(dress(drawn, listed[i])) {
				return
			}
			i++
		}
	}
}

func dress(t db.Loaded, p db.SweepProject) db.Loaded {
	suspended := t.State == fleet.StateSuspended
	t.ID, t.Name, t.Region, t.CreatedAt, t.LastActive = p.ID, p.Name, p.Region, p.CreatedAt, p.LastActive
	t.Limits, t.Computes, t.Suspend = p.Settings.Limits, p.Settings.Computes, p.Settings.Computes.Suspend
	t.Used[fleet.Active], t.Used[fleet.Storage], t.StorageOfBranch = p.ActiveSeconds, p.StorageBytes, fleet.Unknown
	plan, matches := fleet.MatchPlan(fleet.FirstPlans(), p.Settings)
	if t.Plan = plan; !matches {
		t.Plan, t.Flags = fleet.Unassigned, t.Flags|fleet.NoPlan
	}
	shares := fleet.Shares(t.Used, t.Limits)
	t.State = fleet.Circumstances{Suspended: suspended, Quota: shares, Storage: shares[fleet.Storage],
		LastActive: t.LastActive, Suspend: t.Suspend, Now: dbtest.Now()}.Derive()
	if t.State == fleet.StateActive || t.State == fleet.StateIdle {
		t.StateReason = ""
	}
	return t
}

// some are the first projects of a list, copied so that the rest can go.
func some(listed []db.SweepProject, n int) []db.SweepProject {
	return slices.Clone(listed[:min(n, len(listed))])
}

// recordOf is a tenant for PocketBase.
func recordOf(t db.Loaded) record {
	shares := fleet.Shares(t.Used, t.Limits)
	_, worst, _ := fleet.Worst(shares)
	return record{Project: string(t.ID), Name: fleet.FoldName(t.Name), Plan: string(t.Plan), Region: t.Region, State: int64(t.State),
		Created: t.CreatedAt.Unix(), Seen: max(0, t.LastActive.Unix()), Compute: int64(shares[fleet.Compute]), Active: int64(shares[fleet.Active]),
		Storage: int64(shares[fleet.Storage]), Transfer: int64(shares[fleet.Transfer]), Written: int64(shares[fleet.Written]), Worst: int64(worst)}
}
