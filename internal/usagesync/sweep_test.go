package usagesync_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
)

func TestSweep_bringsEverybodyAsNeonHasThem(t *testing.T) {
	each(t, 120, func(w *world) {
		w.wire.put(smallPages(50))
		w.must(w.sweep())
		seen := 0
		for p, err := range w.ask().Projects.Pages(w.Context(), neon.ProjectQuery{}) {
			w.must(err)
			for _, item := range p.Items {
				seen++
				w.expectListed(item)
			}
		}
		if n := w.count(`SELECT count(*) FROM tenant`); n != int64(seen) || seen != 120 {
			w.Errorf("%d tenants of %d projects, want 120", n, seen)
		}
		if r := w.last(fleet.Sweep); !r.Complete || r.Rows != 120 || r.Reason != "schedule" || r.Problem != "" {
			w.Errorf("record %+v, want 120 rows, complete", r)
		}
	})
}

func (w *world) expectListed(item neon.ProjectItem) {
	w.Helper()
	got := w.detail(item.ID).Tenant
	active, storage := fleet.Of(*item.ActiveTime), fleet.Unknown
	if item.SyntheticStorageSize != nil {
		storage = fleet.Of(*item.SyntheticStorageSize)
	}
	if got.Name != fleet.CleanText(item.Name) || got.Region != item.RegionID || got.Used[fleet.Active] != active || got.Used[fleet.Storage] != storage ||
		got.LastActive.Unix() != max(item.ComputeLastActiveAt.Unix(), time.Time{}.Unix()) || got.Period.End != item.QuotaResetAt.UTC() {
		w.Errorf("%s: %+v\nwant as listed: %+v", item.ID, got, item)
	}
	limit, _ := got.Limits[fleet.Active].Get()
	quota := int64(0)
	if q := item.Quota().ActiveTimeSeconds; q != nil {
		quota = *q
	}
	if limit != quota {
		w.Errorf("%s: active time limit %d, want the quota %d", item.ID, limit, quota)
	}
}

func TestSweep_putsProjectsOnThePlanTheyCarryAndFlagsDrift(t *testing.T) {
	each(t, 300, func(w *world) {
		w.must(w.sweep())
		plain := func(plan string) func(neonsim.Casting) bool {
			return func(c neonsim.Casting) bool { return c.Plan == plan && !c.Drifted }
		}
		for _, plan := range []string{"free", "pro", "enterprise"} {
			id := w.find(plain(plan))
			if got := w.detail(id).Tenant; got.Plan != fleet.PlanID(plan) || got.Flags != 0 {
				w.Errorf("%s is on %q with %v, want %s and no flags", id, got.Plan, got.Flags.Keys(), plan)
			}
		}
		id := w.find(plain("pro"))
		quota := int64(1234)
		_, _, err := w.ask().Projects.Update(w.Context(), id, neon.ProjectUpdate{Settings: &neon.ProjectSettings{Quota: &neon.Quota{ActiveTimeSeconds: &quota}}})
		w.must(err)
		w.pass(10 * time.Minute)
		w.must(w.sweep())
		if got := w.detail(id).Tenant; got.Plan != "pro" || !got.Flags.Has(fleet.Drifted) || got.Limits[fleet.Active] != fleet.Cap(1234) {
			w.Errorf("changed by hand: plan %q, flags %v, limit %v; want pro, drifted, and what Neon enforces", got.Plan, got.Flags.Keys(), got.Limits[fleet.Active])
		}
	})
}

func TestSweep_followsNewAndRenamedProjects(t *testing.T) {
	each(t, 20, func(w *world) {
		w.must(w.sweep())
		id := w.sim.IDs()[3]
		_, _, err := w.ask().Projects.Update(w.Context(), id, neon.ProjectUpdate{Name: "=new <b>name</b>"})
		w.must(err)
		created, err := w.ask().Projects.Create(w.Context(), neon.ProjectCreate{Name: "brand new"})
		w.must(err)
		w.pass(10 * time.Minute)
		w.must(w.sweep())
		if got := w.detail(id).Tenant.Name; got != "=new <b>name</b>" {
			w.Errorf("renamed to %q", got)
		}
		if got := w.detail(created.Project.ID).Tenant; got.Name != "brand new" || !got.Flags.Has(fleet.NoPlan) || got.LastActive.After(noon.Add(time.Hour)) {
			w.Errorf("new project: %+v, want it unassigned", got)
		}
	})
}

func TestSweep_aDeletedProjectIsMissingUntilItIsRecovered(t *testing.T) {
	each(t, 20, func(w *world) {
		w.sync(false)
		id := w.sim.IDs()[2]
		before := w.detail(id).Tenant
		_, err := w.ask().Projects.Delete(w.Context(), id)
		w.must(err)
		w.pass(10 * time.Minute)
		w.must(w.sweep())
		got := w.detail(id)
		if got.Tenant.State != fleet.StateMissing || got.Reason == "" || !strings.Contains(w.log.String(), "gone from Neon") {
			w.Errorf("state %v, reason %q; want missing", got.Tenant.State, got.Reason)
		}
		if got.Tenant.Used != before.Used {
			w.Errorf("figures %v, want them kept: %v", got.Tenant.Used, before.Used)
		}
		_, _, err = w.ask().Projects.Recover(w.Context(), id)
		w.must(err)
		w.pass(10 * time.Minute)
		w.must(w.sweep())
		if state := w.state(id); state == fleet.StateMissing {
			w.Error("still missing after it was recovered")
		}
	})
}

func TestSweep_whomNeonCouldNotLoadIsNotMissing(t *testing.T) {
	each(t, 20, func(w *world) {
		w.must(w.sweep())
		w.sim.SetUnavailable(w.sim.IDs()[:3]...)
		w.pass(10 * time.Minute)
		w.wire.sent("")
		w.must(w.sweep())
		for _, id := range w.sim.IDs()[:3] {
			if got := w.detail(id).Tenant; got.State == fleet.StateMissing || !got.SyncedAt.Equal(noon) {
				w.Errorf("%s: %v, last seen %v; want it as it was at noon", id, got.State, got.SyncedAt)
			}
		}
		if asked := w.wire.sent("/projects/"); len(asked) != 0 {
			w.Errorf("asked alone for %v", asked)
		}
	})
}

func TestSweep_onlyACompleteListAndA404MakeMissing(t *testing.T) {
	each(t, 60, func(w *world) {
		w.sync(false)
		w.pass(10 * time.Minute)
		w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
			resp := send(r)
			if r.URL.Path == "/api/v2/projects" { // nobody, all of a sudden
				return body(t, resp, func(string) string {
					return `{"projects":[],"unavailable_project_ids":[],"applications":{},"integrations":{}}`
				}), nil
			}
			return resp, nil
		})
		w.must(w.sweep())
		if n := w.count(`SELECT count(*) FROM tenant WHERE state = $1`, int64(fleet.StateMissing)); n != 0 {
			w.Errorf("%d tenants are missing although Neon knows each of them", n)
		}
		if n := w.count(`SELECT count(*) FROM tenant WHERE synced_at > $1`, noon.Unix()); n != 0 {
			w.Errorf("%d tenants count as seen by an empty list", n)
		}
	})
}

func TestSweep_asksForMoreThanItMayPieceByPiece(t *testing.T) {
	w := start(t, sqlite(t), 700)
	w.must(w.sweep())
	last := w.sim.IDs()[699] // local ids go by the list, newest first
	_, err := w.ask().Projects.Delete(w.Context(), last)
	w.must(err)
	w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		resp := send(r)
		if r.URL.Path == "/api/v2/projects" {
			return body(t, resp, func(string) string { return `{"projects":[]}` }), nil
		}
		return resp, nil
	})
	for i, want := range []fleet.State{fleet.StateActive, fleet.StateMissing} {
		w.pass(10 * time.Minute)
		w.wire.sent("")
		w.must(w.sweep())
		if n := len(w.wire.sent("/projects/")); n > 500 {
			w.Errorf("sweep %d asked for %d projects alone, want 500 at most", i+1, n)
		}
		if got := w.state(last); (got == fleet.StateMissing) != (want == fleet.StateMissing) {
			w.Errorf("after sweep %d the last one is %v", i+1, got)
		}
	}
}

func TestSweep_isCompleteAlthoughNeonCannotAnswerForOneAlone(t *testing.T) {
	each(t, 20, func(w *world) {
		w.must(w.sweep())
		ids := w.sim.IDs()
		for _, id := range ids[:2] {
			_, err := w.ask().Projects.Delete(w.Context(), id)
			w.must(err)
		}
		w.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/projects/" + ids[0], Status: 500}})
		w.pass(10 * time.Minute)
		w.must(w.sweep())
		if r := w.last(fleet.Sweep); !r.Complete {
			w.Errorf("record %+v, want the sweep complete: it saw the whole list", r)
		}
		if w.state(ids[0]) == fleet.StateMissing || w.state(ids[1]) != fleet.StateMissing {
			w.Errorf("states %v and %v, want the first undecided and the second missing", w.state(ids[0]), w.state(ids[1]))
		}
		w.sim.SetFaults(nil)
		w.pass(10 * time.Minute)
		w.must(w.sweep())
		if got := w.state(ids[0]); got != fleet.StateMissing {
			w.Errorf("state %v once Neon answered, want missing", got)
		}
	})
}

func TestSweep_aProxys404IsNoWordOfNeons(t *testing.T) {
	w := start(t, sqlite(t), 10)
	w.must(w.sweep())
	id := w.sim.IDs()[0]
	_, err := w.ask().Projects.Delete(w.Context(), id)
	w.must(err)
	w.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/projects/*", Status: 404, Body: "<html>not found</html>"}})
	w.pass(10 * time.Minute)
	w.must(w.sweep())
	if got := w.state(id); got == fleet.StateMissing {
		w.Error("a proxy's page made a tenant missing")
	}
}

func TestSweep_turnsPeriodsThatAreOver(t *testing.T) {
	each(t, 40, func(w *world) {
		w.sync(false)
		id := w.find(func(c neonsim.Casting) bool { return c.Cast == neonsim.Busy })
		before := w.detail(id).Tenant
		w.pass(11 * 24 * time.Hour) // 1 December
		w.must(w.jobs.SweepNow(w.Context(), "test"))
		got := w.detail(id).Tenant
		if !got.Period.Start.Equal(before.Period.End) || got.Period.End.Before(w.sim.Now()) {
			w.Errorf("period %v, want the one after %v", got.Period, before.Period)
		}
		if c, ok := got.Used[fleet.Compute].Get(); ok && c != 0 {
			w.Errorf("compute %d of the new period before anything of it was read", c)
		}
		if got.Used[fleet.Written].Known() {
			w.Error("written data of the new period is known before it was read")
		}
		if !got.Used[fleet.Storage].Known() {
			w.Error("storage is a gauge and does not begin anew")
		}
	})
}
