package neon

import (
	"time"

	"golang.org/x/time/rate"
)

// A Lane says who waits for a call. When calls queue, people go first; then a
// run, which may take a third of the ceiling while the sync has work; then the
// sync, which takes the rest (design.md §4). A run goes before the sync because
// its share is bounded and the sync's is not.
type Lane int

// The lanes, in the order in which they are served.
const (
	Person Lane = iota // somebody looks at the screen; the zero value
	Run                // a bulk change
	Sync               // keeping the cache fresh
	lanes
)

// String returns person, run or sync.
func (l Lane) String() string {
	if l < 0 || l >= lanes {
		return "unknown"
	}
	return [lanes]string{"person", "run", "sync"}[l]
}

const (
	// runShare is the part of a ceiling a run may take while the sync has
	// work: 200 of 600, so that the sweep (120 a minute) and the daily round
	// of the endpoints (208) always fit.
	runShare = 3
	// syncIdle is how long after its last call the sync counts as having work:
	// longer than Neon takes for a page, since pages come one after another.
	syncIdle = 30 * time.Second
	// firstPause and longestPause bound how long a bucket rests after a 429.
	// It doubles with each 429 in a row.
	firstPause   = time.Second
	longestPause = time.Minute
	// soonest is the shortest wait worth waking up for.
	soonest = time.Millisecond
)

// bucket is one of Neon's account-wide limits, as a token bucket with a queue
// per lane. The Budget's lock guards it.
type bucket struct {
	perMinute int
	tokens    *rate.Limiter
	runs      *rate.Limiter // the runs' share; asked only while the sync has work
	waiting   [lanes][]*waiter
	syncSeen  time.Time

	pausedUntil   time.Time
	pause         time.Duration // of the last 429; 0 after a good answer
	throttled     int64
	lastThrottled time.Time
	spent         window

	dispatching bool
	nudge       func() // ends the dispatcher's wait
}

// waiter is a call in a queue.
type waiter struct {
	lane    Lane
	method  string
	route   string
	perSec  *rate.Limiter // its route's
	granted bool
	ready   chan struct{} // closed when granted
}

func newBucket(perMinute int) *bucket {
	k := &bucket{tokens: rate.NewLimiter(0, 1), runs: rate.NewLimiter(0, 1), nudge: func() {}}
	k.setCeiling(time.Time{}, perMinute)
	return k
}

// setCeiling sizes the bucket so that no 60 seconds ever see more than
// perMinute calls: what a full bucket lets through at once (a second's worth)
// is taken off the rate.
func (k *bucket) setCeiling(now time.Time, perMinute int) {
	k.perMinute = max(perMinute, 1)
	burst := max(k.perMinute/60, 1)
	k.tokens.SetLimitAt(now, rate.Limit(float64(k.perMinute-burst+1)/60))
	k.tokens.SetBurstAt(now, burst)
	k.runs.SetLimitAt(now, rate.Limit(max(float64(k.perMinute)/runShare, 1)/60))
}

// syncBusy reports whether the sync has work: it waits, or called lately.
func (k *bucket) syncBusy(now time.Time) bool {
	return len(k.waiting[Sync]) > 0 || !k.syncSeen.IsZero() && now.Sub(k.syncSeen) < syncIdle
}

// until returns how long w still has to wait, were nobody before it.
func (k *bucket) until(w *waiter, now time.Time) time.Duration {
	d := max(k.pausedUntil.Sub(now), refill(k.tokens, now), refill(w.perSec, now))
	if w.lane == Run && k.syncBusy(now) {
		d = max(d, refill(k.runs, now))
	}
	return d
}

// refill returns how long until l has a token.
func refill(l *rate.Limiter, now time.Time) time.Duration {
	missing := 1 - l.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return max(time.Duration(missing/float64(l.Limit())*float64(time.Second)), 1)
}

// next returns the waiter whose turn it is, or how long until it is somebody's;
// both are zero when nobody waits. Whoever is held up by a limit of its own
// (its route's, the runs' share) does not hold up those behind it.
func (k *bucket) next(now time.Time) (turn *waiter, wait time.Duration) {
	closed := max(k.pausedUntil.Sub(now), refill(k.tokens, now))
	for _, queue := range k.waiting {
		for _, w := range queue {
			if closed > 0 {
				return nil, closed
			}
			d := k.until(w, now)
			if d <= 0 {
				return w, 0
			}
			if wait == 0 || d < wait {
				wait = d
			}
		}
	}
	return nil, wait
}

// grant lets everybody go whose turn it is and returns how long until the next
// turn, 0 if nobody waits.
func (k *bucket) grant(now time.Time) time.Duration {
	for {
		w, wait := k.next(now)
		if w == nil {
			return wait
		}
		k.tokens.AllowN(now, 1)
		w.perSec.AllowN(now, 1)
		if w.lane == Run && k.syncBusy(now) {
			k.runs.AllowN(now, 1)
		}
		if w.lane == Sync {
			k.syncSeen = now
		}
		k.spent.add(now, spender{w.lane, w.method, w.route})
		k.drop(w)
		w.granted = true
		close(w.ready)
	}
}

// drop takes w out of its queue.
func (k *bucket) drop(w *waiter) {
	q := k.waiting[w.lane]
	for i := range q {
		if q[i] == w {
			k.waiting[w.lane] = append(q[:i:i], q[i+1:]...)
			return
		}
	}
}
