package neonsim

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// scale is a small organization on the Scale plan.
func scale(t *testing.T) *Sim {
	t.Helper()
	return start(t, Config{Projects: 60, Seed: 1, Plan: "scale", Org: "org-x"})
}

// create makes a project and waits until it is ready.
func create(t *testing.T, s *Sim, body string) projectCreated {
	t.Helper()
	got := into[projectCreated](t, want(t, s, 201, "POST", "/projects", body))
	s.Advance(10 * time.Second)
	return got
}

func TestCreate_makesAllThatANewProjectHas(t *testing.T) {
	s := scale(t)
	got := into[projectCreated](t, want(t, s, 201, "POST", "/projects", `{"project":{"name":"tenant-42","region_id":"aws-us-east-2","pg_version":16,"org_id":"org-x",
		"history_retention_seconds":3600,"branch":{"name":"production","database_name":"shop"},
		"settings":{"quota":{"active_time_seconds":360000,"logical_size_bytes":536870912}},
		"default_endpoint_settings":{"autoscaling_limit_min_cu":0.25,"autoscaling_limit_max_cu":1,"suspend_timeout_seconds":300}}}`))
	p, e := got.Project, got.Endpoints[0]
	if p.Name != "tenant-42" || p.RegionID != "aws-us-east-2" || p.PgVersion != 16 || p.HistoryRetention != 3600 || p.PeriodStart != zeroTime || *p.Settings.Quota.Active != 360000 {
		t.Errorf("project = %+v", p)
	}
	if e.Type != "read_write" || e.MaxCU != 1 || e.Suspend != 300 || e.BranchID != got.Branch.ID || e.PendingState != "active" {
		t.Errorf("endpoint = %+v", e)
	}
	if got.Branch.Name != "production" || !got.Branch.Default || got.Branch.State != "init" || got.Branch.ParentID != "" {
		t.Errorf("branch = %+v", got.Branch)
	}
	if got.Roles[0].Name != "shop_owner" || got.Roles[0].Password == "" || got.Databases[0].Name != "shop" || !strings.Contains(got.URIs[0].URI, "shop_owner:"+got.Roles[0].Password+"@"+e.Host+"/shop") {
		t.Errorf("roles %+v, databases %+v, connection %+v", got.Roles, got.Databases, got.URIs)
	}
	want(t, s, 423, "PATCH", "/projects/"+p.ID, `{"project":{"name":"too soon"}}`)
	s.Advance(10 * time.Second)
	if b := get[branchAnswer](t, s, "/projects/"+p.ID+"/branches/"+got.Branch.ID).Branch; b.State != "ready" {
		t.Errorf("ten seconds later the branch is %s", b.State)
	}
	want(t, s, 200, "PATCH", "/projects/"+p.ID, `{"project":{"name":"now"}}`)
	s.Advance(time.Hour)
	after := get[projectAnswer](t, s, "/projects/"+p.ID).Project
	if after.Active < 290 || after.PeriodStart != "2026-11-01T00:00:00Z" {
		t.Errorf("an hour later %d active seconds, period from %s", after.Active, after.PeriodStart)
	}
}

func TestCreate_hasNeonsDefaults(t *testing.T) {
	s := scale(t)
	got := create(t, s, `{"project":{}}`)
	if got.Project.Name != got.Project.ID || got.Project.PgVersion != 17 || got.Project.HistoryRetention != day || got.Project.Settings != nil {
		t.Errorf("project = %+v", got.Project)
	}
	if got.Branch.Name != "main" || got.Databases[0].Name != "neondb" || got.Roles[0].Name != "neondb_owner" {
		t.Errorf("branch %s, database %s, role %s", got.Branch.Name, got.Databases[0].Name, got.Roles[0].Name)
	}
}

func TestCreate_refuses(t *testing.T) {
	s := scale(t)
	for body, status := range map[string]int{
		``: 400, `{}`: 400, `{"project":null}`: 400, `{"project":{"name":""}}`: 400, `{"project":{"title":"x"}}`: 400,
		`{"project":{"region_id":"aws-mars-1"}}`:                        400,
		`{"project":{"pg_version":13}}`:                                 400,
		`{"project":{"history_retention_seconds":2592001}}`:             400,
		`{"project":{"branch":{"name":""}}}`:                            400,
		`{"project":{"org_id":"org-nobody"}}`:                           404,
		`{"project":{"settings":{"quota":{"active_time_seconds":-1}}}}`: 400,
		`{"project":{"default_endpoint_settings":{"autoscaling_limit_min_cu":0.25,"autoscaling_limit_max_cu":16}}}`: 422,
	} {
		want(t, s, status, "POST", "/projects", body)
	}
	if len(s.made) != 0 || len(s.IDs()) != 60 {
		t.Error("a refused project was made")
	}
	personal := start(t, Config{Projects: 3, KeyKind: PersonalKey})
	want(t, personal, 400, "POST", "/projects", `{"project":{"name":"x"}}`)
	want(t, personal, 201, "POST", "/projects", `{"project":{"name":"x","org_id":"`+personal.Org()+`"}}`)
}

func TestCreate_stopsAtThePlansLimit(t *testing.T) {
	s := start(t, Config{Projects: 99, Seed: 1, Plan: "launch"})
	create(t, s, `{"project":{"name":"the hundredth"}}`)
	got := into[wireError](t, want(t, s, 422, "POST", "/projects", `{"project":{"name":"one more"}}`))
	if got.Code != "PROJECTS_LIMIT_EXCEEDED" {
		t.Errorf("code = %q", got.Code)
	}
	want(t, s, 200, "DELETE", "/projects/"+s.IDs()[40], "")
	want(t, s, 201, "POST", "/projects", `{"project":{"name":"one more"}}`)
}

func TestCreate_madeProjectsAreListedPagedFoundAndConsumed(t *testing.T) {
	s := scale(t)
	var made []string
	for _, name := range []string{"first", "second", "third"} {
		made = append(made, create(t, s, `{"project":{"name":"made `+name+`"}}`).Project.ID)
		s.Advance(7 * 24 * time.Hour) // the fleet grows meanwhile
	}
	all := s.IDs()
	if ids, _ := pages(t, s, "limit=2"); !slices.Equal(ids, all) {
		t.Errorf("pages hold %d projects, want %d in order", len(ids), len(all))
	}
	if i, j := slices.Index(all, made[2]), slices.Index(all, made[0]); i < 0 || j <= i {
		t.Errorf("the third is at %d, the first at %d: want newest first", i, j)
	}
	if found := get[projectList](t, s, "/projects?search=MADE+SECOND"); len(found.Projects) != 1 || found.Projects[0].ID != made[1] {
		t.Errorf("found %+v", found.Projects)
	}
	used := want(t, s, 200, "GET", "/consumption_history/v2/projects?org_id=org-x&from=2026-11-20T00:00:00Z&to=2026-11-27T00:00:00Z&granularity=daily&metrics=compute_unit_seconds&project_ids="+made[0], "")
	if !strings.Contains(used.body, `"compute_unit_seconds","value":75}`) { // 300 s at 0.25 CU
		t.Errorf("consumption of the first: %s", used.body)
	}
	want(t, s, 200, "DELETE", "/projects/"+made[1], "")
	if ids, _ := pages(t, s, "limit=2&recoverable=true"); !slices.Contains(ids, made[1]) {
		t.Error("the deleted one is not among the recoverable ones")
	}
	want(t, s, 200, "POST", "/projects/"+made[1]+"/recover", "")
}

func TestSave_keepsWhatClientsMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "neon.json")
	s := scale(t)
	made := create(t, s, `{"project":{"name":"kept","region_id":"aws-eu-west-2"}}`)
	path := "/projects/" + made.Project.ID
	b := into[branchCreated](t, want(t, s, 201, "POST", path+"/branches", `{"branch":{"name":"dev"},"annotation_value":{"who":"ada"}}`))
	s.Advance(10 * time.Second)
	want(t, s, 201, "POST", path+"/branches/"+b.Branch.ID+"/roles", `{"role":{"name":"reader"}}`)
	s.Advance(10 * time.Second)
	snap := into[snapshotAnswer](t, want(t, s, 200, "POST", path+"/branches/"+made.Branch.ID+"/snapshot?name=before", ""))
	s.Advance(10 * time.Second)
	want(t, s, 200, "POST", path+"/snapshots/"+snap.Snapshot.ID+"/restore", `{"finalize_restore":true}`)
	want(t, s, 200, "PUT", "/organizations/org-x/billing/spending_limit", `{"spending_limit_cents":10000}`)
	if err := s.Save(file); err != nil {
		t.Fatal(err)
	}
	again := scale(t)
	if err := again.Load(file); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/projects?limit=400", path, path + "/branches", path + "/endpoints", path + "/operations", path + "/snapshots",
		path + "/branches/" + b.Branch.ID + "/roles", "/organizations/org-x/billing/spending_limit",
		path + "/branches/" + b.Branch.ID + "/compare_schema?db_name=neondb&base_branch_id=" + made.Branch.ID,
	} {
		before, after := want(t, s, 200, "GET", path, "").body, want(t, again, 200, "GET", path, "").body
		if before != after {
			t.Errorf("%s differs after Save and Load:\n%s\n%s", path, before, after)
		}
	}
	next := create(t, again, `{"project":{"name":"next"}}`)
	if next.Project.ID == made.Project.ID || len(again.IDs()) != 62 {
		t.Errorf("after Load a new project is %s, and there are %d", next.Project.ID, len(again.IDs()))
	}
	again.Reset()
	want(t, again, 404, "GET", path, "")
	if got := get[spendingLimit](t, again, "/organizations/org-x/billing/spending_limit"); got.Cents != nil {
		t.Errorf("after Reset the spending limit is %d", *got.Cents)
	}
}
