package neonsim

import (
	"cmp"
	"net/http"
	"unicode/utf8"
)

type createRequest struct {
	Project *projectSpec `json:"project"`
}

type projectSpec struct {
	Name        *string         `json:"name"`
	Region      string          `json:"region_id"`
	Version     *int            `json:"pg_version"`
	OrgID       string          `json:"org_id"`
	Branch      rootSpec        `json:"branch"`
	Defaults    *sizeChange     `json:"default_endpoint_settings"`
	MinCU       *float64        `json:"autoscaling_limit_min_cu"` // deprecated, and below the settings
	MaxCU       *float64        `json:"autoscaling_limit_max_cu"`
	Passwords   *bool           `json:"store_passwords"`
	Retention   *int32          `json:"history_retention_seconds"`
	Provisioner string          `json:"provisioner"`
	Settings    *settingsChange `json:"settings"`
}

type rootSpec struct {
	Name        *string           `json:"name"`
	Role        string            `json:"role_name"`
	Database    string            `json:"database_name"`
	Annotations map[string]string `json:"annotations"`
}

type projectCreated struct {
	Project    wireProject     `json:"project"`
	URIs       []wireURI       `json:"connection_uris"`
	Roles      []wireRole      `json:"roles"`
	Databases  []wireDatabase  `json:"databases"`
	Operations []wireOperation `json:"operations"`
	Branch     wireBranch      `json:"branch"`
	Endpoints  []wireEndpoint  `json:"endpoints"`
}

// createProject makes a project with a branch, a compute, a database and its
// owner. The answer has the only password that was not asked for (FACTS §2).
func createProject(c *call) (any, error) {
	var in createRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Project == nil {
		return nil, badRequest("request body has an error: property \"project\" is missing")
	}
	if err := c.orgNamed(in.Project.OrgID); err != nil {
		return nil, err
	}
	if err := c.sim.roomForProject(c.second()); err != nil {
		return nil, err
	}
	p, err := c.sim.build(in.Project, c.second())
	if err != nil {
		return nil, err
	}
	root := &p.Branches[0]
	ops := p.schedule(c.at, operation{Action: createTimeline, Branch: root.ID},
		operation{Action: startCompute, Branch: root.ID, Endpoint: p.Endpoints[0].ID})
	p.wake(&p.Endpoints[0], c.second(), p.Endpoints[0].timeout())
	c.sim.made = append(c.sim.made, p.index)
	c.sim.keep(p)
	c.status = http.StatusCreated
	content := p.contentAt(root, c.second())
	return projectCreated{
		Project: c.sim.wireProject(p, c.second(), false), URIs: p.uris(&p.Endpoints[0], &content),
		Roles: p.wireRoles(root, &content, true), Databases: wireDatabases(root, &content),
		Operations: wireOperations(p, ops, c.at), Branch: wireBranchOf(p, root, p.ledger(c.second(), c.second()), c.at),
		Endpoints: []wireEndpoint{wireEndpointOf(p, &p.Endpoints[0], c.at)},
	}, nil
}

// build makes a project that is not yet part of the fleet.
func (s *Sim) build(in *projectSpec, now int64) (*project, error) {
	where, version, err := in.place()
	if err != nil {
		return nil, err
	}
	index := firstMade
	if n := len(s.made); n > 0 {
		index = s.made[n-1] + 1
	}
	p := &project{facts: s.fleet.madeFacts(index, now, where, version)}
	p.Made = &made{Created: now, Region: where.ID, Version: version}
	p.Name, p.Updated, p.Retention = p.id, now, day
	if s.cfg.Plan == "free" {
		p.Retention = 6 * hour
	}
	p.Forgets = in.Passwords != nil && !*in.Passwords
	p.Defaults = newSizeSettings(size{MinCU: 0.25, MaxCU: 0.25})
	if err := in.settings().apply(s, &p.record); err != nil {
		return nil, err
	}
	if err := p.plant(&in.Branch, now); err != nil {
		return nil, err
	}
	return p, nil
}

func (in *projectSpec) place() (*place, int, error) {
	where, ok := findPlace(cmp.Or(in.Region, places[0].ID))
	if !ok {
		return nil, 0, badRequest("region %q is not available", in.Region)
	}
	version := 17
	if in.Version != nil {
		version = *in.Version
	}
	if version < 14 || version > 18 {
		return nil, 0, badRequest("unsupported PostgreSQL version %d", version)
	}
	return where, version, nil
}

// settings are what an update of the new project would send.
func (in *projectSpec) settings() *updateRequest {
	if in.Defaults == nil {
		in.Defaults = &sizeChange{}
	}
	keep(&in.Defaults.MinCU, cmp.Or(in.Defaults.MinCU, in.MinCU))
	keep(&in.Defaults.MaxCU, cmp.Or(in.Defaults.MaxCU, in.MaxCU))
	if in.Defaults.MaxCU == nil && in.Defaults.MinCU != nil {
		in.Defaults.MaxCU = in.Defaults.MinCU
	}
	return &updateRequest{Project: &projectChange{Name: in.Name, Retention: in.Retention, Settings: in.Settings, Defaults: in.Defaults}}
}

// plant gives a new project its root branch and that its compute.
func (p *project) plant(in *rootSpec, now int64) error {
	name := "main"
	if in.Name != nil {
		name = *in.Name
	}
	if err := checkBranchName(name); err != nil {
		return err
	}
	database := cmp.Or(in.Database, defaultDatabase)
	owner := cmp.Or(in.Role, ownerOf(database))
	if len(database) > 63 || len(owner) > 63 {
		return badRequest("names of roles and databases cannot exceed 63 bytes")
	}
	p.Branches = []branch{{
		ID: p.childID("br", 0), Name: name, Created: now, Updated: now, Default: true, Sent: true, Notes: in.Annotations,
	}}
	p.put(&p.Branches[0], now, p.newContent(database, owner, now))
	p.addEndpoint(0, now)
	p.mark(now)
	return nil
}

func checkBranchName(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > 256 {
		return badRequest("branch name must have 1 to 256 characters")
	}
	return nil
}
