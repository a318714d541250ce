package pages

import (
	"strings"
	"testing"
	"time"

	"neonfleet/internal/fleet"
)

func TestOverview_showsTheFleetAndWhoNeedsAttention(t *testing.T) {
	doc := render(t, OverviewPage(NewOverview(reader(fleet.Viewer), overviewInput())))
	has(t, doc.Find("main"), "Usage as of 14:45, 4 min ago", "Tenants 12,408 83 more than a week ago", "Active today 1,204 9.7% of the fleet", "At a limit 31 12 stopped by Neon, 245 above 80%", "Out within 48 hours 19")
	has(t, doc.Find(".figures.flush"), "Compute time 11,200 CU-h", "Storage 4.1 TB", "Written –")
	has(t, doc.Find(".attention tbody tr").First(), "acme-analytics", "Compute limit reached on 24 Nov", "Free", "97%", "Transfer")
	has(t, doc.Find(".legend"), "Free", "Pro", "Enterprise", "Table", "CSV")
	has(t, doc.Find("main"), "Settled through 19 Nov", "18% of 600 a minute")
}

func TestOverview_figuresLeadToTheTenantsTheyCount(t *testing.T) {
	doc := render(t, OverviewPage(NewOverview(reader(fleet.Viewer), overviewInput())))
	for words, want := range map[string]string{"31": "/tenants?q=used%3A%3E%3D100", "17": "/tenants?state=suspended", "9": "/tenants?q=is%3Adrift"} {
		found := false
		for _, n := range doc.Find(".figures dd a").EachIter() {
			if text(n) == words {
				found = n.AttrOr("href", "") == want
			}
		}
		if !found {
			t.Errorf("%s does not lead to %s", words, want)
		}
	}
}

func TestOverview_asTableKeepsTheMetric(t *testing.T) {
	in := overviewInput()
	in.AsTable = true
	doc := render(t, OverviewPage(NewOverview(reader(fleet.Viewer), in)))
	has(t, doc.Find("#usage table"), "Day", "Free", "Unassigned", "Fleet", "2026-11-19", "2 CU-h", "0 CU-h", "3 CU-h", "– unknown")
	if got, _ := doc.Find(`#usage .seg a:contains("Storage")`).Attr("href"); got != "/?metric=storage&view=table" {
		t.Errorf("Storage leads to %q", got)
	}
}

func TestOverview_calmFleetAndFirstSweep(t *testing.T) {
	has(t, render(t, OverviewPage(NewOverview(reader(fleet.Viewer), OverviewInput{Tenants: 3}))).Find("main"), "Nobody. No tenant is at a limit", "Active today –")
	doc := render(t, OverviewPage(NewOverview(reader(fleet.Viewer), OverviewInput{First: &FirstSweep{Read: 400}})))
	has(t, doc.Find("main"), "No tenants yet", "400 projects so far")
	if doc.Find(".figures").Length() != 0 {
		t.Error("figures of nothing are shown")
	}
}

func TestPlans_showLimitsAndPricesOnlyWithMoney(t *testing.T) {
	counts := overviewInput().Plans
	viewer := render(t, PlanListPage(NewPlanList(reader(fleet.Viewer), counts)))
	has(t, viewer.Find("tbody tr").Eq(1), "Pro", "1,911", "38", "1,500 CU-h", "750 h", "10 GB", "50 GB", "0.25–2 CU", "10 min")
	has(t, viewer.Find("tbody tr").Eq(2), "∞", "5 min")
	has(t, viewer.Find("tbody tr").Last(), "Unassigned", "4", "–")
	finance := render(t, PlanListPage(NewPlanList(reader(fleet.Finance), counts)))
	has(t, finance.Find("table"), "Price a month", "$0.00", "$29.00", "$299.00")
	one := render(t, OnePlanPage(NewOnePlan(reader(fleet.Admin), counts[1])))
	has(t, one.Find("main"), "Pro", "pro", "1,911", "$29.00", "Storage", "10 GB", "Sleeps after", "10 min")
	has(t, render(t, PlanListPage(NewPlanList(reader(fleet.Viewer), nil))).Find("main"), "No plans yet")
}

func TestDollars_haveTwoDecimals(t *testing.T) {
	for cents, want := range map[fleet.Cents]string{0: "$0.00", 5: "$0.05", 2900: "$29.00", 123456789: "$1,234,567.89", -2114: "−$21.14"} {
		if got := dollars(cents); got != want {
			t.Errorf("dollars(%d) = %q, want %q", cents, got, want)
		}
	}
}

func TestSync_showsTheRunningStepTheStepsAndTheBudget(t *testing.T) {
	doc := render(t, SyncPage(NewSync(reader(fleet.Support), syncInput())))
	has(t, doc.Find("#live"), "Sweep 800 of 12,400 rows", "2 pages, 2 calls, since 14:48", "Next sweep in 3 min", "108 of 600 in the last minute", "106, 3 waiting", "GET /projects/{project_id}", "“too many requests” 1 time")
	if got, _ := doc.Find("#live [role=progressbar]").First().Attr("aria-valuenow"); got != "6" {
		t.Errorf("progress = %q", got)
	}
	for attr, want := range map[string]string{"sse-connect": SyncStreamURL, "sse-swap": "progress", "aria-live": "polite"} {
		if got, _ := doc.Find("#live").Attr(attr); got != want {
			t.Errorf("%s = %q, want %q", attr, got, want)
		}
	}
	past := doc.Find(`[aria-label="Past runs"] tbody tr`)
	has(t, past.Eq(0), "14:44", "Sweep", "schedule", "6 s", "32", "12,408", "Complete")
	has(t, past.Eq(2), "Settle", "Failed", "Neon answered 503 three times")
	has(t, past.Eq(3), "Cut off")
	has(t, doc.Find(`[aria-label="Steps"]`), "Counters", "never", "Not yet")
}

func TestSync_onlyWhoMayStartsOne(t *testing.T) {
	if n := render(t, SyncPage(NewSync(reader(fleet.Support), syncInput()))).Find(`form[action="/sync"][method=post] button`).Length(); n != 1 {
		t.Errorf("support has %d buttons", n)
	}
	doc := render(t, SyncPage(NewSync(reader(fleet.Finance), syncInput())))
	if doc.Find(`form[action="/sync"]`).Length() != 0 {
		t.Error("finance is offered to start a sync")
	}
	has(t, doc.Find("main"), "Support or Admin can start a sync.")
}

func TestSync_warnsOfClocksAndOtherInstances(t *testing.T) {
	in := SyncInput{Skew: -45 * time.Second, Elsewhere: true, Requested: now}
	doc := render(t, SyncPage(NewSync(reader(fleet.Admin), in)))
	has(t, doc.Find("main"), "clock is 45 s behind Neon's", "Another instance on this database does the syncing", "A sync was asked for", "No sync has run yet", "Nothing is running")
	in.Skew = 30 * time.Second
	if got := text(render(t, SyncPage(NewSync(reader(fleet.Admin), in))).Find("main")); strings.Contains(got, "clock") {
		t.Error("30 s are no reason to warn")
	}
}

func TestFind_findsTenantsPlansAndPages(t *testing.T) {
	m := NewFind(reader(fleet.Viewer), "a", []fleet.Tenant{tenant("acme-analytics"), tenant("apex", func(t *fleet.Tenant) { t.State = fleet.StateIdle })}, plans(), true)
	part := render(t, FindPart(m))
	has(t, part.Find("[role=listbox]"), "Tenants", "acme-analytics Pro · 84%", "apex Pro · idle", "Plans", "Pages", "Account", "All tenants that match")
	seen := map[string]bool{}
	for _, s := range part.Find("[role=option]").EachIter() {
		id := s.AttrOr("id", "")
		if id == "" || seen[id] {
			t.Errorf("id %q is empty or twice", id)
		}
		seen[id] = true
	}
	page := render(t, FindPage(m))
	if got, _ := page.Find(".hitlist a").First().Attr("href"); got != "/tenants/wispy-meadow-48210934" {
		t.Errorf("first hit leads to %q", got)
	}
	if page.Find("[role=option]").Length() != 0 {
		t.Error("on the page links are links")
	}
}

func TestFind_sayingWhenThereIsNothing(t *testing.T) {
	m := NewFind(reader(fleet.Viewer), "zzz<b>", nil, plans(), false)
	has(t, render(t, FindPage(m)).Find("main"), "Nothing found", "“zzz<b>”")
	has(t, render(t, FindPart(m)).Find("body"), "Nothing found.")
}

func TestAccount_listsBrowsersAndKeepsWhatWasTyped(t *testing.T) {
	doc := render(t, AccountPage(NewAccount(reader(fleet.Viewer), accountInput())))
	rows := doc.Find(`[aria-label="Sessions"] tbody tr`)
	has(t, rows.Eq(0), "Firefox on Linux", "192.0.2.7", "This one")
	if rows.Eq(0).Find("button").Length() != 0 || rows.Eq(1).Find(`form[action="/account/sessions/revoke"] input[name=session][value=s2]`).Length() != 1 {
		t.Error("only other browsers can be signed out one by one")
	}
	has(t, doc.Find("main"), "Sign out everywhere else", "Plan, State, Compute, Storage, Transfer, Written, Last active, Region")
	wrong := render(t, AccountPage(NewAccount(reader(fleet.Viewer), AccountInput{PasswordProblem: "The current password is another one.", PasswordField: "current", Zone: "Mars", ZoneProblem: "There is no time zone “Mars”."})))
	has(t, wrong.Find("[role=alert]"), "The current password is another one.", "There is no time zone “Mars”.")
	if wrong.Find(`input[name=current][aria-invalid=true]`).Length() != 1 || wrong.Find(`input[name=zone][value=Mars][aria-invalid=true]`).Length() != 1 {
		t.Error("the wrong fields are not marked, or what was typed is lost")
	}
	if doc.Find(`button[name=reset]`).Length() != 0 {
		t.Error("usual columns are offered to somebody who has them")
	}
}

func TestTimes_areInTheReadersZoneAndInUTC(t *testing.T) {
	r := reader(fleet.Viewer)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r.Zone = berlin
	when := render(t, OverviewPage(NewOverview(r, overviewInput()))).Find(".fresh")
	has(t, when, "Usage as of 15:45")
	if got, _ := when.Find("time").Attr("title"); got != "20 Nov 2026, 15:45:00 CET · 20 Nov 2026, 14:45:00 UTC" {
		t.Errorf("exact time = %q", got)
	}
	if got, _ := when.Find("time").Attr("datetime"); got != "2026-11-20T14:45:00Z" {
		t.Errorf("datetime = %q", got)
	}
}

func TestSignIn_keepsTheAddressButNotThePassword(t *testing.T) {
	doc := render(t, SignInPage(NewSignIn(Reader{Now: now}, "eve@example.com", "/tenants?q=a", "That address and password do not match.")))
	has(t, doc.Find("[role=alert]"), "do not match")
	form := doc.Find(`form[method=post][action="/login"]`)
	if form.Find(`input[name=email][value="eve@example.com"]`).Length() != 1 || form.Find(`input[name=next][value="/tenants?q=a"]`).Length() != 1 {
		t.Error("what was typed is lost")
	}
	if _, kept := form.Find(`input[name=password]`).Attr("value"); kept {
		t.Error("the password comes back")
	}
	if doc.Find("nav").Length() != 0 {
		t.Error("nobody is signed in, but there is a navigation")
	}
}

func TestFailure_saysCauseRemedyAndRequest(t *testing.T) {
	r := reader(fleet.Viewer)
	r.Path = "/tenants/x/branches"
	cases := map[string]struct {
		page Failure
		want []string
	}{
		"400": {NewFailure(r, 400, "sort=size: tenants cannot be sorted by that.", "r-1"), []string{"That address cannot be right", "sort=size", "Request r-1", "Back to the overview"}},
		"403": {NewForbidden(r, fleet.SyncNow, []string{"ada@example.com"}, "r-1"), []string{"You are signed in as viewer.", "start a sync takes the role Support or Admin.", "ada@example.com"}},
		"404": {NewFailure(r, 404, "", "r-1"), []string{"Not found", "nothing at this address"}},
		"500": {NewFailure(r, 500, "", "r-1"), []string{"Something went wrong", "Request r-1", "Try again", "Overview"}},
		"502": {NewFailure(r, 502, "Neon answered 503 three times.", "r-1"), []string{"Neon did not answer", "Neon answered 503 three times.", "Try again"}},
	}
	for name, c := range cases {
		has(t, render(t, FailurePage(c.page)).Find("main [role=alert]"), c.want...)
		if got := render(t, FailurePage(c.page)).Find("nav[aria-label=Main]").Length(); got != 1 {
			t.Errorf("%s has no way on", name)
		}
	}
	alone := render(t, FailurePage(NewFailure(Reader{Now: now}, 404, "", "")))
	has(t, alone.Find("main"), "Not found", "Sign in")
	if strings.Contains(text(alone.Find("main")), "Request") || alone.Find("nav").Length() != 0 {
		t.Error("the page of nobody shows more than it should")
	}
}
