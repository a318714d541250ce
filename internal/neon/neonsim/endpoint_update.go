package neonsim

import "unicode/utf8"

type endpointRequest struct {
	Endpoint *endpointChange `json:"endpoint"`
}

type endpointChange struct {
	MinCU        *float64          `json:"autoscaling_limit_min_cu"`
	MaxCU        *float64          `json:"autoscaling_limit_max_cu"`
	Suspend      *int64            `json:"suspend_timeout_seconds"`
	Disabled     *bool             `json:"disabled"`
	Name         *string           `json:"name"`
	BranchID     *string           `json:"branch_id"` // deprecated: moves nothing
	Provisioner  *string           `json:"provisioner"`
	PoolerOn     *bool             `json:"pooler_enabled"`
	PoolerMode   *string           `json:"pooler_mode"`
	Passwordless *bool             `json:"passwordless_access"`
	Settings     *endpointSettings `json:"settings"`
}

type endpointSettings struct {
	PgSettings map[string]string `json:"pg_settings"`
	Pgbouncer  map[string]string `json:"pgbouncer_settings"`
	Preload    *preloadLibraries `json:"preload_libraries"`
}

// apply is the endpoint after the change.
func (u *endpointChange) apply(s *Sim, e endpoint) (endpoint, error) {
	if u.MinCU != nil {
		e.Size.MinCU = *u.MinCU
	}
	if u.MaxCU != nil {
		e.Size.MaxCU = *u.MaxCU
	}
	if u.Suspend != nil {
		suspend, err := s.suspend(*u.Suspend)
		if err != nil {
			return e, err
		}
		e.Size.Suspend = suspend
	}
	if u.Disabled != nil {
		e.Disabled = *u.Disabled
	}
	if u.Name != nil {
		if n := utf8.RuneCountInString(*u.Name); n < 1 || n > 64 {
			return e, badRequest("endpoint name must have 1 to 64 characters")
		}
		e.Name = *u.Name
	}
	if u.Settings != nil && u.Settings.PgSettings != nil {
		e.PgSettings = u.Settings.PgSettings
	}
	return e, e.Size.check()
}

// updateEndpoint changes a compute. A running one is restarted with its new
// size; one that is disabled is suspended; one that sleeps wakes shortly for a
// new size, and for nothing else (FACTS §5).
func updateEndpoint(c *call) (any, error) {
	var in endpointRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Endpoint == nil {
		return nil, badRequest("request body has an error: property \"endpoint\" is missing")
	}
	p, e, err := c.idleEndpoint()
	if err != nil {
		return nil, err
	}
	next, err := in.Endpoint.apply(c.sim, *e)
	if err != nil {
		return nil, err
	}
	before, running := *e, p.runs(e.Branch, c.second())
	*e = next
	e.Updated = c.second()
	return c.done(p, e, p.reconfigure(e, before, running, c.second())...), nil
}

// reconfigure lets the change of an endpoint take effect, and says what Neon
// has to do for it.
func (p *project) reconfigure(e *endpoint, before endpoint, running bool, now int64) []operation {
	resized := e.Size.MinCU != before.Size.MinCU || e.Size.MaxCU != before.Size.MaxCU
	var steps []operation
	switch {
	case e.Disabled && !before.Disabled && running:
		p.endBursts(e, now)
		steps = []operation{{Action: suspendCompute}}
	case e.Disabled:
	case resized && running:
		steps = []operation{{Action: applyConfig}}
	case resized:
		p.wake(e, now, 2)
		steps = []operation{{Action: applyConfig}, {Action: suspendCompute}}
	case e.Size.Suspend != before.Size.Suspend && running:
		steps = []operation{{Action: applyConfig}}
	}
	if e.Disabled != before.Disabled {
		p.mark(now)
	}
	return steps
}
