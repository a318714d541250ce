package neonsim

import (
	"net/http"
)

type restoreRequest struct {
	Source    string `json:"source_branch_id"`
	LSN       string `json:"source_lsn"`
	Timestamp string `json:"source_timestamp"`
	Preserve  string `json:"preserve_under_name"`
}

// A restoration is a restore that can be done: what of, and as of when.
type restoration struct {
	source   *branch
	at       int64
	given    bool // the instant was asked for
	preserve string
}

// restoreBranch overwrites a branch: a reset from its parent, a return to its
// own past, or the state of another branch. Its host and id stay; the old state
// is kept only where a name for it was given (FACTS §4).
func restoreBranch(c *call) (any, error) {
	var in restoreRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, b, err := c.idleBranch()
	if err != nil {
		return nil, err
	}
	r, err := in.check(c, p, b)
	if err != nil {
		return nil, err
	}
	running := p.runs(b.ID, c.second())
	b = p.restore(b, r, c.second())
	p.mark(c.second())
	return c.doneBranch(p, b, p.restoreSteps(b, running)...), nil
}

func (in *restoreRequest) check(c *call, p *project, b *branch) (restoration, error) {
	now := c.second()
	source := p.branch(in.Source, now)
	if source == nil {
		return restoration{}, notFound("branch", in.Source)
	}
	if b.Protected {
		return restoration{}, refuse(http.StatusUnprocessableEntity, "", "cannot reset protected branch")
	}
	at, given, err := p.moment(in.Timestamp, in.LSN, source, now)
	if err != nil {
		return restoration{}, err
	}
	self := source.ID == b.ID
	switch {
	case self && !given:
		return restoration{}, badRequest("source_lsn or source_timestamp is required to restore a branch to its own past")
	case given && source.Parent != "":
		return restoration{}, refuse(http.StatusUnprocessableEntity, "", "restore to a point in time is supported for root branches only")
	case in.Preserve == "" && (self || p.children(b.ID, now)):
		return restoration{}, badRequest("preserve_under_name is required if the branch has children or is restored to its own past")
	case source.detaching(now, given):
		return restoration{}, refuse(http.StatusUnprocessableEntity, "", "restore from snapshot on target branch is still ongoing")
	}
	if in.Preserve != "" {
		if err := in.roomToPreserve(c, p, b); err != nil {
			return restoration{}, err
		}
	}
	return restoration{source: source, at: at, given: given, preserve: in.Preserve}, nil
}

func (in *restoreRequest) roomToPreserve(c *call, p *project, b *branch) error {
	if err := checkBranchName(in.Preserve); err != nil {
		return err
	}
	if err := p.nameFree(in.Preserve, c.second()); err != nil {
		return err
	}
	return c.sim.roomForBranch(p, b.Parent == "", c.second())
}

// detaching says whether a branch still hangs on the snapshot it came from:
// nothing is restored from it for a day, and nothing from its past ever
// (FACTS §4).
func (b *branch) detaching(now int64, past bool) bool {
	return b.Snapshot != "" && (past || now < max(b.Created, b.Final)+day)
}

// restore does it, and returns the branch, which may have moved in its list.
func (p *project) restore(b *branch, r restoration, now int64) *branch {
	id, source := b.ID, r.source.ID
	held, size := p.contentAt(r.source, r.at).edited(), p.logicalSize(r.source, r.at)
	if r.preserve != "" {
		p.preserve(b, r.preserve, now)
		b = p.branch(id, now)
	} else if b.Parent != "" {
		b.Parent = source
	}
	if b.ID == p.mainAt(now) {
		p.shift(size, now)
	} else {
		b.Sizes = append(b.Sizes, step{At: now, Bytes: size})
	}
	p.put(b, now, held)
	b.LastReset, b.Updated, b.ParentAt = now, now, r.at
	if b.TTL != 0 {
		b.Expires = now + b.TTL // a reset begins it anew
	}
	return b
}

// preserve keeps a branch's state under another name. The children move there.
// A root's backup is a root and can never be deleted; any other branch's
// becomes its parent, so that a later reset from the parent goes there
// (FACTS §4, "Checked again").
func (p *project) preserve(b *branch, name string, now int64) {
	id, root := b.ID, b.Parent == ""
	backup := branch{
		Name: name, Parent: b.Parent, Created: now, Backup: root, Init: parentData, ParentAt: b.ParentAt,
		Sizes:    []step{{At: now, Bytes: p.logicalSize(b, now)}},
		Versions: []version{{At: now, content: p.contentAt(b, now).edited()}},
	}
	if !root {
		backup.Own = p.delta(b, int32(now/day))
	}
	kept := p.addBranch(backup).ID
	for i := range p.Branches {
		if child := &p.Branches[i]; child.Parent == id && child.exists(now) {
			child.Parent = kept
		}
	}
	if !root {
		p.branch(id, now).Parent = kept
	}
}

// restoreSteps are what Neon does for a restore: the compute moves to the new
// state, and its connections drop.
func (p *project) restoreSteps(b *branch, running bool) []operation {
	reset := operation{Action: createTimeline, Branch: b.ID}
	e := p.writer(b.ID)
	if e == nil || !running {
		return []operation{reset}
	}
	return []operation{
		{Action: suspendCompute, Branch: b.ID, Endpoint: e.ID}, reset, {Action: startCompute, Branch: b.ID, Endpoint: e.ID},
	}
}
