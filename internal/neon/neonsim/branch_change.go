package neonsim

import (
	"net/http"
)

type branchAnswer struct {
	Branch     wireBranch      `json:"branch"`
	Endpoints  *[]wireEndpoint `json:"endpoints,omitempty"`
	Operations []wireOperation `json:"operations"`
}

// doneBranch keeps a changed project and answers with the branch and what is
// left to wait for.
func (c *call) doneBranch(p *project, b *branch, steps ...operation) branchAnswer {
	ops := wireOperations(p, p.schedule(c.at, steps...), c.at)
	c.sim.keep(p)
	return branchAnswer{Branch: wireBranchOf(p, b, p.ledger(c.second(), c.second()), c.at), Operations: ops}
}

// idleBranch is the branch of the path, for a change.
func (c *call) idleBranch() (*project, *branch, error) {
	p, err := c.project()
	if err != nil {
		return nil, nil, err
	}
	b, err := c.branchIn(p)
	if err != nil {
		return nil, nil, err
	}
	if p.busy(c.at) {
		return nil, nil, errBusy
	}
	return p, b, nil
}

type branchUpdate struct {
	Branch *struct {
		Name      *string        `json:"name"`
		Protected *bool          `json:"protected"`
		Expires   change[string] `json:"expires_at"`
	} `json:"branch"`
}

// updateBranch changes a branch's name, protection or end.
func updateBranch(c *call) (any, error) {
	var in branchUpdate
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Branch == nil {
		return nil, badRequest("request body has an error: property \"branch\" is missing")
	}
	p, b, err := c.idleBranch()
	if err != nil {
		return nil, err
	}
	next := *b
	if err := in.apply(c, p, &next); err != nil {
		return nil, err
	}
	next.Updated = c.second()
	*b = next
	return c.doneBranch(p, b), nil
}

func (in *branchUpdate) apply(c *call, p *project, b *branch) error {
	if name := in.Branch.Name; name != nil && *name != b.Name {
		if err := checkBranchName(*name); err != nil {
			return err
		}
		if err := p.nameFree(*name, c.second()); err != nil {
			return err
		}
		b.Name = *name
	}
	if e := in.Branch.Expires; e.sent && e.value == nil {
		b.Expires, b.TTL = 0, 0
	}
	if on := in.Branch.Protected; on != nil && *on != b.Protected {
		if b.Protected = *on; b.Protected {
			if b.Expires != 0 {
				return refuse(http.StatusUnprocessableEntity, "", "cannot protect a branch that expires")
			}
			if err := c.sim.roomForProtected(p, c.second()); err != nil {
				return err
			}
		}
	}
	if e := in.Branch.Expires; e.value != nil {
		at, err := readTime(*e.value)
		if err != nil {
			return err
		}
		return p.expire(b, at, c.second())
	}
	return nil
}

// setDefault makes a branch the default one. Its people do not move: they
// connect to a compute, whatever its branch is called.
func setDefault(c *call) (any, error) {
	p, b, err := c.idleBranch()
	if err != nil {
		return nil, err
	}
	if b.Expires != 0 {
		return nil, refuse(http.StatusUnprocessableEntity, "", "a branch that expires cannot be the default branch")
	}
	for i := range p.Branches {
		p.Branches[i].Default = p.Branches[i].ID == b.ID
	}
	b.Updated = c.second()
	return c.doneBranch(p, b), nil
}

// deleteBranch deletes a branch, softly if nothing else is asked for. That it is
// gone already is no failure (FACTS §4).
func deleteBranch(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	hard, err := c.flag("hard_delete")
	if err != nil {
		return nil, err
	}
	b := p.branch(c.values["branch_id"], c.second())
	if b == nil {
		c.gone()
		return nil, nil
	}
	if p.busy(c.at) {
		return nil, errBusy
	}
	if err := p.deletable(b, c.second()); err != nil {
		return nil, err
	}
	var steps []operation
	if e := p.writer(b.ID); e != nil && p.runs(b.ID, c.second()) {
		steps = append(steps, operation{Action: suspendCompute, Branch: b.ID, Endpoint: e.ID})
	}
	how := "user"
	if hard {
		how = "hard"
	}
	p.removeBranch(b, c.second(), how)
	return c.doneBranch(p, b, append(steps, operation{Action: deleteTimeline, Branch: b.ID})...), nil
}

// deletable refuses what Neon does not delete: the project's root and the
// default branch, backups of roots, what has children, what is protected
// (FACTS §4).
func (p *project) deletable(b *branch, now int64) error {
	words := ""
	switch {
	case b.Protected:
		words = "cannot delete protected branch"
	case b.Default:
		words = "cannot delete the default branch"
	case b.ID == p.mainAt(now):
		words = "cannot delete the root branch of a project"
	case b.Backup:
		words = "cannot delete the backup of a root branch"
	case p.children(b.ID, now):
		words = "cannot delete a branch that has children"
	}
	if words == "" {
		return nil
	}
	return refuse(http.StatusUnprocessableEntity, "", "%s", words)
}
