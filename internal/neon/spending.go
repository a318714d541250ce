package neon

import (
	"cmp"
	"slices"
	"time"
)

// A BudgetSnapshot is what the budget is spent on, for the sync page.
type BudgetSnapshot struct {
	At          time.Time
	Requests    BucketSnapshot // all but consumption
	Consumption BucketSnapshot
}

// A BucketSnapshot is one bucket's last minute.
type BucketSnapshot struct {
	PerMinute     int // the ceiling
	Spent         int // requests in the last 60 s
	ByLane        []LaneSpending
	ByRoute       []RouteSpending // most first; only routes called in the last 60 s
	Throttled     int64           // 429s since start
	LastThrottled time.Time       // zero if never
	PausedUntil   time.Time       // after a 429; zero if not pausing
}

// LaneSpending is a lane's part of a bucket.
type LaneSpending struct {
	Lane    Lane
	Spent   int // in the last 60 s
	Waiting int // calls in the queue now
}

// RouteSpending is a route's part of a bucket.
type RouteSpending struct {
	Method string
	Route  string
	Spent  int // in the last 60 s
}

// Snapshot returns what was spent in the last 60 seconds, and who waits.
func (b *Budget) Snapshot() BudgetSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	return BudgetSnapshot{At: now, Requests: b.requests.snapshot(now), Consumption: b.consumption.snapshot(now)}
}

func (k *bucket) snapshot(now time.Time) BucketSnapshot {
	s := BucketSnapshot{PerMinute: k.perMinute, Throttled: k.throttled, LastThrottled: k.lastThrottled}
	if now.Before(k.pausedUntil) {
		s.PausedUntil = k.pausedUntil
	}
	for lane := range lanes {
		s.ByLane = append(s.ByLane, LaneSpending{Lane: lane, Waiting: len(k.waiting[lane])})
	}
	routes := map[RouteSpending]int{}
	for who, n := range k.spent.last(now) {
		s.Spent += n
		s.ByLane[who.lane].Spent += n
		routes[RouteSpending{Method: who.method, Route: who.route}] += n
	}
	for r, n := range routes {
		r.Spent = n
		s.ByRoute = append(s.ByRoute, r)
	}
	slices.SortFunc(s.ByRoute, func(a, b RouteSpending) int {
		return cmp.Or(cmp.Compare(b.Spent, a.Spent), cmp.Compare(a.Route, b.Route), cmp.Compare(a.Method, b.Method))
	})
	return s
}

// spender is what calls are counted by.
type spender struct {
	lane          Lane
	method, route string
}

// window counts the calls of the last 60 seconds, second by second.
type window [60]struct {
	second int64
	counts map[spender]int
}

func (w *window) add(now time.Time, who spender) {
	second := now.Unix()
	s := &w[(second%60+60)%60] // a clock may stand before 1970
	if s.second != second || s.counts == nil {
		s.second, s.counts = second, map[spender]int{}
	}
	s.counts[who]++
}

func (w *window) last(now time.Time) map[spender]int {
	sum := map[spender]int{}
	for _, s := range w {
		if age := now.Unix() - s.second; age < 0 || age >= int64(len(w)) {
			continue
		}
		for who, n := range s.counts {
			sum[who] += n
		}
	}
	return sum
}
