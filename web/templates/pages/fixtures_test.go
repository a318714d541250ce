package pages

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/ui"
)

// now is the moment of all these tests.
var now = time.Date(2026, 11, 20, 14, 49, 0, 0, time.UTC)

// reader is somebody of a role, four minutes after a sweep.
func reader(role fleet.Role) Reader {
	return Reader{Email: string(role) + "@example.com", Role: role, Now: now, Tenants: fleet.Of(12408), Plans: fleet.Of(3),
		Sync: SyncHealth{At: now.Add(-4 * time.Minute), Every: 5 * time.Minute}}
}

// render is the page as a document to look things up in.
func render(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(markup(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func markup(t *testing.T, c templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := c.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// text is what a person reads there: elements stand apart, spaces are single.
func text(s *goquery.Selection) string {
	var b strings.Builder
	for n := range s.Nodes {
		for d := range s.Nodes[n].Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(strings.ReplaceAll(d.Data, "\u00a0", " ") + " ")
			}
		}
	}
	words := strings.Join(strings.Fields(b.String()), " ")
	return strings.NewReplacer(" ,", ",", " .", ".", "“ ", "“", " ”", "”").Replace(words)
}

// has fails unless the page says all of the words.
func has(t *testing.T, s *goquery.Selection, words ...string) {
	t.Helper()
	got := text(s)
	for _, w := range words {
		if !strings.Contains(got, w) {
			t.Errorf("got %q, want it to say %q", got, w)
		}
	}
}

func plans() []fleet.Plan {
	list := fleet.FirstPlans()
	for i := range list {
		list[i].SavedAt = now.Add(-400 * time.Hour)
	}
	return list
}

// tenant is one on the Pro plan with shares of 84, 28, 31, 36 and 19 percent.
func tenant(name string, change ...func(*fleet.Tenant)) fleet.Tenant {
	t := fleet.Tenant{
		ID: "wispy-meadow-48210934", Name: name, Plan: "pro", Region: "aws-us-east-1", CreatedAt: now.AddDate(0, -5, 0), LastActive: now.Add(-12 * time.Minute),
		SyncedAt: now.Add(-4 * time.Minute), Period: fleet.MonthPeriod(now), Limits: plans()[1].Settings.Limits, Suspend: 600,
		Used: fleet.Figures{fleet.Of(1260 * 3600), fleet.Of(212 * 3600), fleet.Of(3_100_000_000), fleet.Of(18_200_000_000), fleet.Of(9_700_000_000)},
	}
	for _, c := range change {
		c(&t)
	}
	t.Shares = fleet.Shares(t.Used, t.Limits)
	return t
}

func tenantInput(t fleet.Tenant) TenantInput {
	in := TenantInput{Tenant: t, Plan: "Pro", StateSince: now.Add(-14 * time.Minute)}
	for _, m := range fleet.Meters() {
		in.Readings[m] = Reading{Source: FromSweep, At: now.Add(-4 * time.Minute)}
	}
	in.Readings[fleet.Compute] = Reading{Source: FromDays, At: now.Add(-4 * time.Minute), Through: now.Truncate(time.Hour)}
	in.Forecasts[fleet.Compute] = &fleet.Forecast{AtEnd: 1890 * 3600, Out: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
	in.Forecasts[fleet.Transfer] = &fleet.Forecast{AtEnd: 27_500_000_000}
	return in
}

// hostile are names that a tenant could give itself.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "=HYPERLINK(\"http://x\")", "\u202Egnp.exe", "مستأجر",
	strings.Repeat("w", 256), "emoji 🐘🐘", `{{ .Name }}`, "' or 1=1 --", "</title><b>x",
}

// names are what people call such things.
var names = strings.Fields("acme-analytics bluebird-crm cobalt-forms ember-notes fjord-inventory granite-pay harbor-bookings indigo-helpdesk juniper-lms lumen-studio mosaic-events northwind-erp opal-journal pioneer-maps quartz-surveys delta-scheduler kestrel-iot saffron-recipes tundra-logs umbra-auth velvet-shop willow-clinic yonder-travel zephyr-chat")

// crowd is a list as it looks in life: all plans, states and kinds of meters.
func crowd() (list []fleet.Tenant) {
	for i, name := range append(names, names...) {
		if i >= len(names) {
			name += "-staging"
		}
		list = append(list, tenant(name, func(t *fleet.Tenant) {
			t.ID = fleet.TenantID(fmt.Sprintf("wispy-meadow-%08d", 48210934+i*7919))
			p := plans()[i%3]
			t.Plan, t.Limits = p.ID, p.Settings.Limits
			for _, m := range fleet.Meters() {
				if n, capped := t.Limits[m].Get(); capped {
					t.Used[m] = fleet.Of(n / 100 * int64((107-i*5+int(m)*37+200)%107))
				} else {
					t.Used[m] = fleet.Of(int64(i+1) * 7_000_000)
				}
			}
			t.State = []fleet.State{fleet.StateQuotaReached, fleet.StateActive, fleet.StateIdle, fleet.StateActive, fleet.StateSuspended, fleet.StateIdle, fleet.StateStorageFull, fleet.StateMissing}[i%8]
			if i%9 == 3 {
				t.Flags = fleet.Drifted
			}
			if i%11 == 5 {
				t.Plan, t.Flags = fleet.Unassigned, fleet.NoPlan
			}
			if i%7 == 4 {
				t.Used[fleet.Written] = fleet.Unknown
			}
			t.LastActive = now.Add(-time.Duration(i*i) * 11 * time.Minute)
		}))
	}
	return list
}

func listInput() TenantListInput {
	return TenantListInput{Tenants: crowd(), Total: 12408, Plans: plans(), Regions: []string{"aws-eu-central-1", "aws-us-east-1"}, Next: "c2", Counts: TenantCounts{
		All: fleet.Of(12408), Over: fleet.Of(31), Above80: fleet.Of(245), QuotaReached: fleet.Of(12), Suspended: fleet.Of(58), Drifted: fleet.Of(9), Idle30: fleet.Of(4127)}}
}

// drawing stands for what the charts package makes.
func drawing() ui.SVG {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 230" role="img" aria-labelledby="t1"><title id="t1">Compute time of the fleet by day and plan</title>`)
	for i := range 20 {
		for s := range 3 {
			fmt.Fprintf(&b, `<rect class="s%d" x="%d" y="%d" width="22" height="%d"/>`, s+1, 50+i*30, 160-s*60+(i*7)%20, 46)
		}
	}
	b.WriteString(`<text x="60" y="224">1 Nov</text></svg>`)
	return ui.SVG(b.String())
}

func overviewInput() OverviewInput {
	in := OverviewInput{
		Tenants: 12408, WeekAgo: fleet.Of(12325), ActiveToday: fleet.Of(1204), QuotaReached: 12, StorageFull: 3, Over: 31, Above80: 245, Suspended: 17, Missing: 2, Drifted: 9, Unassigned: 4,
		OutIn48h: fleet.Of(19), Used: fleet.Figures{fleet.Of(11_200 * 3600), fleet.Of(48_000 * 3600), fleet.Of(4_100_000_000_000), fleet.Of(9_700_000_000_000), fleet.Unknown},
		Chart: ui.Chart{SVG: drawing(), Keys: []ui.Key{{Class: "s1", Name: "Free"}, {Class: "s2", Name: "Pro"}, {Class: "s3", Name: "Enterprise"}}, Note: "Today up to 14:00 UTC."},
		Plans: []PlanCount{{plans()[0], 10402, fleet.Of(171)}, {plans()[1], 1911, fleet.Of(38)}, {plans()[2], 91, fleet.Of(5)}, {fleet.Plan{}, 4, fleet.Unknown}},
		Steps: pastRunsFixture()[:2], Settled: 20261119, Spent: 108, Ceiling: 600, AttentionAll: 47,
		Days: []FleetDay{{20261119, []fleet.Amount{fleet.Of(7200), fleet.Of(3600), fleet.Of(0), fleet.Unknown}}},
	}
	whys := []string{"Compute limit reached on 24 Nov at this pace, six days early", "Writes refused by Neon since 09:12: storage limit reached", "Not yet applied: endpoint ep-cool-rain still at 2 CU, plan allows 0.25", "Settings changed outside Neon Fleet 3 h ago: quota 10 GB became unlimited"}
	for i, why := range whys {
		in.Attention = append(in.Attention, Attention{Tenant: crowd()[i], Plan: []string{"Free", "Pro", "Enterprise", ""}[i], Why: why})
	}
	return in
}

func pastRunsFixture() []fleet.SyncRun {
	at := now.Add(-4 * time.Minute)
	return []fleet.SyncRun{
		{ID: 4, Step: fleet.Sweep, Reason: "schedule", Started: at.Add(-6 * time.Second), Finished: at, Complete: true, Pages: 32, Rows: 12408, Calls: 32},
		{ID: 3, Step: fleet.Recent, Reason: "staff", Started: at, Finished: at.Add(20 * time.Second), Complete: true, Pages: 13, Rows: 1204, Calls: 13, Throttled: 1},
		{ID: 2, Step: fleet.Settle, Reason: "schedule", Started: at.Add(-12 * time.Hour), Finished: at.Add(-11 * time.Hour), Pages: 80, Rows: 8000, Calls: 80, Problem: "Neon answered 503 three times (GET /consumption_history/v2/projects)."},
		{ID: 1, Step: fleet.Sweep, Reason: "first start", Started: at.Add(-20 * time.Hour), Pages: 3, Rows: 1200, Calls: 3},
	}
}

func syncInput() SyncInput {
	return SyncInput{
		Running: []fleet.SyncRun{{Step: fleet.Sweep, Started: now.Add(-3 * time.Second), Pages: 2, Rows: 800, Calls: 2, Total: 12400}}, Last: pastRunsFixture()[:3], Past: pastRunsFixture(),
		Settled: 20261119, Next: now.Add(3 * time.Minute), Budget: []Bucket{
			{Name: "Requests", PerMinute: 600, Spent: 108, Lanes: []Spending{{"Person", 2, 0}, {"Run", 0, 0}, {"Sync", 106, 3}}, Routes: []Spending{{"GET /projects", 32, 0}, {"GET /projects/{project_id}", 76, 0}}},
			{Name: "Consumption", PerMinute: 30, Spent: 13, Lanes: []Spending{{"Person", 0, 0}, {"Run", 0, 0}, {"Sync", 13, 0}}, Throttled: 1}},
	}
}

func branchesInput(t fleet.Tenant) BranchesInput {
	return BranchesInput{Tenant: tenantInput(t), Live: true, At: now,
		Branches: []Branch{{ID: "br-1", Name: "main", Default: true, Size: fleet.Of(3_000_000_000), State: "ready", CreatedAt: t.CreatedAt},
			{ID: "br-2", Name: "dev", Parent: "main", Size: fleet.Of(3_100_000_000), State: "ready", CreatedAt: t.CreatedAt},
			{ID: "br-3", Name: "preview/checkout", Parent: "main", Protected: true, Size: fleet.Unknown, State: "resetting", CreatedAt: now, ExpiresAt: now.Add(72 * time.Hour)}},
		Computes: []Compute{{ID: "ep-cool-rain-1", Branch: "main", State: "active", Sizes: fleet.Sizes{Min: 250, Max: 2000, Suspend: 600}, LastActive: now.Add(-time.Minute)},
			{ID: "ep-cool-rain-2", Name: "reports", Branch: "dev", ReadOnly: true, State: "idle", Disabled: true, Sizes: fleet.Sizes{Min: 250, Max: 250}}}}
}

func limitsInput(t fleet.Tenant) LimitsInput {
	pro := plans()[1]
	have := fleet.Observed{Settings: pro.Settings, Endpoints: []fleet.Endpoint{{ID: "ep-cool-rain-1", Sizes: fleet.Sizes{Min: 250, Max: 4000, Suspend: 600}}}, At: now.Add(-4 * time.Minute)}
	have.Settings.Limits[fleet.Storage] = fleet.Unlimited
	return LimitsInput{Tenant: tenantInput(t), Plan: &pro, Desired: fleet.Desired{Settings: pro.Settings}, Observed: have, Plans: plans()}
}

func activityInput(t fleet.Tenant) ActivityInput {
	return ActivityInput{Tenant: tenantInput(t),
		Audit:      []fleet.AuditEntry{{At: now.Add(-time.Hour), By: fleet.Actor{Email: "admin@example.com"}, Action: "export tenants", Outcome: fleet.Done, Detail: "12,408 rows"}},
		Syncs:      []SyncEvent{{At: now.Add(-3 * time.Hour), Text: "Settings changed outside Neon Fleet: storage limit 10 GB → unlimited"}},
		Operations: []Operation{{At: now.Add(-20 * time.Minute), Action: "start_compute", Status: "finished", On: "ep-cool-rain-1", Duration: 2 * time.Second}}}
}

func accountInput() AccountInput {
	return AccountInput{LastSignIn: now.Add(-2 * time.Hour), Sessions: []Session{
		{ID: "s1", Begun: now.Add(-2 * time.Hour), Seen: now, Address: "192.0.2.7", Browser: "Firefox on Linux", Current: true},
		{ID: "s2", Begun: now.Add(-50 * time.Hour), Seen: now.Add(-6 * time.Hour), Address: "2001:db8::1", Browser: "Safari on iPhone"}}}
}
