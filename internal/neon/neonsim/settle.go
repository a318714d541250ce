package neonsim

import "slices"

// settled is the project after what its clock has done to it meanwhile: branches
// whose time is up are gone, scheduled snapshots are taken. Readers share the
// project that is kept, so that what has to change is a copy; it is worked out
// again for each of them until somebody writes.
func (p *project) settled(now int64) *project {
	if p.Deleted != 0 || !p.due(now) {
		return p
	}
	q := *p
	q.Branches, q.Endpoints = slices.Clone(p.Branches), slices.Clone(p.Endpoints)
	q.Snapshots, q.Log, q.Bursts = slices.Clone(p.Snapshots), slices.Clone(p.Log), slices.Clone(p.Bursts)
	for i := range q.Branches {
		q.snapshotsDue(&q.Branches[i], now)
	}
	for b := q.nextExpiry(now); b != nil; b = q.nextExpiry(now) {
		q.removeBranch(b, b.Expires, "ttl")
	}
	return &q
}

func (p *project) due(now int64) bool {
	for i := range p.Branches {
		b := &p.Branches[i]
		if b.Deleted == 0 && (b.expired(now) || len(b.Schedule) > 0 && b.nextSnapshot(b.Scheduled) <= now) {
			return true
		}
	}
	return false
}

func (b *branch) expired(now int64) bool { return b.Deleted == 0 && b.Expires != 0 && b.Expires <= now }

// nextExpiry is the branch whose time was up first.
func (p *project) nextExpiry(now int64) *branch {
	var first *branch
	for i := range p.Branches {
		if b := &p.Branches[i]; b.expired(now) && (first == nil || b.Expires < first.Expires) {
			first = b
		}
	}
	return first
}
