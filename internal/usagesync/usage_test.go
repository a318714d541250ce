package usagesync_test

import (
	"net/http"
	"testing"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
)

// neonsDays are the billed figures that Neon itself gives for a project's days
// (hours, where the days are yesterday and today), summed over its periods.
func (w *world) neonsDays(id string, from, to time.Time, by neon.Granularity) map[fleet.Day][fleet.BilledCount]int64 {
	w.Helper()
	days := map[fleet.Day][fleet.BilledCount]int64{}
	query := neon.ConsumptionQuery{From: from, To: to, Granularity: by, ProjectIDs: []string{id}}
	for p, err := range w.ask().Consumption.Projects(w.Context(), query) {
		w.must(err)
		for _, item := range p.Items {
			for _, period := range item.Periods {
				for _, t := range period.Consumption {
					day := days[fleet.DayOf(t.Start)]
					addNeons(&day, t.Metrics)
					days[fleet.DayOf(t.Start)] = day
				}
			}
		}
	}
	return days
}

func addNeons(day *[fleet.BilledCount]int64, metrics []neon.MetricValue) {
	for _, v := range metrics {
		for m := range fleet.BilledCount {
			if fleet.Metric(m).NeonName() == v.Name {
				day[m] += v.Value
			}
		}
	}
}

// expectDays compares the stored days with Neon's.
func (w *world) expectDays(id string, from, to fleet.Day, want map[fleet.Day][fleet.BilledCount]int64) {
	w.Helper()
	for _, d := range w.days(id, from, to) {
		if d.Day.End().Before(w.detail(id).Tenant.CreatedAt) {
			continue
		}
		for m := range fleet.BilledCount {
			if got := d.Usage[m]; got != fleet.Of(want[d.Day][m]) {
				w.Errorf("%s on %s: %s is %v, want Neon's %d", id, d.Day, fleet.Metric(m).Column(), got, want[d.Day][m])
			}
		}
	}
}

// cast is the first project that plays a part.
func (w *world) cast(c neonsim.Cast) string {
	w.Helper()
	return w.find(func(p neonsim.Casting) bool { return p.Cast == c && !p.Split })
}

func TestUsage_ofTheActiveIsWhatNeonSays(t *testing.T) {
	each(t, 100, func(w *world) {
		w.must(w.sweep())
		today := fleet.DayOf(noon)
		from, to := today.Add(-1).Start(), noon.Truncate(time.Hour)
		checked := 0
		for _, id := range w.sim.IDs() {
			if d := w.detail(id); d.UsageThrough.Equal(to) {
				checked++
				w.expectDays(id, today.Add(-1), today, w.neonsDays(id, from, to, neon.Hourly))
			}
		}
		if checked < 12 {
			w.Errorf("usage of only %d tenants was read", checked)
		}
		if r := w.last(fleet.Recent); !r.Complete || r.Rows != int64(checked) {
			w.Errorf("record %+v, want %d rows", r, checked)
		}
	})
}

func TestUsage_readsOnlyWhoWasActiveSince(t *testing.T) {
	each(t, 80, func(w *world) {
		w.must(w.sweep())
		w.wire.sent("")
		w.pass(6 * time.Minute)
		w.must(w.sweep())
		due := w.count(`SELECT count(*) FROM tenant WHERE last_active_at > 0 AND usage_at < last_active_at + 3600`)
		if n := len(w.wire.sent("/consumption_history/")); n > 1 {
			w.Errorf("%d consumption calls for %d who are still late", n, due)
		}
		idle := w.cast(neonsim.Gone)
		if at := w.detail(idle).UsageThrough; at.After(noon) {
			w.Errorf("an idle tenant was read again, up to %v", at)
		}
	})
}

func TestUsage_inTheFirstMinutesOfADayCoversYesterday(t *testing.T) {
	each(t, 60, func(w *world) {
		w.pass(11*time.Hour + 55*time.Minute) // 00:05 of the next day
		w.must(w.sweep())
		busy := w.cast(neonsim.Busy)
		yesterday := fleet.DayOf(noon)
		w.expectDays(busy, yesterday, yesterday, w.neonsDays(busy, yesterday.Start(), yesterday.End(), neon.Hourly))
		if got := w.days(busy, yesterday.Add(1), yesterday.Add(1)); got[0].Usage[fleet.ComputeCUSeconds].Known() {
			w.Errorf("a day that has no full hour yet is known: %v", got[0].Usage)
		}
	})
}

func TestUsage_aTenantTheAnswerLeavesOutIsUnknownAndAskedForOnceARound(t *testing.T) {
	each(t, 60, func(w *world) {
		busy := w.cast(neonsim.Busy)
		w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
			resp := send(r)
			if r.URL.Path == "/api/v2/consumption_history/v2/projects" {
				return body(t, resp, without(t, busy)), nil
			}
			return resp, nil
		})
		w.must(w.sweep())
		today := fleet.DayOf(noon)
		for _, d := range w.days(busy, today.Add(-1), today) {
			if d.Usage[fleet.RootByteHours].Known() {
				w.Errorf("%s of a tenant nobody heard of: %v", d.Day, d.Usage)
			}
		}
		if got := w.detail(busy); got.Tenant.Used[fleet.Compute].Known() || got.Tenant.State == fleet.StateMissing {
			w.Errorf("compute %v, state %v; want unknown, and not missing", got.Tenant.Used[fleet.Compute], got.Tenant.State)
		}
		for range 3 {
			w.pass(6 * time.Minute)
			w.wire.sent("")
			w.must(w.sweep())
			if n := len(w.wire.sent("/consumption_history/")); n != 1 {
				w.Errorf("%d calls in a round, want 1", n)
			}
		}
		w.wire.put(nil)
		w.pass(6 * time.Minute)
		w.must(w.sweep())
		if got := w.detail(busy).Tenant.Used[fleet.Compute]; !got.Known() {
			w.Error("still unknown after Neon named it")
		}
	})
}

func TestUsage_ofWholeReadsEverybody(t *testing.T) {
	each(t, 130, func(w *world) {
		w.sync(true)
		if n := w.count(`SELECT count(*) FROM tenant WHERE usage_at <> $1`, noon.Truncate(time.Hour).Unix()); n != 0 {
			w.Errorf("%d tenants were left out", n)
		}
		never := w.cast(neonsim.Never)
		if got := w.days(never, fleet.DayOf(noon), fleet.DayOf(noon))[0].Usage[fleet.ComputeCUSeconds]; got != fleet.Of(0) {
			w.Errorf("compute of a tenant that was never used: %v, want a known 0", got)
		}
		for _, step := range []fleet.Step{fleet.Sweep, fleet.Recent, fleet.Settle, fleet.Counters} {
			if r := w.last(step); !r.Complete {
				w.Errorf("%s: %+v", step, r)
			}
		}
		if n := w.count(`SELECT count(*) FROM tenant_detail WHERE counter_at <> $1 OR endpoints_at <> $1`, noon.Unix()); n != 0 {
			w.Errorf("counters or computes of %d tenants were left out", n)
		}
	})
}

func TestUsage_ofWholeDoesNotGoOnWithANarrowerOne(t *testing.T) {
	w := start(t, sqlite(t), 220)
	calls := 0
	w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		if r.URL.Path == "/api/v2/consumption_history/v2/projects" {
			if calls++; calls == 2 {
				return body(t, send(r), func(string) string { return `{}` }), nil
			}
		}
		return send(r), nil
	})
	if err := w.jobs.Once(t.Context(), "test", false); err == nil {
		w.Fatal("an incomplete answer was taken")
	}
	w.sync(true)
	if n := w.count(`SELECT count(*) FROM tenant WHERE usage_at <> $1`, noon.Truncate(time.Hour).Unix()); n != 0 {
		w.Errorf("%d tenants were left out of a whole sync", n)
	}
}

func TestUsage_onTheFreePlanComesFromTheProjectsOwnCounters(t *testing.T) {
	w := startAt(t, sqlite(t), neonsim.Config{Projects: 60, Anchor: noon, Plan: "free"})
	w.sync(true)
	busy := w.cast(neonsim.Busy)
	p, err := w.ask().Projects.Get(t.Context(), busy)
	w.must(err)
	if got := w.detail(busy).Tenant.Used; got[fleet.Compute] != fleet.Of(*p.ComputeTimeSeconds) || got[fleet.Transfer] != fleet.Of(*p.DataTransferBytes) {
		w.Errorf("compute %v, transfer %v; want the counters %d and %d", got[fleet.Compute], got[fleet.Transfer], *p.ComputeTimeSeconds, *p.DataTransferBytes)
	}
	fresh, err := w.store.Freshness(t.Context())
	w.must(err)
	if fresh.Consumption || fresh.Failed != nil {
		w.Errorf("freshness %+v, want it said that there is no consumption, and no failure", fresh)
	}
	if n := w.count(`SELECT count(*) FROM usage_day WHERE root_bh IS NOT NULL`); n != 0 {
		w.Errorf("%d days are complete without consumption", n)
	}
}

func TestUsage_aProxys403IsNoWordAboutThePlan(t *testing.T) {
	w := start(t, sqlite(t), 30)
	w.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/consumption_history/*", Status: 403, Body: "<html>blocked</html>"}})
	if err := w.sweep(); err == nil {
		t.Error("a proxy's refusal passed silently")
	}
	if fresh, err := w.store.Freshness(t.Context()); err != nil || !fresh.Consumption {
		t.Errorf("consumption %v, %v; want it still thought to be allowed", fresh.Consumption, err)
	}
	w.says(fleet.Recent, "in Neon's place")
}
