package charts

import (
	"strconv"
	"time"

	"neonfleet/internal/fleet"
)

// Stacked are bars by day, each divided by plan. At most four parts can be told
// apart: of more series the first three are drawn and the others together, so
// the caller puts first what matters.
type Stacked struct {
	Head
	Unit     Unit
	From, To fleet.Day // both included
	Since    fleet.Day // the first day with figures
	Series   []Series
	Now      time.Time
	AtEnd    fleet.Amount // the period's sum on this pace, for the days to come; may be unknown
}

// maxParts is how many colours a chart has.
const maxParts = 4

// A Key is an entry of a chart's legend.
type Key struct {
	Class string // s1 to s4
	Name  string
}

// Keys are the legend, in the order of the parts from the bottom up.
func (s Stacked) Keys() []Key {
	keys := make([]Key, 0, maxParts)
	for i, x := range s.grouped() {
		keys = append(keys, Key{"s" + strconv.Itoa(i+1), x.Name})
	}
	return keys
}

// grouped are the series as they are drawn.
func (s Stacked) grouped() []Series {
	if len(s.Series) <= maxParts {
		return s.Series
	}
	list := append([]Series(nil), s.Series[:maxParts-1]...)
	return append(list, others(s.Series[maxParts-1:], days(s.From, s.To)))
}

// others adds series up. A day is unknown only where all of them are.
func others(series []Series, all []fleet.Day) Series {
	sums := make(map[fleet.Day]column, len(all))
	for _, s := range series {
		for d, v := range byDay(s.Days) {
			sums[d] = column{parts: []fleet.Amount{column{parts: append(sums[d].parts, v)}.total()}}
		}
	}
	o := Series{Name: "Others"}
	for _, d := range all {
		o.Days = append(o.Days, Point{d, sums[d].total()})
	}
	return o
}

func (s Stacked) columns() columns {
	c := columns{head: s.Head, atEnd: s.AtEnd, per: "a day", noun: "day", tickSteps: daySteps}
	var points [][]Point
	for _, x := range s.grouped() {
		c.names = append(c.names, fleet.CleanText(x.Name))
		points = append(points, x.Days)
	}
	c.list = dayColumns(span{s.From, s.To, s.Since, s.Now}, points...)
	return c.scaled(s.Unit)
}

// SVG draws the chart. No data make it fail.
func (s Stacked) SVG() ([]byte, error) {
	c := s.columns()
	return c.draw(c.bars)
}

// Table is the same data as rows, with a column for each part and their sum.
func (s Stacked) Table() Table { return s.columns().table() }

// Summary is the same data as a sentence.
func (s Stacked) Summary() string { return s.columns().summary() }

// Sum is what is known of all days together, at most what an int64 holds.
func (s Stacked) Sum() fleet.Amount {
	var all column
	for _, c := range s.columns().list {
		all.parts = append(all.parts, c.total())
	}
	return all.total()
}
