package fleet

import (
	"fmt"
	"time"
)

// A Day is a UTC day as the integer 20261103: sorts, reads and joins well.
type Day int32

// A Month is a UTC calendar month as the integer 202611.
type Month int32

// DayOf is the UTC day of t.
func DayOf(t time.Time) Day {
	y, m, d := t.UTC().Date()
	return Day(y*10000 + int(m)*100 + d)
}

// Start is the day's first moment, UTC.
func (d Day) Start() time.Time {
	return time.Date(int(d)/10000, time.Month(int(d)/100%100), int(d)%100, 0, 0, 0, 0, time.UTC)
}

// End is the next day's first moment.
func (d Day) End() time.Time { return d.Start().AddDate(0, 0, 1) }

// Add is the day n days later; n may be negative.
func (d Day) Add(n int) Day { return DayOf(d.Start().AddDate(0, 0, n)) }

// Sub is the number of days from e to d.
func (d Day) Sub(e Day) int { return int(d.Start().Sub(e.Start()).Hours() / 24) }

// Month of the day.
func (d Day) Month() Month { return Month(d / 100) }

// String is 2026-11-03.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d/10000, d/100%100, d%100) }

// Short is "3 Nov", for axes.
func (d Day) Short() string { return d.Start().Format("2 Jan") }

// ParseDay reads 2026-11-03, and nothing else.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, Errorf(Invalid, "%q is no day; write it like 2026-11-03.", s)
	}
	return DayOf(t), nil
}

// MonthOf is the UTC month of t.
func MonthOf(t time.Time) Month { return DayOf(t).Month() }

// First day of the month.
func (m Month) First() Day { return Day(m)*100 + 1 }

// Start is the month's first moment, UTC.
func (m Month) Start() time.Time { return m.First().Start() }

// End is the next month's first moment.
func (m Month) End() time.Time { return m.Start().AddDate(0, 1, 0) }

// Add is the month n months later; n may be negative.
func (m Month) Add(n int) Month { return MonthOf(m.Start().AddDate(0, n, 0)) }

// MonthDays is the number of days in m.
func MonthDays(m Month) int { return DayOf(m.End()).Sub(m.First()) }

// String is 2026-11.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m/100, m%100) }

// ParseMonth reads 2026-11, and nothing else.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, Errorf(Invalid, "%q is no month; write it like 2026-11.", s)
	}
	return MonthOf(t), nil
}
