package pages

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
)

func TestEveryPage_obeysTheContentSecurityPolicy(t *testing.T) {
	for name, page := range everyPage(reader(fleet.Admin)) {
		doc := render(t, page)
		doc.Find("*").Each(func(_ int, s *goquery.Selection) {
			for _, a := range s.Nodes[0].Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
					t.Errorf("%s: <%s %s=%q> is refused by the policy", name, goquery.NodeName(s), a.Key, a.Val)
				}
				if strings.HasPrefix(a.Val, "about:invalid") {
					t.Errorf("%s: a link was thought unsafe: <%s %s=%q>", name, goquery.NodeName(s), a.Key, a.Val)
				}
			}
		})
		if n := doc.Find("script:not([src]), style").Length(); n > 0 {
			t.Errorf("%s: %d inline scripts or style sheets", name, n)
		}
	}
}

func TestEveryPage_isAWholeDocument(t *testing.T) {
	for name, page := range everyPage(reader(fleet.Viewer)) {
		doc := render(t, page)
		if got := doc.Find("head title").Text(); !strings.HasSuffix(got, " · Neon Fleet") {
			t.Errorf("%s: title = %q, want it to end with the product", name, got)
		}
		if n := doc.Find("h1").Length(); n != 1 {
			t.Errorf("%s: %d h1, want one", name, n)
		}
		if doc.Find("main#main").Length() != 1 || doc.Find("html[lang=en]").Length() != 1 {
			t.Errorf("%s: no main part or no language", name)
		}
		ids := map[string]bool{}
		doc.Find("[id]").Not("svg *").Each(func(_ int, s *goquery.Selection) {
			id, _ := s.Attr("id")
			if ids[id] {
				t.Errorf("%s: id %q twice", name, id)
			}
			ids[id] = true
		})
	}
}

func TestEveryPage_showsNoMoneyToThoseWhoMayNotSeeIt(t *testing.T) {
	for _, role := range fleet.Roles() {
		for name, page := range everyPage(reader(role)) {
			says := strings.Contains(render(t, page).Text(), "$")
			if says && !role.May(fleet.SeeMoney) {
				t.Errorf("%s shows an amount to %s", name, role)
			}
			if name == "plans" && !says && role.May(fleet.SeeMoney) {
				t.Errorf("plans show %s no price", role)
			}
		}
	}
}

func TestEveryPage_leadsOnlyToPlacesOfTheRole(t *testing.T) {
	doc := render(t, OverviewPage(NewOverview(reader(fleet.Viewer), overviewInput())))
	has(t, doc.Find("nav[aria-label=Main]"), "Overview", "Tenants 12,408", "Plans 3", "Sync", "Account")
	if got := text(doc.Find("nav [aria-current=page]")); got != "Overview" {
		t.Errorf("current part = %q", got)
	}
	if doc.Find(`form[action="/sync"]`).Length() > 0 {
		t.Error("a viewer is offered to start a sync")
	}
	doc = render(t, OverviewPage(NewOverview(reader(fleet.Support), overviewInput())))
	if doc.Find(`form[action="/sync"][method=post] button`).Length() != 1 {
		t.Error("support is not offered to start a sync")
	}
}

func TestFrame_saysWhoIsSignedInAndLeadsOut(t *testing.T) {
	doc := render(t, PlanListPage(NewPlanList(reader(fleet.Support), nil)))
	foot := doc.Find(".foot")
	has(t, foot, "support@example.com", "Support", "UTC", "Synced 4 min ago", "Sign out")
	if foot.Find(`form[method=post][action="/logout"] button`).Length() != 1 {
		t.Error("there is no way out")
	}
	if got, _ := doc.Find("a.skip").Attr("href"); got != "#main" {
		t.Errorf("skip link = %q", got)
	}
	if got, _ := doc.Find("a.find").Attr("href"); got != FindURL {
		t.Errorf("find without scripts leads to %q", got)
	}
}

func TestFrame_keepsTheThemeWithoutAFlash(t *testing.T) {
	r := reader(fleet.Viewer)
	if _, set := render(t, PlanListPage(NewPlanList(r, nil))).Find("html").Attr("data-theme"); set {
		t.Error("who never chose follows the device")
	}
	r.Theme = layout.Dark
	if got, _ := render(t, PlanListPage(NewPlanList(r, nil))).Find("html").Attr("data-theme"); got != "dark" {
		t.Errorf("data-theme = %q, want it from the server", got)
	}
}

func TestFrame_saysInAmberHowOldTheFiguresAre(t *testing.T) {
	r := reader(fleet.Viewer)
	r.Sync = SyncHealth{At: now.Add(-6 * 3600e9), Problem: "Neon has not answered since 08:50 (503)."}
	doc := render(t, PlanListPage(NewPlanList(r, nil)))
	has(t, doc.Find(".notice.warn"), "As of 08:49 (6 h old). Neon has not answered since 08:50 (503).")
	has(t, doc.Find(".foot .health"), "Sync is late")
	fresh := render(t, PlanListPage(NewPlanList(reader(fleet.Viewer), nil)))
	if fresh.Find(".notice").Length() > 0 {
		t.Error("fresh figures need no notice")
	}
}

func TestFrame_isStaleAfterThreeMissedSweeps(t *testing.T) {
	r := reader(fleet.Viewer)
	r.Sync.At = now.Add(-15 * 60e9)
	if r.Sync.stale(now) {
		t.Error("three times the interval is not late yet")
	}
	if r.Sync.At = now.Add(-16 * 60e9); !r.Sync.stale(now) {
		t.Error("a sweep 16 minutes ago, one each 5 minutes, is late")
	}
}

func TestNames_areTextWhateverTheySay(t *testing.T) {
	r := reader(fleet.Admin)
	for _, name := range hostile {
		acme := tenant(name)
		in := listInput()
		in.Tenants = []fleet.Tenant{acme}
		overview := overviewInput()
		overview.Attention[0].Tenant = acme
		found := render(t, FindPage(NewFind(r, "x", []fleet.Tenant{acme}, plans(), false)))
		for what, link := range map[string]*goquery.Selection{
			"list":     render(t, TenantListPage(NewTenantList(r, in))).Find("tr[data-row] .who a"),
			"overview": render(t, OverviewPage(NewOverview(r, overview))).Find(".attention tr[data-row] a").First(),
			"find":     found.Find(".hitlist a").First(),
			"tenant":   render(t, TenantActivityPage(NewTenantActivity(r, activityInput(acme)))).Find("h1"),
		} {
			if got := link.Find("bdi").Text(); got != name {
				t.Errorf("%s shows %q as %q", what, name, got)
			}
			if got, _ := link.Attr("title"); got != name {
				t.Errorf("%s: title of %q = %q", what, name, got)
			}
		}
	}
}

func TestNames_inAddressesAreEscaped(t *testing.T) {
	if got, want := TenantURL("a/b?c#d é"), "/tenants/a%2Fb%3Fc%23d%20%C3%A9"; got != want {
		t.Errorf("TenantURL = %q, want %q", got, want)
	}
	if got, want := TenantsURL(TenantQuery{Q: `plan:pro used:>80 "a&b"`}), "/tenants?q=plan%3Apro+used%3A%3E80+%22a%26b%22"; got != want {
		t.Errorf("TenantsURL = %q, want %q", got, want)
	}
}
