package neonsim

import (
	"net/http"
	"time"
)

type wireAuth struct {
	AccountID  string `json:"account_id"`
	AuthMethod string `json:"auth_method"`
}

// auth tells what key was used; it works with every kind.
func auth(c *call) (any, error) {
	if c.sim.cfg.KeyKind == PersonalKey {
		return wireAuth{AccountID: c.sim.userID(), AuthMethod: "api_key_user"}, nil
	}
	return wireAuth{AccountID: c.sim.cfg.Org, AuthMethod: "api_key_org"}, nil
}

func (s *Sim) userID() string { return uuid(mix2(uint64(s.cfg.Seed), uint64(saltOwner))) }

type wireUser struct {
	ID                  string         `json:"id"`
	Email               string         `json:"email"`
	Login               string         `json:"login"`
	Name                string         `json:"name"`
	LastName            string         `json:"last_name"`
	Image               string         `json:"image"`
	Plan                string         `json:"plan"`
	ProjectsLimit       int            `json:"projects_limit"`
	BranchesLimit       int            `json:"branches_limit"`
	MaxAutoscalingLimit float64        `json:"max_autoscaling_limit"`
	ActiveSecondsLimit  int64          `json:"active_seconds_limit"`
	AuthAccounts        []wireIdentity `json:"auth_accounts"`
}

type wireIdentity struct {
	Provider string `json:"provider"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Login    string `json:"login"`
	Image    string `json:"image"`
}

// user is for people: an organization's key has none (FACTS §1).
func user(c *call) (any, error) {
	if c.sim.cfg.KeyKind != PersonalKey {
		return nil, refuse(http.StatusNotFound, "", "this endpoint is not allowed for organization API keys")
	}
	return wireUser{
		ID: c.sim.userID(), Email: "ada@example.com", Login: "ada", Name: "Ada", LastName: "Operator", Plan: c.sim.cfg.Plan,
		ProjectsLimit: c.sim.limits().projects, BranchesLimit: 5000, MaxAutoscalingLimit: 16,
		AuthAccounts: []wireIdentity{{Provider: "keycloak", Email: "ada@example.com", Name: "Ada Operator", Login: "ada"}},
	}, nil
}

type wireOrg struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Handle    string `json:"handle"`
	Plan      string `json:"plan"`
	ManagedBy string `json:"managed_by"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

// orgName is the name of the organization, in lists too.
const orgName = "Simulated Platform"

func (s *Sim) org(id string) wireOrg {
	at := s.cfg.Anchor.Add(-history*time.Second - 30*day*time.Second).Unix()
	return wireOrg{
		ID: id, Name: orgName, Handle: "simulated-platform-" + id, Plan: s.cfg.Plan, ManagedBy: "console",
		CreatedAt: stamp(at), UpdatedAt: stamp(at),
	}
}

// organizations are those of the key: exactly one, unless it is a person's who
// has another.
func organizations(c *call) (any, error) {
	got := []wireOrg{c.sim.org(c.sim.cfg.Org)}
	if c.seesOther(c.sim.cfg.OtherOrg) {
		got = append(got, c.sim.org(c.sim.cfg.OtherOrg))
	}
	return struct {
		Organizations []wireOrg `json:"organizations"`
	}{got}, nil
}

func organization(c *call) (any, error) {
	id := c.values["org_id"]
	if id != c.sim.cfg.Org && !c.seesOther(id) {
		return nil, notFound("organization", id)
	}
	return c.sim.org(id), nil
}

type wireRegion struct {
	ID      string `json:"region_id"`
	Name    string `json:"name"`
	Default bool   `json:"default"`
	Lat     string `json:"geo_lat"`
	Long    string `json:"geo_long"`
}

// regions are the places of the fleet. One integrator reports 404 for keys of
// organizations; the definition knows nothing of it (FACTS §1), so here they
// are answered.
func regions(c *call) (any, error) {
	if id := c.queries.Get("org_id"); id != "" && id != c.sim.cfg.Org && !c.seesOther(id) {
		return nil, notFound("organization", id)
	}
	got := make([]wireRegion, 0, len(places))
	for i, p := range places {
		got = append(got, wireRegion{ID: p.ID, Name: p.Name, Default: i == 0, Lat: p.Lat, Long: p.Long})
	}
	return struct {
		Regions []wireRegion `json:"regions"`
	}{got}, nil
}
