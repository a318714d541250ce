package neonsim

import (
	"net/http"
	"slices"
	"strconv"
)

// otherLimit is how many projects the other organization may have.
const otherLimit = 100

// transferProjects moves projects to another organization. It takes a person's
// key, who may act in both (FACTS §2).
func transferProjects(c *call) (any, error) {
	var in struct {
		To  string   `json:"destination_org_id"`
		IDs []string `json:"project_ids"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if n := len(in.IDs); n < 1 || n > 400 {
		return nil, badRequest("project_ids must have 1 to 400 items")
	}
	if c.sim.cfg.KeyKind != PersonalKey {
		return nil, refuse(http.StatusNotFound, "", "this endpoint is not allowed for organization API keys")
	}
	from, err := c.knownOrg(c.values["org_id"]) // a parameter has one name in all routes that share its place
	if err != nil {
		return nil, err
	}
	to, err := c.knownOrg(in.To)
	if err != nil {
		return nil, err
	}
	moved, err := c.toMove(in.IDs, from)
	if err != nil {
		return nil, err
	}
	if err := c.roomInOther(to, len(moved)); err != nil {
		return nil, err
	}
	for _, p := range moved {
		p.Org, p.Updated = to, c.second()
		c.sim.keep(p)
	}
	return struct{}{}, nil
}

// knownOrg is an organization as projects have it.
func (c *call) knownOrg(id string) (string, error) {
	switch {
	case id == c.sim.cfg.Org:
		return "", nil
	case c.seesOther(id):
		return id, nil
	}
	return "", notFound("organization", id)
}

// toMove are the projects to be moved: all of them, or none is.
func (c *call) toMove(ids []string, from string) ([]*project, error) {
	var moved []*project
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		p, ok := c.sim.lookup(id, c.second())
		if !ok || !p.exists(c.second()) || p.Org != from {
			return nil, notFound("project", id)
		}
		if p.busy(c.at) {
			return nil, errBusy
		}
		moved = append(moved, p)
	}
	return moved, nil
}

// roomInOther answers 406 if the other organization would have too many.
func (c *call) roomInOther(org string, more int) error {
	if org == "" {
		return nil
	}
	for _, p := range c.sim.changed {
		if p.Org == org && p.exists(c.second()) {
			more++
		}
	}
	if more <= otherLimit {
		return nil
	}
	limit := map[string]string{"name": "projects_count", "expected": strconv.Itoa(otherLimit), "actual": strconv.Itoa(more)}
	return &refusal{status: http.StatusNotAcceptable, message: "too many projects", body: map[string]any{"limits": []any{limit}}}
}

// A transferRequest lets somebody else take a project over.
type transferRequest struct {
	ID      string `json:"id"`
	Created int64  `json:"created"`
	Expires int64  `json:"expires"`
	Done    bool   `json:"done,omitempty"`
}

// requestTransfer makes one. It is valid for a day if nothing else is asked for.
func requestTransfer(c *call) (any, error) {
	in := struct {
		TTL int64 `json:"ttl_seconds"`
	}{day}
	if err := c.decodeOptional(&in); err != nil {
		return nil, err
	}
	if in.TTL < 1 {
		return nil, badRequest("ttl_seconds must be positive")
	}
	p, err := c.idleProject()
	if err != nil {
		return nil, err
	}
	t := transferRequest{ID: uuid(mix2(p.hash, uint64(c.at.UnixNano())+uint64(len(p.Transfers)))), Created: c.second(), Expires: c.second() + in.TTL}
	p.Transfers = append(p.Transfers, t)
	c.sim.keep(p)
	c.status = http.StatusCreated
	return map[string]string{"id": t.ID, "project_id": p.id, "created_at": stamp(t.Created), "expires_at": stamp(t.Expires)}, nil
}

// acceptTransfer takes a project over, into the organization named or the
// key's own.
func acceptTransfer(c *call) (any, error) {
	var in struct {
		OrgID string `json:"org_id"`
	}
	if err := c.decodeOptional(&in); err != nil {
		return nil, err
	}
	p, err := c.idleProject()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(p.Transfers, func(t transferRequest) bool {
		return t.ID == c.values["request_id"] && !t.Done && c.second() < t.Expires
	})
	if at < 0 {
		return nil, notFound("transfer request", c.values["request_id"])
	}
	to := ""
	if in.OrgID != "" {
		if to, err = c.knownOrg(in.OrgID); err != nil {
			return nil, err
		}
	}
	p.Transfers[at].Done = true
	p.Org, p.Updated = to, c.second()
	c.sim.keep(p)
	c.gone()
	return nil, nil
}
