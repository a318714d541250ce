// Package neonsim is Neon's API v2, simulated in memory: an http.Handler that
// behaves as the real one does, its holes included, for the demo and for tests.
//
// A seed says which projects exist, what their owners do with them and when;
// nothing of that is stored, so 300,000 projects cost nothing until a client
// changes one. Figures of any hour, day and month, the counters and the quotas
// that bite all come from one place, the ledger, and so agree.
//
// It knows nothing of this project's client or domain: its wire types are its
// own, so that a wrong field name cannot cancel out.
package neonsim

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Sim is a simulated Neon. It is safe for concurrent use.
type Sim struct {
	cfg    Config
	router *router
	door   *door
	offset atomic.Int64 // nanoseconds between the clock beneath and the simulated one
	first  int64        // the offset at the start
	edits  atomic.Uint64

	mu      sync.RWMutex
	fleet   fleet
	changed map[int]*project // by number; all others are as the seed says
	made    []int            // projects made by clients, oldest first
	slow    map[string]bool  // projects that no list can load
	// spending is the organization's limit in cents; nil: none.
	spending *int64
}

// New makes a simulated Neon. It takes no time, however many projects there are.
func New(cfg Config) *Sim {
	cfg = cfg.withDefaults()
	s := &Sim{cfg: cfg}
	s.first = int64(cfg.Start.Sub(cfg.Now()))
	s.offset.Store(s.first)
	s.router = newRouter(s.routes())
	s.door = newDoor(cfg.Limits, uint64(cfg.Seed))
	s.sow()
	return s
}

// sow begins the fleet anew.
func (s *Sim) sow() {
	s.fleet = newFleet(s.cfg.Seed, s.cfg.Projects, s.cfg.Anchor)
	s.changed = map[int]*project{}
	s.made = nil
	s.slow = map[string]bool{}
	s.spending = nil
}

// Now is the simulated time, in UTC. The Date header of every answer shows it.
func (s *Sim) Now() time.Time {
	return s.cfg.Now().Add(time.Duration(s.offset.Load())).UTC()
}

// Advance moves the clock forward: usage grows, quotas bite, periods end.
func (s *Sim) Advance(d time.Duration) {
	s.offset.Add(int64(d))
	s.edits.Add(1)
}

// Reset takes faults, statistics, clock and fleet back to the seed.
func (s *Sim) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sow()
	s.door.reset()
	s.offset.Store(s.first)
	s.edits.Add(1)
}

// Org is the organization's id.
func (s *Sim) Org() string { return s.cfg.Org }

// Edits counts what Save would save: it moves with every change.
func (s *Sim) Edits() uint64 { return s.edits.Load() }

// SetUnavailable makes lists name these projects as not loaded in time
// (unavailable_project_ids) until it is called again.
func (s *Sim) SetUnavailable(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.slow)
	for _, id := range ids {
		s.slow[id] = true
	}
}

// IDs are the ids of all projects that a list shows now, newest first.
func (s *Sim) IDs() []string { return s.Find(func(Casting) bool { return true }) }

// A Casting says what part a project plays, for a test that needs one.
type Casting struct {
	ID      string
	Name    string
	Plan    string // free, pro or enterprise: whose settings it had when made
	Cast    Cast
	Drifted bool // something differs from what it was made with
	Split   bool // Neon's plan changed in mid-month: a day in two periods
}

// Find lists the ids of the projects that suit, newest first.
func (s *Sim) Find(suits func(Casting) bool) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.Now().Unix()
	ids := []string{}
	for index := range s.newest(now, position{}) {
		p := s.at(index, now)
		c := Casting{
			ID: p.id, Name: p.Name, Plan: p.tier.String(), Cast: p.cast, Drifted: p.Updated != p.created,
			Split: p.planChange != 0 && p.planChange <= now,
		}
		if p.exists(now) && suits(c) {
			ids = append(ids, p.id)
		}
	}
	return ids
}

var _ http.Handler = (*Sim)(nil)
