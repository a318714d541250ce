package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/PuerkitoBio/goquery"
)

// ids are the tenants of a list, in its order.
func (p *page) ids() (list []string) {
	p.doc.Find("tr[data-row] .who .mono").Each(func(_ int, cell *goquery.Selection) { list = append(list, textOf(cell)) })
	return list
}

// total is the number above the list.
func (p *page) total() int {
	p.t.Helper()
	number, _, _ := strings.Cut(p.text("#count"), " ")
	n, err := strconv.Atoi(strings.ReplaceAll(number, ",", ""))
	if err != nil {
		p.t.Fatalf("%s: count says %q", p.Request.URL, p.text("#count"))
	}
	return n
}

// follow opens the link with these words; "" where there is none.
func (p *page) link(words string) string {
	found := ""
	p.doc.Find("a[href]").EachWithBreak(func(_ int, a *goquery.Selection) bool {
		if strings.HasPrefix(textOf(a), words) {
			found = a.AttrOr("href", "")
		}
		return found == ""
	})
	return found
}

// rows are the lines of a file, by the names of its head.
func rows(t *testing.T, body string) (list []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	must(t, err)
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		list = append(list, row)
	}
	return list
}

func column(list []map[string]string, name string) (cells []string) {
	for _, row := range list {
		cells = append(cells, row[name])
	}
	return cells
}

func TestTenants_filtersMeanTheSameOnThePageAndInTheFile(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	for _, query := range []string{
		"", "q=acme", "q=plan:pro", "plan=pro", "plan=PRO", "plan=none", "region=eu", "plan=pro&plan=enterprise", "region=aws-eu&region=azure", "state=idle",
		"state=active&state=quota_reached", "q=used:>80", "q=used:>=100+plan:free", "q=state:suspended", "q=is:drift", "q=is:unassigned", "q=idle:>30d", "q=tag:beta",
		"q=storage:>50", "q=%22acme%22", "q=acme&plan=free&state=idle&sort=-storage", "q=&plan=&region=&state=&sort=&per=&after=&before=", "sort=name", "sort=-created", "sort=-seen", "q=nobody-is-called-this",
	} {
		t.Run(query, func(t *testing.T) {
			list, file := v.get("/tenants?per=200&"+strings.TrimPrefix(query, "per=&")).is(http.StatusOK), rows(t, v.get("/tenants.csv?"+query).is(http.StatusOK).body)
			if list.total() != len(file) {
				t.Errorf("the page counts %d, the file has %d", list.total(), len(file))
			}
			if got := list.ids(); !slices.Equal(got, column(file, "project_id")[:len(got)]) {
				t.Errorf("the page begins otherwise than the file")
			}
		})
	}
}

func TestTenants_filtersKeepWhatTheySay(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	for query, holds := range map[string]func(map[string]string) bool{
		"plan=pro&plan=enterprise":       func(r map[string]string) bool { return r["plan"] == "pro" || r["plan"] == "enterprise" },
		"plan=none":                      func(r map[string]string) bool { return r["plan"] == "" },
		"region=eu":                      func(r map[string]string) bool { return strings.Contains(r["region"], "eu") },
		"state=idle&state=quota_reached": func(r map[string]string) bool { return r["state"] == "idle" || r["state"] == "quota_reached" },
		"q=used:>=100":                   func(r map[string]string) bool { p, _ := strconv.ParseFloat(r["worst_percent"], 64); return p >= 100 },
		"q=tag:beta":                     func(r map[string]string) bool { return slices.Contains(strings.Fields(r["tags"]), "beta") },
		"q=acme+plan:free":               func(r map[string]string) bool { return strings.Contains(r["name"], "acme") && r["plan"] == "free" },
	} {
		list := rows(t, v.get("/tenants.csv?"+query).is(http.StatusOK).body)
		if len(list) == 0 {
			t.Errorf("%s finds nobody, so says nothing", query)
		}
		for _, r := range list {
			if !holds(r) {
				t.Errorf("%s has %v", query, r)
			}
		}
	}
}

func TestTenants_pagesLeadThroughEverybodyAndBack(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	for _, sort := range []string{"", "name", "-name", "compute", "-storage", "-transfer", "written", "active", "-seen", "created"} {
		t.Run(sort, func(t *testing.T) {
			want := column(rows(t, v.get("/tenants.csv?sort="+sort).body), "project_id")
			if len(want) != generatedTenants {
				t.Fatalf("the file has %d tenants, want %d", len(want), generatedTenants)
			}
			var got []string
			p := v.get("/tenants?per=100&sort=" + sort)
			for {
				got = append(got, p.ids()...)
				next := p.link("Next")
				if next == "" {
					break
				}
				p = v.get(next).is(http.StatusOK)
			}
			if !slices.Equal(got, want) {
				t.Errorf("the pages have %d tenants in another order than the file's %d", len(got), len(want))
			}
			var back [][]string
			for prev := p.link("Previous"); prev != ""; prev = p.link("Previous") {
				p = v.get(prev).is(http.StatusOK)
				back = append(back, p.ids())
			}
			slices.Reverse(back)
			if flat := slices.Concat(back...); !slices.Equal(flat, want[:(generatedTenants-1)/100*100]) {
				t.Errorf("back there are %d tenants, or in another order", len(flat))
			}
		})
	}
}

func TestTenants_chipsCountWhatTheyLeadTo(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	counted := 0
	for _, base := range []string{"", "plan=pro", "region=aws-us", "q=acme", "state=idle", "state=active&state=missing", "q=used:>50", "q=is:unassigned", "q=idle:<7d", "q=plan:free+tag:beta"} {
		v.get("/tenants?" + base).doc.Find("#chips .chip").Each(func(_ int, chip *goquery.Selection) {
			number := textOf(chip.Find(".n"))
			if number == "" {
				return
			}
			counted++
			if got := fleet.Thousands(int64(v.get(chip.AttrOr("href", "")).total())); got != number {
				t.Errorf("%q: the chip %q leads to %s tenants", base, textOf(chip), got)
			}
		})
	}
	if counted < 40 {
		t.Errorf("only %d chips had a number", counted)
	}
}

func TestTenants_saysWhatAParameterMayBe(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	second := v.get(v.get("/tenants?per=25").link("Next"))
	cursor := second.Request.URL.Query().Get("after")
	for query, name := range map[string]string{
		"sort=price": "sort", "sort=name&sort=created": "sort", "per=10": "per", "per=abc": "per", "per=-1": "per", "per=25&per=50": "per", "state=sleeping": "state",
		"state=active&state=gone": "state", "plan=platinum": "plan", "plan=pro&plan=platinum": "plan", "q=plan:platinum": "plan", "q=state:asleep": "state", "q=is:odd": "is:odd", "q=used:>many": "used", "q=color:red": "color",
		"q=idle:>x": "idle", "q=plan:": "plan", "q=a&q=b": "q", "after=xyz": "after", "after=" + cursor[:len(cursor)-2]: "after", "before=%00": "", "after=" + cursor + "&sort=name": "after",
		"after=" + cursor + "&before=" + cursor: "after", "page=2": "page", "q=" + strings.Repeat("a", 1001): "q", "q=" + strings.Repeat("a+", 25): "q", "q=" + strings.Repeat("tag:a+", 25): "q", "q=" + strings.Repeat("used:1+", 25): "q", "%zz": "", "unknown": "unknown", "PLAN=pro": "PLAN",
		"region=" + strings.Repeat("x&region=", 300) + "x": "q",
	} {
		p := v.get("/tenants?" + query)
		if name == "" {
			if p.StatusCode >= 500 {
				t.Errorf("%s = %d", query, p.StatusCode)
			}
			continue
		}
		p.is(http.StatusBadRequest)
		if !strings.Contains(p.text("[role=alert]"), name) {
			t.Errorf("%.60s: %q does not name %s", query, p.text("[role=alert]"), name)
		}
		if file := v.get("/tenants.csv?" + query); name != "after" && file.StatusCode != http.StatusBadRequest {
			t.Errorf("%.60s: the file is %d, want 400 too", query, file.StatusCode)
		}
	}
}

func TestTenants_acceptsAsMuchAsAStoreCanCompare(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	for _, q := range []string{strings.Repeat("a ", 24), strings.Repeat("used:>1 ", 24), strings.Repeat("tag:a ", 24), strings.Repeat("plan:pro ", 110), strings.Repeat("region:a ", 110), `"` + strings.Repeat("w", 990) + `"`, "\x00", "a\x00c", "\xff\xfe", "%", "_", `\`, "'; DROP TABLE tenant; --"} {
		v.get("/tenants?q=" + url.QueryEscape(q)).is(http.StatusOK)
	}
}

func TestTenants_whileSomebodyTypesTheListSaysWhatIsWrong(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	p := v.part("/tenants?q=state%3Asus").is(http.StatusUnprocessableEntity)
	p.says("#list", "state:sus is no state. Use one of")
	if p.doc.Find("html > head > title").Length() > 0 || p.doc.Find("#count").Length() != 1 {
		t.Error("the part is not the list alone")
	}
	p = v.part("/tenants?q=acme").is(http.StatusOK)
	if p.doc.Find("header.side").Length() > 0 || !slices.Contains(p.Header.Values("Vary"), "HX-Request") {
		t.Errorf("a part has the whole frame, or is not marked as one (Vary %v)", p.Header.Values("Vary"))
	}
	v.get("/tenants?q=acme", "HX-Request", "true", "HX-History-Restore-Request", "true").says("nav", "Overview")
}

func TestTenants_emptyListsSayWhy(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Viewer)
	v.get("/tenants?q=nobody-is-called-this").says("#list", "No tenant matches.", "Clear filters")
	v.get("/tenants?region=mars").says("#list", "There is no region “mars”; you have aws-")
	v.get("/tenants?q=pro+zzz").says("#list", "To find tenants by plan, write plan:pro.")

	fresh := newSite(t, setting{}).as(fleet.Viewer)
	fresh.get("/tenants").is(http.StatusOK).says("main", "No tenants yet", "The first sweep is reading your organization")
	fresh.get("/").is(http.StatusOK).says("main", "No tenants yet")
	fresh.get("/plans").is(http.StatusOK).says("main", "Free", "Pro", "Enterprise")
	fresh.get("/sync").is(http.StatusOK).says("main", "No sync has run yet", "Nothing is running")
	fresh.get("/find?q=zzz").is(http.StatusOK).says("main", "Nothing found")
	if got := rows(t, fresh.get("/tenants.csv").is(http.StatusOK).body); len(got) != 0 {
		t.Errorf("the file has %v", got)
	}
}

func TestTenants_anOrganizationWithoutProjectsSaysSo(t *testing.T) {
	s := newSite(t, setting{})
	s.sync()
	s.as(fleet.Viewer).get("/tenants").is(http.StatusOK).says("main", "No tenants yet", "has no projects")
}

func TestTenants_sortLinksTurnRound(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	p := v.get("/tenants?plan=pro")
	for range 2 {
		p = v.get(p.doc.Find("#by-storage").AttrOr("href", "")).is(http.StatusOK)
		want := map[string]string{"-storage": "descending", "storage": "ascending"}[p.Request.URL.Query().Get("sort")]
		if got := p.doc.Find("th[aria-sort]").AttrOr("aria-sort", ""); got != want || p.Request.URL.Query().Get("plan") != "pro" {
			t.Errorf("%s is sorted %s, want %s, of the same tenants", p.Request.URL, got, want)
		}
	}
}

func TestTenants_theFormWorksWithoutScripts(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Viewer)
	one := v.get("/tenants?sort=name&per=25").ids()[3]
	p := v.submit("/tenants", url.Values{"q": {one}}).is(http.StatusOK)
	if got := p.ids(); !slices.Equal(got, []string{one}) {
		t.Errorf("searching for an id finds %v", got)
	}
	if got := p.doc.Find("#list").AttrOr("data-for", ""); got != one {
		t.Errorf("the list is for %q: the script that opens a single match on Enter goes by it", got)
	}
}

func TestTenants_columnsAreEachPersonsOwn(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Viewer)
	p := v.submit("/tenants?plan=pro", url.Values{"column": {"owner", "plan", "nonsense"}})
	if got := p.Request.URL.String(); !strings.HasSuffix(got, "/tenants?plan=pro") {
		t.Errorf("the form leads to %s, want the list as it was", got)
	}
	if got := p.text("thead"); got != "Tenant Plan Owner" {
		t.Errorf("columns are %q", got)
	}
	if got := s.as(fleet.Admin).get("/tenants").text("thead"); strings.Contains(got, "Owner") {
		t.Errorf("somebody else has %q", got)
	}
	if got := v.submit("/tenants", url.Values{"reset": {"1"}}).text("thead"); !strings.Contains(got, "Compute") {
		t.Errorf("the usual ones are %q", got)
	}
}

func TestTenants_theFileIsAsPromised(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Viewer)
	p := v.get("/tenants.csv?sort=name&plan=enterprise&bom=1&per=25").is(http.StatusOK)
	if got := p.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/csv; charset=utf-8") {
		t.Errorf("Content-Type = %s", got)
	}
	if got, want := p.Header.Get("Content-Disposition"), fmt.Sprintf(`attachment; filename="tenants-%s.csv"`, fleet.DayOf(dbtest.Now())); got != want {
		t.Errorf("Content-Disposition = %s, want %s", got, want)
	}
	if !strings.HasPrefix(p.body, "\ufeffproject_id,name,plan,state,") || strings.Count(p.body, "\n") != strings.Count(p.body, "\r\n") {
		t.Errorf("the file begins %q, or has lines that end otherwise than in CRLF", p.body[:40])
	}
	golden(t, "tenants.csv", strings.TrimPrefix(p.body, "\ufeff"))
	if plain := v.get("/tenants.csv?sort=name&plan=enterprise").body; "\ufeff"+plain != p.body {
		t.Error("without bom the file is another, or begins with a mark")
	}
	v.get("/tenants.csv?bom=2").is(http.StatusBadRequest)
}

func TestTenants_headOfAFileExportsNothing(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Admin)
	p := v.do(http.MethodHead, "/tenants.csv", nil).is(http.StatusOK)
	if p.body != "" || !strings.Contains(p.Header.Get("Content-Disposition"), "tenants-") {
		t.Errorf("HEAD gives %d bytes, %v", len(p.body), p.Header)
	}
	if got := s.audited("export tenants"); len(got) != 0 {
		t.Errorf("it was written down as an export: %v", got)
	}
}
