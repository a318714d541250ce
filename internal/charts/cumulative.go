package charts

import (
	"fmt"
	"strings"
	"time"

	"github.com/wcharczuk/go-chart/v2"

	"neonfleet/internal/fleet"
)

// Cumulative is a meter's course through the billing period against its limit:
// a line to date, an estimate to the period's end.
type Cumulative struct {
	Head
	Meter      fleet.Meter
	Period     fleet.Period
	Since      fleet.Day // the tenant's first day, if it lies in the period
	Days       []Point   // the figure at each day's end, today's as of Now; storage: the level
	Limit      fleet.Limit
	LimitLabel string          // "Pro limit 1,500 CU-h"; made from the limit where empty
	Forecast   *fleet.Forecast // an estimate; nil draws none
	Now        time.Time
}

// columns are the period's days, for table and words.
func (c Cumulative) columns() columns {
	var list []column
	if c.Period.End.Unix() > c.Period.Start.Unix() {
		_, last := c.Period.Days()
		list = dayColumns(span{c.first(), last, c.Since, c.Now}, c.Days)
	}
	return columns{
		head: c.Head, list: list, limit: c.Limit, limitLabel: c.LimitLabel,
		noun: "day", value: "To date", tickSteps: daySteps,
	}.scaled(UnitOf(c.Meter))
}

// Table is the same data as rows.
func (c Cumulative) Table() Table { return c.columns().table() }

// Summary is the same data in sentences: "938 CU-hours by 20 November, 62.5% of
// the limit of 1,500 CU-hours. On this pace it is reached on 28 November; this
// is an estimate."
func (c Cumulative) Summary() string { return c.summary(c.columns()) }

func (c Cumulative) summary(cols columns) string {
	last, ok := cols.last()
	if !ok {
		return c.empty()
	}
	var b strings.Builder
	n, _ := last.total().Get()
	fmt.Fprintf(&b, "%s by %s", cols.scale.long(n), last.name)
	limit, capped := c.Limit.Get()
	if capped {
		fmt.Fprintf(&b, ", %s%% of the limit of %s", fleet.ShareOf(fleet.Of(n), c.Limit).Percent(), cols.scale.longLimit(limit))
	}
	b.WriteString(".")
	if day, reached := cols.reached(); reached {
		fmt.Fprintf(&b, " The limit was reached on %s.", day.name)
	}
	b.WriteString(c.estimate(cols))
	unknown := 0
	for _, col := range cols.list {
		if col.unknown() {
			unknown++
		}
	}
	if unknown > 0 {
		b.WriteString(" " + title(plural(unknown, "day")) + " unknown.")
	}
	return b.String()
}

// estimate is the forecast as a sentence.
func (c Cumulative) estimate(cols columns) string {
	if c.Forecast == nil {
		return ""
	}
	if !c.Forecast.Out.IsZero() {
		return fmt.Sprintf(" On this pace it is reached on %s; this is an estimate.", c.Forecast.Out.UTC().Format("2 January"))
	}
	_, end := c.Period.Days()
	return fmt.Sprintf(" On this pace %s by %s; this is an estimate.", cols.scaleOf(c.Forecast.AtEnd).long(c.Forecast.AtEnd), end.Start().Format("2 January"))
}

// last is the last known column.
func (c columns) last() (col column, ok bool) {
	for _, x := range c.list {
		if x.total().Known() {
			col, ok = x, true
		}
	}
	return col, ok
}

// reached is the first column at or above the limit.
func (c columns) reached() (column, bool) {
	for _, x := range c.list {
		if c.over(x) {
			return x, true
		}
	}
	return column{}, false
}

// SVG draws the chart. No data make it fail.
func (c Cumulative) SVG() ([]byte, error) {
	cols := c.columns()
	desc := c.Desc
	if desc == "" {
		desc = c.summary(cols)
	}
	f, width, err := newFrame(c.Head, desc, cols.scale, c.top(cols))
	if err != nil {
		return nil, err
	}
	f.xMin, f.xMax = 0, 1
	if len(cols.list) > 0 {
		f.xMin, f.xMax = c.begin(0), seconds(c.Period.End)
		f.xTicks = c.ticks(cols, width, f.ruler)
	}
	last, known := cols.last()
	if !known {
		f.yTicks = f.yTicks[:1]
	}
	f.layers = c.course(cols)
	if known {
		f.layers = append(f.layers, c.forecast(f, last)...)
	}
	f.layers = append(f.layers, limitLine(f, c.Limit, cols.limitText(), known)...)
	if known {
		f.layers = append(f.layers, c.crossing(f))
	} else {
		f.layers = append(f.layers, f.say(c.empty()))
	}
	return f.svg()
}

// top leaves room for the estimate, but never so much that the course to date
// becomes flat: beyond a third above the limit the estimate leaves the chart.
func (c Cumulative) top(cols columns) float64 {
	most, known := cols.largest()
	top := axisTop(cols.scale, float64(most), c.Limit)
	if c.Forecast == nil || !known {
		return top
	}
	estimate := float64(c.Forecast.AtEnd) * 1.05
	if n, capped := c.Limit.Get(); capped {
		estimate = min(estimate, float64(n)*4/3)
	}
	return max(top, estimate)
}

func seconds(t time.Time) float64 { return float64(t.Unix()) }

// first is the first day drawn: a period is a month, but nothing says so.
func (c Cumulative) first() fleet.Day {
	first, last := c.Period.Days()
	if last.Sub(first) >= MaxDays {
		return last.Add(1 - MaxDays)
	}
	return first
}

// end is the moment that a day's figure stands for.
func (c Cumulative) end(i int) float64 {
	t := c.first().Add(i).End()
	if t.After(c.Period.End) {
		t = c.Period.End
	}
	if !c.Now.IsZero() && t.After(c.Now) && c.Period.Contains(c.Now) {
		t = c.Now
	}
	return seconds(t)
}

// begin is where a day begins in the chart.
func (c Cumulative) begin(i int) float64 {
	if i == 0 {
		return max(seconds(c.Period.Start), seconds(c.first().Start()))
	}
	return c.end(i - 1)
}

func (c Cumulative) ticks(cols columns, width float64, r ruler) []chart.Tick {
	labels := make([]string, len(cols.list))
	for i, col := range cols.list {
		labels[i] = col.tick
	}
	first := c.first()
	at := func(i int) float64 {
		return max(c.begin(0), seconds(first.Add(i).Start())+12*3600)
	}
	return xTicks(labels, at, width/float64(len(labels)), daySteps(len(labels)), r)
}
