package fleet

import "time"

// Circumstances are what a tenant's state is derived from.
type Circumstances struct {
	Missing    bool
	Suspended  bool
	Quota      Shares5 // of the project's own counters where read in this period, else of the figures to date
	Storage    Share   // of the largest branch where read in the last 24 h
	LastActive time.Time
	Suspend    Seconds // timeout of the project's defaults
	Now        time.Time
}

// Derive is the state that holds: of several the first of missing, suspended,
// quota reached, storage full, idle, active. No field of Neon says that a
// quota stopped a project (FACTS §3); a counter at its limit does.
func (c Circumstances) Derive() State {
	switch {
	case c.Missing:
		return StateMissing
	case c.Suspended:
		return StateSuspended
	}
	if _, ok := c.QuotaMeter(); ok {
		return StateQuotaReached
	}
	switch {
	case c.Storage >= 1000:
		return StateStorageFull
	case c.idle():
		return StateIdle
	}
	return StateActive
}

// QuotaMeter is the meter that stops the tenant, the worst of several. Storage
// is none: it stops writes, not computes.
func (c Circumstances) QuotaMeter() (Meter, bool) {
	q := c.Quota
	q[Storage] = ShareUnlimited
	m, s, ok := Worst(q)
	return m, ok && s >= 1000
}

// idle is inferred: nobody used it for longer than its computes wait before
// they scale to zero.
func (c Circumstances) idle() bool {
	if c.LastActive.IsZero() {
		return true
	}
	t := Sizes{Suspend: c.Suspend}.Timeout()
	return t != NeverSuspend && c.Now.Sub(c.LastActive) > time.Duration(t)*time.Second
}
