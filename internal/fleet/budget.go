package fleet

import "time"

// A Budget is what is spent of Neon's API in the last minute, and on what.
type Budget struct {
	Requests    BudgetPart // everything but consumption
	Consumption BudgetPart
}

// A BudgetPart is one of Neon's two account-wide limits.
type BudgetPart struct {
	Ceiling   int // calls a minute we allow ourselves
	Spent     int // in the last 60 s
	Throttled int64
	// PausedUntil is when we ask again after a 429; zero while we do.
	PausedUntil time.Time
	Lanes       []Spent // person, run, sync
	Routes      []Spent // most first
}

// Spent is a number of calls under a name.
type Spent struct {
	Name    string
	Calls   int
	Waiting int
}
