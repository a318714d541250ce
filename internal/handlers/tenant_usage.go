package handlers

import (
	"context"
	"net/http"

	"neonfleet/internal/charts"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"
	"neonfleet/web/templates/ui"

	"github.com/labstack/echo/v4"
)

// usage is the first tab: charts and table of a range, for a meter.
func (p tenantPages) usage(c echo.Context) error {
	choice, err := pages.ParseUsageChoice(c.QueryParams())
	if err != nil {
		return err
	}
	v, err := p.visit(c, "range", "metric", "view")
	if err != nil {
		return err
	}
	t := v.detail.Tenant
	in := pages.UsageInput{Tenant: v.input, Choice: choice}
	in.Tenant.Refresh = liveURL(t.ID)
	in.From, in.To = choice.Range.Days(t.Period, v.now)
	in.From = max(in.From, min(fleet.DayOf(t.CreatedAt), in.To))
	if err := p.figures(c.Request().Context(), v, &in); err != nil {
		return err
	}
	if !choice.Table {
		if in.Charts, err = usageCharts(v, in); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, pages.TenantUsagePage(pages.NewTenantUsage(v.reader, in)))
}

// figures reads the range: days, or twelve months.
func (p tenantPages) figures(ctx context.Context, v visit, in *pages.UsageInput) (err error) {
	if in.Choice.Range != pages.Months12 {
		in.Days, err = p.db.UsageDays(ctx, v.detail.Tenant.Local, in.From, in.To)
		return err
	}
	months, err := p.db.UsageMonths(ctx, v.detail.Tenant.Local, in.From.Month(), in.To.Month())
	for _, m := range months {
		in.Months = append(in.Months, pages.MonthUsage{Month: m.Month, Usage: m.Usage, DaysKnown: m.DaysKnown})
	}
	return err
}

// A chart is anything of package charts.
type chart interface {
	SVG() ([]byte, error)
	Summary() string
}

func drawn(title, note string, c chart) (ui.Chart, error) {
	svg, err := c.SVG()
	return ui.Chart{Title: title, Note: note, SVG: ui.SVG(svg)}, err
}

// usageCharts are the drawings of the range: in a billing period the course
// against the limit, and always the days, or the months.
func usageCharts(v visit, in pages.UsageInput) (list []ui.Chart, err error) {
	m, t := in.Choice.Meter, v.detail.Tenant
	since := fleet.DayOf(t.CreatedAt)
	add := func(title, note string, c chart) {
		if err == nil {
			var one ui.Chart
			one, err = drawn(title, note, c)
			list = append(list, one)
		}
	}
	if in.Choice.Range == pages.Months12 {
		add(m.Title()+" by month", "", charts.Months{Head: charts.Head{ID: "months", Title: m.Title() + " of " + t.Name + " by month", Wide: true},
			Unit: charts.UnitOf(m), Last: in.To.Month(), Since: since.Month(), List: monthsOf(m, in, v), Now: v.now})
		return list, err
	}
	points := pointsOf(m, in.Days)
	whole := in.Choice.Range == "" || in.Choice.Range == pages.ThisPeriod
	if whole && m != fleet.Storage {
		add(m.Title()+", cumulative", usedOf(t, m), charts.Cumulative{Head: charts.Head{ID: "course", Title: m.Title() + " of " + t.Name + " in this period"}, Meter: m,
			Period: t.Period, Since: since, Days: courseOf(t.Used[m], in.Days, m), Limit: t.Limits[m], LimitLabel: limitLabel(t.Limits[m], m), Forecast: v.input.Forecasts[m], Now: v.now})
	}
	head := charts.Head{ID: "days", Title: m.Title() + " of " + t.Name + " by day", Wide: !whole || m == fleet.Storage}
	if m == fleet.Storage {
		add("Storage, highest of the day", usedOf(t, m), charts.Line{Head: head, Unit: charts.UnitOf(m), From: in.From, To: in.To, Since: since, Days: points,
			Limit: t.Limits[m], LimitLabel: limitLabel(t.Limits[m], m), Now: v.now})
	} else {
		add(m.Title()+", per day", "", charts.Daily{Head: head, Unit: charts.UnitOf(m), From: in.From, To: in.To, Since: since, Days: points, Now: v.now})
	}
	return list, err
}

func usedOf(t fleet.Tenant, m fleet.Meter) string {
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

// courseOf is the sum at each day's end. Forward from the period's start it is
// known up to the first unknown day, and backward from the figure to date down
// to the last one; between the two nobody knows.
func courseOf(toDate fleet.Amount, days []fleet.DayUsage, m fleet.Meter) []charts.Point {
	points := make([]charts.Point, len(days))
	sum := int64(0)
	for i, d := range days {
		points[i].Day = d.Day
		if i == len(days)-1 {
			break // today ends with the figure to date
		}
		n, known := pages.DailyOf(m, d.Usage).Get()
		if !known {
			break
		}
		sum += n
		points[i].Value = fleet.Of(sum)
	}
	left, known := toDate.Get()
	for i := len(days) - 1; i >= 0 && known; i-- {
		points[i] = charts.Point{Day: days[i].Day, Value: fleet.Of(max(left, 0))}
		var n int64
		n, known = pages.DailyOf(m, days[i].Usage).Get()
		left -= n
	}
	for i, d := range days {
		points[i].Day = d.Day
	}
	return points
}

func monthsOf(m fleet.Meter, in pages.UsageInput, v visit) []charts.Month {
	list := make([]charts.Month, len(in.Months))
	for i, u := range in.Months {
		first, last := max(u.Month.First(), fleet.DayOf(v.detail.Tenant.CreatedAt)), min(fleet.DayOf(u.Month.End()).Add(-1), fleet.DayOf(v.now))
		list[i] = charts.Month{Month: u.Month, Value: pages.DailyOf(m, u.Usage), Unknown: max(0, last.Sub(first)+1-u.DaysKnown)}
	}
	return list
}
