package neonsim

import (
	"net/url"
	"slices"
	"testing"
	"time"
)

func endpointsOf(t *testing.T, s *Sim, id string) []wireEndpoint {
	t.Helper()
	return get[struct{ Endpoints []wireEndpoint }](t, s, "/projects/"+id+"/endpoints").Endpoints
}

// alwaysOn is a project whose compute runs at noon, and its endpoint.
func alwaysOn(t *testing.T, s *Sim) (path string, e wireEndpoint) {
	t.Helper()
	for _, id := range s.Find(func(c Casting) bool { return c.Cast == Busy && c.Plan == "enterprise" }) {
		if e := endpointsOf(t, s, id)[0]; e.State == "active" && !e.Disabled {
			return "/projects/" + id + "/endpoints/" + e.ID, e
		}
	}
	t.Fatal("no compute runs")
	return "", e
}

func TestEndpoint_disabledStopsUse(t *testing.T) {
	s := start(t, Config{Projects: 1000, Seed: 1})
	path, e := alwaysOn(t, s)
	got := into[endpointAnswer](t, want(t, s, 200, "PATCH", path, `{"endpoint":{"disabled":true}}`))
	if len(*got.Operations) != 1 || (*got.Operations)[0].Action != suspendCompute || got.Endpoint.PendingState != "idle" {
		t.Errorf("answer = %+v", got)
	}
	want(t, s, 423, "PATCH", path, `{"endpoint":{"disabled":false}}`)
	want(t, s, 423, "PATCH", "/projects/"+e.ProjectID, `{"project":{"name":"x"}}`)
	s.Advance(time.Hour)
	stopped := get[projectAnswer](t, s, "/projects/"+e.ProjectID).Project
	s.Advance(5 * time.Hour)
	if later := get[projectAnswer](t, s, "/projects/"+e.ProjectID).Project; later.Active != stopped.Active {
		t.Errorf("used %d seconds while disabled", later.Active-stopped.Active)
	}
	if now := get[endpointAnswer](t, s, path).Endpoint; now.State != "idle" || !now.Disabled {
		t.Errorf("endpoint is %s, disabled %v", now.State, now.Disabled)
	}
	want(t, s, 422, "POST", path+"/start", "")
	want(t, s, 200, "PATCH", path, `{"endpoint":{"disabled":false}}`)
	s.Advance(time.Hour)
	if now := get[endpointAnswer](t, s, path).Endpoint; now.State != "active" {
		t.Errorf("an hour after it was enabled the endpoint is %s", now.State)
	}
}

func TestEndpoint_suspendIsNoLock(t *testing.T) {
	s := start(t, Config{Projects: 1000, Seed: 1})
	path, _ := alwaysOn(t, s)
	want(t, s, 200, "POST", path+"/suspend", "")
	s.Advance(time.Minute)
	if e := get[endpointAnswer](t, s, path).Endpoint; e.State != "idle" {
		t.Fatalf("a minute later it is %s", e.State)
	}
	if got := into[endpointAnswer](t, want(t, s, 200, "POST", path+"/suspend", "")); len(*got.Operations) != 0 {
		t.Errorf("suspending an idle compute takes %d operations", len(*got.Operations))
	}
	s.Advance(time.Hour)
	if e := get[endpointAnswer](t, s, path).Endpoint; e.State != "active" {
		t.Errorf("an hour later it is %s: the next connection wakes it", e.State)
	}
}

func TestEndpoint_startRunsUntilItsTimeoutAndCosts(t *testing.T) {
	s := start(t, Config{Projects: 300, Seed: 1})
	id := one(t, s, func(c Casting) bool { return c.Cast == Never && c.Plan == "free" && !c.Drifted })
	e := endpointsOf(t, s, id)[0]
	path := "/projects/" + id + "/endpoints/" + e.ID
	if e.LastActive != neverRan {
		t.Errorf("last active %s, want %s", e.LastActive, neverRan)
	}
	want(t, s, 200, "POST", path+"/start", "")
	s.Advance(time.Minute)
	if e := get[endpointAnswer](t, s, path).Endpoint; e.State != "active" || e.StartedAt != stamp(noon.Unix()) {
		t.Errorf("a minute later it is %s since %s", e.State, e.StartedAt)
	}
	s.Advance(time.Hour)
	if e := get[endpointAnswer](t, s, path).Endpoint; e.State != "idle" || e.SuspendedAt != stamp(noon.Unix()+300) {
		t.Errorf("an hour later it is %s, suspended at %s", e.State, e.SuspendedAt)
	}
	if p := get[projectAnswer](t, s, "/projects/"+id).Project; p.Active != 300 || p.Compute != 75 || p.ComputeLastActiveAt == "" {
		t.Errorf("active %d, compute %d, last active %q; want 300, 75 and a time", p.Active, p.Compute, p.ComputeLastActiveAt)
	}
	if got := into[endpointAnswer](t, want(t, s, 200, "POST", path+"/restart", "")); len(*got.Operations) != 1 {
		t.Errorf("restart of an idle compute: %+v", *got.Operations)
	}
}

func TestEndpoint_newSizeRestartsWhatRuns(t *testing.T) {
	s := start(t, Config{Projects: 1000, Seed: 1})
	path, _ := alwaysOn(t, s)
	got := into[endpointAnswer](t, want(t, s, 200, "PATCH", path, `{"endpoint":{"autoscaling_limit_min_cu":2,"autoscaling_limit_max_cu":4,"name":"big"}}`))
	if got.Endpoint.MaxCU != 4 || len(*got.Operations) != 1 || (*got.Operations)[0].Action != applyConfig {
		t.Errorf("answer = %+v", got)
	}
	s.Advance(10 * time.Second)
	if got := into[endpointAnswer](t, want(t, s, 200, "POST", path+"/restart", "")); len(*got.Operations) != 2 {
		t.Errorf("restart: %+v, want suspend and start", *got.Operations)
	}
	s.Advance(10 * time.Second)
	for _, body := range []string{`{}`, `{"endpoint":{"disabld":true}}`, `{"endpoint":{"name":""}}`, `{"endpoint":{"autoscaling_limit_max_cu":0.1}}`} {
		want(t, s, 400, "PATCH", path, body)
	}
	want(t, s, 404, "GET", path+"x", "")
}

func TestOperations_goThroughTheirStatesByTheClock(t *testing.T) {
	s := start(t, Config{Projects: 1000, Seed: 1})
	path, e := alwaysOn(t, s)
	ops := *into[endpointAnswer](t, want(t, s, 200, "POST", path+"/restart", "")).Operations
	last := "/projects/" + e.ProjectID + "/operations/" + ops[1].ID
	type answer struct{ Operation wireOperation }
	if ops[0].Status != "running" || ops[1].Status != "scheduling" {
		t.Errorf("at once: %s, %s", ops[0].Status, ops[1].Status)
	}
	s.Advance(5 * time.Second)
	if got := get[answer](t, s, last).Operation; got.Status != "finished" || got.Duration == 0 {
		t.Errorf("later: %+v", got)
	}
	want(t, s, 404, "GET", "/projects/"+e.ProjectID+"/operations/"+uuid(1), "")
}

func TestOperations_pageNewestFirst(t *testing.T) {
	s := start(t, Config{Projects: 1000, Seed: 1})
	_, e := alwaysOn(t, s)
	type page struct {
		Operations []wireOperation
		Pagination *wirePagination
	}
	all := get[page](t, s, "/projects/"+e.ProjectID+"/operations").Operations
	if len(all) < 20 || !slices.IsSortedFunc(all, func(a, b wireOperation) int { return -compareTimes(t, a.CreatedAt, b.CreatedAt) }) {
		t.Fatalf("%d operations, not newest first", len(all))
	}
	var ids []string
	cursor := ""
	for {
		got := get[page](t, s, "/projects/"+e.ProjectID+"/operations?limit=7&cursor="+url.QueryEscape(cursor))
		if got.Pagination == nil {
			break
		}
		for _, o := range got.Operations {
			ids = append(ids, o.ID)
		}
		cursor = got.Pagination.Cursor
	}
	if len(ids) != len(all) || ids[0] != all[0].ID {
		t.Errorf("pages hold %d operations, want %d", len(ids), len(all))
	}
}

func compareTimes(t *testing.T, a, b string) int {
	t.Helper()
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	return x.Compare(y)
}

func TestBranches_pageByNext(t *testing.T) {
	s := start(t, Config{Projects: 3000, Seed: 1})
	for _, id := range s.Find(func(c Casting) bool { return c.Plan == "enterprise" }) {
		path := "/projects/" + id + "/branches"
		all := get[branchList](t, s, path+"?sort_by=name&sort_order=asc")
		if len(all.Branches) < 5 {
			continue
		}
		var names []string
		next := ""
		for {
			got := get[branchList](t, s, path+"?sort_by=name&sort_order=asc&limit=2&cursor="+next)
			if got.Pagination == nil {
				break
			}
			for _, b := range got.Branches {
				names = append(names, b.Name)
			}
			next = got.Pagination.Next
			if got.Pagination.SortOrder != "ASC" {
				t.Errorf("sort_order = %q, want upper case", got.Pagination.SortOrder)
			}
		}
		if len(names) != len(all.Branches) || !slices.IsSorted(names) {
			t.Errorf("pages hold %q, want all %d by name", names, len(all.Branches))
		}
		if got := get[map[string]int](t, s, path+"/count"); got["count"] != len(names) {
			t.Errorf("count = %v, want %d", got, len(names))
		}
		b := all.Branches[1]
		get[struct{ Branch wireBranch }](t, s, path+"/"+b.ID)
		get[struct{ Endpoints []wireEndpoint }](t, s, path+"/"+b.ID+"/endpoints")
		want(t, s, 404, "GET", path+"/br-nobody", "")
		want(t, s, 400, "GET", path+"?sort_by=size", "")
		want(t, s, 400, "GET", path+"?cursor=xx", "")
		return
	}
	t.Error("no project has five branches")
}

func TestEndpoint_isWokenByNeonsOwnCheckEvenIfDisabled(t *testing.T) {
	now := noon
	s := start(t, Config{Projects: 300, Seed: 1, Now: func() time.Time { return now }})
	id := one(t, s, func(c Casting) bool { return c.Cast == Never && !c.Drifted })
	e := endpointsOf(t, s, id)[0]
	path := "/projects/" + id + "/endpoints/" + e.ID
	want(t, s, 200, "PATCH", path, `{"endpoint":{"disabled":true}}`)
	p, _ := s.lookup(id, now.Unix())
	var check operation
	for d, ok := int32(now.Unix()/day)+1, false; !ok; d++ {
		check, ok = p.check(d)
	}
	now = time.Unix(0, check.Begins).Add(time.Second)
	if got := get[endpointAnswer](t, s, path).Endpoint; got.State != "active" || !got.Disabled {
		t.Errorf("during the check it is %s, disabled %v", got.State, got.Disabled)
	}
	want(t, s, 423, "PATCH", path, `{"endpoint":{"disabled":false}}`)
	now = now.Add(time.Second)
	if got := get[endpointAnswer](t, s, path).Endpoint; got.State != "idle" {
		t.Errorf("after the check it is %s", got.State)
	}
}
