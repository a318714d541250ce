package neonsim

import (
	"fmt"
	"time"
)

// wireBranches are all branches of a project.
func (s *Sim) wireBranches(p *project, now time.Time) []wireBranch {
	l := p.ledger(now.Unix(), now.Unix())
	got := []wireBranch{}
	for i := range p.Branches {
		if b := &p.Branches[i]; b.exists(now.Unix()) {
			got = append(got, wireBranchOf(p, b, l, now))
		}
	}
	return got
}

// wireBranchOf is a branch with its counters, which the ledger of the current
// period gives.
func wireBranchOf(p *project, b *branch, l *ledger, now time.Time) wireBranch {
	at := now.Unix()
	used := l.branch(b.ID, p.periodAt(at, at).start, figuresAsOf(at))
	w := wireBranch{
		ID: b.ID, ProjectID: p.id, ParentID: b.Parent, Name: b.Name, State: "ready", StateChangedAt: stamp(b.Created + 1),
		CreationSource: "console", Primary: b.Default, Default: b.Default, Protected: b.Protected,
		CPUUsed: used[compute], Compute: used[compute], Active: used[active], Written: used[written], Transfer: used.transfer(),
		CreatedAt: stamp(b.Created), UpdatedAt: stamp(b.Updated), InitSource: "parent-data",
		CreatedBy: map[string]string{"name": "Ada Operator", "image": ""},
	}
	if o := p.building(b.ID, now); o != nil {
		w.State, w.PendingState = "init", "ready"
	}
	if b.Parent != "" {
		w.ParentTimestamp = stamp(b.Created)
		w.ParentLSN = fmt.Sprintf("0/%X", 0x1500000+mix2(p.hash, uint64(b.Created))%0xF000000)
	}
	if at-b.Created >= hour { // not measured before
		size := p.logicalSize(b, at)
		w.LogicalSize = &size
	}
	if b.Expires != 0 {
		w.ExpiresAt = stamp(b.Expires)
	}
	if b.LastReset != 0 {
		w.LastResetAt = stamp(b.LastReset)
	}
	return w
}

// logicalSize is what the storage limit applies to, branch by branch: a child
// has what its parent had, and its own changes.
func (p *project) logicalSize(b *branch, at int64) int64 {
	d := int32(at / day)
	if b.Parent == "" {
		return p.size(d)
	}
	return p.size(int32(b.Created/day)) + p.delta(b, d)
}

// building is the operation that still makes a branch.
func (p *project) building(branch string, now time.Time) *operation {
	for i := range p.Ops {
		o := &p.Ops[i]
		if o.Branch == branch && (o.Action == createBranch || o.Action == createTimeline) && now.UnixNano() < o.Ends {
			return o
		}
	}
	return nil
}
