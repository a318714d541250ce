package neonsim

import (
	"net/http"
)

type endpointAnswer struct {
	Endpoint   wireEndpoint     `json:"endpoint"`
	Operations *[]wireOperation `json:"operations,omitempty"`
}

func listEndpoints(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	return c.endpointList(p, ""), nil
}

func listBranchEndpoints(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	b, err := c.branchIn(p)
	if err != nil {
		return nil, err
	}
	return c.endpointList(p, b.ID), nil
}

// endpointList is the whole list: it has no pages (FACTS §1).
func (c *call) endpointList(p *project, branch string) any {
	list := []wireEndpoint{}
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; e.Deleted == 0 && (branch == "" || e.Branch == branch) {
			list = append(list, wireEndpointOf(p, e, c.at))
		}
	}
	return struct {
		Endpoints []wireEndpoint `json:"endpoints"`
	}{list}
}

func getEndpoint(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	e, err := c.endpointIn(p)
	if err != nil {
		return nil, err
	}
	return endpointAnswer{Endpoint: wireEndpointOf(p, e, c.at)}, nil
}

func (c *call) endpointIn(p *project) (*endpoint, error) {
	id := c.values["endpoint_id"]
	if e := p.endpoint(id); e != nil {
		return e, nil
	}
	return nil, refuse(http.StatusNotFound, "", "endpoint %q not found", id)
}

// idleEndpoint is the endpoint of the path, for a change.
func (c *call) idleEndpoint() (*project, *endpoint, error) {
	p, err := c.project()
	if err != nil {
		return nil, nil, err
	}
	e, err := c.endpointIn(p)
	if err != nil {
		return nil, nil, err
	}
	if p.pending(e.ID, c.at) != nil {
		return nil, nil, refuse(http.StatusLocked, "", "endpoint is in some transitive state, could not suspend")
	}
	if p.busy(c.at) {
		return nil, nil, errBusy
	}
	return p, e, nil
}

// done keeps a changed project and answers with the endpoint and what is left
// to wait for: nothing, if there are no steps.
func (c *call) done(p *project, e *endpoint, steps ...operation) any {
	for i := range steps {
		steps[i].Branch, steps[i].Endpoint = e.Branch, e.ID
	}
	ops := wireOperations(p, p.schedule(c.at, steps...), c.at)
	c.sim.keep(p)
	return endpointAnswer{Endpoint: wireEndpointOf(p, e, c.at), Operations: &ops}
}

// startEndpoint wakes a compute. Neither a disabled one nor one whose project
// reached a quota can be started (FACTS §3, §6); which status says so is not
// documented.
func startEndpoint(c *call) (any, error) {
	p, e, err := c.idleEndpoint()
	if err != nil {
		return nil, err
	}
	if err := p.startable(e, c.second()); err != nil {
		return nil, err
	}
	if p.runs(e.Branch, c.second()) {
		return c.done(p, e), nil
	}
	p.wake(e, c.second(), e.timeout())
	return c.done(p, e, operation{Action: startCompute}), nil
}

func (p *project) startable(e *endpoint, now int64) error {
	if e.Disabled {
		return refuse(http.StatusUnprocessableEntity, "", "The endpoint has been disabled. Enable it using Neon API and retry.")
	}
	l := p.ledger(now, now+1)
	if !l.locked {
		return p.roomToRun(e, now)
	}
	q, used := p.quota(), l.between(p.periodAt(now, now).start, now)
	if q.Transfer > 0 && used.transfer() >= q.Transfer {
		return refuse(http.StatusUnprocessableEntity, "DATA_TRANSFER_LIMIT_EXCEEDED",
			"Your project has exceeded the data transfer quota. Upgrade your plan to increase limits.")
	}
	return refuse(http.StatusUnprocessableEntity, "COMPUTE_TIME_EXCEEDED",
		"Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits.")
}

// suspendEndpoint puts a compute to sleep, until somebody connects again: it is
// no lock (FACTS §5).
func suspendEndpoint(c *call) (any, error) {
	p, e, err := c.idleEndpoint()
	if err != nil {
		return nil, err
	}
	if !p.runs(e.Branch, c.second()) {
		return c.done(p, e), nil
	}
	p.sleep(e, c.second())
	return c.done(p, e, operation{Action: suspendCompute}), nil
}

// restartEndpoint is suspend and start.
func restartEndpoint(c *call) (any, error) {
	p, e, err := c.idleEndpoint()
	if err != nil {
		return nil, err
	}
	if err := p.startable(e, c.second()); err != nil {
		return nil, err
	}
	if !p.runs(e.Branch, c.second()) {
		p.wake(e, c.second(), e.timeout())
		return c.done(p, e, operation{Action: startCompute}), nil
	}
	return c.done(p, e, operation{Action: suspendCompute}, operation{Action: startCompute}), nil
}
