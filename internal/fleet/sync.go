package fleet

import "time"

// A Step is one of the four parts of a sync (design.md §4).
type Step string

// The steps, in the order they are worked off.
const (
	Sweep    Step = "sweep"    // everybody's settings, storage, active time, last activity
	Recent   Step = "usage"    // consumption of who was active since
	Settle   Step = "settle"   // the whole organization's last days; the first one is the backfill
	Counters Step = "counters" // single projects' own counters, with what budget is left
)

// Title is the step's name on pages.
func (s Step) Title() string {
	switch s {
	case Sweep:
		return "Sweep"
	case Recent:
		return "Usage of the active"
	case Settle:
		return "Settle"
	case Counters:
		return "Counters"
	}
	return string(s)
}

// A SyncRun is the record of one step's run, from its first page to its end.
type SyncRun struct {
	ID        int64
	Step      Step
	Reason    string // "schedule", "staff", "shell", "first start"
	Started   time.Time
	Finished  time.Time // zero: still going, or cut off
	Complete  bool      // reached its end
	Pages     int64
	Rows      int64
	Calls     int64
	Throttled int64 // answers 429
	Total     int64 // rows expected, 0 unknown: for progress
	Problem   string
}
