package handlers_test

import (
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/PuerkitoBio/goquery"
)

// hostile are names that a tenant could give itself.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</title><b>x`, "=HYPERLINK(\"http://evil.example\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tTab",
	"\rreturn", "two\nlines level=ERROR msg=forged", "\u202Egnp.exe", "مستأجر", strings.Repeat("w", 256), "emoji 🐘🐘", `{{ .Name }}`, "' or 1=1 --", `back\slash, "quoted", comma`, "-5",
}

func hostileID(i int) fleet.TenantID { return fleet.TenantID(fmt.Sprintf("hostile-name-%08d", i)) }

// hostileTenants are on no plan, and busy, so that they stand in charts too.
func hostileTenants() iter.Seq[db.Loaded] {
	return func(yield func(db.Loaded) bool) {
		for i, name := range hostile {
			t := db.Loaded{Tenant: fleet.Tenant{ID: hostileID(i), Name: name, Region: "aws-eu-central-1", Flags: fleet.NoPlan, CreatedAt: dbtest.Now().AddDate(0, -1, 0),
				LastActive: dbtest.Now(), SyncedAt: dbtest.Now(), Period: fleet.MonthPeriod(dbtest.Now()), Owner: name, ExternalID: name, Tags: []string{name},
				Used: fleet.Figures{fleet.Compute: fleet.Of(1), fleet.Storage: fleet.Of(1)}}, StateReason: name, StateSince: dbtest.Now()}
			if !yield(t) {
				return
			}
		}
	}
}

// harmless fails where a name has become markup.
func harmless(t *testing.T, p *page) {
	t.Helper()
	p.is(http.StatusOK)
	p.doc.Find("script").Each(func(_ int, script *goquery.Selection) {
		if src, ok := script.Attr("src"); !ok || !strings.HasPrefix(src, "/static/") {
			t.Errorf("%s: a script of a name's making: %s", p.Request.URL, textOf(script))
		}
	})
	if n := p.doc.Find("img, [onerror], [onclick], style, [style]").Length(); n > 0 {
		t.Errorf("%s: %d elements that only a name can have made", p.Request.URL, n)
	}
}

func TestHostileNames_areTextOnEveryPage(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Admin)
	for i, name := range hostile {
		id, shown := string(hostileID(i)), strings.Join(strings.Fields(name), " ")
		for _, tab := range []string{"", "/usage", "/usage?range=30d", "/usage?range=12m&metric=storage", "/usage?view=table", "/limits", "/branches", "/activity"} {
			p := v.get("/tenants/" + id + tab)
			harmless(t, p)
			if got := p.text("h1"); got != shown {
				t.Errorf("%q%s: the heading is %q", name, tab, got)
			}
			if got := p.text("head > title"); !strings.HasPrefix(got, shown) || !strings.HasSuffix(got, "Neon Fleet") {
				t.Errorf("%q%s: the title is %q", name, tab, got)
			}
			if strings.HasPrefix(tab, "/usage?range") && !strings.Contains(p.text("svg title"), shown) {
				t.Errorf("%q%s: no chart is called after it: %q", name, tab, p.text("svg title"))
			}
		}
	}
	list := v.get("/tenants?plan=none&per=200&sort=name")
	harmless(t, list)
	for _, name := range hostile {
		if shown := strings.Join(strings.Fields(name), " "); !strings.Contains(list.text("#list"), shown) {
			t.Errorf("the list has no %q", shown)
		}
	}
}

func TestHostileNames_areFoundByWhatTheyAre(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	for i, name := range hostile {
		for _, word := range strings.Fields(name) {
			q := url.QueryEscape(word)
			p := v.get("/find?q=" + q)
			harmless(t, p)
			if !strings.Contains(p.body, "/tenants/"+string(hostileID(i))) && p.link("All tenants that match") == "" {
				t.Errorf("find %q has no %q", word, name)
			}
			harmless(t, v.part("/find?q="+q))
			if !strings.Contains(word, `"`) {
				harmless(t, v.get("/tenants?q="+url.QueryEscape(`"`+word+`"`)))
			}
		}
	}
}

func TestHostileNames_areNoFormulasInFiles(t *testing.T) {
	v := newGenerated(t).as(fleet.Viewer)
	byID := map[string]map[string]string{}
	for _, row := range rows(t, v.get("/tenants.csv?plan=none").is(http.StatusOK).body) {
		byID[row["project_id"]] = row
	}
	for i, name := range hostile {
		want := strings.ReplaceAll(name, "\r\n", "\n")
		if strings.ContainsRune("=+-@\t\r", rune(name[0])) && name != "-5" { // a number is no formula
			want = "'" + want
		}
		row := byID[string(hostileID(i))]
		for _, cell := range []string{"name", "owner", "external_id", "state_reason"} {
			if row[cell] != want {
				t.Errorf("%s of %q is %q, want %q", cell, name, row[cell], want)
			}
		}
		for cell, want := range map[string]string{"compute_limit_cu_seconds": "unlimited", "compute_percent": "unlimited", "compute_cu_seconds": "1", "transfer_bytes": "", "worst_percent": "unlimited", "worst_meter": "", "plan": "", "created_at": "2026-10-20T14:45:00Z"} {
			if row[cell] != want {
				t.Errorf("%s of %q is %q, want %q", cell, name, row[cell], want)
			}
		}
	}
}

func TestLog_hasOneLineARequestWhateverIsAskedFor(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Viewer)
	before := strings.Count(s.log.String(), "\n")
	paths := []string{"/tenants/" + url.PathEscape("x\nlevel=ERROR msg=forged"), "/tenants?q=" + url.QueryEscape("a\nlevel=ERROR msg=forged"), "/%0Alevel=ERROR", "/tenants/" + string(hostileID(9)), "/nothing%0D%0Ahere.csv"}
	for _, path := range paths {
		v.get(path, "User-Agent", "x level=ERROR msg=forged", "X-Request-Id", "forged", "Referer", "forged")
	}
	s.anyone().post("/login", url.Values{"email": {"a\nlevel=ERROR@example.com"}, "password": {"x"}})
	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	if got, want := len(lines)-before, len(paths)+1; got != want {
		t.Errorf("%d lines for %d requests", got, want)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "time=") || strings.Contains(line, "forged level") || strings.Contains(line, "request=forged") {
			t.Errorf("a line of somebody else's making: %s", line)
		}
	}
}
