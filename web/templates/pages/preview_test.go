package pages

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

var previewDir = flag.String("preview", "", "write every page and state into this directory, to look at")

// everyPage is each page in each of its states, as somebody of a role sees it.
func everyPage(r Reader) map[string]templ.Component {
	acme := tenant("acme-analytics")
	first := &FirstSweep{Read: 800, Total: 12400, Left: 30 * time.Second}
	stale, dark, flash := r, r, r
	stale.Sync = SyncHealth{At: now.Add(-6 * time.Hour), Problem: "Neon has not answered since 08:50 (503)."}
	dark.Theme, flash.Flash = layout.Dark, "Password changed. All other browsers were signed out."
	none := r
	none.Email, none.Role = "", ""
	pages := map[string]templ.Component{
		"overview":       OverviewPage(NewOverview(r, overviewInput())),
		"overview-dark":  OverviewPage(NewOverview(dark, overviewInput())),
		"overview-stale": OverviewPage(NewOverview(stale, overviewInput())),
		"overview-first": OverviewPage(NewOverview(r, OverviewInput{First: first})),
		"tenants":        TenantListPage(NewTenantList(r, listInput())),
		"tenants-dark":   TenantListPage(NewTenantList(dark, listInput())),
		"tenants-first":  TenantListPage(NewTenantList(r, TenantListInput{First: first})),
		"tenants-none": TenantListPage(NewTenantList(r, TenantListInput{Query: TenantQuery{Q: "plan:pro used:>80 region:mars"}, Plans: plans(), Counts: TenantCounts{All: fleet.Of(0)},
			Hints: []string{"There is no region “mars”; you have aws-eu-central-1 and aws-us-east-2."}})),
		"plans":         PlanListPage(NewPlanList(r, overviewInput().Plans)),
		"plans-none":    PlanListPage(NewPlanList(r, nil)),
		"plan":          OnePlanPage(NewOnePlan(r, overviewInput().Plans[1])),
		"sync":          SyncPage(NewSync(r, syncInput())),
		"sync-none":     SyncPage(NewSync(r, SyncInput{Skew: -45 * time.Second, Elsewhere: true, Requested: now})),
		"find":          FindPage(NewFind(r, "acme", []fleet.Tenant{acme}, plans(), true)),
		"find-none":     FindPage(NewFind(r, "zzz", nil, plans(), false)),
		"account":       AccountPage(NewAccount(flash, accountInput())),
		"account-wrong": AccountPage(NewAccount(r, AccountInput{Sessions: accountInput().Sessions, PasswordProblem: "The current password is another one.", PasswordField: "current", Zone: "Mars", ZoneProblem: "There is no time zone “Mars”."})),
		"signin":        SignInPage(NewSignIn(none, "", "", "")),
		"signin-wrong":  SignInPage(NewSignIn(none, "support@example.com", "/tenants", "That address and password do not match. Four tries left before a pause of one minute.")),
		"error-400":     FailurePage(NewFailure(r, 400, "sort=size: tenants cannot be sorted by that.", "01JD4Y8")),
		"error-403":     FailurePage(NewForbidden(r, fleet.SyncNow, []string{"admin@example.com", "ops-lead@example.com"}, "01JD4Y8")),
		"error-404":     FailurePage(NewFailure(r, 404, "", "01JD4Y8")),
		"error-500":     FailurePage(NewFailure(r, 500, "", "01JD4Y8")),
		"error-502":     FailurePage(NewFailure(r, 502, "", "01JD4Y8")),
		"error-alone":   FailurePage(NewFailure(none, 404, "", "01JD4Y8")),
	}
	for name, c := range tenantPages(r, acme) {
		pages[name] = c
	}
	return pages
}

func tenantPages(r Reader, acme fleet.Tenant) map[string]templ.Component {
	charts := []ui.Chart{{Title: "Compute time, cumulative", Note: "1,260 of 1,500 CU-h", SVG: drawing()}, {Title: "Compute time, per day", Empty: "Nothing is known of these days yet."}}
	usage := func(in TenantInput, choice UsageChoice) templ.Component {
		return TenantUsagePage(NewTenantUsage(r, UsageInput{Tenant: in, Choice: choice, From: 20261101, To: 20261120, Charts: charts,
			Days: []fleet.DayUsage{{Day: 20261119, Usage: fleet.Usage{fleet.Of(3600)}, Final: true}, {Day: 20261120}}, Months: []MonthUsage{{Month: 202611, DaysKnown: 19}}}))
	}
	stopped := tenantInput(tenant("acme-analytics", func(t *fleet.Tenant) {
		t.State, t.Used[fleet.Compute] = fleet.StateQuotaReached, fleet.Of(1590*3600)
	}))
	stopped.Forecasts = [5]*fleet.Forecast{}
	loose := tenantInput(tenant("loose-ends", func(t *fleet.Tenant) {
		t.Plan, t.Flags, t.Limits, t.Used[fleet.Written] = "", fleet.NoPlan, fleet.Limits{}, fleet.Unknown
	}))
	loose.Plan = ""
	suspended := tenantInput(tenant("abuser", func(t *fleet.Tenant) { t.State = fleet.StateSuspended }))
	suspended.Suspension = Suspension{By: "support@example.com", Reason: "Mining on a free plan"}
	asSeen := branchesInput(acme)
	asSeen.Live, asSeen.At, asSeen.Why, asSeen.Request = false, now.Add(-26*time.Hour), "Neon did not answer within 2 s.", "req-77"
	unassigned := limitsInput(acme)
	unassigned.Plan, unassigned.Tenant = nil, loose
	return map[string]templ.Component{
		"tenant":           usage(tenantInput(acme), UsageChoice{}),
		"tenant-table":     usage(tenantInput(acme), UsageChoice{Table: true}),
		"tenant-months":    usage(tenantInput(acme), UsageChoice{Range: Months12, Table: true}),
		"tenant-stopped":   usage(stopped, UsageChoice{}),
		"tenant-suspended": usage(suspended, UsageChoice{}),
		"tenant-loose":     usage(loose, UsageChoice{}),
		"branches":         TenantBranchesPage(NewTenantBranches(r, branchesInput(acme))),
		"branches-seen":    TenantBranchesPage(NewTenantBranches(r, asSeen)),
		"branches-none":    TenantBranchesPage(NewTenantBranches(r, BranchesInput{Tenant: tenantInput(acme), Why: "Neon did not answer within 2 s."})),
		"limits":           TenantLimitsPage(NewTenantLimits(r, limitsInput(acme))),
		"limits-loose":     TenantLimitsPage(NewTenantLimits(r, unassigned)),
		"activity":         TenantActivityPage(NewTenantActivity(r, activityInput(acme))),
		"activity-none":    TenantActivityPage(NewTenantActivity(r, ActivityInput{Tenant: tenantInput(acme), NeonWhy: "Neon did not answer within 2 s."})),
	}
}

var sheet = regexp.MustCompile(`<link rel="stylesheet"[^>]*>`)

// TestPreview writes what everyPage has, with the style sheet inside, where
// -preview says; without it every page still has to render.
func TestPreview(t *testing.T) {
	css, err := os.ReadFile("../../static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range everyPage(reader(fleet.Admin)) {
		html := markup(t, page)
		if *previewDir == "" {
			continue
		}
		html = sheet.ReplaceAllLiteralString(html, "<style>"+string(css)+"</style>")
		if err := os.WriteFile(filepath.Join(*previewDir, name+".html"), []byte(html), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
