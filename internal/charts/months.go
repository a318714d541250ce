package charts

import (
	"time"

	"neonfleet/internal/fleet"
)

// Months are bars by month, normally of a year. A month with unknown days and
// the present one are marked as partial.
type Months struct {
	Head
	Unit  Unit
	Last  fleet.Month // the present one, normally
	Count int         // how many months end with Last, 1 to 60; 0 is 12
	Since fleet.Month // the tenant's first month
	List  []Month
	Now   time.Time
}

// maxMonths is five years.
const maxMonths = 60

func (m Months) columns() columns {
	byMonth := make(map[fleet.Month]Month, len(m.List))
	for _, x := range m.List {
		byMonth[x.Month] = x
	}
	count := min(m.Count, maxMonths)
	if count <= 0 {
		count = 12
	}
	if m.Last <= 0 {
		count = 0
	}
	list := make([]column, count)
	for i := range list {
		list[i] = m.column(byMonth, m.Last.Add(i+1-count))
	}
	return columns{head: m.Head, list: list, per: "a month", noun: "month", value: "Usage", tickSteps: monthSteps}.scaled(m.Unit)
}

func (m Months) column(byMonth map[fleet.Month]Month, month fleet.Month) column {
	now := today(m.Now).Month()
	start := month.Start()
	c := column{tick: start.Format("Jan"), name: start.Format("January 2006"), key: month, future: month > now, absent: month < m.Since}
	if start.Month() == time.January {
		c.tick = start.Format("2006") // on the axis a new year says its number
	}
	x := byMonth[month]
	switch {
	case month == now:
		c.partial, c.note = true, "incomplete"
	case x.Unknown > 0:
		c.partial, c.note = true, "known in part"
	}
	if x.Unknown > 0 {
		c.note += ", " + plural(x.Unknown, "day") + " unknown"
	}
	if c.future || c.absent {
		x.Value = fleet.Unknown
	}
	c.parts = []fleet.Amount{atLeastZero(x.Value)}
	return c
}

// SVG draws the chart. No data make it fail.
func (m Months) SVG() ([]byte, error) {
	c := m.columns()
	return c.draw(c.bars)
}

// Table is the same data as rows.
func (m Months) Table() Table { return m.columns().table() }

// Summary is the same data as a sentence.
func (m Months) Summary() string { return m.columns().summary() }
