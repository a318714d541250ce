package neonsim

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// A tenant is a project that a test made, with its root branch.
type tenant struct {
	*testing.T
	s    *Sim
	path string
	root string
}

// newTenant makes a project on Scale that keeps a week of history.
func newTenant(t *testing.T) tenant {
	t.Helper()
	s := scale(t)
	made := create(t, s, `{"project":{"name":"tenant","history_retention_seconds":604800}}`)
	return tenant{t, s, "/projects/" + made.Project.ID, made.Branch.ID}
}

// do sends a change and waits until it is done.
func (x tenant) do(status int, method, path, body string) reply {
	x.Helper()
	got := want(x.T, x.s, status, method, x.path+path, body)
	x.s.Advance(10 * time.Second)
	return got
}

// branch makes a branch.
func (x tenant) branch(body string) wireBranch {
	x.Helper()
	return into[branchCreated](x.T, x.do(201, "POST", "/branches", body)).Branch
}

func (x tenant) look(id string) wireBranch {
	x.Helper()
	return get[branchAnswer](x.T, x.s, x.path+"/branches/"+id).Branch
}

func (x tenant) names(query string) []string {
	x.Helper()
	var names []string
	for _, b := range get[branchList](x.T, x.s, x.path+"/branches?sort_by=created_at&sort_order=asc"+query).Branches {
		names = append(names, b.Name)
	}
	return names
}

func (x tenant) refused(status int, code, method, path, body string) {
	x.Helper()
	got := into[wireError](x.T, want(x.T, x.s, status, method, x.path+path, body))
	if got.Code != code && code != "" {
		x.Errorf("%s %s %s: code %q, want %q", method, path, body, got.Code, code)
	}
}

func TestBranch_isMadeWithoutComputeUnlessAsked(t *testing.T) {
	x := newTenant(t)
	bare := into[branchCreated](t, x.do(201, "POST", "/branches", ""))
	if len(bare.Endpoints) != 0 || len(bare.URIs) != 0 || bare.Branch.ParentID != x.root || bare.Branch.Name != bare.Branch.ID || bare.Branch.State != "init" {
		t.Errorf("without a body: %+v", bare)
	}
	dev := into[branchCreated](t, x.do(201, "POST", "/branches", `{"branch":{"name":"dev"},"endpoints":[{"type":"read_write","autoscaling_limit_min_cu":1,"autoscaling_limit_max_cu":2}]}`))
	if len(dev.Endpoints) != 1 || dev.Endpoints[0].MaxCU != 2 || len(dev.URIs) != 1 || len(dev.Roles) != 1 || dev.Roles[0].Password != "" {
		t.Errorf("with a compute: %+v", dev)
	}
	if got := x.look(dev.Branch.ID); got.State != "ready" || got.ParentTimestamp == "" {
		t.Errorf("later: %+v", got)
	}
	x.refused(409, "BRANCH_ALREADY_EXISTS", "POST", "/branches", `{"branch":{"name":"dev"}}`)
	x.refused(404, "", "POST", "/branches", `{"branch":{"parent_id":"br-nobody"}}`)
	x.refused(400, "", "POST", "/branches", `{"branch":{"init_source":"magic"}}`)
	x.refused(422, "", "POST", "/branches", `{"endpoints":[{"type":"read_write"},{"type":"read_write"}]}`)
	x.refused(400, "", "POST", "/branches", `{"endpoints":[{"type":"write_only"}]}`)
}

func TestBranch_timesMustLieInTheHistory(t *testing.T) {
	x := newTenant(t)
	x.s.Advance(24 * time.Hour)
	past := stamp(x.s.Now().Unix() - hour)
	if b := x.branch(`{"branch":{"parent_timestamp":"` + past + `"}}`); b.ParentTimestamp != past {
		t.Errorf("parent_timestamp = %s, want %s", b.ParentTimestamp, past)
	}
	lsn := x.branch(`{"branch":{"name":"now"}}`).ParentLSN
	if b := x.branch(`{"branch":{"parent_lsn":"` + lsn + `"}}`); b.ParentLSN != lsn {
		t.Errorf("parent_lsn = %s, want %s", b.ParentLSN, lsn)
	}
	for _, at := range []int64{x.s.Now().Unix() + hour, x.s.Now().Unix() - 8*day, x.s.Now().Unix() - 2*day} {
		x.refused(422, "", "POST", "/branches", `{"branch":{"parent_timestamp":"`+stamp(at)+`"}}`)
	}
	x.refused(400, "", "POST", "/branches", `{"branch":{"parent_timestamp":"`+past+`","parent_lsn":"`+lsn+`"}}`)
	x.refused(400, "", "POST", "/branches", `{"branch":{"parent_lsn":"here"}}`)
}

func TestBranch_limitsOfThePlanHold(t *testing.T) {
	s := start(t, Config{Projects: 3, Plan: "free"})
	made := create(t, s, `{"project":{}}`)
	x := tenant{t, s, "/projects/" + made.Project.ID, made.Branch.ID}
	x.branch(`{"branch":{"init_source":"schema-only"}}`)
	if got := x.branch(`{"branch":{"name":"empty","init_source":"schema-only"}}`); got.ParentID != "" || got.InitSource != "schema-only" {
		t.Errorf("a schema-only branch is %+v, want a root", got)
	}
	x.refused(422, "ROOT_BRANCHES_LIMIT_EXCEEDED", "POST", "/branches", `{"branch":{"init_source":"schema-only"}}`)
	for range 7 {
		x.branch(``)
	}
	x.refused(422, "BRANCHES_LIMIT_EXCEEDED", "POST", "/branches", ``)
	x.refused(422, "BRANCHES_PROTECTED_LIMIT_EXCEEDED", "PATCH", "/branches/"+x.root, `{"branch":{"protected":true}}`)
}

func TestBranch_isChanged(t *testing.T) {
	x := newTenant(t)
	dev := x.branch(`{"branch":{"name":"dev"}}`)
	path := "/branches/" + dev.ID
	got := into[branchAnswer](t, x.do(200, "PATCH", path, `{"branch":{"name":"development","protected":true}}`)).Branch
	if got.Name != "development" || !got.Protected {
		t.Errorf("branch = %+v", got)
	}
	x.refused(422, "", "DELETE", path, "")
	x.refused(422, "", "POST", path+"/restore", `{"source_branch_id":"`+x.root+`"}`)
	want(t, x.s, 422, "DELETE", x.path, "") // it holds the whole project
	x.refused(409, "", "PATCH", path, `{"branch":{"name":"main"}}`)
	x.refused(400, "", "PATCH", path, `{}`)
	x.do(200, "PATCH", path, `{"branch":{"protected":false}}`)
	x.do(200, "POST", path+"/set_as_default", "")
	if !x.look(dev.ID).Default || x.look(x.root).Default {
		t.Error("the default branch did not change")
	}
	x.refused(422, "", "DELETE", path, "")
	x.refused(422, "", "DELETE", "/branches/"+x.root, "")
}

func TestBranch_childrenOfProtectedBranchesHavePasswordsOfTheirOwn(t *testing.T) {
	x := newTenant(t)
	password := func(branch string) string {
		return get[map[string]string](t, x.s, x.path+"/branches/"+branch+"/roles/neondb_owner/reveal_password")["password"]
	}
	if same := x.branch(`{"branch":{"name":"a"}}`); password(same.ID) != password(x.root) {
		t.Error("a child has another password than its parent")
	}
	x.do(200, "PATCH", "/branches/"+x.root, `{"branch":{"protected":true}}`)
	if other := x.branch(`{"branch":{"name":"b"}}`); password(other.ID) == password(x.root) {
		t.Error("a child of a protected branch has its password")
	}
}

func TestBranch_isDeletedSoftlyWithItsComputes(t *testing.T) {
	x := newTenant(t)
	dev := into[branchCreated](t, x.do(201, "POST", "/branches", `{"branch":{"name":"dev"},"endpoints":[{"type":"read_write"}]}`))
	child := x.branch(`{"branch":{"name":"child","parent_id":"` + dev.Branch.ID + `"}}`)
	x.refused(422, "", "DELETE", "/branches/"+dev.Branch.ID, "")
	x.do(200, "DELETE", "/branches/"+child.ID+"?hard_delete=true", "")
	got := into[branchAnswer](t, x.do(200, "DELETE", "/branches/"+dev.Branch.ID, ""))
	if last := got.Operations[len(got.Operations)-1]; last.Action != deleteTimeline || got.Operations[0].Action != suspendCompute {
		t.Errorf("operations = %+v", got.Operations)
	}
	if got := x.do(204, "DELETE", "/branches/"+dev.Branch.ID, ""); got.body != "" {
		t.Errorf("the second time %q", got.body)
	}
	want(t, x.s, 404, "GET", x.path+"/branches/"+dev.Branch.ID, "")
	want(t, x.s, 404, "GET", x.path+"/endpoints/"+dev.Endpoints[0].ID, "")
	if names := x.names(""); !slices.Equal(names, []string{"main"}) {
		t.Errorf("branches = %q", names)
	}
	bin := get[branchList](t, x.s, x.path+"/branches?include_deleted=true&search=dev").Branches
	if len(bin) != 1 || bin[0].Recovery == nil || bin[0].Recovery.Method != "user" || bin[0].Recovery.Until == "" {
		t.Errorf("deleted branches = %+v, want dev and not the one deleted for good", bin)
	}
	x.s.Advance(8 * 24 * time.Hour)
	if names := x.names("&include_deleted=true"); !slices.Equal(names, []string{"main"}) {
		t.Errorf("a week later %q", names)
	}
}

func TestBranch_endsWhenItsTimeIsUp(t *testing.T) {
	x := newTenant(t)
	in := func(d time.Duration) string { return `"` + x.s.Now().Add(d).Format(time.RFC3339) + `"` }
	dev := into[branchCreated](t, x.do(201, "POST", "/branches", `{"branch":{"name":"dev","expires_at":`+in(time.Hour)+`},"endpoints":[{"type":"read_write"}]}`))
	if dev.Branch.TTL != hour || dev.Branch.ExpiresAt == "" {
		t.Errorf("branch = %+v", dev.Branch)
	}
	path := "/branches/" + dev.Branch.ID
	x.refused(400, "", "PATCH", path, `{"branch":{"expires_at":`+in(-time.Hour)+`}}`)
	x.refused(400, "", "PATCH", path, `{"branch":{"expires_at":`+in(31*24*time.Hour)+`}}`)
	x.refused(422, "", "PATCH", path, `{"branch":{"protected":true}}`)
	x.refused(422, "", "POST", path+"/set_as_default", "")
	x.refused(422, "", "PATCH", "/branches/"+x.root, `{"branch":{"expires_at":`+in(time.Hour)+`}}`)
	x.s.Advance(30 * time.Minute)
	x.do(200, "POST", path+"/restore", `{"source_branch_id":"`+x.root+`"}`) // begins it anew
	x.s.Advance(45 * time.Minute)
	x.look(dev.Branch.ID)
	x.s.Advance(30 * time.Minute)
	want(t, x.s, 404, "GET", x.path+path, "")
	if got := get[struct{ Endpoints []wireEndpoint }](t, x.s, x.path+"/endpoints").Endpoints; len(got) != 1 {
		t.Errorf("%d computes are left, want the root's", len(got))
	}
	bin := get[branchList](t, x.s, x.path+"/branches?include_deleted=true&search=dev").Branches
	if len(bin) != 1 || bin[0].Recovery.Method != "ttl" || bin[0].Recovery.DeletedAt != bin[0].ExpiresAt {
		t.Errorf("deleted branches = %+v", bin)
	}
	kept := x.branch(`{"branch":{"name":"kept","expires_at":` + in(time.Hour) + `}}`)
	x.do(200, "PATCH", "/branches/"+kept.ID, `{"branch":{"expires_at":null}}`)
	x.s.Advance(2 * time.Hour)
	x.look(kept.ID)
}

func TestEndpoint_isMadeAndDeleted(t *testing.T) {
	x := newTenant(t)
	dev := x.branch(`{"branch":{"name":"dev"}}`)
	body := func(kind, branch string) string {
		return `{"endpoint":{"type":"` + kind + `","branch_id":"` + branch + `"}}`
	}
	writer := into[endpointAnswer](t, x.do(201, "POST", "/endpoints", body("read_write", dev.ID)))
	if len(*writer.Operations) != 1 || writer.Endpoint.PendingState != "active" {
		t.Errorf("endpoint = %+v", writer)
	}
	x.refused(422, "", "POST", "/endpoints", body("read_write", dev.ID))
	x.do(201, "POST", "/endpoints", body("read_only", dev.ID))
	x.refused(404, "", "POST", "/endpoints", body("read_only", "br-nobody"))
	x.refused(400, "", "POST", "/endpoints", `{"endpoint":{"type":"read_only","branch_id":"`+dev.ID+`","region_id":"aws-mars-1"}}`)
	if got := into[endpointAnswer](t, x.do(201, "POST", "/endpoints", `{"endpoint":{"type":"read_only","branch_id":"`+dev.ID+`","disabled":true,"name":"off"}}`)); !got.Endpoint.Disabled || len(*got.Operations) != 0 {
		t.Errorf("a disabled one: %+v", got)
	}
	x.do(200, "PATCH", "/branches/"+dev.ID, `{"branch":{"protected":true}}`)
	x.refused(422, "", "DELETE", "/endpoints/"+writer.Endpoint.ID, "")
	x.do(200, "PATCH", "/branches/"+dev.ID, `{"branch":{"protected":false}}`)
	x.do(200, "DELETE", "/endpoints/"+writer.Endpoint.ID, "")
	x.do(204, "DELETE", "/endpoints/"+writer.Endpoint.ID, "")
	again := into[endpointAnswer](t, x.do(201, "POST", "/endpoints", body("read_write", dev.ID)))
	if again.Endpoint.ID == writer.Endpoint.ID {
		t.Error("a host name came back")
	}
}

func TestEndpoint_notMoreRunAtOnceThanThePlanAllows(t *testing.T) {
	x := newTenant(t)
	for range activeLimit + 1 {
		want(t, x.s, 201, "POST", x.path+"/branches", `{"endpoints":[{"type":"read_write","suspend_timeout_seconds":3600}]}`)
		x.s.Advance(3 * time.Second)
	}
	idle := slices.DeleteFunc(get[struct{ Endpoints []wireEndpoint }](t, x.s, x.path+"/endpoints").Endpoints, func(e wireEndpoint) bool { return e.State == "active" })
	if len(idle) != 1 {
		t.Fatalf("%d computes are idle, want the last", len(idle))
	}
	x.refused(422, "ACTIVE_ENDPOINTS_LIMIT_EXCEEDED", "POST", "/endpoints/"+idle[0].ID+"/start", "")
}

func TestSchema_isComparedWithTheParents(t *testing.T) {
	s := start(t, Config{Projects: 3000, Seed: 1})
	for _, id := range s.Find(func(c Casting) bool { return c.Plan == "enterprise" }) {
		branches := get[branchList](t, s, "/projects/"+id+"/branches?sort_by=created_at&sort_order=asc").Branches
		if len(branches) < 2 {
			continue
		}
		path := "/projects/" + id + "/branches/" + branches[1].ID
		diff := get[map[string]string](t, s, path+"/compare_schema?db_name=neondb")["diff"]
		if !strings.HasPrefix(diff, "--- a/neondb\n+++ b/neondb\n@@ -") || !strings.Contains(diff, "\n+") || strings.Contains(diff, "\n-  ") && !strings.Contains(diff, "NOT NULL") {
			t.Errorf("diff = %s", diff)
		}
		if sql := get[map[string]string](t, s, path+"/schema?db_name=neondb")["sql"]; !strings.Contains(sql, "CREATE TABLE public.customers (\n    id bigint NOT NULL,") {
			t.Errorf("sql = %s", sql)
		}
		get[map[string]wireSchema](t, s, path+"/schema?db_name=neondb&format=json")
		want(t, s, 404, "GET", path+"/schema?db_name=nothing", "")
		want(t, s, 400, "GET", path+"/schema?db_name=neondb&format=xml", "")
		want(t, s, 400, "GET", "/projects/"+id+"/branches/"+branches[0].ID+"/compare_schema?db_name=neondb", "")
		want(t, s, 200, "POST", path+"/restore", `{"source_branch_id":"`+branches[1].ParentID+`"}`)
		s.Advance(time.Minute)
		if diff := get[map[string]string](t, s, path+"/compare_schema?db_name=neondb")["diff"]; diff != "" {
			t.Errorf("after a reset the difference is %s", diff)
		}
		before := url.QueryEscape(stamp(s.Now().Unix() - 600))
		if diff := get[map[string]string](t, s, path+"/compare_schema?db_name=neondb&timestamp="+before)["diff"]; diff == "" {
			t.Error("the schema of before the reset is forgotten")
		}
		return
	}
	t.Error("no project has two branches")
}

func TestDiff_isWhatPatchReads(t *testing.T) {
	got := unifiedDiff("x", "y", "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nf\ng\n")
	if want := "--- a/x\n+++ b/y\n@@ -2,5 +2,6 @@\n b\n c\n d\n-e\n+E\n f\n+g\n"; got != want {
		t.Errorf("diff = %q, want %q", got, want)
	}
}

func TestBranch_readersAgreeWhileTimeIsUp(t *testing.T) {
	x := newTenant(t)
	x.branch(`{"branch":{"name":"dev","expires_at":"` + x.s.Now().Add(time.Minute).Format(time.RFC3339) + `"},"endpoints":[{"type":"read_write"}]}`)
	x.do(200, "PUT", "/branches/"+x.root+"/backup_schedule", `{"schedule":[{"frequency":"hourly"}]}`)
	x.s.Advance(48 * time.Hour)
	answers := make(chan string, 8)
	for range cap(answers) {
		go func() {
			answers <- serve(x.s, request("GET", base+x.path+"/branches", "")).body + serve(x.s, request("GET", base+x.path+"/snapshots", "")).body
		}()
	}
	first := <-answers
	for range cap(answers) - 1 {
		if next := <-answers; next != first {
			t.Fatalf("two readers see different things:\n%s\n%s", first, next)
		}
	}
	if n := strings.Count(first, `"manual":false`); n != 48 || strings.Contains(first, `"name":"dev"`) {
		t.Errorf("%d snapshots, want 48, and no dev: %.400s", n, first)
	}
}
