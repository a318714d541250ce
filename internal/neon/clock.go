package neon

import (
	"context"
	"net/http"
	"time"
)

// A Clock tells the time and waits. The budget, retries and the following of
// operations use nothing else, so that a test's hour takes no time.
type Clock interface {
	Now() time.Time
	// Wait returns nil after d, or the context's error if that ends first.
	Wait(ctx context.Context, d time.Duration) error
}

// SystemClock is the Clock of the machine.
type SystemClock struct{}

// Now returns the machine's time.
func (SystemClock) Now() time.Time { return time.Now() }

// Wait waits for d or the end of ctx.
func (SystemClock) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serverDate is a Date header and when it was seen by our clock.
type serverDate struct{ date, at time.Time }

// ServerTime returns Neon's time: the Date header of the last answer plus what
// has passed since. It is false before the first answer. Exact to about a
// second, which is what the header gives.
func (c *Client) ServerTime() (time.Time, bool) {
	s := c.server.Load()
	if s == nil {
		return time.Time{}, false
	}
	return s.date.Add(c.clock.Now().Sub(s.at)), true
}

// Skew returns how far Neon's clock is ahead of ours, negative if it is behind.
// It is false before the first answer.
func (c *Client) Skew() (time.Duration, bool) {
	s := c.server.Load()
	if s == nil {
		return 0, false
	}
	return s.date.Sub(s.at), true
}

func (k *core) noteDate(h http.Header) {
	if date, err := http.ParseTime(h.Get("Date")); err == nil { // no or an odd Date: the last good one stands
		k.server.Store(&serverDate{date: date, at: k.clock.Now()})
	}
}
