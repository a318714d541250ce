package pages

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/ui"
)

func usage(t *testing.T, in TenantInput, choice UsageChoice) *goquery.Document {
	t.Helper()
	return render(t, TenantUsagePage(NewTenantUsage(reader(fleet.Viewer), UsageInput{Tenant: in, Choice: choice, From: 20261101, To: 20261120,
		Charts: []ui.Chart{{Title: "Compute time, cumulative", SVG: drawing()}, {Title: "Per day", Empty: "Nothing is known of these days."}},
		Days:   []fleet.DayUsage{{Day: 20261119, Usage: fleet.Usage{fleet.Of(3600)}, Final: true}, {Day: 20261120, Usage: fleet.Usage{fleet.Of(0)}}},
		Months: []MonthUsage{{Month: 202611, Usage: fleet.Usage{fleet.Of(7200)}, DaysKnown: 19}}})))
}

func TestTenant_answersWithoutAClick(t *testing.T) {
	doc := usage(t, tenantInput(tenant("acme-analytics")), UsageChoice{})
	if got := doc.Find("head title").Text(); got != "acme-analytics · Usage · Neon Fleet" {
		t.Errorf("title = %q", got)
	}
	has(t, doc.Find("#tenant"), "acme-analytics", "Active", "since 14:35", "Pro", "wispy-meadow-48210934",
		"Billing period 1 to 30 November 2026, resets 1 Dec 2026, 00:00 UTC.", "Figures as of 14:45, 4 min ago", "Region", "aws-us-east-1", "Last active", "12 min ago")
	compute := doc.Find(".figures.meters > div").First()
	has(t, compute, "Compute time", "Near limit", "1,260 CU-h", "of 1,500 CU-h, 84%", "240 CU-h left · resets 1 Dec", "Reaches the limit on 24 Nov at this pace (estimate)", "sum of the days · 4 min ago")
	has(t, doc.Find(".figures.meters > div").Eq(2), "Storage", "of 10 GB, at most 31%", "does not reset")
	has(t, doc.Find(".figures.meters > div").Eq(3), "On track to 55% by 30 Nov (estimate)")
	has(t, doc.Find(".notice"), "uses up its compute time on 24 November, 7 days before the period ends. An estimate.")
}

func TestTenant_storageIsOfTheLargestBranchWhereThatWasRead(t *testing.T) {
	acme := tenant("acme", func(t *fleet.Tenant) { t.StorageOfBranch = fleet.Of(2_900_000_000) })
	acme.Shares[fleet.Storage] = fleet.ShareOf(acme.StorageOfBranch, acme.Limits[fleet.Storage])
	in := tenantInput(acme)
	in.Readings[fleet.Storage] = Reading{Source: FromBranch, At: now}
	has(t, usage(t, in, UsageChoice{}).Find(".figures.meters > div").Eq(2), "2.9 GB", "of 10 GB, 29%", "largest branch")
}

func TestTenant_unknownUnlimitedAndZeroLookDifferent(t *testing.T) {
	in := tenantInput(tenant("acme", func(t *fleet.Tenant) {
		t.Limits[fleet.Active] = fleet.Unlimited
		t.Used[fleet.Transfer], t.Used[fleet.Written] = fleet.Of(0), fleet.Unknown
	}))
	m := usage(t, in, UsageChoice{}).Find(".figures.meters > div")
	has(t, m.Eq(1), "212 h", "of ∞", "no limit")
	has(t, m.Eq(3), "0 B", "0%")
	has(t, m.Eq(4), "–", "Neon gives it only for single projects")
	if got := text(m.Eq(4)); strings.Contains(got, "%") {
		t.Errorf("an unknown figure has a percentage: %q", got)
	}
}

func TestTenant_saysWhyItIsDownAndUntilWhen(t *testing.T) {
	over := func(t *fleet.Tenant) {
		t.State, t.Used[fleet.Compute] = fleet.StateQuotaReached, fleet.Of(1512*3600)
	}
	full := func(t *fleet.Tenant) {
		t.State, t.Used[fleet.Storage] = fleet.StateStorageFull, fleet.Of(10_300_000_000)
	}
	state := func(s fleet.State) func(*fleet.Tenant) { return func(t *fleet.Tenant) { t.State = s } }
	cases := map[string]struct {
		change     func(*fleet.Tenant)
		suspension Suspension
		want       string
	}{
		"quota reached":   {over, Suspension{}, "Stopped by Neon: the limit of compute time is reached (1,512 CU-h of 1,500 CU-h, as of 14:45). No connection is accepted until the billing period ends on 1 December, 00:00 UTC or the limit is raised above its use."},
		"storage full":    {full, Suspension{}, "Neon refuses writes: storage has reached its limit (10.3 GB of 10 GB, as of 14:45). Computes run and reading works. It lasts until data is deleted or the limit is raised."},
		"suspended":       {state(fleet.StateSuspended), Suspension{By: "eve@example.com", Reason: "Mining"}, "Suspended by eve@example.com since 14:35, until somebody resumes it. Reason: Mining"},
		"suspended until": {state(fleet.StateSuspended), Suspension{Until: now.Add(24 * time.Hour)}, "Suspended by staff since 14:35, until 21 Nov 2026, 14:49:00 UTC."},
		"missing":         {state(fleet.StateMissing), Suspension{}, "Its project is gone from Neon: a complete sweep did not list it and Neon answered 404. Last seen 14:45; the figures are from then."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := tenantInput(tenant("acme", c.change))
			in.Suspension = c.suspension
			if got := text(usage(t, in, UsageChoice{}).Find("main .notice").First()); got != c.want {
				t.Errorf("notice = %q\nwant     %q", got, c.want)
			}
		})
	}
}

func TestTenant_idleNeedsNoNotice(t *testing.T) {
	in := tenantInput(tenant("acme", func(t *fleet.Tenant) { t.State = fleet.StateIdle }))
	in.Forecasts = [5]*fleet.Forecast{}
	doc := usage(t, in, UsageChoice{})
	if n := doc.Find("main .notice").Length(); n != 0 {
		t.Errorf("%d notices, want none", n)
	}
	if got, _ := doc.Find("#tenant .badge").First().Attr("title"); got != "Scaled to zero; wakes on the next connection" {
		t.Errorf("state = %q", got)
	}
}

func TestTenant_readsItsCountersLiveOnceThePageStands(t *testing.T) {
	in := tenantInput(tenant("acme"))
	in.Refresh = "/tenants/wispy-meadow-48210934/usage?live=1"
	top := usage(t, in, UsageChoice{}).Find("#tenant")
	if got, _ := top.Attr("hx-get"); got != in.Refresh {
		t.Errorf("hx-get = %q", got)
	}
	in.Refresh, in.Live = "", true
	part := render(t, TenantTop(NewTenantUsage(reader(fleet.Viewer), UsageInput{Tenant: in}).Head))
	has(t, part.Find("#tenant"), "Counters read live")
	if _, again := part.Find("#tenant").Attr("hx-get"); again {
		t.Error("the answer asks again, for ever")
	}
	in.Live, in.LiveWhy = false, "Neon did not answer within 2 s."
	has(t, usage(t, in, UsageChoice{}).Find("#tenant"), "Neon did not answer within 2 s. Figures as last seen, 4 min ago")
}

func TestUsage_addressesHoldWhatIsChosen(t *testing.T) {
	doc := usage(t, tenantInput(tenant("acme")), UsageChoice{Range: Days30, Meter: fleet.Storage})
	has(t, doc.Find(`[aria-label=Range]`), "This period", "7 days", "30 days", "60 days", "90 days", "12 months")
	if got := text(doc.Find(`[aria-label=Range] [aria-current]`)); got != "30 days" {
		t.Errorf("range = %q", got)
	}
	if got := text(doc.Find(`[aria-label=Metric] [aria-current]`)); got != "Storage" {
		t.Errorf("metric = %q", got)
	}
	for words, want := range map[string]string{"90 days": "/tenants/wispy-meadow-48210934/usage?metric=storage&range=90d", "This period": "/tenants/wispy-meadow-48210934/usage?metric=storage",
		"As table": "/tenants/wispy-meadow-48210934/usage?metric=storage&range=30d&view=table", "CSV": "/tenants/wispy-meadow-48210934/usage.csv?from=2026-11-01&to=2026-11-20"} {
		if got, _ := doc.Find(`main a:contains("` + words + `")`).Attr("href"); got != want {
			t.Errorf("%s leads to %q, want %q", words, got, want)
		}
	}
	has(t, doc.Find(".chart"), "Compute time, cumulative", "Nothing is known of these days.")
}

func TestUsage_asTableNewestFirstWithUnknownDays(t *testing.T) {
	rows := usage(t, tenantInput(tenant("acme")), UsageChoice{Table: true}).Find("main table tbody tr")
	has(t, rows.Eq(0), "2026-11-20", "0 CU-h", "– unknown: No complete answer of Neon covers this day.", "not yet")
	has(t, rows.Eq(1), "2026-11-19", "1 CU-h", "yes")
	months := usage(t, tenantInput(tenant("acme")), UsageChoice{Table: true, Range: Months12}).Find("main table")
	has(t, months, "Month", "2026-11", "2 CU-h", "19 of 30")
}

func TestUsageChoice_namesWhatIsWrong(t *testing.T) {
	for query, want := range map[string]string{"range=1y": "range=1y is no range", "metric=money": "metric=money is no meter", "view=pie": "view=pie is unknown"} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseUsageChoice(v); fleet.KindOf(err) != fleet.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v, want %q", query, err, want)
		}
	}
	got, err := ParseUsageChoice(url.Values{"range": {"12m"}, "metric": {"written"}, "view": {"table"}})
	if want := (UsageChoice{Months12, fleet.Written, true}); err != nil || got != want {
		t.Errorf("choice = %+v, %v, want %+v", got, err, want)
	}
	if got, err := ParseUsageChoice(nil); err != nil || got != (UsageChoice{Range: ThisPeriod}) {
		t.Errorf("nothing chosen = %+v, %v", got, err)
	}
}

func TestRange_days(t *testing.T) {
	period := fleet.Period{Start: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 12, 9, 0, 0, 0, time.UTC)}
	for r, want := range map[Range][2]fleet.Day{ThisPeriod: {20261112, 20261120}, Days7: {20261114, 20261120}, Days30: {20261022, 20261120}, Days90: {20260823, 20261120}, Months12: {20251201, 20261120}} {
		if from, to := r.Days(period, now); from != want[0] || to != want[1] {
			t.Errorf("%s = %s to %s, want %v", r, from, to, want)
		}
	}
	if from, _ := ThisPeriod.Days(fleet.Period{}, now); from != 20261101 {
		t.Errorf("an unknown period begins %s, want the month", from)
	}
}

func TestBranches_liveOrAsLastSeenWithAgeAndReason(t *testing.T) {
	r, in := reader(fleet.Viewer), branchesInput(tenant("acme"))
	doc := render(t, TenantBranchesPage(NewTenantBranches(r, in)))
	has(t, doc.Find("#branches"), "Live from Neon", "3 branches", "main", "default", "30%", "preview/checkout", "protected", "Resetting", "in 3 d", "ep-cool-rain-1", "Running", "0.25–2 CU", "10 min", "Disabled", "read only", "never")
	in.Live, in.At, in.Why, in.Request = false, now.Add(-26*time.Hour), "Neon did not answer within 2 s.", "req-77"
	doc = render(t, TenantBranchesPage(NewTenantBranches(r, in)))
	has(t, doc.Find("#branches"), "As last seen, 26 h ago", "Neon did not answer within 2 s. Neon's request id: req-77.", "Try again", "main")
	never := render(t, BranchesPart(NewTenantBranches(r, BranchesInput{Tenant: in.Tenant, Why: "Neon did not answer within 2 s.", Request: "req-77"})))
	has(t, never.Find("#branches"), "Neon did not answer", "never read before", "Neon's request req-77", "Try again")
	if never.Find("table").Length() != 0 {
		t.Error("an empty table looks like no branches")
	}
}

func TestLimits_showThePlanNeonAndTheDifference(t *testing.T) {
	doc := render(t, TenantLimitsPage(NewTenantLimits(reader(fleet.Viewer), limitsInput(tenant("acme")))))
	changed := doc.Find("tr.chg")
	if changed.Length() != 1 {
		t.Errorf("%d lines differ, want one", changed.Length())
	}
	has(t, changed, "Storage limit", "10 GB", "∞", "Differs")
	has(t, doc.Find("main"), "2 settings at Neon would have to change:", "storage limit unlimited → 10 GB", "endpoint ep-cool-rain-1 largest compute 4 CU → 2 CU")
}

func TestLimits_theLockOfASuspensionIsNoDifference(t *testing.T) {
	in := limitsInput(tenant("acme", func(t *fleet.Tenant) { t.State = fleet.StateSuspended }))
	in.Desired.Suspended = true
	in.Observed = fleet.Observed{Settings: in.Plan.Settings, Endpoints: []fleet.Endpoint{}, At: now}
	in.Observed.Settings.Limits[fleet.Active] = fleet.Cap(fleet.SuspensionLock)
	doc := render(t, TenantLimitsPage(NewTenantLimits(reader(fleet.Viewer), in)))
	if n := doc.Find("tr.chg").Length(); n != 0 {
		t.Errorf("%d lines differ, want none", n)
	}
	has(t, doc.Find("main"), "Neon holds a lock of 1 s; resuming restores 750 h.", "Neon is set to what the plan says.")
}

func TestLimits_ofTheUnassignedSayWhatIsInTheWay(t *testing.T) {
	in := limitsInput(tenant("loose", func(t *fleet.Tenant) { t.Plan, t.Flags = "", fleet.NoPlan }))
	in.Plan, in.Tenant.Plan = nil, ""
	doc := render(t, TenantLimitsPage(NewTenantLimits(reader(fleet.Viewer), in)))
	has(t, doc.Find("#tenant"), "Unassigned")
	if got := text(doc.Find("main h3").First()); got != "Pro" {
		t.Errorf("the nearest plan = %q, want Pro", got)
	}
	has(t, doc.Find("main"), "What is in the way", "storage limit unlimited → 10 GB")
}

func TestActivity_newestFirstFromAllThree(t *testing.T) {
	doc := render(t, TenantActivityPage(NewTenantActivity(reader(fleet.Viewer), activityInput(tenant("acme")))))
	rows := doc.Find("main table tbody tr")
	has(t, rows.Eq(0), "14:29", "Neon", "Start compute on ep-cool-rain-1, 2 s", "Finished")
	has(t, rows.Eq(1), "13:49", "admin@example.com", "Export tenants", "12,408 rows", "Done")
	has(t, rows.Eq(2), "11:49", "Sync", "Settings changed outside Neon Fleet")
	empty := render(t, TenantActivityPage(NewTenantActivity(reader(fleet.Viewer), ActivityInput{Tenant: tenantInput(tenant("acme")), NeonWhy: "Neon did not answer within 2 s."})))
	has(t, empty.Find("main"), "Nothing has happened yet", "Neon did not answer within 2 s. Neon's own operations are missing below.")
}
