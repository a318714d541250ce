package neonsim

import "time"

// A period is one of Neon's billing periods of a project: a UTC month, or a
// part of one where the plan changed inside it (FACTS §2).
type period struct {
	start, end int64
	before     bool // lies before the change of plan
}

// periodAt is the period of an instant, as known now: a change of plan that is
// still to come divides nothing yet.
func (p *project) periodAt(at, now int64) period {
	got := monthOf(at)
	change := p.planChange
	if change == 0 {
		return got
	}
	got.before = at < change
	switch {
	case change > now || change <= got.start || change >= got.end:
	case at < change:
		got.end = change
	default:
		got.start = change
	}
	return got
}

func monthOf(at int64) period {
	t := time.Unix(at, 0).UTC()
	start := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return period{start: start.Unix(), end: start.AddDate(0, 1, 0).Unix()}
}

const (
	// tick is how often Neon brings its figures up to date, and tells the
	// quotas; what it then shows is one tick old (FACTS §2, "about every 15
	// min, up to 1 h before visible").
	tick = 900
)

// figuresAsOf is the instant up to which Neon's figures go.
func figuresAsOf(now int64) int64 { return now/tick*tick - tick }

// bitesAt is when a quota reached at some instant stops the computes: when
// Neon's figures show it.
func bitesAt(reached int64) int64 { return (reached+tick-1)/tick*tick + tick }
