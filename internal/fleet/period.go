package fleet

import "time"

// A Period is Neon's billing period of one project; End is its first moment
// no more. Normally the UTC month (FACTS §2).
type Period struct{ Start, End time.Time }

// MonthPeriod is the UTC month around t: what holds where Neon said nothing.
func MonthPeriod(t time.Time) Period {
	m := MonthOf(t)
	return Period{m.Start(), m.End()}
}

// PeriodEnding is the period of which only the end is known (the list's
// quota_reset_at): it began a month before.
func PeriodEnding(end time.Time) Period {
	return Period{end.AddDate(0, -1, 0).UTC(), end.UTC()}
}

// IsZero says that the period is not known.
func (p Period) IsZero() bool { return p.End.IsZero() }

// Contains says whether t lies in the period.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.Start) && t.Before(p.End) }

// Next is the period after p.
func (p Period) Next() Period { return Period{p.End, p.End.AddDate(0, 1, 0)} }

// Around moves p on, period by period, until it contains t or begins after it.
func (p Period) Around(t time.Time) Period {
	for !p.IsZero() && !t.Before(p.End) {
		p = p.Next()
	}
	return p
}

// Passed is the part of the period that lies before now, 0 to 1.
func (p Period) Passed(now time.Time) float64 {
	whole := p.End.Sub(p.Start)
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, float64(now.Sub(p.Start))/float64(whole)))
}

// Days are the UTC days that the period touches, first and last.
func (p Period) Days() (first, last Day) {
	return DayOf(p.Start), DayOf(p.End.Add(-time.Nanosecond))
}
