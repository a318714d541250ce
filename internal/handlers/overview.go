package handlers

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"neonfleet/internal/charts"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"
	"neonfleet/web/templates/ui"

	"github.com/labstack/echo/v4"
)

// shownAttention is how many tenants the overview names.
const shownAttention = 8

// overviewPages show the fleet at a glance, all of it from the store.
type overviewPages struct {
	db     *db.DB
	reader readerOf
	now    func() time.Time
	budget func() fleet.Budget
}

func (p overviewPages) show(c echo.Context) error {
	meter, table, err := pages.ParseOverviewChoice(c.QueryParams())
	if err != nil {
		return err
	}
	if _, err := queryOf(c, "metric", "view"); err != nil {
		return err
	}
	ctx, now := c.Request().Context(), p.now()
	in := pages.OverviewInput{Meter: meter, AsTable: table}
	if err := p.figures(ctx, now, &in); err != nil {
		return err
	}
	if in.Plans, err = plansWithCounts(c, p.db); err != nil {
		return err
	}
	if err := p.days(ctx, now, &in); err != nil {
		return err
	}
	if err := p.attention(ctx, now, &in); err != nil {
		return err
	}
	if err := p.syncs(ctx, now, &in); err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, pages.OverviewPage(pages.NewOverview(reader, in)))
}

func (p overviewPages) figures(ctx context.Context, now time.Time, in *pages.OverviewInput) error {
	o, err := p.db.Overview(ctx, now)
	if err != nil {
		return err
	}
	of := func(n int) int64 { return int64(n) }
	in.Tenants, in.WeekAgo, in.ActiveToday = of(o.Tenants), fleet.Of(of(o.Tenants-o.NewThisWeek)), fleet.Of(of(o.ActiveToday))
	in.QuotaReached, in.StorageFull = of(o.States[fleet.StateQuotaReached]), of(o.States[fleet.StateStorageFull])
	in.Suspended, in.Missing = of(o.States[fleet.StateSuspended]), of(o.States[fleet.StateMissing])
	in.Over, in.Above80 = of(o.Bands[fleet.Over]), of(o.Bands[fleet.Near]+o.Bands[fleet.Over])
	in.Drifted, in.Unassigned = of(o.Flags[fleet.Drifted]), of(o.Flags[fleet.NoPlan])
	in.OutIn48h, in.Used, in.AttentionAll = fleet.Of(of(o.OutSoon)), o.Used, of(o.Troubled+o.OutSoon)
	return nil
}

// days are this period's days by plan, as chart or as table.
func (p overviewPages) days(ctx context.Context, now time.Time, in *pages.OverviewInput) error {
	period := fleet.MonthPeriod(now)
	first, last := period.Days()
	list, err := p.db.FleetDays(ctx, first, last)
	if err != nil {
		return err
	}
	in.Days = byPlan(in.Meter, list, in.Plans, first, min(last, fleet.DayOf(now)))
	if in.AsTable {
		return nil
	}
	series := make([]charts.Series, len(in.Plans))
	for i, plan := range in.Plans {
		series[i].Name = planName(plan.Plan)
		for _, d := range in.Days {
			series[i].Days = append(series[i].Days, charts.Point{Day: d.Day, Value: d.ByPlan[i]})
		}
	}
	series = slices.DeleteFunc(series, func(s charts.Series) bool {
		return !slices.ContainsFunc(s.Days, func(d charts.Point) bool { return d.Value.Known() })
	})
	chart := charts.Stacked{Head: charts.Head{ID: "fleet", Title: in.Meter.Title() + " of the fleet by day and plan", Wide: true,
		Empty: "No usage is known for this period yet."}, Unit: charts.UnitOf(in.Meter), From: first, To: last, Series: series, Now: now,
		AtEnd: atEnd(in.Meter, in.Days, period, now)}
	if in.Chart, err = drawn("Usage by day", "", chart); err != nil {
		return err
	}
	for _, k := range chart.Keys() {
		in.Chart.Keys = append(in.Chart.Keys, ui.Key{Class: k.Class, Name: k.Name})
	}
	return nil
}

func planName(p fleet.Plan) string {
	if p.ID == fleet.Unassigned {
		return "Unassigned"
	}
	return p.Name
}

// byPlan are the figures of a meter, a row each day, in the order of plans.
func byPlan(m fleet.Meter, list []db.FleetDay, plans []pages.PlanCount, first, last fleet.Day) (days []pages.FleetDay) {
	at := map[fleet.PlanID]int{}
	for i, p := range plans {
		at[p.Plan.ID] = i
	}
	for day := first; day <= last; day = day.Add(1) {
		days = append(days, pages.FleetDay{Day: day, ByPlan: make([]fleet.Amount, len(plans))})
	}
	for _, f := range list {
		if i, ok := at[f.Plan]; ok && f.Day >= first && f.Day <= last {
			days[f.Day.Sub(first)].ByPlan[i] = pages.DailyOf(m, f.Usage)
		}
	}
	return days
}

// atEnd is what the period comes to if the last full days go on; of a level
// there is no sum.
func atEnd(m fleet.Meter, days []pages.FleetDay, period fleet.Period, now time.Time) fleet.Amount {
	if !m.Resets() || len(days) == 0 {
		return fleet.Unknown
	}
	sums := make([]fleet.Amount, len(days))
	total := fleet.Unknown
	for i, d := range days {
		for _, a := range d.ByPlan {
			sums[i] = sums[i].Add(a)
		}
		total = total.Add(sums[i])
	}
	f, ok := fleet.Project(m, total, fleet.Unlimited, period, sums[:len(sums)-1], now)
	if !ok {
		return fleet.Unknown
	}
	return fleet.Of(f.AtEnd)
}

func (p overviewPages) attention(ctx context.Context, now time.Time, in *pages.OverviewInput) error {
	list, err := p.db.Attention(ctx, shownAttention, now)
	if err != nil {
		return err
	}
	names := map[fleet.PlanID]string{}
	for _, plan := range in.Plans {
		names[plan.Plan.ID] = planName(plan.Plan)
	}
	for _, a := range list {
		in.Attention = append(in.Attention, pages.Attention{Tenant: a.Tenant, Plan: names[a.Tenant.Plan], Why: why(a, now)})
	}
	return nil
}

// why is the sentence on a tenant that needs attention.
func why(a db.Attention, now time.Time) string {
	since := ""
	if !a.Since.IsZero() {
		since = " since " + a.Since.UTC().Format("2 Jan 15:04")
	}
	until := ", until " + a.Tenant.Period.End.UTC().Format("2 Jan")
	switch a.Tenant.State {
	case fleet.StateMissing:
		return "Its project is gone from Neon" + since
	case fleet.StateStorageFull:
		return "Writes refused by Neon" + since + ": storage limit reached"
	case fleet.StateQuotaReached:
		return "Stopped by Neon" + since + until + ": " + a.Reason
	}
	if a.OutAt.After(now) {
		days := int(a.Tenant.Period.End.Sub(a.OutAt).Hours() / 24)
		return fmt.Sprintf("%s limit reached on %s at this pace, %d days early", a.OutMeter.Title(), a.OutAt.UTC().Format("2 Jan"), days)
	}
	return "Settings at Neon differ from those of its plan"
}

func (p overviewPages) syncs(ctx context.Context, now time.Time, in *pages.OverviewInput) error {
	fresh, err := p.db.Freshness(ctx)
	if err != nil {
		return err
	}
	in.Settled = fresh.SettledThrough
	for _, step := range []fleet.Step{fleet.Sweep, fleet.Recent, fleet.Settle, fleet.Counters} {
		if run, ok := fresh.Complete[step]; ok {
			in.Steps = append(in.Steps, run)
		}
	}
	b := p.budget()
	in.Spent, in.Ceiling = b.Requests.Spent, b.Requests.Ceiling
	if in.Tenants == 0 {
		in.First, err = firstSweep(ctx, p.db, now)
	}
	return err
}

// file is the fleet's days of the last 90 days by plan.
func (p overviewPages) file(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	today := fleet.DayOf(p.now())
	list, err := p.db.FleetDays(c.Request().Context(), today.Add(-89), today)
	if err != nil {
		return err
	}
	attach(c, "fleet-days-"+today.String()+".csv")
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	head := []string{"day", "plan", "tenants"}
	for m := range fleet.MetricCount {
		head = append(head, fleet.Metric(m).Column())
	}
	rows := [][]string{head}
	for _, f := range list {
		row := []string{f.Day.String(), string(f.Plan), strconv.Itoa(f.Tenants)}
		for _, a := range f.Usage {
			n, known := a.Get()
			cell := ""
			if known {
				cell = strconv.FormatInt(n, 10)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}
