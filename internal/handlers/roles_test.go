package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// Who may what: the letters of the roles that a route lets in, in the order
// viewer, support, finance, admin.
const (
	everybody = "vsfa"
	workers   = "sa"
	signedOut = "-" // nobody need sign in
)

// access is the table of routes: who gets in, and an address to try it with
// ({tenant} is a tenant's id). A route without an entry fails.
var access = map[string]struct{ who, try string }{
	"GET /healthz":                  {signedOut, "/healthz"},
	"GET /readyz":                   {signedOut, "/readyz"},
	"GET /static/*":                 {signedOut, "/static/app.css"},
	"GET /login":                    {signedOut, "/login"},
	"POST /login":                   {signedOut, "/login"},
	"POST /logout":                  {everybody, "/logout"},
	"GET /":                         {everybody, "/"},
	"GET /-csv/overview":            {everybody, "/overview.csv"},
	"GET /tenants":                  {everybody, "/tenants"},
	"GET /-csv/tenants":             {everybody, "/tenants.csv"},
	"GET /tenants/:id":              {everybody, "/tenants/{tenant}"},
	"GET /tenants/:id/usage":        {everybody, "/tenants/{tenant}/usage"},
	"GET /-csv/tenants/:id/usage":   {everybody, "/tenants/{tenant}/usage.csv"},
	"GET /tenants/:id/branches":     {everybody, "/tenants/{tenant}/branches"},
	"GET /tenants/:id/limits":       {everybody, "/tenants/{tenant}/limits"},
	"GET /tenants/:id/activity":     {everybody, "/tenants/{tenant}/activity"},
	"GET /tenants/:id/live":         {everybody, "/tenants/{tenant}/live"},
	"GET /plans":                    {everybody, "/plans"},
	"GET /plans/:id":                {everybody, "/plans/pro"},
	"GET /find":                     {everybody, "/find?q=a"},
	"GET /sync":                     {everybody, "/sync"},
	"POST /sync":                    {workers, "/sync"},
	"GET /sync/live":                {everybody, "/sync/live"},
	"GET /account":                  {everybody, "/account"},
	"POST /account/theme":           {everybody, "/account/theme"},
	"POST /account/preferences":     {everybody, "/account/preferences"},
	"POST /account/columns":         {everybody, "/account/columns"},
	"POST /account/password":        {everybody, "/account/password"},
	"POST /account/sessions/revoke": {everybody, "/account/sessions/revoke"},
}

// routes are all that the site really has. HEAD goes with GET.
func routes(t *testing.T, s *site) (names []string) {
	t.Helper()
	e, ok := s.handler.(*echo.Echo)
	if !ok {
		t.Fatalf("the site is a %T", s.handler)
	}
	for _, r := range e.Routes() {
		if r.Method != http.MethodHead {
			names = append(names, r.Method+" "+r.Path)
		}
	}
	slices.Sort(names)
	return names
}

func TestRoutes_areAllInTheTable(t *testing.T) {
	s := newSite(t, setting{})
	names := routes(t, s)
	for _, name := range names {
		if _, ok := access[name]; !ok {
			t.Errorf("%s has no entry: say who may, and what to try", name)
		}
	}
	for name := range access {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no route any more", name)
		}
	}
}

// knock tries a route as it would be reached by a browser.
func (v *visitor) knock(name, path string, headers ...string) *page {
	v.s.t.Helper()
	if strings.HasPrefix(name, "POST") {
		return v.post(path, url.Values{"new": {"a"}, "again": {"b"}}, headers...)
	}
	return v.get(path, headers...)
}

func TestRoutes_sendWhoIsNotSignedInToTheForm(t *testing.T) {
	s := newSynced(t, setting{})
	v, id := s.anyone().staying(), s.sim.IDs()[0]
	for name, route := range access {
		path := strings.ReplaceAll(route.try, "{tenant}", id)
		got := v.knock(name, path)
		switch {
		case route.who == signedOut:
			if got.StatusCode >= http.StatusInternalServerError || got.StatusCode == http.StatusSeeOther {
				t.Errorf("%s = %d, want an answer for anybody", name, got.StatusCode)
			}
		case strings.HasSuffix(path, ".csv"):
			got.is(http.StatusUnauthorized)
		default:
			got.is(http.StatusSeeOther)
			if to := got.Header.Get("Location"); !strings.HasPrefix(to, "/login") {
				t.Errorf("%s leads to %s, want the form", name, to)
			}
			v.knock(name, path, "HX-Request", "true").is(http.StatusUnauthorized)
		}
	}
	v.get("/sync/live", "Accept", "text/event-stream").is(http.StatusUnauthorized)
}

func TestRoutes_letInWhoTheTableSays(t *testing.T) {
	s := newSynced(t, setting{})
	id := s.sim.IDs()[0]
	for _, role := range fleet.Roles() {
		t.Run(string(role), func(t *testing.T) {
			for name, route := range access {
				if route.who == signedOut || name == "GET /sync/live" { // the stream has a test of its own
					continue
				}
				v := s.as(role).staying()
				got := v.knock(name, strings.ReplaceAll(route.try, "{tenant}", id))
				if !strings.Contains(route.who, string(role)[:1]) {
					got.is(http.StatusForbidden)
					got.says("main", "Not for your role", "You are signed in as "+string(role), "admin@example.com")
					continue
				}
				if got.StatusCode >= 400 && got.StatusCode != http.StatusUnprocessableEntity {
					t.Errorf("%s as %s = %d, want it let in: %.200s", name, role, got.StatusCode, got.text("main"))
				}
			}
		})
	}
}

// money is what an amount of it looks like, or a word that comes with one.
var money = regexp.MustCompile(`(?i)\$\s?\d|\busd\b|price|margin|invoice|\b29\.00\b|\b299\.00\b|rate card|overage`)

func TestMoney_isNowhereForViewerAndSupport(t *testing.T) {
	s := newSynced(t, setting{})
	for _, role := range []fleet.Role{fleet.Viewer, fleet.Support} {
		v := s.as(role)
		for name, route := range access {
			if strings.HasPrefix(name, "POST") || name == "GET /static/*" || name == "GET /sync/live" {
				continue
			}
			for _, id := range s.sim.IDs()[:3] {
				p := v.get(strings.ReplaceAll(route.try, "{tenant}", id)).is(http.StatusOK)
				if found := money.FindString(p.body); found != "" {
					t.Errorf("%s shows %s %q", name, role, found)
				}
			}
		}
	}
}

func TestMoney_isOnPlansForFinanceAndAdmin(t *testing.T) {
	s := newSite(t, setting{})
	for _, role := range []fleet.Role{fleet.Finance, fleet.Admin} {
		v := s.as(role)
		v.get("/plans").says("main", "Price a month", "$0.00", "$29.00", "$299.00")
		v.get("/plans/pro").says("main", "Price a month", "$29.00")
	}
}
