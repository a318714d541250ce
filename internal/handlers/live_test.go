package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon/neonsim"
)

// unreachable fails unless the page says that Neon is not there. A line that is
// cut is tried again until time runs out: either is the reason then.
func (p *page) unreachable(selector string) *page {
	p.t.Helper()
	if got := p.text(selector); !strings.Contains(got, "Neon could not be reached.") && !strings.Contains(got, "Neon did not answer within two seconds.") {
		p.t.Errorf("%s: %q does not say why it is not live", p.Request.URL, got)
	}
	return p
}

func TestBranches_areLiveAndAsLastSeen(t *testing.T) {
	t.Parallel() // Neon is waited for by the clock on the wall
	s := newSynced(t, setting{})
	v, url := s.as(fleet.Viewer), "/tenants/"+s.sim.IDs()[0]+"/branches"

	s.line.cut.Store(true)
	v.get(url).is(http.StatusOK).says("#branches", "Neon did not answer", "Branches are read live and were never read before.", "Try again")
	s.line.cut.Store(false)
	v.get(url).is(http.StatusOK).says("#branches", "Live from Neon,", "main", "default", "1 branch", "read and write", "0.25")
	part := v.part(url).is(http.StatusOK)
	if part.doc.Find("h1").Length() > 0 || part.doc.Find("#branches").Length() != 1 {
		t.Error("what htmx swaps is not the part alone")
	}
	s.line.cut.Store(true)
	v.get(url).is(http.StatusOK).unreachable("#branches").says("#branches", "As last seen, 0 s ago", "main", "default", "Try again")
	v.get(url).is(http.StatusOK).unreachable("#tenant").says("#tenant", "Figures as last seen,")
}

func TestBranches_sayWhatNeonSaid(t *testing.T) {
	t.Parallel() // Neon is waited for by the clock on the wall
	s := newSynced(t, setting{})
	v, url := s.as(fleet.Viewer), "/tenants/"+s.sim.IDs()[0]+"/branches"
	s.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/projects/*", Status: http.StatusForbidden, Body: `{"code":"","message":"<b>not</b> yours"}`}})
	v.get(url).is(http.StatusOK).says("#branches", "Neon refused: <b>not</b> yours (403).")
	s.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/projects/*", Status: http.StatusBadGateway, Body: `<html><body>Bad gateway</body></html>`}})
	p := v.get(url).is(http.StatusOK)
	if got := p.text("#branches"); strings.Contains(got, "Bad gateway") {
		t.Errorf("the page shows a page of somebody's proxy: %q", got)
	}
}

func TestBranches_ofASlowNeonAnswerWithinTwoSeconds(t *testing.T) {
	t.Parallel() // Neon is waited for by the clock on the wall
	s := newSynced(t, setting{})
	v, url := s.as(fleet.Viewer), "/tenants/"+s.sim.IDs()[0]+"/branches"
	v.get(url).says("#branches", "Live from Neon,")
	s.sim.SetFaults([]neonsim.Fault{{Method: http.MethodGet, Path: "/api/v2/projects/*", Delay: time.Minute}})
	began := time.Now()
	v.get(url).is(http.StatusOK).says("#branches", "As last seen,", "Neon did not answer within two seconds.")
	if took := time.Since(began); took > 2500*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}

func TestActivity_hasWhatStaffSyncAndNeonDid(t *testing.T) {
	t.Parallel() // Neon is waited for by the clock on the wall
	s := newSynced(t, setting{})
	v, id := s.as(fleet.Support), s.sim.IDs()[0]
	v.get("/tenants/" + id + "/usage.csv")
	p := v.get("/tenants/" + id + "/activity").is(http.StatusOK)
	p.says("main", "support@example.com Export usage 2026-10-22 to 2026-11-20 Done", "Sync State became", "Neon Start compute on ep-")
	s.line.cut.Store(true)
	v.get("/tenants/"+id+"/activity").is(http.StatusOK).unreachable("main").says("main", "Neon's own operations are as of 14:45.", "Export usage", "Neon Start compute")
	v.get("/tenants/"+s.sim.IDs()[1]+"/activity").is(http.StatusOK).says("main", "Neon's own operations are missing below.", "Sync")
}

func TestLive_readsTheHeadAnew(t *testing.T) {
	t.Parallel() // Neon is waited for by the clock on the wall
	s := newSynced(t, setting{})
	v, id := s.as(fleet.Viewer), s.sim.IDs()[0]
	page := v.get("/tenants/" + id)
	if got := page.doc.Find("#tenant").AttrOr("hx-get", ""); got != "/tenants/"+id+"/live" {
		t.Errorf("the page reads %q anew", got)
	}
	p := v.part("/tenants/" + id + "/live").is(http.StatusOK)
	p.says("#tenant", "Counters read live,")
	if _, again := p.doc.Find("#tenant").Attr("hx-get"); again || p.doc.Find(".tabs").Length() > 0 {
		t.Error("the part asks for itself again, or has more than the head")
	}
	s.line.cut.Store(true)
	v.part("/tenants/"+id+"/live").is(http.StatusOK).unreachable("#tenant").says("#tenant", "Figures as last seen,")
}

func TestFlash_isLeftForAWholePage(t *testing.T) {
	t.Parallel() // Neon is waited for by the clock on the wall
	s := newSynced(t, setting{})
	v, id := s.as(fleet.Viewer), s.sim.IDs()[0]
	v.staying().post("/account/sessions/revoke", map[string][]string{"others": {"1"}}).is(http.StatusSeeOther)
	v.part("/tenants/" + id + "/live")
	v.part("/find?q=a")
	v.get("/tenants.csv")
	v.do(http.MethodHead, "/plans", nil)
	v.get("/tenants/"+id+"/branches").says("[data-toast]", "All other sessions are signed out.")
	if got := v.get("/plans").text("[data-toast]"); got != "" {
		t.Errorf("it is said twice: %q", got)
	}
}

func TestPages_needNoNeon(t *testing.T) {
	t.Parallel() // Neon is waited for by the clock on the wall
	s := newSynced(t, setting{})
	v, id := s.as(fleet.Viewer), s.sim.IDs()[0]
	s.line.cut.Store(true)
	s.sim.Reset()
	for _, path := range []string{"/", "/?view=table", "/tenants", "/tenants?q=a", "/tenants.csv", "/overview.csv", "/tenants/" + id, "/tenants/" + id + "/usage?range=12m", "/tenants/" + id + "/usage.csv",
		"/tenants/" + id + "/limits", "/plans", "/plans/pro", "/find?q=a", "/sync", "/account"} {
		began := time.Now()
		v.get(path).is(http.StatusOK)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s took %s without Neon", path, took)
		}
	}
	if budget := s.client.Budget().Snapshot(); budget.Requests.Spent != 0 {
		t.Errorf("pages from the store made %d calls to Neon", budget.Requests.Spent)
	}
}
