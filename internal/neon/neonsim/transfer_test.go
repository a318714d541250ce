package neonsim

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTransfer_movesProjectsToAnotherOrganization(t *testing.T) {
	s := start(t, Config{Projects: 130, Seed: 1, KeyKind: PersonalKey, Org: "org-x", OtherOrg: "org-y"})
	if got := get[struct{ Organizations []wireOrg }](t, s, "/users/me/organizations").Organizations; len(got) != 2 {
		t.Fatalf("organizations = %+v", got)
	}
	ids, _ := pages(t, s, "org_id=org-x&limit=400")
	want(t, s, 200, "POST", "/organizations/org-x/projects/transfer", `{"destination_org_id":"org-y","project_ids":["`+ids[3]+`"]}`)
	here, _ := pages(t, s, "org_id=org-x&limit=400")
	there, _ := pages(t, s, "org_id=org-y&limit=400")
	if len(here) != 129 || !slices.Equal(there, ids[3:4]) {
		t.Errorf("%d projects here, %q there", len(here), there)
	}
	if p := get[projectAnswer](t, s, "/projects/"+ids[3]).Project; p.OrgID != "org-y" || p.OwnerID != "org-y" {
		t.Errorf("project = %+v", p)
	}
	want(t, s, 404, "POST", "/organizations/org-x/projects/transfer", `{"destination_org_id":"org-z","project_ids":["`+ids[4]+`"]}`)
	want(t, s, 404, "POST", "/organizations/org-x/projects/transfer", `{"destination_org_id":"org-y","project_ids":["`+ids[4]+`","`+ids[3]+`"]}`)
	want(t, s, 400, "POST", "/organizations/org-x/projects/transfer", `{"destination_org_id":"org-y","project_ids":[]}`)
	many := `"` + strings.Join(ids[10:115], `","`) + `"`
	full := want(t, s, 406, "POST", "/organizations/org-x/projects/transfer", `{"destination_org_id":"org-y","project_ids":[`+many+`]}`)
	if !strings.Contains(full.body, `"limits":[{"actual":"106","expected":"100","name":"projects_count"}]`) {
		t.Errorf("refused with %s", full.body)
	}
	if here, _ := pages(t, s, "org_id=org-x&limit=400"); len(here) != 129 {
		t.Errorf("a refused transfer left %d projects", len(here))
	}
}

func TestTransfer_isNothingForKeysOfOrganizations(t *testing.T) {
	s := start(t, Config{Projects: 3, Seed: 1, Org: "org-x", OtherOrg: "org-y"})
	want(t, s, 404, "POST", "/organizations/org-x/projects/transfer", `{"destination_org_id":"org-y","project_ids":["`+s.IDs()[0]+`"]}`)
	want(t, s, 404, "GET", "/projects?org_id=org-y", "")
}

func TestTransfer_requestsAreTakenUpOnceAndInTime(t *testing.T) {
	s := start(t, Config{Projects: 9, Seed: 1, KeyKind: PersonalKey, Org: "org-x", OtherOrg: "org-y"})
	ids, _ := pages(t, s, "org_id=org-x")
	path := "/projects/" + ids[0] + "/transfer_requests"
	late := into[map[string]string](t, want(t, s, 201, "POST", path, `{"ttl_seconds":60}`))
	request := into[map[string]string](t, want(t, s, 201, "POST", path, ""))
	if request["project_id"] != ids[0] || request["expires_at"] != stamp(noon.Unix()+day) {
		t.Errorf("request = %v", request)
	}
	s.Advance(time.Hour)
	want(t, s, 404, "PUT", path+"/"+late["id"], `{"org_id":"org-y"}`)
	want(t, s, 404, "PUT", path+"/"+request["id"], `{"org_id":"org-z"}`)
	want(t, s, 204, "PUT", path+"/"+request["id"], `{"org_id":"org-y"}`)
	want(t, s, 404, "PUT", path+"/"+request["id"], `{"org_id":"org-y"}`)
	if there, _ := pages(t, s, "org_id=org-y"); !slices.Equal(there, ids[:1]) {
		t.Errorf("the other organization has %q", there)
	}
	want(t, s, 400, "POST", "/projects/"+ids[1]+"/transfer_requests", `{"ttl_seconds":0}`)
}

func TestPermissions_areGrantedAndRevoked(t *testing.T) {
	s := start(t, Config{Projects: 3, Seed: 1})
	path := "/projects/" + s.IDs()[0] + "/permissions"
	g := into[wireGrant](t, want(t, s, 200, "POST", path, `{"email":"bob@example.com"}`))
	type list struct {
		Permissions []wireGrant `json:"project_permissions"`
	}
	if got := get[list](t, s, path).Permissions; len(got) != 1 || got[0] != g {
		t.Errorf("permissions = %+v", got)
	}
	want(t, s, 400, "POST", path, `{"email":"nobody"}`)
	want(t, s, 200, "DELETE", path+"/"+g.ID, "")
	want(t, s, 404, "DELETE", path+"/"+g.ID, "")
	if got := get[list](t, s, path).Permissions; len(got) != 0 {
		t.Errorf("after it was revoked: %+v", got)
	}
	if got := get[projectList](t, s, "/projects/shared").Projects; len(got) != 0 {
		t.Errorf("shared projects: %+v", got)
	}
}

func TestSpendingLimit_isSetAndCleared(t *testing.T) {
	s := scale(t)
	path := "/organizations/org-x/billing/spending_limit"
	if got := want(t, s, 200, "GET", path, ""); got.body != "{\"spending_limit_cents\":null}\n" {
		t.Errorf("without a limit: %s", got.body)
	}
	want(t, s, 200, "PUT", path, `{"spending_limit_cents":10000}`)
	if got := get[spendingLimit](t, s, path); *got.Cents != 10000 {
		t.Errorf("limit = %d", *got.Cents)
	}
	for _, body := range []string{`{"spending_limit_cents":0}`, `{"spending_limit_cents":null}`, `{}`} {
		want(t, s, 400, "PUT", path, body)
	}
	want(t, s, 200, "DELETE", path, "")
	want(t, s, 200, "DELETE", path, "")
	want(t, s, 404, "GET", "/organizations/org-other/billing/spending_limit", "")
	want(t, start(t, Config{Plan: "free", Org: "org-x"}), 403, "GET", path, "")
}
