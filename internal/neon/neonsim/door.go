package neonsim

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// A door is what stands before the routes: faults, rate limits and the count of
// requests. It has a lock of its own, so that a slow answer holds up nobody.
type door struct {
	mu      sync.Mutex
	limits  Limits
	seed    uint64
	faults  []*armed
	drawn   uint64 // random numbers taken
	counts  map[countKey]int
	account bucket
	history bucket
	routes  map[string]*bucket
}

type countKey struct {
	method, route string
	status        int
}

func newDoor(limits Limits, seed uint64) *door {
	d := &door{limits: limits, seed: seed}
	d.reset()
	return d
}

func (d *door) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults, d.drawn = nil, 0
	d.counts = map[countKey]int{}
	d.account = newBucket(d.limits.PerMinute, time.Minute)
	d.history = newBucket(d.limits.Consumption, time.Minute)
	d.routes = map[string]*bucket{}
}

// admits says whether the rate limits let a request pass: one bucket for all
// consumption routes, one for the rest, and one for each route's bursts
// (FACTS §1).
func (d *door) admits(r *route, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.limits.Off {
		return true
	}
	key := r.method + r.path
	burst := d.routes[key]
	if burst == nil {
		b := newBucket(d.limits.RoutePerSecond, time.Second)
		burst = &b
		d.routes[key] = burst
	}
	shared := &d.account
	if r.kind == consumes {
		shared = &d.history
	}
	return burst.take(now) && shared.take(now)
}

func (d *door) count(method, route string, status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts[countKey{method, route, status}]++
}

// A bucket holds tokens and is refilled evenly.
type bucket struct {
	size   float64
	every  time.Duration // one token
	tokens float64
	seen   time.Time
}

func newBucket(size int, per time.Duration) bucket {
	return bucket{size: float64(size), every: per / time.Duration(size), tokens: float64(size)}
}

func (b *bucket) take(now time.Time) bool {
	if passed := now.Sub(b.seen); passed > 0 {
		b.tokens = min(b.size, b.tokens+float64(passed)/float64(b.every))
	}
	b.seen = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// A Count is how often a route answered with a status.
type Count struct {
	Method string `json:"method"`
	Route  string `json:"route"` // the definition's path
	Status int    `json:"status"`
	Count  int    `json:"count"`
}

// Stats counts the requests since the start or the last Reset, by route.
// Requests for which there is no route count as "*".
func (s *Sim) Stats() []Count {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	stats := make([]Count, 0, len(s.door.counts))
	for k, n := range s.door.counts {
		stats = append(stats, Count{k.method, k.route, k.status, n})
	}
	slices.SortFunc(stats, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Route, b.Route), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Status, b.Status))
	})
	return stats
}
