package layout

import (
	"strings"
	"testing"

	"neonfleet/web/static"
)

func page(t *testing.T, f Frame) string {
	t.Helper()
	var out strings.Builder
	if err := Page(f).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPage_loadsOnlyScriptsThatAreThereOursFirst(t *testing.T) {
	html := page(t, Frame{})
	if strings.Contains(html, static.HTMX) || !strings.Contains(html, static.URL("app.css")) {
		t.Error("files are named by their hashes")
	}
	ours, theirs := strings.Index(html, static.URL("app.js")), strings.Index(html, static.URL(static.HTMX))
	if ours < 0 || static.Has(static.HTMX) != (theirs > 0) {
		t.Errorf("app.js at %d, htmx at %d, htmx there: %v", ours, theirs, static.Has(static.HTMX))
	}
	if theirs > 0 && theirs < ours {
		t.Error("the Trusted Types policy must exist before htmx runs")
	}
}

func TestPage_configuresHTMXForTheContentSecurityPolicy(t *testing.T) {
	html := page(t, Frame{})
	for _, want := range []string{`name="htmx-config"`, `&#34;allowEval&#34;:false`, `&#34;includeIndicatorStyles&#34;:false`, `&#34;code&#34;:&#34;422&#34;,&#34;swap&#34;:true`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestTheme_goesRound(t *testing.T) {
	if got := System.next().next().next(); got != System {
		t.Errorf("three steps lead to %q", got)
	}
	if ParseTheme("dark") != Dark || ParseTheme("neon") != System {
		t.Error("only known themes are taken")
	}
}

func TestTitle_endsWithTheProduct(t *testing.T) {
	if got := (Frame{Title: "acme · Usage"}).title(); got != "acme · Usage · Neon Fleet" {
		t.Errorf("title = %q", got)
	}
	if got := (Frame{}).title(); got != "Neon Fleet" {
		t.Errorf("title = %q", got)
	}
}
