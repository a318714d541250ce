package handlers

import (
	"cmp"

	"neonfleet/internal/charts"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"
	"neonfleet/web/templates/ui"
)

// A chart is anything of package charts.
type chart interface {
	SVG() ([]byte, error)
	Summary() string
}

func drawn(title, note string, c chart) (ui.Chart, error) {
	svg, err := c.SVG()
	return ui.Chart{Title: title, Note: note, SVG: ui.SVG(svg)}, err
}

// A titled is a chart on its way to a page.
type titled struct {
	title, note string
	chart       chart
}

// usageCharts are the drawings of the range: in a billing period the course
// against the limit, and always the days, or the months.
func usageCharts(v visit, in pages.UsageInput) (list []ui.Chart, err error) {
	for _, c := range choose(v, in) {
		one, err := drawn(c.title, c.note, c.chart)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func choose(v visit, in pages.UsageInput) []titled {
	m, t := in.Choice.Meter, v.detail.Tenant
	period := in.Choice.Range == pages.ThisPeriod
	switch {
	case in.Choice.Range == pages.Months12:
		return []titled{{m.Title() + " by month", "", monthsChart(v, in)}}
	case m == fleet.Storage:
		return []titled{{"Storage, highest of the day", usedWords(t, m), storageChart(v, in)}}
	case period:
		return []titled{{m.Title() + ", cumulative", usedWords(t, m), courseChart(v, in)}, {m.Title() + ", per day", "", dailyChart(v, in, false)}}
	}
	return []titled{{m.Title() + ", per day", "", dailyChart(v, in, true)}}
}

func monthsChart(v visit, in pages.UsageInput) charts.Months {
	m, t := in.Choice.Meter, v.detail.Tenant
	return charts.Months{Head: charts.Head{ID: "months", Title: m.Title() + " of " + nameOf(t) + " by month", Wide: true},
		Unit: charts.UnitOf(m), Last: in.To.Month(), Since: fleet.DayOf(t.CreatedAt).Month(), List: monthsOf(m, in, v), Now: v.now}
}

func storageChart(v visit, in pages.UsageInput) charts.Line {
	m, t := fleet.Storage, v.detail.Tenant
	return charts.Line{Head: charts.Head{ID: "days", Title: m.Title() + " of " + nameOf(t) + " by day", Wide: true}, Unit: charts.UnitOf(m), From: in.From, To: in.To,
		Since: fleet.DayOf(t.CreatedAt), Days: pointsOf(m, in.Days), Limit: t.Limits[m], LimitLabel: limitLabel(t.Limits[m], m), Now: v.now}
}

func courseChart(v visit, in pages.UsageInput) charts.Cumulative {
	m, t := in.Choice.Meter, v.detail.Tenant
	return charts.Cumulative{Head: charts.Head{ID: "course", Title: m.Title() + " of " + nameOf(t) + " in this period"}, Meter: m, Period: t.Period,
		Since: fleet.DayOf(t.CreatedAt), Days: courseOf(m, t.Used[m], in.Days), Limit: t.Limits[m], LimitLabel: limitLabel(t.Limits[m], m),
		Forecast: v.input.Forecasts[m], Now: v.now}
}

func dailyChart(v visit, in pages.UsageInput, wide bool) charts.Daily {
	m, t := in.Choice.Meter, v.detail.Tenant
	return charts.Daily{Head: charts.Head{ID: "days", Title: m.Title() + " of " + nameOf(t) + " by day", Wide: wide}, Unit: charts.UnitOf(m), From: in.From, To: in.To,
		Since: fleet.DayOf(t.CreatedAt), Days: pointsOf(m, in.Days), Now: v.now}
}

// usedWords is "1,260 CU-h of 1,500 CU-h"; "" where nothing is known.
func usedWords(t fleet.Tenant, m fleet.Meter) string {
	n, known := t.Used[m].Get()
	switch limit, capped := t.Limits[m].Get(); {
	case !known:
		return ""
	case capped:
		return m.Format(n) + " of " + m.Format(limit)
	}
	return m.Format(n)
}

func limitLabel(l fleet.Limit, m fleet.Meter) string {
	n, capped := l.Get()
	if !capped {
		return ""
	}
	return "Limit " + m.Format(n)
}

func pointsOf(m fleet.Meter, days []fleet.DayUsage) []charts.Point {
	points := make([]charts.Point, len(days))
	for i, d := range days {
		points[i] = charts.Point{Day: d.Day, Value: pages.DailyOf(m, d.Usage)}
	}
	return points
}

// courseOf is the sum at each day's end; today's is the figure to date. Forward
// from the first day it is known up to the first unknown day, and backward from
// the figure to date down to the last one; between the two nobody knows.
func courseOf(m fleet.Meter, toDate fleet.Amount, days []fleet.DayUsage) []charts.Point {
	points := pointsOf(m, days)
	daily := seriesOf(m, days)
	sum, known := int64(0), true
	for i := range points {
		points[i].Value = fleet.Unknown
		n, read := daily[i].Get()
		if known = known && read && i < len(points)-1; known {
			sum += n
			points[i].Value = fleet.Of(sum)
		}
	}
	left, known := toDate.Get()
	for i := len(points) - 1; i >= 0 && known; i-- {
		points[i].Value = fleet.Of(max(left, 0))
		var n int64
		n, known = daily[i].Get()
		left -= n
	}
	return points
}

// monthsOf are the months with the days of each that nobody knows.
func monthsOf(m fleet.Meter, in pages.UsageInput, v visit) []charts.Month {
	born, today := fleet.DayOf(v.detail.Tenant.CreatedAt), fleet.DayOf(v.now)
	list := make([]charts.Month, len(in.Months))
	for i, u := range in.Months {
		first, last := max(u.Month.First(), born), min(fleet.DayOf(u.Month.End()).Add(-1), today)
		list[i] = charts.Month{Month: u.Month, Value: pages.DailyOf(m, u.Usage), Unknown: max(0, last.Sub(first)+1-u.DaysKnown)}
	}
	return list
}

// nameOf is the tenant's name, or its id where it has none.
func nameOf(t fleet.Tenant) string { return cmp.Or(t.Name, string(t.ID)) }
