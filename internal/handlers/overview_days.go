package handlers

import (
	"context"
	"slices"
	"time"

	"neonfleet/internal/charts"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"
	"neonfleet/web/templates/ui"
)

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
	return p.draw(in, period, now)
}

func (p overviewPages) draw(in *pages.OverviewInput, period fleet.Period, now time.Time) (err error) {
	first, last := period.Days()
	chart := charts.Stacked{Head: charts.Head{ID: "fleet", Title: in.Meter.Title() + " of the fleet by day and plan", Wide: true,
		Empty: "No usage is known for this period yet."}, Unit: charts.UnitOf(in.Meter), From: first, To: last, Series: seriesByPlan(in), Now: now,
		AtEnd: atEnd(in.Meter, in.Days, period, now)}
	if in.Chart, err = drawn("Usage by day", "", chart); err != nil {
		return err
	}
	for _, k := range chart.Keys() {
		in.Chart.Keys = append(in.Chart.Keys, ui.Key{Class: k.Class, Name: k.Name})
	}
	return nil
}

// seriesByPlan are the plans that anything is known of.
func seriesByPlan(in *pages.OverviewInput) []charts.Series {
	series := make([]charts.Series, len(in.Plans))
	for i, plan := range in.Plans {
		series[i].Name = planName(plan.Plan)
		for _, d := range in.Days {
			series[i].Days = append(series[i].Days, charts.Point{Day: d.Day, Value: d.ByPlan[i]})
		}
	}
	return slices.DeleteFunc(series, func(s charts.Series) bool {
		return !slices.ContainsFunc(s.Days, func(d charts.Point) bool { return d.Value.Known() })
	})
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
