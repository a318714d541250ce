package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// The store's own tests hold both engines to the same answers; here the pages
// are walked once on Postgres, with what only it is strict about.
func TestPostgres_servesThePagesToo(t *testing.T) {
	s := newSite(t, setting{store: dbtest.Postgres(t), projects: syncedProjects})
	s.sync()
	must(t, s.store.Load(t.Context(), hostileTenants()))
	v, id := s.as(fleet.Admin), s.sim.IDs()[0]
	for name, route := range access {
		if strings.HasPrefix(name, "GET") && name != "GET /sync/live" {
			v.get(strings.ReplaceAll(route.try, "{tenant}", id)).is(http.StatusOK)
		}
	}
	for i := range hostile {
		harmless(t, v.get("/tenants/"+string(hostileID(i))))
	}
	for _, q := range []string{"\x00", "a\x00b", "\xff", "%", "_", `\`, "'", "a b c d e f g h i j k l m n o p q r s t u v w x", "🐘", "plan:pro used:>1 is:drift tag:a idle:>1d"} {
		v.get("/tenants?q=" + url.QueryEscape(q)).is(http.StatusOK)
		v.get("/find?q=" + url.QueryEscape(q)).is(http.StatusOK)
	}
	for _, path := range []string{"/tenants/%00", "/tenants/%ff", "/plans/%00"} {
		v.get(path).is(http.StatusNotFound)
	}
	s.anyone().post("/login", signIn("a\x00\xff@example.com", "\x00\xff"), "User-Agent", "\xff").is(http.StatusUnprocessableEntity)
	v.post("/account/columns", url.Values{"column": {"plan\x00"}}).is(http.StatusOK)
	v.post("/account/preferences", url.Values{"zone": {"\x00UTC\xff"}}).is(http.StatusUnprocessableEntity)
	v.post("/sync", nil).is(http.StatusOK)
	var got []string
	for p := v.get("/tenants?sort=name&per=25"); ; p = v.get(p.link("Next")) {
		if got = append(got, p.ids()...); p.link("Next") == "" {
			break
		}
	}
	if want := column(rows(t, v.get("/tenants.csv?sort=name").body), "project_id"); !slices.Equal(got, want) || len(got) != syncedProjects+len(hostile) {
		t.Errorf("the pages have %d tenants, the file %d, or in another order", len(got), len(want))
	}
	v.post("/logout", nil).is(http.StatusOK)
}
