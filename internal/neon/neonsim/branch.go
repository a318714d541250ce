package neonsim

import (
	"slices"
)

// A branch of a project. Share is the part of the project's use that falls to
// it while it has a compute of its own, in per mille; the main branch has the
// rest. A deleted branch stays in its list: it was used, and can be shown.
type branch struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Parent    string `json:"parent,omitempty"` // empty: a root
	Created   int64  `json:"created"`
	Updated   int64  `json:"updated"`
	Deleted   int64  `json:"deleted,omitempty"`
	Ended     string `json:"ended,omitempty"` // how it was deleted: user, ttl, or hard for good
	Share     int64  `json:"share,omitempty"`
	Default   bool   `json:"default,omitempty"`
	Protected bool   `json:"protected,omitempty"`
	Archived  bool   `json:"archived,omitempty"`
	Expires   int64  `json:"expires,omitempty"`
	TTL       int64  `json:"ttl,omitempty"` // seconds; a reset begins it anew

	Sent      bool   `json:"sent,omitempty"`      // made by a client
	Init      string `json:"init,omitempty"`      // where its data came from; empty: parent-data
	ParentAt  int64  `json:"parent_at,omitempty"` // the parent's state that it has; 0: that of its creation
	Backup    bool   `json:"backup,omitempty"`    // holds the state of a root before a restore
	LastReset int64  `json:"last_reset,omitempty"`

	Snapshot string `json:"snapshot,omitempty"` // that it was restored from
	Replaces string `json:"replaces,omitempty"` // the branch that it is to replace
	Final    int64  `json:"final,omitempty"`    // since when it does

	Sizes    []step            `json:"sizes,omitempty"` // of its data; empty: as its parent, or as the project grows
	Own      int64             `json:"own,omitempty"`   // bytes that only it has, beside what its share makes
	Versions []version         `json:"versions,omitempty"`
	Notes    map[string]string `json:"notes,omitempty"`

	Schedule  []scheduleItem `json:"schedule,omitempty"`
	Scheduled int64          `json:"scheduled,omitempty"` // until when its snapshots were taken
}

// A step is a number of bytes from an instant on.
type step struct {
	At    int64 `json:"at"`
	Bytes int64 `json:"bytes"`
}

// A mainStep says which branch is the main one from an instant on: the one that
// the project's people use, whatever is called default.
type mainStep struct {
	At     int64  `json:"at"`
	Branch string `json:"branch"`
}

func (p *project) mainAt(at int64) string {
	for i := len(p.Mains) - 1; i >= 0; i-- {
		if p.Mains[i].At <= at {
			return p.Mains[i].Branch
		}
	}
	return p.Branches[0].ID
}

func (b *branch) end() int64 {
	if b.Deleted == 0 {
		return never
	}
	return b.Deleted
}

func (b *branch) exists(at int64) bool { return b.Created <= at && at < b.end() }

// recoverable says whether a list that asks for deleted branches shows it.
func (b *branch) recoverable(at int64) bool {
	return b.Deleted != 0 && b.Ended != "hard" && b.Deleted <= at && at < b.Deleted+recovery
}

// since is when the data that a branch has of its own began to grow: at its
// creation, or at the last reset before an instant.
func (b *branch) since(at int64) (from int64, grows bool) {
	if b.LastReset != 0 && b.LastReset <= at {
		return b.LastReset, true
	}
	return b.Created, b.Sent
}

// sizeAt is the size that a branch's data was given, and false if it was given
// none. Before the first step it had that of the first.
func (b *branch) sizeAt(at int64) (int64, bool) {
	if len(b.Sizes) == 0 {
		return 0, false
	}
	for i := len(b.Sizes) - 1; i > 0; i-- {
		if b.Sizes[i].At <= at {
			return b.Sizes[i].Bytes, true
		}
	}
	return b.Sizes[0].Bytes, true
}

// delta is what a branch adds to what it began with, in bytes. Where people
// have just begun with it, it grows to its share within a month.
func (p *project) delta(b *branch, d int32) int64 {
	if b.Share == 0 {
		return b.Own
	}
	full := p.size(d) * b.Share / 2000
	if from, grows := b.since(int64(d) * day); grows {
		return b.Own + full*min(30, max(0, int64(d)-from/day))/30
	}
	return b.Own + full
}

// own is the part of a branch's data on a day that nobody shares, in bytes: all
// of a root's, and what a child changed. A change counts from the next day.
func (p *project) own(b *branch, d int32) int64 {
	if b.Parent != "" {
		return p.delta(b, d)
	}
	if b.ID == p.mainAt(int64(d)*day) {
		return p.size(d)
	}
	size, _ := b.sizeAt(int64(d) * day)
	return size + p.delta(b, d)
}

// logicalSize is what the storage limit applies to, branch by branch: a child
// has what its parent had, and its own changes.
func (p *project) logicalSize(b *branch, at int64) int64 {
	d := int32(at / day)
	if b.ID == p.mainAt(at) {
		return max(0, p.grown(d)+p.shifted(at))
	}
	began, given := b.sizeAt(at)
	if !given {
		began = p.size(int32(b.Created / day))
	}
	return began + p.delta(b, d)
}

// addBranch makes a branch, with a little of the project's use as long as
// there is some left.
func (p *project) addBranch(b branch) *branch {
	var given int64
	for i := range p.Branches {
		given += p.Branches[i].Share
	}
	b.ID = p.childID("br", 100+len(p.Branches))
	b.Sent, b.Updated = true, b.Created
	if share := between(mix2(p.hash, uint64(len(p.Branches))), 5, 30); given+share <= 900 && !b.Backup {
		b.Share = share
	}
	p.Branches = append(p.Branches, b)
	return &p.Branches[len(p.Branches)-1]
}

// children says whether a branch has any.
func (p *project) children(id string, at int64) bool {
	return slices.ContainsFunc(p.Branches, func(b branch) bool { return b.Parent == id && b.exists(at) })
}

// removeBranch deletes a branch and its computes.
func (p *project) removeBranch(b *branch, at int64, how string) {
	b.Deleted, b.Updated, b.Ended = at, at, how
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; e.Branch == b.ID && e.Deleted == 0 {
			p.endBursts(e, at)
			e.Deleted = at
		}
	}
	p.mark(at)
}
