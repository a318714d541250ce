package charts

import (
	"time"

	"github.com/wcharczuk/go-chart/v2"

	"neonfleet/internal/fleet"
)

// Line is a level by day, like storage: the line has gaps where days are
// unknown, and the gaps are hatched.
type Line struct {
	Head
	Unit       Unit
	From, To   fleet.Day // both included
	Since      fleet.Day // the tenant's first day
	Days       []Point
	Limit      fleet.Limit
	LimitLabel string
	Now        time.Time
}

func (l Line) columns() columns {
	return columns{
		head: l.Head, list: dayColumns(span{l.From, l.To, l.Since, l.Now}, l.Days),
		limit: l.Limit, limitLabel: l.LimitLabel, noun: "day", value: "Level", tickSteps: daySteps,
	}.scaled(l.Unit)
}

// SVG draws the chart. No data make it fail.
func (l Line) SVG() ([]byte, error) {
	c := l.columns()
	return c.draw(c.line)
}

// Table is the same data as rows.
func (l Line) Table() Table { return l.columns().table() }

// Summary is the same data as a sentence.
func (l Line) Summary() string { return l.columns().summary() }

// line draws a line through each stretch of known columns, and a column each to
// point at. A stretch of one is a dot.
func (c columns) line(frame) []chart.Series {
	var list []chart.Series
	for _, r := range c.runs(func(col column) bool { return col.total().Known() }) {
		var x, y []float64
		for i := r[0]; i < r[1]; i++ {
			n, _ := c.list[i].total().Get()
			x, y = append(x, middle(i)), append(y, float64(n))
		}
		list = append(list, stretch(x, y))
	}
	return append(list, layer(func(cv *canvas, p plot) {
		for i, col := range c.list {
			if col.future || col.absent {
				continue
			}
			cv.group(c.hover(col, nil))
			cv.rect("hit", p.span(float64(i), float64(i+1)))
			if n, known := col.total().Get(); known {
				cv.dot("dot", p.x(middle(i)), p.y(float64(n)), 3*fine)
			}
			cv.endGroup()
		}
	}))
}

// stretch is a line with the area below, or a dot where there is one point.
func stretch(x, y []float64) chart.Series {
	if len(x) == 1 {
		return layer(func(cv *canvas, p plot) { cv.dot("point", p.x(x[0]), p.y(y[0]), 25) })
	}
	return path("line", true, x, y)
}
