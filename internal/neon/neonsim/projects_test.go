package neonsim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// pages walks a list of projects as a client does, until a page is empty.
func pages(t *testing.T, s *Sim, query string) (ids []string, requests int) {
	t.Helper()
	cursor := ""
	for requests = 1; ; requests++ {
		list := get[projectList](t, s, "/projects?"+query+"&cursor="+url.QueryEscape(cursor))
		if len(list.Projects) == 0 {
			if list.Pagination != nil {
				t.Error("an empty page has a cursor")
			}
			return ids, requests
		}
		for _, p := range list.Projects {
			ids = append(ids, p.ID)
		}
		cursor = list.Pagination.Cursor
	}
}

func TestProjects_pagesHoldEachProjectOnce(t *testing.T) {
	s := start(t, Config{Projects: 130, Seed: 1})
	ids, requests := pages(t, s, "limit=50")
	if want := s.IDs(); !slices.Equal(ids, want) {
		t.Errorf("pages hold %d projects, want %d in the same order", len(ids), len(want))
	}
	if requests != 4 { // 50, 50, 30 with a cursor, none
		t.Errorf("%d requests, want 4: the last page has a cursor too", requests)
	}
	if list := get[projectList](t, s, "/projects"); len(list.Projects) != 10 {
		t.Errorf("without a limit %d projects, want 10", len(list.Projects))
	}
}

func TestProjects_aPageStaysGoodWhenItsLastProjectIsDeleted(t *testing.T) {
	s := start(t, Config{Projects: 60, Seed: 1})
	first := get[projectList](t, s, "/projects?limit=20")
	want(t, s, 200, "DELETE", "/projects/"+first.Pagination.Cursor, "")
	second := get[projectList](t, s, "/projects?limit=20&cursor="+first.Pagination.Cursor)
	if got := second.Projects[0].ID; got != s.IDs()[19] {
		t.Errorf("the second page begins with %s, want %s", got, s.IDs()[19])
	}
}

func TestProjects_areFoundByPartOfNameOrID(t *testing.T) {
	s := start(t, Config{Projects: 300, Seed: 1})
	for _, item := range get[projectList](t, s, "/projects?limit=400").Projects {
		for _, search := range []string{strings.ToUpper(item.Name), item.ID[2:]} {
			found := get[projectList](t, s, "/projects?limit=400&search="+url.QueryEscape(search))
			if !slices.ContainsFunc(found.Projects, func(p wireListItem) bool { return p.ID == item.ID }) {
				t.Fatalf("search %q does not find %s", search, item.ID)
			}
		}
	}
}

func TestProjects_refuseWhatTheDefinitionForbids(t *testing.T) {
	s := start(t, Config{Projects: 30, Seed: 1})
	for path, status := range map[string]int{
		"/projects?limit=401":           400,
		"/projects?limit=0":             400,
		"/projects?timeout=50":          400,
		"/projects?cursor=nobody":       400,
		"/projects?recoverable=perhaps": 400,
		"/projects?org_id=org-other":    404,
		"/projects/UPPER":               400,
		"/projects/nobody-here-1":       404,
		"/projects?unknown=1&limit=1":   200,
	} {
		want(t, s, status, "GET", path, "")
	}
}

func TestProjects_personalKeysMustNameTheOrganization(t *testing.T) {
	s := start(t, Config{Projects: 3, KeyKind: PersonalKey})
	got := into[wireError](t, want(t, s, 400, "GET", "/projects", ""))
	if !strings.HasPrefix(got.Message, "org_id is required") || got.RequestID == "" {
		t.Errorf("error = %+v", got)
	}
	if list := get[projectList](t, s, "/projects?org_id="+s.Org()); len(list.Projects) != 3 {
		t.Errorf("with org_id %d projects, want 3", len(list.Projects))
	}
	get[wireUser](t, s, "/users/me")
}

func TestProjects_namesThoseItCouldNotLoad(t *testing.T) {
	s := start(t, Config{Projects: 30, Seed: 1})
	slow := s.IDs()[4]
	s.SetUnavailable(slow)
	list := get[projectList](t, s, "/projects?limit=10")
	if !slices.Equal(list.Unavailable, []string{slow}) || len(list.Projects) != 9 {
		t.Errorf("unavailable %v beside %d projects, want %s beside 9", list.Unavailable, len(list.Projects), slow)
	}
	if ids, _ := pages(t, s, "limit=10"); len(ids) != 29 {
		t.Errorf("pages hold %d projects, want all but the slow one", len(ids))
	}
}

func TestProjects_aShortTimeoutLeavesBusyOnesOut(t *testing.T) {
	s := start(t, Config{Projects: 3000, Seed: 1})
	leftOut := func(timeout int) (n int) {
		for cursor, more := "", true; more; {
			list := into[projectList](t, serve(s, request("GET", fmt.Sprintf("%s/projects?limit=400&timeout=%d&cursor=%s", base, timeout, cursor), "")))
			if more = list.Pagination != nil; more {
				cursor = list.Pagination.Cursor
			}
			n += len(list.Unavailable)
		}
		return n
	}
	if short, long := leftOut(100), leftOut(20000); short == 0 || long != 0 {
		t.Errorf("%d projects left out with 100 ms, %d with 20 s; want some and none", short, long)
	}
}

func TestProject_listAndDetailsAgree(t *testing.T) {
	s := start(t, Config{Projects: 200, Seed: 1})
	for _, item := range get[projectList](t, s, "/projects?limit=200").Projects {
		p := get[projectAnswer](t, s, "/projects/"+item.ID).Project
		if item.ActiveTime != p.Active || item.CPUUsed != p.Compute || item.QuotaResetAt != p.PeriodEnd || item.ComputeLastActiveAt != p.ComputeLastActiveAt {
			t.Errorf("%s: the list says %+v, the project %+v", item.ID, item, p)
		}
	}
}

func TestProject_patchMergesAndAnswersWithoutPeriod(t *testing.T) {
	s := start(t, Config{Projects: 50, Seed: 1})
	id := one(t, s, func(c Casting) bool { return c.Plan == "free" && !c.Drifted })
	got := into[projectAnswer](t, want(t, s, 200, "PATCH", "/projects/"+id,
		`{"project":{"name":"Ünï <b>","history_retention_seconds":3600,"settings":{"quota":{"active_time_seconds":0,"compute_time_seconds":7}},"default_endpoint_settings":{"autoscaling_limit_max_cu":2,"suspend_timeout_seconds":30}}}`))
	if got.Project.PeriodStart != zeroTime || got.Project.PeriodEnd != zeroTime || got.Operations == nil {
		t.Errorf("answer has period %s to %s and operations %v", got.Project.PeriodStart, got.Project.PeriodEnd, got.Operations)
	}
	p := get[projectAnswer](t, s, "/projects/"+id).Project
	q := p.Settings.Quota.enforced()
	if p.Name != "Ünï <b>" || p.HistoryRetention != 3600 || q.Active != 0 || q.Compute != 7 || q.Written != gB {
		t.Errorf("project = %+v, quota %+v", p, q)
	}
	if d := p.Defaults.size(); d.MaxCU != 2 || d.MinCU != 0.25 || d.Suspend != 0 {
		t.Errorf("defaults = %+v, want 30 s silently turned into the default", d)
	}
	if e := get[struct{ Endpoints []wireEndpoint }](t, s, "/projects/"+id+"/endpoints").Endpoints[0]; e.MaxCU != 0.25 {
		t.Errorf("the existing compute has %v CU: defaults are for later ones", e.MaxCU)
	}
}

func TestProject_patchRefuses(t *testing.T) {
	s := start(t, Config{Projects: 50, Seed: 1})
	id := s.IDs()[0]
	for body, status := range map[string]int{
		``:                           400,
		`{}`:                         400,
		`{"project":{"title":"x"}}`:  400,
		`{"project":{"name":""}}`:    400,
		`{"project":{"name":"x"}} 1`: 400,
		`{"project":{"name":"` + strings.Repeat("ü", 257) + `"}}`:                                                   400,
		`{"project":{"settings":{"quota":{"active_time":0}}}}`:                                                      400,
		`{"project":{"settings":{"quota":{"active_time_seconds":-1}}}}`:                                             400,
		`{"project":{"history_retention_seconds":2592001}}`:                                                         400,
		`{"project":{"default_endpoint_settings":{"autoscaling_limit_min_cu":4,"autoscaling_limit_max_cu":1}}}`:     400,
		`{"project":{"default_endpoint_settings":{"autoscaling_limit_min_cu":0.25,"autoscaling_limit_max_cu":16}}}`: 422,
		`{"project":{"default_endpoint_settings":{"suspend_timeout_seconds":604801}}}`:                              400,
	} {
		want(t, s, status, "PATCH", "/projects/"+id, body)
	}
	if len(s.changed) != 0 {
		t.Error("a refused change was kept")
	}
}

func TestProject_isDeletedAndRecovered(t *testing.T) {
	s := start(t, Config{Projects: 100, Seed: 1})
	id := one(t, s, func(c Casting) bool { return c.Plan == "free" && c.Cast == Regular })
	before := get[projectAnswer](t, s, "/projects/"+id).Project
	want(t, s, 200, "DELETE", "/projects/"+id, "")
	want(t, s, 404, "GET", "/projects/"+id, "")
	want(t, s, 404, "DELETE", "/projects/"+id, "")
	bin := get[projectList](t, s, "/projects?recoverable=true&limit=400")
	at := slices.IndexFunc(bin.Projects, func(p wireListItem) bool { return p.ID == id })
	if at < 0 || bin.Projects[at].RecoverableUntil != stamp(noon.Unix()+recovery) {
		t.Fatalf("the bin holds %+v", bin.Projects)
	}
	s.Advance(6 * 24 * time.Hour)
	back := into[projectAnswer](t, want(t, s, 200, "POST", "/projects/"+id+"/recover", ""))
	if len(*back.Branches) == 0 {
		t.Error("recovered without branches")
	}
	if after := get[projectAnswer](t, s, "/projects/"+id).Project; after.Active > before.Active+1800 {
		t.Errorf("used %d seconds while deleted", after.Active-before.Active)
	}
	want(t, s, 404, "POST", "/projects/"+id+"/recover", "")
	want(t, s, 200, "DELETE", "/projects/"+id, "")
	s.Advance(8 * 24 * time.Hour)
	want(t, s, 404, "POST", "/projects/"+id+"/recover", "")
}

func TestProject_withProtectedBranchIsNotDeleted(t *testing.T) {
	s := start(t, Config{Projects: 2000, Seed: 1})
	for _, id := range s.Find(func(c Casting) bool { return c.Plan == "enterprise" }) {
		if get[branchList](t, s, "/projects/"+id+"/branches").Branches[0].Protected {
			want(t, s, http.StatusUnprocessableEntity, "DELETE", "/projects/"+id, "")
			return
		}
	}
	t.Error("no project has a protected branch")
}
