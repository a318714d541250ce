package charts

import (
	"github.com/wcharczuk/go-chart/v2"
)

// course are the known stretches of a Cumulative's line, the hatched time
// between them, and a column each day to point at. Where a day is unknown, so
// is the way from the last known figure to the next.
func (c Cumulative) course(cols columns) (list []chart.Series) {
	list = append(list, layer(func(cv *canvas, p plot) {
		for _, r := range cols.runs(column.unknown) {
			to := c.end(r[1] - 1)
			if r[1] < len(cols.list) && cols.list[r[1]].total().Known() {
				to = c.end(r[1])
			}
			hatch(cv, p.span(c.begin(r[0]), to))
		}
	}))
	for _, r := range cols.runs(func(col column) bool { return col.total().Known() }) {
		var x, y []float64
		if c.Meter.Resets() && c.fromZero(cols, r[0]) {
			x, y = append(x, c.begin(r[0])), append(y, 0)
		}
		for i := r[0]; i < r[1]; i++ {
			n, _ := cols.list[i].total().Get()
			x, y = append(x, c.end(i)), append(y, float64(n))
		}
		list = append(list, stretch(x, y))
	}
	return append(list, c.points(cols))
}

// fromZero says that a counter stood at 0 when day i began: it is the period's
// first day, or the tenant's.
func (c Cumulative) fromZero(cols columns, i int) bool {
	return i == 0 || cols.list[i-1].absent
}

// points are the columns to point at.
func (c Cumulative) points(cols columns) layer {
	return func(cv *canvas, p plot) {
		for i, col := range cols.list {
			if col.future || col.absent {
				continue
			}
			cv.group(cols.hover(col, nil))
			cv.rect("hit", p.span(c.begin(i), c.end(i)))
			if n, known := col.total().Get(); known {
				cv.dot("dot", p.x(c.end(i)), p.y(float64(n)), 3*fine)
			}
			cv.endGroup()
		}
	}
}

// forecast is the dashed estimate from the last figure to the period's end, or
// to the chart's upper edge. A period that is over has none.
func (c Cumulative) forecast(f frame, last column) []chart.Series {
	if c.Forecast == nil || !c.Period.Contains(c.Now) {
		return nil
	}
	n, _ := last.total().Get()
	x0, y0 := seconds(c.Now), float64(n)
	x1, y1 := f.xMax, float64(max(0, c.Forecast.AtEnd))
	if y1 > f.top {
		x1, y1 = x0+(x1-x0)*(f.top-y0)/(y1-y0), f.top
	}
	if x1 <= x0 {
		return nil
	}
	return []chart.Series{path("forecast", false, []float64{x0, x1}, []float64{y0, y1})}
}

// crossing marks where the estimate reaches the limit, with its day. The label
// stands below the line: the estimate comes from the left and goes on above.
func (c Cumulative) crossing(f frame) layer {
	return func(cv *canvas, p plot) {
		limit, capped := c.Limit.Get()
		if !capped || c.Forecast == nil || !c.Period.Contains(c.Forecast.Out) || c.Forecast.Out.Before(c.Now) {
			return
		}
		x, y := p.x(seconds(c.Forecast.Out)), p.y(float64(limit))
		day := c.Forecast.Out.UTC().Format("2 Jan")
		cv.group("On this pace the limit is reached on " + c.Forecast.Out.UTC().Format("2 January") + " (estimate)")
		cv.dot("cross", x, y, 35)
		cv.endGroup()
		anchor, at, below := "start", x+6*fine, y+(f.ruler.px+4)*fine
		if at+int(f.ruler.width(day)*fine) > p.box.Right {
			anchor, at, below = "end", x-2*fine, y-6*fine
		}
		cv.text("limit-label", anchor, day, at, below)
	}
}
