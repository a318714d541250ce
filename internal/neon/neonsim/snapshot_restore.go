package neonsim

import (
	"cmp"
	"fmt"
	"net/http"
)

type snapshotRestore struct {
	Name     string `json:"name"`
	Target   string `json:"target_branch_id"`
	Finalize bool   `json:"finalize_restore"`
}

// restoreSnapshot makes a new branch of a snapshot. Finalized, it takes the
// place of the target: its name and its computes, but not its id (FACTS §4).
func restoreSnapshot(c *call) (any, error) {
	in := snapshotRestore{Name: c.queries.Get("name")}
	if err := c.decodeOptional(&in); err != nil {
		return nil, err
	}
	p, s, err := c.idleSnapshot()
	if err != nil {
		return nil, err
	}
	made, err := in.branch(c, p, s)
	if err != nil {
		return nil, err
	}
	b := p.addBranch(made)
	steps := []operation{{Action: createsBranch, Branch: b.ID}}
	if in.Finalize {
		steps = append(steps, p.replace(b, "", c.second())...)
	}
	p.mark(c.second())
	answer := c.doneBranch(p, b, steps...)
	endpoints := []wireEndpoint{}
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; e.Branch == b.ID && e.Deleted == 0 {
			endpoints = append(endpoints, wireEndpointOf(p, e, c.at))
		}
	}
	answer.Endpoints = &endpoints
	return answer, nil
}

// branch is the one to be made.
func (in *snapshotRestore) branch(c *call, p *project, s *snapshot) (branch, error) {
	now := c.second()
	made := branch{
		Name: in.Name, Created: now, Snapshot: s.ID, Replaces: cmp.Or(in.Target, s.Branch), Init: parentData,
		Sizes: []step{{At: now, Bytes: s.Size}},
	}
	if made.Name == "" {
		made.Name = fmt.Sprintf("%s (restored %s)", s.Name, stamp(now))
	}
	held := p.newContent(defaultDatabase, ownerOf(defaultDatabase), p.created)
	if s.Held != nil {
		held = s.Held.edited()
	}
	made.Versions = []version{{At: now, content: held}}
	if err := checkBranchName(made.Name); err != nil {
		return made, err
	}
	if err := p.nameFree(made.Name, now); err != nil {
		return made, err
	}
	if (in.Target != "" || in.Finalize) && p.branch(made.Replaces, now) == nil {
		return made, notFound("branch", made.Replaces)
	}
	return made, c.sim.roomForBranch(p, true, now)
}

// finalizeRestore lets a branch that was made of a snapshot take the place of
// the one it was made for.
func finalizeRestore(c *call) (any, error) {
	var in struct {
		Name string `json:"name"`
	}
	if err := c.decodeOptional(&in); err != nil {
		return nil, err
	}
	p, b, err := c.idleBranch()
	if err != nil {
		return nil, err
	}
	if b.Snapshot == "" || b.Final != 0 || p.branch(b.Replaces, c.second()) == nil {
		return nil, refuse(http.StatusUnprocessableEntity, "", "the branch has no restore from a snapshot to finalize")
	}
	if in.Name != "" {
		if err := p.nameFree(in.Name, c.second()); err != nil {
			return nil, err
		}
	}
	steps := p.replace(b, in.Name, c.second())
	p.mark(c.second())
	ops := wireOperations(p, p.schedule(c.at, steps...), c.at)
	c.sim.keep(p)
	return struct {
		Operations []wireOperation `json:"operations"`
	}{ops}, nil
}

// replace gives a branch the name, the computes and the rank of the one that
// it replaces, which is left over under another name and can be deleted.
func (p *project) replace(b *branch, rename string, now int64) []operation {
	old := p.branch(b.Replaces, now)
	name := old.Name
	old.Name, old.Updated = cmp.Or(rename, p.freeName(name+" (old)", now)), now
	b.Name, b.Final, b.Updated = name, now, now
	b.Default, old.Default = old.Default, false
	b.Protected, old.Protected = old.Protected, false
	b.Schedule, b.Scheduled, old.Schedule = old.Schedule, old.Scheduled, nil
	if old.ID == p.mainAt(now) {
		size, _ := b.sizeAt(now)
		old.Sizes = append(old.Sizes, step{At: now, Bytes: p.logicalSize(old, now)})
		p.shift(size, now)
		p.Mains = append(p.Mains, mainStep{At: now, Branch: b.ID})
	}
	return p.moveComputes(old.ID, b.ID, now)
}

// moveComputes restarts computes on another branch.
func (p *project) moveComputes(from, to string, now int64) []operation {
	var steps []operation
	running := p.runs(from, now)
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		if e.Branch != from || e.Deleted != 0 {
			continue
		}
		if running {
			p.endBursts(e, now)
			steps = append(steps, operation{Action: suspendCompute, Branch: from, Endpoint: e.ID})
		}
		e.Branch, e.Updated = to, now
		if running && !e.Disabled {
			p.wake(e, now, e.timeout())
			steps = append(steps, operation{Action: startCompute, Branch: to, Endpoint: e.ID})
		}
	}
	return steps
}

// freeName is a name that no branch has, as near to the wanted one as can be.
func (p *project) freeName(name string, now int64) string {
	free := name
	for n := 2; p.nameFree(free, now) != nil; n++ {
		free = fmt.Sprintf("%s %d", name, n)
	}
	return free
}
