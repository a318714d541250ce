package neonsim

import (
	"net/http"
)

// endpointSpec is a compute that is made with its branch.
type endpointSpec struct {
	Type        string            `json:"type"`
	MinCU       *float64          `json:"autoscaling_limit_min_cu"`
	MaxCU       *float64          `json:"autoscaling_limit_max_cu"`
	Suspend     *int64            `json:"suspend_timeout_seconds"`
	Provisioner *string           `json:"provisioner"`
	Settings    *endpointSettings `json:"settings"`
}

// compute makes it, of the project's default size where nothing is said.
func (in *endpointSpec) compute(s *Sim, p *project, now int64) (endpoint, error) {
	if in.Type != "read_write" && in.Type != "read_only" {
		return endpoint{}, badRequest("endpoint type must be read_write or read_only")
	}
	e := endpoint{ReadOnly: in.Type == "read_only", Size: p.Defaults.size(), Created: now, Updated: now, PgSettings: p.Defaults.PgSettings}
	if in.MaxCU == nil && in.MinCU != nil {
		e.Size.MaxCU = max(e.Size.MaxCU, *in.MinCU)
	}
	if in.MinCU == nil && in.MaxCU != nil {
		e.Size.MinCU = min(e.Size.MinCU, *in.MaxCU)
	}
	sizes := endpointChange{MinCU: in.MinCU, MaxCU: in.MaxCU, Suspend: in.Suspend, Settings: in.Settings}
	return sizes.apply(s, e)
}

// endpoints are the computes asked for with a branch: one that writes at most.
func (in *branchRequest) endpoints(s *Sim, p *project, now int64) ([]endpoint, error) {
	var got []endpoint
	writers := 0
	for i := range in.Endpoints {
		e, err := in.Endpoints[i].compute(s, p, now)
		if err != nil {
			return nil, err
		}
		if !e.ReadOnly {
			writers++
		}
		got = append(got, e)
	}
	if writers > 1 {
		return nil, errSecondWriter
	}
	return got, nil
}

// errSecondWriter is Neon's rule of one read-write compute a branch (FACTS §5).
var errSecondWriter = &refusal{status: http.StatusUnprocessableEntity, message: "the branch already has a read_write endpoint"}

// launch adds a compute and starts it, if it may run.
func (p *project) launch(e endpoint, now int64) []operation {
	e.ID = p.childID("ep", len(p.Endpoints))
	p.Endpoints = append(p.Endpoints, e)
	added := &p.Endpoints[len(p.Endpoints)-1]
	if p.startable(added, now) != nil {
		return nil
	}
	p.wake(added, now, added.timeout())
	return []operation{{Action: startCompute, Branch: e.Branch, Endpoint: e.ID}}
}

type endpointCreate struct {
	Endpoint *struct {
		endpointSpec
		BranchID     string  `json:"branch_id"`
		RegionID     string  `json:"region_id"`
		Disabled     bool    `json:"disabled"`
		Name         *string `json:"name"`
		PoolerOn     *bool   `json:"pooler_enabled"` // deprecated, and without effect
		PoolerMode   *string `json:"pooler_mode"`
		Passwordless *bool   `json:"passwordless_access"`
	} `json:"endpoint"`
}

func createEndpoint(c *call) (any, error) {
	var in endpointCreate
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Endpoint == nil {
		return nil, badRequest("request body has an error: property \"endpoint\" is missing")
	}
	p, err := c.idleProject()
	if err != nil {
		return nil, err
	}
	b := p.branch(in.Endpoint.BranchID, c.second())
	if b == nil {
		return nil, notFound("branch", in.Endpoint.BranchID)
	}
	e, err := in.build(c, p, b)
	if err != nil {
		return nil, err
	}
	b.Archived = false
	steps := p.launch(e, c.second())
	p.mark(c.second())
	c.status = http.StatusCreated
	return c.done(p, &p.Endpoints[len(p.Endpoints)-1], steps...), nil
}

func (in *endpointCreate) build(c *call, p *project, b *branch) (endpoint, error) {
	if region := in.Endpoint.RegionID; region != "" && region != p.place.ID {
		return endpoint{}, badRequest("only the project's region %q is permitted", p.place.ID)
	}
	e, err := in.Endpoint.compute(c.sim, p, c.second())
	if err != nil {
		return e, err
	}
	if !e.ReadOnly && p.writer(b.ID) != nil {
		return e, errSecondWriter
	}
	named := endpointChange{Name: in.Endpoint.Name, Disabled: &in.Endpoint.Disabled}
	e.Branch = b.ID
	return named.apply(c.sim, e)
}

// deleteEndpoint deletes a compute, and its host name with it (FACTS §5). That
// of a protected branch stays.
func deleteEndpoint(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	e := p.endpoint(c.values["endpoint_id"])
	if e == nil {
		c.gone()
		return nil, nil
	}
	if p.busy(c.at) {
		return nil, errBusy
	}
	if b := p.branch(e.Branch, c.second()); b != nil && b.Protected {
		return nil, refuse(http.StatusUnprocessableEntity, "", "cannot delete endpoint of protected branch")
	}
	var steps []operation
	if p.runs(e.Branch, c.second()) {
		steps = append(steps, operation{Action: suspendCompute})
	}
	p.endBursts(e, c.second())
	e.Deleted, e.Updated = c.second(), c.second()
	p.mark(c.second())
	return c.done(p, e, steps...), nil
}
