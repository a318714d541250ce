package charts

import (
	"time"

	"github.com/wcharczuk/go-chart/v2"

	"neonfleet/internal/fleet"
)

// Spark are small bars for the row of a list, 96×20, without axes or texts.
type Spark struct {
	Head
	Unit     Unit
	From, To fleet.Day // both included
	Days     []Point
	Now      time.Time
}

// SVG draws the chart. No data make it fail.
func (s Spark) SVG() ([]byte, error) {
	c := Daily{Head: s.Head, Unit: s.Unit, From: s.From, To: s.To, Days: s.Days, Now: s.Now}.columns()
	f, _, err := newFrame(s.Head, c.desc(), c.scale, c.top())
	if err != nil {
		return nil, err
	}
	f.size, f.margin, f.yTicks = sparkSize, chart.Box{}, nil
	f.xMax = float64(max(1, len(c.list)))
	f.layers = []chart.Series{layer(c.sparks)}
	return f.svg()
}

// sparks draws all bars as one path, so that a list of 200 rows stays small.
// Unknown days are hatched, so that they do not look like 0.
func (c columns) sparks(cv *canvas, p plot) {
	c.unknownDays(cv, p)
	for i, col := range c.list {
		n, known := col.total().Get()
		if !known || n == 0 {
			continue
		}
		b := inner(p.span(float64(i), float64(i+1)))
		b.Top = min(p.y(float64(n)), b.Bottom-fine)
		cv.MoveTo(b.Left, b.Bottom)
		cv.LineTo(b.Left, b.Top)
		cv.LineTo(b.Right, b.Top)
		cv.LineTo(b.Right, b.Bottom)
		cv.Close()
	}
	cv.paint("bar")
}
