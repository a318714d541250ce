package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon/neonsim"

	"github.com/PuerkitoBio/goquery"
)

// a tenant on Pro with a fifth of each limit used, and what the test is about.
func loaded(change func(*db.Loaded)) db.Loaded {
	pro := fleet.FirstPlans()[1]
	t := db.Loaded{Tenant: fleet.Tenant{ID: "acme-1", Name: "acme", Plan: pro.ID, Region: "aws-eu-central-1", CreatedAt: dbtest.Now().AddDate(0, -2, 0), LastActive: dbtest.Now().Add(-time.Minute),
		SyncedAt: dbtest.Now().Add(-4 * time.Minute), Period: fleet.MonthPeriod(dbtest.Now()), Limits: pro.Settings.Limits, Suspend: pro.Settings.Computes.Suspend},
		Computes: pro.Settings.Computes, StateSince: dbtest.Now().Add(-14 * time.Minute)}
	for m, limit := range t.Limits {
		n, _ := limit.Get()
		t.Used[m] = fleet.Of(n / 5)
	}
	change(&t)
	return t
}

// withTenant is a site with just this tenant, without usage by the day.
func withTenant(t *testing.T, change func(*db.Loaded)) *site {
	t.Helper()
	s := newSite(t, setting{})
	must(t, s.store.Load(t.Context(), slices.Values([]db.Loaded{loaded(change)})))
	return s
}

func TestTenant_saysHowItsDatabaseIsAndUntilWhen(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*db.Loaded)
		says   []string
	}{
		"active": {func(*db.Loaded) {}, []string{"acme", "Active", "Pro", "Billing period 1 to 30 November 2026, resets 1 Dec 2026, 00:00 UTC."}},
		"idle":   {func(t *db.Loaded) { t.State = fleet.StateIdle }, []string{"Idle", "since 14:31"}},
		"quota reached": {func(t *db.Loaded) {
			t.State, t.StateReason, t.Used[fleet.Compute] = fleet.StateQuotaReached, "compute limit reached", fleet.Of(1512*3600)
		}, []string{"Quota reached", "Stopped by Neon: the limit of compute time is reached (1,512 CU-h of 1,500 CU-h", "until the billing period ends on 1 December, 00:00 UTC or the limit is raised", "12 CU-h over", "100%"}},
		"storage full": {func(t *db.Loaded) {
			t.State, t.StorageOfBranch = fleet.StateStorageFull, fleet.Of(10_000_000_000)
		}, []string{"Storage full", "Neon refuses writes", "until data is deleted or the limit is raised", "largest branch"}},
		"suspended": {func(t *db.Loaded) { t.State, t.StateReason = fleet.StateSuspended, "abuse, ticket 4711" },
			[]string{"Suspended by staff since 14:31, until somebody resumes it. Reason: abuse, ticket 4711"}},
		"missing":    {func(t *db.Loaded) { t.State = fleet.StateMissing }, []string{"Its project is gone from Neon", "Last seen 14:41"}},
		"unassigned": {func(t *db.Loaded) { t.Plan, t.Flags = fleet.Unassigned, fleet.NoPlan }, []string{"Unassigned: no plan carries exactly this project's settings.", "What is in the way"}},
		"drifted":    {func(t *db.Loaded) { t.Flags = fleet.Drifted }, []string{"Settings at Neon differ from the plan's.", "See the difference"}},
		"nameless":   {func(t *db.Loaded) { t.Name = "" }, []string{"acme-1"}},
		"unknown":    {func(t *db.Loaded) { t.Used = fleet.Figures{} }, []string{"Written – unknown: "}},
	} {
		t.Run(name, func(t *testing.T) {
			s := withTenant(t, c.change)
			for _, tab := range []string{"", "/usage", "/limits"} {
				s.as(fleet.Viewer).get("/tenants/acme-1"+tab).is(http.StatusOK).says("#tenant", c.says...)
			}
		})
	}
}

func TestTenant_everyMeterSaysAllThatIsKnown(t *testing.T) {
	s := newSynced(t, setting{})
	v := s.as(fleet.Viewer)
	for _, id := range s.sim.IDs()[:5] {
		p := v.get("/tenants/" + id)
		meters := p.doc.Find(".figures.meters > div")
		if meters.Length() != 5 {
			t.Fatalf("%s has %d meters", id, meters.Length())
		}
		meters.Each(func(i int, m *goquery.Selection) {
			words := textOf(m)
			want := []string{fleet.Meter(i).Title(), " of ", "resets 1 Dec", " ago"}
			if fleet.Meter(i) == fleet.Storage {
				want[2] = "does not reset"
			}
			for _, w := range append(want, []string{"sum of the days", "sweep", "largest branch", "sum of the days", "project's counter"}[i]) {
				if !strings.Contains(words, w) {
					t.Errorf("%s: %q does not say %q", id, words, w)
				}
			}
		})
	}
}

func TestTenant_withoutConsumptionTheCountersAreTheSource(t *testing.T) {
	s := newSynced(t, setting{})
	must(t, s.store.SetConsumptionAllowed(t.Context(), false))
	meters := s.as(fleet.Viewer).get("/tenants/" + s.sim.IDs()[0]).text(".figures.meters")
	if strings.Contains(meters, "sum of the days") || strings.Count(meters, "project's counter") != 3 {
		t.Errorf("meters say %q, want compute, transfer and written by the project's counter", meters)
	}
}

func TestTenant_chartsAreDrawnForEachRangeAndMeter(t *testing.T) {
	s := newSynced(t, setting{})
	v, url := s.as(fleet.Viewer), "/tenants/"+s.sim.IDs()[0]+"/usage"
	for _, r := range []string{"", "period", "7d", "30d", "60d", "90d", "12m"} {
		for _, m := range fleet.Meters() {
			p := v.get(url + "?metric=" + m.String() + "&range=" + r).is(http.StatusOK)
			want := 1
			if (r == "" || r == "period") && m != fleet.Storage {
				want = 2
			}
			if got := p.doc.Find("main svg[role=img]").Length(); got != want {
				t.Errorf("%s of %q has %d charts, want %d", m, r, got, want)
			}
			p.doc.Find("main svg[role=img]").Each(func(_ int, svg *goquery.Selection) {
				if title, desc := textOf(svg.Find("title").First()), textOf(svg.Find("desc").First()); !strings.HasPrefix(title, m.Title()) || desc == "" {
					t.Errorf("%s of %q: %q, %q is no alternative to it", m, r, title, desc)
				}
			})
			table := v.get(url + "?view=table&metric=" + m.String() + "&range=" + r).is(http.StatusOK)
			if table.doc.Find("main svg[role=img]").Length() > 0 || table.doc.Find("main table tbody tr").Length() == 0 {
				t.Errorf("%s of %q as a table has charts, or no rows", m, r)
			}
		}
	}
}

func TestTenant_theUsagesChipsAndFileAreLinked(t *testing.T) {
	s := newSynced(t, setting{})
	v, id := s.as(fleet.Viewer), s.sim.IDs()[0]
	p := v.get("/tenants/" + id)
	for range 3 {
		p = v.get(p.link("7 days")).is(http.StatusOK)
		p = v.get(p.link("As table")).is(http.StatusOK)
		p = v.get(p.link("As chart")).is(http.StatusOK)
	}
	file := v.get(p.link("CSV")).is(http.StatusOK)
	if got := column(rows(t, file.body), "day"); len(got) != 7 || got[0] != "2026-11-14" || got[6] != "2026-11-20" {
		t.Errorf("the file of the last 7 days has %v", got)
	}
}

func TestTenant_theUsageFileIsAsPromised(t *testing.T) {
	s := newSynced(t, setting{})
	v := s.as(fleet.Viewer)
	everybody := rows(t, v.get("/tenants.csv?sort=created").body)
	id := everybody[slices.IndexFunc(everybody, func(r map[string]string) bool { return r["written_bytes"] != "0" && r["state"] == "active" })]["project_id"]
	url := "/tenants/" + id + "/usage.csv"
	p := v.get(url + "?from=2026-11-08&to=2026-11-20").is(http.StatusOK)
	if got, want := p.Header.Get("Content-Disposition"), `attachment; filename="usage-`+id+`-2026-11-08-2026-11-20.csv"`; got != want {
		t.Errorf("Content-Disposition = %s, want %s", got, want)
	}
	golden(t, "usage.csv", p.body)
	for query, days := range map[string][2]string{
		"": {"2026-10-22", "2026-11-20"}, "?to=2026-11-10": {"2026-10-12", "2026-11-10"}, "?from=2026-11-18&to=2099-01-01": {"2026-11-18", "2026-11-20"}, "?from=2026-11-20": {"2026-11-20", "2026-11-20"},
	} {
		got := column(rows(t, v.get(url+query).is(http.StatusOK).body), "day")
		if len(got) == 0 || got[len(got)-1] != days[1] || got[0] != days[0] {
			t.Errorf("%q has %v, want %v", query, got, days)
		}
	}
	if got := v.get(url + "?from=2000-01-01&to=2000-02-01").is(http.StatusOK).body; strings.Count(got, "\r\n") != 1 {
		t.Errorf("before the project there was %q", got)
	}
	if got := v.get(url + "?bom=1").body; !strings.HasPrefix(got, "\ufeffday,compute_cu_seconds,") {
		t.Errorf("with a mark it begins %q", got[:30])
	}
}

func TestTenant_limitsShowTheDifference(t *testing.T) {
	s := withTenant(t, func(l *db.Loaded) {
		l.Flags, l.Limits[fleet.Storage], l.Computes.Max = fleet.Drifted, fleet.Unlimited, 4000
	})
	p := s.as(fleet.Viewer).get("/tenants/acme-1/limits").is(http.StatusOK)
	p.says("main", "Storage limit 10 GB ∞ Differs", "Largest compute 2 CU 4 CU Differs", "Compute time limit 1,500 CU-h 1,500 CU-h same", "2 settings at Neon would have to change:", "Its computes have not been read yet")
	if p.doc.Find("tr.chg").Length() != 2 {
		t.Errorf("%d lines differ, want 2", p.doc.Find("tr.chg").Length())
	}
}

func TestTenant_limitsSayWhatIsInTheWayOfAPlan(t *testing.T) {
	s := withTenant(t, func(l *db.Loaded) {
		l.Plan, l.Flags, l.Limits[fleet.Transfer] = fleet.Unassigned, fleet.NoPlan, fleet.Cap(60_000_000_000)
	})
	p := s.as(fleet.Viewer).get("/tenants/acme-1/limits").is(http.StatusOK)
	p.says("main", "What is in the way", "60 GB")
	if got := textOf(p.doc.Find("main h3").First()); got != "Pro" {
		t.Errorf("the nearest plan is %q, want Pro, which differs in one field", got)
	}
	if got := textOf(p.doc.Find("main .facts").First()); !strings.Contains(got, "60 GB → 50 GB") {
		t.Errorf("in the way of Pro is %q", got)
	}
}

func TestTenant_limitsOfComputesThatWereReadSayNothingOfUnread(t *testing.T) {
	s := newSynced(t, setting{})
	id := s.sim.Find(func(c neonsim.Casting) bool { return c.Plan == "free" && !c.Drifted })[0]
	p := s.as(fleet.Viewer).get("/tenants/" + id + "/limits")
	p.says("main", "Neon is set to what the plan says.")
	if strings.Contains(p.text("main"), "have not been read") {
		t.Errorf("it says %q", p.text("main"))
	}
}
