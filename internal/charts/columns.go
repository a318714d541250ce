package charts

import (
	"fmt"
	"math"
	"time"

	"neonfleet/internal/fleet"
)

// A column is one day or month of a chart.
type column struct {
	tick    string       // on the axis: "8 Nov"
	name    string       // in a sentence: "8 November"
	key     fmt.Stringer // in a table: the day or month, as files have it
	parts   []fleet.Amount
	partial bool   // not over, or known only in part
	note    string // why it is partial
	future  bool   // not begun
	absent  bool   // before there was anything to measure
}

// total is the sum of what is known, at most what an int64 holds.
func (c column) total() fleet.Amount {
	var sum fleet.Amount
	for _, p := range c.parts {
		n, known := p.Get()
		if !known {
			continue
		}
		have := sum.Or(0)
		if n > math.MaxInt64-have {
			return fleet.Of(math.MaxInt64)
		}
		sum = fleet.Of(have + n)
	}
	return sum
}

// unknown says that there should be a figure and is none.
func (c column) unknown() bool { return !c.future && !c.absent && !c.total().Known() }

// columns are the data of a chart of days or months, and the words for them.
type columns struct {
	head       Head
	scale      scale
	list       []column
	names      []string // of the parts; empty where there is one only
	limit      fleet.Limit
	limitLabel string
	per        string // "a day"; "" for a level
	noun       string // "day"
	value      string // the value's column in the table
	tickSteps  func(n int) []int
	atEnd      fleet.Amount // estimate for the sentence in the days to come
}

// span are the days of a chart and what is known of time.
type span struct {
	from, to, since fleet.Day
	now             time.Time
}

// columns are the span's days without figures yet.
func (s span) columns() []column {
	now := today(s.now)
	all := days(s.from, s.to)
	list := make([]column, len(all))
	for i, d := range all {
		start := d.Start()
		c := column{tick: start.Format("2 Jan"), name: start.Format("2 January"), key: d, future: d > now, absent: d < s.since}
		if d == now {
			c.partial, c.note = true, "incomplete"
		}
		list[i] = c
	}
	return list
}

// dayColumns are the columns of one or several series of days.
func dayColumns(s span, series ...[]Point) []column {
	list := s.columns()
	for _, points := range series {
		values := byDay(points)
		for i, d := range days(s.from, s.to) {
			v := values[d]
			if list[i].future || list[i].absent {
				v = fleet.Unknown
			}
			list[i].parts = append(list[i].parts, v)
		}
	}
	return list
}

// largest is the highest column, and whether any is known.
func (c columns) largest() (most int64, known bool) {
	for _, col := range c.list {
		if n, ok := col.total().Get(); ok {
			most, known = max(most, n), true
		}
	}
	return most, known
}

// scaled chooses the scale by the highest column or the limit.
func (c columns) scaled(u Unit) columns {
	most, _ := c.largest()
	if n, capped := c.limit.Get(); capped {
		most = max(most, n)
	}
	c.scale = u.scaleFor(most)
	return c
}

// top is where the y axis ends: a little above the highest column, and so far
// above the limit that its label has room.
func (c columns) top() float64 {
	most, _ := c.largest()
	return axisTop(c.scale, float64(most), c.limit)
}

func axisTop(s scale, most float64, limit fleet.Limit) float64 {
	top := most * 1.05
	if n, capped := limit.Get(); capped {
		top = max(top, float64(n)*1.15)
	}
	if top <= 0 {
		return s.div
	}
	return top
}

// table is the data as rows. Days to come and before the beginning have none.
func (c columns) table() Table {
	t := Table{Columns: []string{title(c.noun)}}
	t.Columns = append(t.Columns, c.names...)
	if len(c.names) > 0 {
		t.Columns = append(t.Columns, "Total", "Note")
	} else {
		t.Columns = append(t.Columns, c.value, "Note")
	}
	for _, col := range c.list {
		if !col.future && !col.absent {
			t.Rows = append(t.Rows, Row{Label: col.key.String(), Values: c.values(col), Note: c.note(col)})
		}
	}
	return t
}

func (c columns) values(col column) (list []string) {
	if len(c.names) > 0 {
		for _, p := range col.parts {
			list = append(list, c.text(p))
		}
	}
	return append(list, c.text(col.total()))
}

func (c columns) text(a fleet.Amount) string {
	if n, known := a.Get(); known {
		return c.scale.short(n)
	}
	return dash
}
