package neonsim

import (
	"context"
	"time"
)

// A Config says which Neon is simulated. The zero value is an organization on
// the Agent plan without projects, on the system's clock.
type Config struct {
	Projects int   // listed at the anchor, 0 to 1,000,000
	Seed     int64 // same seed and projects, same fleet
	// Anchor is the fleet's "now": creations, deletions and drift are placed
	// around it. Default: the time of New.
	Anchor time.Time
	// Start is where the simulated clock begins. Default: Anchor.
	Start time.Time
	// Latency is how long every answer takes.
	Latency time.Duration

	Key     string  // the only key accepted; empty: any
	KeyKind KeyKind // what the key is; default an organization's
	Org     string  // the organization's id; default made from the seed
	// OtherOrg is a second organization that a personal key sees, to transfer
	// projects to; none by default.
	OtherOrg string
	Plan     string // the organization's plan in Neon's words; default "agent". On "free" consumption is refused
	Limits   Limits

	// Now is the clock that runs beneath the simulated one; default time.Now. A
	// test gives one that stands still, and moves time with Advance.
	Now func() time.Time
	// Wait waits out latency and delays; default by a timer. A test gives one
	// that does not wait.
	Wait func(context.Context, time.Duration) error
}

// A KeyKind is a kind of API key (FACTS §1).
type KeyKind string

// The kinds of keys.
const (
	OrgKey      KeyKind = "org"      // sees one organization; has no user
	PersonalKey KeyKind = "personal" // must name the organization
)

// Limits are the rate limits. Zero values are Neon's own (FACTS §1).
type Limits struct {
	Off            bool
	PerMinute      int // all but consumption; Neon: 700
	RoutePerSecond int // each route; Neon: 40
	Consumption    int // per minute, all consumption routes together; Neon: 50
}

// EveryMinute are limits of so many calls a minute, as the demo has them: far
// above anything a laptop asks.
func EveryMinute(calls int) Limits {
	return Limits{PerMinute: calls, RoutePerSecond: max(40, calls/60), Consumption: calls}
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	if c.Anchor.IsZero() {
		c.Anchor = c.Now()
	}
	if c.Start.IsZero() {
		c.Start = c.Anchor
	}
	if c.KeyKind == "" {
		c.KeyKind = OrgKey
	}
	if c.Org == "" {
		r := mix2(uint64(c.Seed), golden)
		c.Org = "org-" + slug(r) + "-" + uuid(r)[:8]
	}
	if c.Plan == "" {
		c.Plan = "agent"
	}
	c.Limits = c.Limits.withDefaults()
	return c
}

func (l Limits) withDefaults() Limits {
	if l.PerMinute == 0 {
		l.PerMinute = 700
	}
	if l.RoutePerSecond == 0 {
		l.RoutePerSecond = 40
	}
	if l.Consumption == 0 {
		l.Consumption = 50
	}
	return l
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
