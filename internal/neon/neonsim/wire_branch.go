package neonsim

import (
	"cmp"
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
		CreatedAt: stamp(b.Created), UpdatedAt: stamp(b.Updated), InitSource: cmp.Or(b.Init, parentData),
		CreatedBy: map[string]string{"name": "Ada Operator", "image": ""},
	}
	if b.Sent {
		w.CreationSource = "api"
	}
	w.lineage(p, b, now)
	if at-b.Created >= hour { // not measured before
		size := p.logicalSize(b, min(at, b.end()))
		w.LogicalSize = &size
	}
	if b.Expires != 0 {
		w.ExpiresAt, w.TTL = stamp(b.Expires), b.TTL
	}
	if b.Deleted != 0 && b.Ended != "hard" {
		w.Recovery = &wireRecovery{DeletedAt: stamp(b.Deleted), Until: stamp(b.Deleted + recovery), Method: b.Ended}
	}
	return w
}

// lineage tells what became of a branch: what it was made of, whether that
// still goes on, and what therefore cannot be done with it.
func (w *wireBranch) lineage(p *project, b *branch, now time.Time) {
	at := now.Unix()
	if b.LastReset != 0 {
		w.LastResetAt, w.StateChangedAt = stamp(b.LastReset), stamp(b.LastReset+1)
	}
	o := p.building(b.ID, now)
	switch {
	case o != nil && b.LastReset != 0:
		w.State, w.PendingState = "resetting", "ready"
		w.StateChangedAt = stamp(b.LastReset)
	case o != nil:
		w.State, w.PendingState = "init", "ready"
		w.StateChangedAt = stamp(b.Created)
	case b.Archived:
		w.State = "archived"
	}
	if b.Parent != "" && w.State != "resetting" { // not final before it is ready (FACTS §4)
		from := cmp.Or(b.ParentAt, b.Created)
		w.ParentTimestamp, w.ParentLSN = stamp(from), p.lsn(from)
	}
	if b.Snapshot == "" {
		return
	}
	w.RestoredFrom, w.RestoreStatus = b.Snapshot, "restored"
	if b.Final != 0 {
		w.RestoredAs, w.RestoreStatus = b.Replaces, "finalized"
	}
	if b.detaching(at, false) {
		w.Restricted = append(w.Restricted, wireRestriction{Name: "restore", Reason: "restore from snapshot on target branch is still ongoing"})
	}
}

// building is the operation that still makes a branch.
func (p *project) building(branch string, now time.Time) *operation {
	for i := range p.Ops {
		o := &p.Ops[i]
		if o.Branch == branch && (o.Action == createsBranch || o.Action == createTimeline) && now.UnixNano() < o.Ends {
			return o
		}
	}
	return nil
}
