package neonsim

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRoles_areMadeToldAndDeleted(t *testing.T) {
	x := newTenant(t)
	x.s.Advance(time.Hour) // the compute sleeps
	path := "/branches/" + x.root + "/roles"
	made := into[roleAnswer](t, want(t, x.s, 201, "POST", x.path+path, `{"role":{"name":"Reader/1"}}`))
	if made.Role.Password == "" || len(*made.Operations) != 3 {
		t.Errorf("made %+v: want a password, and the idle compute woken shortly", made)
	}
	x.s.Advance(10 * time.Second)
	one := path + "/" + url.PathEscape("Reader/1")
	if got := get[roleAnswer](t, x.s, x.path+one).Role; got.Password != "" || got.BranchID != x.root {
		t.Errorf("role = %+v", got)
	}
	reveal := func() string {
		return get[map[string]string](t, x.s, x.path+one+"/reveal_password")["password"]
	}
	if reveal() != made.Role.Password {
		t.Error("the password revealed is not the one told")
	}
	reset := into[roleAnswer](t, x.do(200, "POST", one+"/reset_password", ""))
	if reset.Role.Password == made.Role.Password || reveal() != reset.Role.Password {
		t.Error("the password was not reset")
	}
	x.refused(409, "", "POST", path, `{"role":{"name":"Reader/1"}}`)
	x.refused(400, "", "POST", path, `{"role":{"name":"`+strings.Repeat("ü", 32)+`"}}`)
	x.refused(404, "", "GET", path+"/nobody", "")
	x.refused(404, "", "GET", path+"/nobody/reveal_password", "")
	x.refused(422, "", "DELETE", path+"/neondb_owner", "") // it owns a database
	x.do(200, "DELETE", one, "")
	x.do(204, "DELETE", one, "")
	if got := get[struct{ Roles []wireRole }](t, x.s, x.path+path).Roles; len(got) != 1 {
		t.Errorf("roles = %+v", got)
	}
}

func TestRoles_passwordsThatAreNotStoredAreNotTold(t *testing.T) {
	s := scale(t)
	made := create(t, s, `{"project":{"store_passwords":false}}`)
	path := "/projects/" + made.Project.ID
	want(t, s, 412, "GET", path+"/branches/"+made.Branch.ID+"/roles/neondb_owner/reveal_password", "")
	uri := get[map[string]string](t, s, path+"/connection_uri?database_name=neondb&role_name=neondb_owner")["uri"]
	if !strings.HasPrefix(uri, "postgresql://neondb_owner@ep-") {
		t.Errorf("uri = %s", uri)
	}
}

func TestDatabases_areMadeChangedAndDeleted(t *testing.T) {
	x := newTenant(t)
	path := "/branches/" + x.root + "/databases"
	x.database(x.root, "shop")
	got := into[databaseAnswer](t, x.do(200, "PATCH", path+"/shop", `{"database":{"name":"store"}}`)).Database
	if got.Name != "store" || got.Owner != "neondb_owner" || get[databaseAnswer](t, x.s, x.path+path+"/store").Database != got {
		t.Errorf("database = %+v", got)
	}
	x.refused(409, "", "POST", path, `{"database":{"name":"neondb","owner_name":"neondb_owner"}}`)
	x.refused(404, "", "POST", path, `{"database":{"name":"x","owner_name":"nobody"}}`)
	x.refused(400, "", "POST", path, `{"database":{"name":"x"}}`)
	x.refused(404, "", "PATCH", path+"/shop", `{"database":{"name":"y"}}`)
	x.do(200, "DELETE", path+"/store", "")
	x.do(204, "DELETE", path+"/store", "")
}

func TestConnectionURI_namesTheComputeAskedFor(t *testing.T) {
	x := newTenant(t)
	dev := into[branchCreated](t, x.do(201, "POST", "/branches", `{"branch":{"name":"dev"},"endpoints":[{"type":"read_write"},{"type":"read_only"}]}`))
	ask := func(query string) string {
		return get[map[string]string](t, x.s, x.path+"/connection_uri?database_name=neondb&role_name=neondb_owner"+query)["uri"]
	}
	for query, host := range map[string]string{
		"":                            "@" + get[struct{ Endpoints []wireEndpoint }](t, x.s, x.path+"/branches/"+x.root+"/endpoints").Endpoints[0].Host + "/neondb?sslmode=require",
		"&branch_id=" + dev.Branch.ID: "@" + dev.Endpoints[0].Host + "/neondb",
		"&endpoint_id=" + dev.Endpoints[1].ID + "&pooled=true": "@" + dev.Endpoints[1].ID + "-pooler.",
	} {
		if got := ask(query); !strings.Contains(got, host) {
			t.Errorf("%s: %s, want %s", query, got, host)
		}
	}
	x.refused(400, "", "GET", "/connection_uri?database_name=neondb&role_name=neondb_owner&pooled=perhaps", "")
	x.refused(404, "", "GET", "/connection_uri?database_name=neondb&role_name=nobody", "")
	x.refused(404, "", "GET", "/connection_uri?database_name=neondb&role_name=neondb_owner&branch_id=br-nobody", "")
}
