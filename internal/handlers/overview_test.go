package handlers_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/PuerkitoBio/goquery"
)

// figures are the numbers of a page by their labels.
func (p *page) figures() map[string]string {
	list := map[string]string{}
	p.doc.Find("dl.figures > div").Each(func(_ int, f *goquery.Selection) {
		number, _, _ := strings.Cut(textOf(f.Find("dd")), " ")
		list[textOf(f.Find("dt"))] = number
	})
	return list
}

func TestOverview_saysWhatTheListSays(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	p := v.get("/").is(http.StatusOK)
	got := p.figures()
	for label, query := range map[string]string{"Tenants": "", "At a limit": "q=used:>=100", "Suspended": "state=suspended", "Settings drifted": "q=is:drift"} {
		if want := fleet.Thousands(int64(v.get("/tenants?" + query).total())); got[label] != want {
			t.Errorf("%s: %s, the list has %s", label, got[label], want)
		}
	}
	p.doc.Find("table tbody tr th a.cut").Each(func(_ int, plan *goquery.Selection) {
		row := plan.ParentsFiltered("tr")
		if number, want := textOf(row.Find("td.num").First()), v.get(plan.AttrOr("href", "")).total(); number != fleet.Thousands(int64(want)) {
			t.Errorf("%s has %s tenants, the list %d", textOf(plan), number, want)
		}
	})
}

func TestOverview_sumsAreThoseOfTheFile(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	p, file := v.get("/"), rows(t, v.get("/tenants.csv").body)
	for _, m := range fleet.Meters() {
		sum := int64(0)
		for _, r := range file {
			if r["state"] != "gone" && r[m.Column()] != "" {
				n, err := strconv.ParseInt(r[m.Column()], 10, 64)
				must(t, err)
				sum += n
			}
		}
		if want := strings.ReplaceAll(m.Format(sum), "\u00a0", " "); !strings.Contains(p.text("#usage dl"), m.Title()+" "+want) {
			t.Errorf("%s: %q, the file's sum is %s", m, p.text("#usage dl"), want)
		}
	}
}

func TestOverview_theDaysAreDrawnListedAndExported(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	for _, m := range fleet.Meters() {
		p := v.get("/?metric=" + m.String()).is(http.StatusOK)
		if got := p.text("#usage svg[role=img] title"); !strings.HasPrefix(got, m.Title()+" of the fleet by day and plan") {
			t.Errorf("%s: the chart is called %q", m, got)
		}
		if got := p.text("#usage .seg [aria-current]"); got == "" || !strings.HasPrefix(m.Title(), got) {
			t.Errorf("%s: %q is marked", m, got)
		}
		table := v.get(p.link("Table")).is(http.StatusOK)
		if got := table.doc.Find("#usage tbody tr").Length(); got != 20 {
			t.Errorf("%s: the table has %d days, want those of November so far", m, got)
		}
		table.says("#usage thead", "Day Free Pro Enterprise Unassigned Fleet")
	}
	p := v.get("/overview.csv").is(http.StatusOK)
	list := rows(t, p.body)
	if got := p.Header.Get("Content-Disposition"); got != `attachment; filename="fleet-days-2026-11-20.csv"` {
		t.Errorf("the file is %s", got)
	}
	if !strings.HasPrefix(p.body, "day,plan,tenants,compute_cu_seconds,root_storage_byte_hours,") || list[0]["day"] != fleet.DayOf(dbtest.Now()).Add(-39).String() || list[len(list)-1]["day"] != "2026-11-20" {
		t.Errorf("the file begins %q and goes from %s to %s", p.body[:60], list[0]["day"], list[len(list)-1]["day"])
	}
	if v.get("/overview.csv?bom=1").body != "\ufeff"+p.body {
		t.Error("with bom the file is another")
	}
}

func TestOverview_namesWhoNeedsAttentionAndWhy(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	p := v.get("/")
	names := p.doc.Find(".attention tbody tr")
	if names.Length() == 0 || names.Length() > 12 {
		t.Fatalf("%d tenants need attention", names.Length())
	}
	names.Each(func(_ int, row *goquery.Selection) {
		link := row.Find("a").AttrOr("href", "")
		if why := textOf(row.Find(".why")); why == "" {
			t.Errorf("%s: nobody knows why", link)
		}
		v.get(link).is(http.StatusOK)
	})
	for _, words := range []string{"Stopped by Neon since", "limit reached"} {
		p.says(".attention", words)
	}
}

func TestFind_leadsToTenantsPlansAndPages(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Viewer)
	v.get("/find").is(http.StatusOK).says("main", "Overview", "Tenants", "Plans", "Sync", "Account")
	p := v.submit("/find", map[string][]string{"q": {"acme"}}).is(http.StatusOK)
	if got := p.doc.Find(".hitlist li").Length(); got < 8 {
		t.Errorf("%d hits, want eight tenants and the way to all", got)
	}
	v.get(p.link("All tenants that match")).is(http.StatusOK)
	v.get("/find?q=enterpr").says("main", "Plans", "Enterprise")
	part := v.part("/find?q=sync").is(http.StatusOK)
	if part.doc.Find("[role=listbox] [role=option][id=hit-0]").AttrOr("href", "") != "/sync" || part.doc.Find("h1").Length() > 0 {
		t.Errorf("the palette gets %q", part.body)
	}
}

func TestPlans_showLimitsTenantsAndEachPlan(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	p := v.get("/plans").is(http.StatusOK)
	p.says("main", "Free", "25 CU-h", "100 h", "512 MB", "5 GB", "1 GB", "0.25 CU", "Pro", "1,500 CU-h", "0.25–2 CU", "10 min", "Enterprise", "∞", "1–8 CU", "Unassigned")
	one := v.get("/plans/pro").is(http.StatusOK)
	one.says("main", "Pro", "750 h", "10 GB", "50 GB", "Version 1")
	if got, want := one.figures()["Tenants"], fleet.Thousands(int64(v.get("/tenants?plan=pro").total())); got != want {
		t.Errorf("Pro has %s tenants, the list %s", got, want)
	}
}
