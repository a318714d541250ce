package pages

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neonfleet/internal/fleet"
)

func list(t *testing.T, r Reader, in TenantListInput) *goquery.Document {
	t.Helper()
	return render(t, TenantListPage(NewTenantList(r, in)))
}

func TestTenants_showWhoAndHowFullWithASignForEverything(t *testing.T) {
	in := listInput()
	in.Tenants = []fleet.Tenant{tenant("acme-analytics", func(t *fleet.Tenant) {
		t.State, t.Flags = fleet.StateQuotaReached, fleet.Drifted
		t.Used = fleet.Figures{fleet.Of(1590 * 3600), fleet.Of(1), fleet.Of(0), fleet.Unknown, fleet.Of(9_000_000)}
		t.Limits[fleet.Written] = fleet.Unlimited
	})}
	row := list(t, reader(fleet.Viewer), in).Find("tr[data-row]")
	has(t, row, "acme-analytics", "Pro", "Quota reached", "Drift", "106% Limit reached", "0%", "12 min ago", "aws-us-east-1")
	for column, want := range map[string]string{"compute": "106%", "storage": "0%", "transfer": "– unknown", "written": "9 MB ∞ unlimited"} {
		if got := text(row.Find("td." + column)); !strings.HasPrefix(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s = %q, want %q", column, got, want)
		}
	}
	if got, _ := row.Find("td.compute .meter").Attr("title"); !strings.Contains(got, "1,590\u00a0CU-h of 1,500\u00a0CU-h") {
		t.Errorf("title = %q, want used and limit", got)
	}
	if got, _ := row.Find("td.transfer .meter").Attr("title"); !strings.Contains(got, "No reading of this period") {
		t.Errorf("title of an unknown figure = %q, want the reason", got)
	}
}

func TestTenants_meterHasTheNotchOfThePeriod(t *testing.T) {
	in := listInput()
	in.Tenants = []fleet.Tenant{tenant("acme")}
	row := list(t, reader(fleet.Viewer), in).Find("tr[data-row]")
	if row.Find("td.compute .fill.w84 + .pace.p65").Length() != 1 { // 19 days 14:49 of 30 have passed
		t.Errorf("compute = %s, want 84 %% filled and the notch at 65 %%", first(row.Find("td.compute")))
	}
	if row.Find("td.storage .pace").Length() != 0 {
		t.Error("storage is a level and has no pace")
	}
}

func first(s *goquery.Selection) string {
	html, err := s.First().Html()
	if err != nil {
		return err.Error()
	}
	return html
}

func TestTenants_countAndAgeAreAlwaysThere(t *testing.T) {
	in := listInput()
	has(t, list(t, reader(fleet.Viewer), in).Find("#count"), "12,408 tenants · synced 4 min ago")
	in.Total, in.AtLeast = 10000, true
	has(t, list(t, reader(fleet.Viewer), in).Find("#count"), "10,000+ tenants")
	in.Total, in.AtLeast = 1, false
	has(t, list(t, reader(fleet.Viewer), in).Find("#count"), "1 tenant ·")
}

func TestTenants_sortByAnyColumnAndTurnItRound(t *testing.T) {
	in := listInput()
	in.Query.Sort = fleet.Sort{By: fleet.ByCompute, Descending: true}
	doc := list(t, reader(fleet.Viewer), in)
	head := doc.Find(`th[aria-sort]`)
	if got, _ := head.Attr("aria-sort"); got != "descending" || text(head) != "Compute ↓" {
		t.Errorf("sorted by %q %q, want Compute descending", text(head), got)
	}
	for id, want := range map[string]string{"by-compute": "compute", "by-name": "name", "by-storage": "-storage", "by-seen": "-seen"} {
		href, _ := doc.Find("#" + id).Attr("href")
		u, err := url.Parse(href)
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Query().Get("sort"); got != want {
			t.Errorf("%s sorts by %q, want %q", id, got, want)
		}
	}
	if got := text(doc.Find(`select[name=sort] option[selected]`)); got != "Most compute" {
		t.Errorf("order chosen = %q", got)
	}
}

func TestTenants_orderByTheOtherDirectionIsNamedToo(t *testing.T) {
	in := listInput()
	in.Query.Sort = fleet.Sort{By: fleet.ByCompute}
	selected := list(t, reader(fleet.Viewer), in).Find(`select[name=sort] option[selected]`)
	if got, _ := selected.Attr("value"); got != "compute" {
		t.Errorf("selected order = %q, want compute, or the next search would lose it", got)
	}
}

func TestTenants_chipsHaveCountsAndTakeThemselvesBack(t *testing.T) {
	in := listInput()
	in.Query = TenantQuery{Q: "shop used:>=100", Plan: "pro"}
	doc := list(t, reader(fleet.Viewer), in)
	has(t, doc.Find("#chips"), "All 12,408", "Over limit 31", "Above 80% 245", "Suspended 58", "Drift 9", "Idle 30 days 4,127")
	active := doc.Find(`#chips [aria-current=true]`)
	if got := text(active); got != "Over limit 31 ×, remove" {
		t.Errorf("active chip = %q", got)
	}
	if got, _ := active.Attr("href"); got != "/tenants?plan=pro&q=shop" {
		t.Errorf("the active chip leads to %q, want the rest of the search", got)
	}
	drift, _ := doc.Find(`#chips a:contains("Drift")`).Attr("href")
	if drift != "/tenants?plan=pro&q=shop+is%3Adrift" {
		t.Errorf("Drift leads to %q, want it instead of the other chip", drift)
	}
	if got, _ := doc.Find("#clear a").Attr("href"); got != TenantListURL {
		t.Errorf("Clear filters leads to %q", got)
	}
}

func TestTenants_withoutChipsLeavesQuotedWordsAlone(t *testing.T) {
	q := TenantQuery{Q: `"two  words" is:drift`, States: []fleet.State{fleet.StateIdle, fleet.StateSuspended}, After: "c"}
	got := q.WithoutChips()
	if strings.Contains(got.Q, "is:drift") || got.After != "" || len(got.States) != 1 || got.States[0] != fleet.StateIdle {
		t.Errorf("WithoutChips = %+v", got)
	}
	if same := (TenantQuery{Q: `"two  words"`}).WithoutChips(); same.Q != `"two  words"` {
		t.Errorf("Q = %q, want it as typed", same.Q)
	}
}

func TestTenants_pagesByCursorAndKeepTheSearch(t *testing.T) {
	in := listInput()
	in.Query, in.Prev, in.Next = TenantQuery{Q: "a", Per: 100, After: "now"}, "before-1", "after-2"
	pager := list(t, reader(fleet.Viewer), in).Find("nav.pager")
	for id, want := range map[string]string{"#page-first": "/tenants?per=100&q=a", "#page-prev": "/tenants?before=before-1&per=100&q=a", "#page-next": "/tenants?after=after-2&per=100&q=a"} {
		if got, _ := pager.Find(id).Attr("href"); got != want {
			t.Errorf("%s leads to %q, want %q", id, got, want)
		}
	}
	has(t, pager, "48 of 12,408 tenants", "Rows 25 50 100 200", "First Previous Next")
	if got := text(pager.Find(".per [aria-current]")); got != "100" {
		t.Errorf("rows a page = %q", got)
	}
	last := listInput()
	last.Next = ""
	if got, _ := list(t, reader(fleet.Viewer), last).Find("nav.pager [aria-disabled]").Last().Attr("aria-disabled"); got != "true" {
		t.Error("the last page leads on")
	}
}

func TestTenants_fileHasAllMatchesOfTheSameSearch(t *testing.T) {
	in := listInput()
	in.Query = TenantQuery{Q: "used:>80", Plan: "pro", After: "x", Per: 25}
	if got, _ := list(t, reader(fleet.Viewer), in).Find("#export").Attr("href"); got != "/tenants.csv?plan=pro&q=used%3A%3E80" {
		t.Errorf("file = %q", got)
	}
}

func TestTenants_showTheColumnsThatThePersonChose(t *testing.T) {
	r := reader(fleet.Viewer)
	r.Columns = ParseColumns([]string{"created", "worst", "nonsense"})
	doc := list(t, r, listInput())
	if got := text(doc.Find("thead")); got != "Tenant Worst meter ↓ Created" {
		t.Errorf("columns = %q", got)
	}
	if got := doc.Find("tbody tr").First().Find("td").Length(); got != 2 {
		t.Errorf("%d cells, want two beside the name", got)
	}
	boxes := doc.Find(`form[action="/account/columns"] input[type=checkbox]`)
	if checked := boxes.Filter("[checked]").Length(); checked != 2 || boxes.Length() != 13 {
		t.Errorf("%d of %d boxes are checked", checked, boxes.Length())
	}
	if back, _ := doc.Find(`#back`).Attr("value"); back != TenantListURL {
		t.Errorf("the form comes back to %q", back)
	}
}

func TestTenants_whenNothingMatchesTheTableStaysAndSaysWhy(t *testing.T) {
	in := TenantListInput{Query: TenantQuery{Q: "region:mars"}, Plans: plans(), Hints: []string{"There is no region “mars”."}}
	doc := list(t, reader(fleet.Viewer), in)
	has(t, doc.Find("tbody tr"), "No tenant matches.", "There is no region “mars”.", "Clear filters")
	if doc.Find("thead th").Length() < 5 {
		t.Error("the head of the table is gone")
	}
}

func TestTenants_beforeTheFirstSweepIsThroughSayHowFarItIs(t *testing.T) {
	doc := list(t, reader(fleet.Viewer), TenantListInput{First: &FirstSweep{Read: 800, Total: 12400, Left: 30e9}})
	has(t, doc.Find("main"), "No tenants yet", "800 of 12,400 projects, about 30 s left.")
	if got, _ := doc.Find("[role=progressbar]").Attr("aria-valuenow"); got != "6" {
		t.Errorf("progress = %q", got)
	}
	failed := list(t, reader(fleet.Viewer), TenantListInput{First: &FirstSweep{Problem: "Neon refuses the key (401). Check NEON_API_KEY."}})
	has(t, failed.Find("main"), "has not succeeded. Neon refuses the key (401). Check NEON_API_KEY.")
	if failed.Find("[role=progressbar]").Length() != 0 {
		t.Error("a failed sweep shows progress")
	}
}

func TestTenants_searchWorksAsAFormAndAsAPart(t *testing.T) {
	in := listInput()
	in.Query = TenantQuery{Q: "acme", States: []fleet.State{fleet.StateIdle}, Per: 25}
	form := list(t, reader(fleet.Viewer), in).Find(`form[role=search]`)
	if got, _ := form.Attr("action"); got != TenantListURL {
		t.Errorf("action = %q", got)
	}
	for _, name := range []string{`input[name=q][value=acme]`, `select[name=plan]`, `select[name=region]`, `select[name=sort]`, `input[type=hidden][name=state][value=idle]`, `input[type=hidden][name=per][value="25"]`, `noscript`} {
		if form.Find(name).Length() != 1 {
			t.Errorf("the form has no %s", name)
		}
	}
	target, _ := form.Attr("hx-target")
	panel := render(t, TenantPanel(NewTenantList(reader(fleet.Viewer), in)))
	if panel.Find(target).Length() != 1 {
		t.Errorf("the part for htmx has no %s", target)
	}
	oob, _ := form.Attr("hx-select-oob")
	for _, part := range strings.Split(oob, ",") {
		if panel.Find(part).Length() != 1 {
			t.Errorf("the part for htmx has no %s", part)
		}
	}
}

func TestTenants_aPhoneHasNameStateAndWorstMeterInOneCell(t *testing.T) {
	in := listInput()
	in.Tenants = []fleet.Tenant{tenant("acme")}
	has(t, list(t, reader(fleet.Viewer), in).Find("th.name"), "acme", "Pro", "Compute time", "84%", "Active")
}
