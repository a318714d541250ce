package neonsim

import (
	"bytes"
	"iter"
	"slices"
	"strings"
)

// A position is a place in the order of lists, newest created first. The zero
// value is before the first.
type position struct {
	created int64
	index   int
	set     bool
}

func (s *Sim) positionOf(index int) position {
	if p, ok := s.changed[index]; ok {
		return position{created: p.created, index: index, set: true}
	}
	return position{created: s.fleet.createdAt(index), index: index, set: true}
}

// newest goes through the numbers of all projects created until now, deleted
// ones included, newest first, from behind a position on.
func (s *Sim) newest(now int64, after position) iter.Seq[int] {
	seeded, made := s.fleet.count(now)-1, len(s.made)-1
	if after.set && after.index < firstMade {
		seeded = min(seeded, after.index-1)
		for made >= 0 && s.changed[s.made[made]].created >= after.created {
			made--
		}
	}
	if after.set && after.index >= firstMade {
		seeded = min(seeded, s.fleet.count(after.created)-1)
		at, _ := slices.BinarySearch(s.made, after.index)
		made = at - 1
	}
	return func(yield func(int) bool) {
		for seeded >= 0 || made >= 0 {
			var next int
			if made >= 0 && (seeded < 0 || s.changed[s.made[made]].created >= s.fleet.createdAt(seeded)) {
				next, made = s.made[made], made-1
			} else {
				next, seeded = seeded, seeded-1
			}
			if !yield(next) {
				return
			}
		}
	}
}

// at is a project as it stands now. A project that nobody changed is made anew.
func (s *Sim) at(index int, now int64) *project {
	if p, ok := s.changed[index]; ok {
		return p.settled(now)
	}
	return s.fleet.grow(index, now)
}

// lookup finds a project that exists, or existed, by its id.
func (s *Sim) lookup(id string, now int64) (*project, bool) {
	index, ok := s.fleet.index(id)
	if !ok {
		return nil, false
	}
	if p, ok := s.changed[index]; ok {
		return p.settled(now), true
	}
	if index >= s.fleet.count(now) {
		return nil, false
	}
	return s.fleet.grow(index, now), true
}

// keep remembers a project that is about to be changed.
func (s *Sim) keep(p *project) {
	s.changed[p.index] = p
	s.edits.Add(1)
}

// orgOf is the organization that a project was transferred to, and empty for
// the simulator's own.
func (s *Sim) orgOf(index int) string {
	if p, ok := s.changed[index]; ok {
		return p.Org
	}
	return ""
}

// deletedAt is when a project was deleted, and 0 if it was not; without growing it.
func (s *Sim) deletedAt(index int, now int64) int64 {
	if p, ok := s.changed[index]; ok {
		return p.Deleted
	}
	if at := s.fleet.deletedAt(index); at <= now {
		return at
	}
	return 0
}

// matches says whether a project's name or id contains what is searched for,
// in lower case.
func (s *Sim) matches(index int, search string) bool {
	called := name(index, s.fleet.hash(index))
	if p, ok := s.changed[index]; ok {
		called = p.Name
	}
	var room [64]byte
	return strings.Contains(strings.ToLower(called), search) || bytes.Contains(s.fleet.appendID(room[:0], index), []byte(search))
}
