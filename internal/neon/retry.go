package neon

import (
	"net/http"
	"strconv"
	"time"
)

const (
	maxTries     = 6                      // the first one included
	firstBackoff = 500 * time.Millisecond // doubled with every try
	longestBound = 15 * time.Second       // of our own waits
	longestAsked = time.Minute            // of what Retry-After may ask
)

// retryAfter says how long to wait after a call failed with e, and whether to
// try it again then. A 429's wait holds even for who gives up: the bucket rests.
func (k *core) retryAfter(e *Error, h http.Header) (delay time.Duration, again bool) {
	safe := e.Method == http.MethodGet || e.Method == http.MethodHead
	switch {
	case e.Status == http.StatusLocked: // the project is busy; nothing was done (FACTS §1)
		again = true
	case e.Status == http.StatusServiceUnavailable: // always safe to repeat (FACTS §1)
		again = true
	case e.Status == http.StatusTooManyRequests: // nothing ran
		again = true
	case !safe: // it may have been done: a second POST makes a second paid project
	case e.Status == 0: // the network
		again = true
	case e.Status >= 500: // Neon's, or a proxy's, such as Cloudflare's 524
		again = true
	case e.cut: // a good answer that ended too early
		again = true
	}
	return k.delay(e.Tries, h), again && e.Tries < maxTries
}

// delay is what Neon asks for, within reason, or full jitter below a bound that
// doubles with every try.
func (k *core) delay(tries int, h http.Header) time.Duration {
	if asked, ok := k.asked(h); ok {
		return min(asked, longestAsked)
	}
	bound := min(firstBackoff<<(tries-1), longestBound)
	return time.Duration(k.rand() * float64(bound))
}

// asked reads Retry-After in both its forms, seconds and a date. A date is
// measured against the answer's own Date, so that our clock may be wrong.
func (k *core) asked(h http.Header) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return time.Duration(min(n, int(longestAsked/time.Second))) * time.Second, true
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = k.clock.Now()
	}
	return max(at.Sub(now), 0), true
}
