package neonsim

import "time"

func wireEndpointOf(p *project, e *endpoint, now time.Time) wireEndpoint {
	at := now.Unix()
	w := wireEndpoint{
		ID: e.ID, Name: e.Name, Host: e.ID + "." + p.place.host(), ProjectID: p.id, BranchID: e.Branch, RegionID: p.place.ID,
		Type: "read_write", State: "idle", MinCU: e.Size.MinCU, MaxCU: e.Size.MaxCU, Suspend: e.Size.Suspend, Disabled: e.Disabled,
		Settings: wirePgConfig{PgSettings: e.PgSettings}, PoolerMode: "transaction", Passwordless: true,
		Provisioner: "k8s-neonvm", ProxyHost: p.place.host(), Source: "console", LastActive: neverRan,
		CreatedAt: stamp(e.Created), UpdatedAt: stamp(e.Updated), Release: "11043",
	}
	if e.ReadOnly {
		w.Type = "read_only"
	}
	if r, ok := p.lastRun(e.Branch, at); ok {
		w.LastActive, w.StartedAt = stamp(min(r.to, at)), stamp(r.from)
		if r.to > at {
			w.State = "active"
		} else {
			w.SuspendedAt = stamp(r.to)
		}
	}
	if check, ok := p.check(int32(at / day)); ok && check.Endpoint == e.ID && check.status(now) == "running" {
		w.State = "active" // a disabled one, too: no client gets in (FACTS §6)
	}
	w.transition(p.pending(e.ID, now))
	return w
}

// transition shows an endpoint in the middle of an operation: still what it
// was, and about to be something else.
func (w *wireEndpoint) transition(o *operation) {
	if o == nil {
		return
	}
	switch o.Action {
	case startCompute:
		w.State, w.PendingState = "idle", "active"
	case suspendCompute:
		w.State, w.PendingState = "active", "idle"
	case applyConfig:
		w.PendingState = "active"
	}
}
