// Package charts draws figures as SVG: data in, bytes out, nothing kept.
//
// go-chart lays out and orders what is drawn; the shell in canvas.go writes it,
// because go-chart itself neither escapes text nor does without style
// attributes (libraries.md). What comes out fits a content security policy
// without inline styles, follows the page's theme by its classes, says in words
// what it shows, and gives every value again as a table.
//
// Figures are never negative here; one that is counts as 0. Unknown is not
// zero: it is hatched, and said.
package charts

import (
	"time"

	"neonfleet/internal/fleet"
)

// MaxDays is the longest range a daily chart draws; of a longer one the last
// days are drawn. Daily figures are kept 400 days.
const MaxDays = 400

// noUsage is said where a range has no figure and the caller gave no words.
const noUsage = "No usage is known for these days."

// A Head is what every chart carries.
type Head struct {
	ID    string // unique on its page; other characters than letters, digits, - and _ are dropped
	Title string // what the chart is of, for those who cannot see it
	Desc  string // what it shows, in words; made from the data where empty
	Empty string // the sentence in place of the drawing where nothing is known
	Wide  bool   // 960×230, as wide as the page, instead of 640×200
}

// empty is the sentence of a chart without any figure.
func (h Head) empty() string {
	if h.Empty == "" {
		return noUsage
	}
	return h.Empty
}

// A Point is the figure of one UTC day. Days of a range without a point are
// unknown; of two points of a day the later one counts.
type Point struct {
	Day   fleet.Day
	Value fleet.Amount
}

// A Month is the figure of one UTC month.
type Month struct {
	Month   fleet.Month
	Value   fleet.Amount
	Unknown int // days of the month nobody knows, today's future not counted
}

// A Series is one plan's part of a stacked chart.
type Series struct {
	Name string
	Days []Point
}

// A Table is a chart's data for those who prefer to read it.
type Table struct {
	Columns []string // the first is the day or month, the last the note
	Rows    []Row    // ascending; days to come are left out
}

// A Row is one day or month of a Table.
type Row struct {
	Label  string   // as in files: 2026-11-03 or 2026-11
	Values []string // as many as there are columns between label and note; "–" is unknown
	Note   string   // "Incomplete.", "Unknown.", or empty
}

// dash is an unknown figure in a table, which is never "0".
const dash = "–"

// byDay is the points' values by their days.
func byDay(points []Point) map[fleet.Day]fleet.Amount {
	m := make(map[fleet.Day]fleet.Amount, len(points))
	for _, p := range points {
		m[p.Day] = atLeastZero(p.Value)
	}
	return m
}

// days are the days from first to last, both included, at most MaxDays: the
// last ones, where there are more.
func days(first, last fleet.Day) []fleet.Day {
	if first <= 0 || last < first {
		return nil
	}
	n := min(last.Sub(first)+1, MaxDays)
	list := make([]fleet.Day, n)
	start := last.Start().AddDate(0, 0, 1-n)
	for i := range list {
		list[i] = fleet.DayOf(start.AddDate(0, 0, i))
	}
	return list
}

// today is the day of now; without a clock nothing is today or to come.
func today(now time.Time) fleet.Day {
	if now.IsZero() {
		return 99991231
	}
	return fleet.DayOf(now)
}

func atLeastZero(a fleet.Amount) fleet.Amount {
	if n, known := a.Get(); known && n < 0 {
		return fleet.Of(0)
	}
	return a
}
