package neon

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Our ceilings, below Neon's 700 requests a minute, about 50 consumption
// requests a minute and 40 a second per route (FACTS §1, rate limits).
const (
	DefaultPerMinute            = 600
	DefaultConsumptionPerMinute = 30
	DefaultPerRoutePerSecond    = 30
)

// BudgetConfig has the ceilings; 0 means the default.
type BudgetConfig struct {
	PerMinute            int // all but consumption
	ConsumptionPerMinute int
	PerRoutePerSecond    int // sustained; a quarter more may go at once
	Clock                Clock
}

// A Budget keeps all calls of a process below Neon's limits: a token bucket for
// consumption, one for everything else, and one per route, with a queue per
// lane. It is safe for concurrent use, first come first served within a lane,
// and keeps nothing of a caller whose context has ended.
type Budget struct {
	clock       Clock
	perRoute    int
	mu          sync.Mutex // guards what follows, the buckets' insides too
	requests    *bucket
	consumption *bucket
	routes      map[string]*rate.Limiter
}

// NewBudget returns a full budget.
func NewBudget(cfg BudgetConfig) *Budget {
	b := &Budget{clock: cfg.Clock, perRoute: orDefault(cfg.PerRoutePerSecond, DefaultPerRoutePerSecond), routes: map[string]*rate.Limiter{}}
	if b.clock == nil {
		b.clock = SystemClock{}
	}
	b.requests = newBucket(orDefault(cfg.PerMinute, DefaultPerMinute))
	b.consumption = newBucket(orDefault(cfg.ConsumptionPerMinute, DefaultConsumptionPerMinute))
	return b
}

func orDefault(n, fallback int) int {
	if n <= 0 {
		return fallback
	}
	return n
}

// SetCeiling changes the ceilings at run time, as when another replica becomes
// the one that syncs. Values below 1 count as 1.
func (b *Budget) SetCeiling(perMinute, consumptionPerMinute int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	b.requests.setCeiling(now, perMinute)
	b.consumption.setCeiling(now, consumptionPerMinute)
	b.requests.nudge()
	b.consumption.nudge()
}

// take waits until the call may be sent and returns how long that took. Its
// error is the context's.
func (b *Budget) take(ctx context.Context, lane Lane, r request) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	start := b.clock.Now()
	k, w := b.enqueue(ctx, lane, r, start)
	select {
	case <-w.ready:
	case <-ctx.Done():
		if !b.leave(k, w) {
			return b.clock.Now().Sub(start), ctx.Err()
		}
	}
	return b.clock.Now().Sub(start), nil
}

func (b *Budget) enqueue(ctx context.Context, lane Lane, r request, now time.Time) (*bucket, *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.bucketOf(r)
	w := &waiter{lane: lane, method: r.method, route: r.route, perSec: b.route(r), ready: make(chan struct{})}
	k.waiting[lane] = append(k.waiting[lane], w)
	switch wait := k.grant(now); {
	case wait == 0:
	case k.dispatching:
		k.nudge() // the new one may be due sooner than those it waited for
	default:
		k.dispatching = true
		// The dispatcher serves others after this caller has gone, and ends by
		// itself when nobody waits.
		go b.dispatch(context.WithoutCancel(ctx), k)
	}
	return k, w
}

// dispatch lets waiting calls go one after another until none is left.
func (b *Budget) dispatch(ctx context.Context, k *bucket) {
	for {
		b.mu.Lock()
		wait := k.grant(b.clock.Now())
		if wait == 0 {
			k.dispatching, k.nudge = false, func() {}
			b.mu.Unlock()
			return
		}
		nudged, cancel := context.WithCancel(ctx)
		k.nudge = cancel
		b.mu.Unlock()
		_ = b.clock.Wait(nudged, max(wait, soonest)) // an error is a nudge: look again
		cancel()
	}
}

// leave takes a caller that gave up out of its queue. It reports whether its
// turn had come already, in which case the call is spent.
func (b *Budget) leave(k *bucket, w *waiter) (granted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !w.granted {
		k.drop(w)
		k.nudge() // nobody may be left to wait for
	}
	return w.granted
}

// throttled notes a 429: the whole bucket rests, for the time Neon asked or one
// that doubles with each 429 in a row. It returns how long. Calls that were on
// their way when the rest began do not make it longer by being refused too.
func (b *Budget) throttled(r request, asked time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, k := b.clock.Now(), b.bucketOf(r)
	k.throttled++
	k.lastThrottled = now
	if !now.Before(k.pausedUntil) {
		k.pause = min(max(2*k.pause, firstPause), longestPause)
	}
	if until := now.Add(max(asked, k.pause)); until.After(k.pausedUntil) {
		k.pausedUntil = until
	}
	return k.pausedUntil.Sub(now)
}

// answered notes an answer that was no 429: the next rest starts short again.
func (b *Budget) answered(r request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if k := b.bucketOf(r); !b.clock.Now().Before(k.pausedUntil) {
		k.pause = 0
	}
}

func (b *Budget) bucketOf(r request) *bucket {
	if strings.HasPrefix(r.route, "/consumption_history/") {
		return b.consumption
	}
	return b.requests
}

// route returns the limiter of a route, made when it is first called.
func (b *Budget) route(r request) *rate.Limiter {
	key := r.method + " " + r.route
	if b.routes[key] == nil {
		b.routes[key] = rate.NewLimiter(rate.Limit(b.perRoute), max(b.perRoute/4, 1))
	}
	return b.routes[key]
}
