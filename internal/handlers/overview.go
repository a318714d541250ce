package handlers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// overviewPages show the fleet at a glance, all of it from the store.
type overviewPages struct {
	db     *db.DB
	reader readerOf
	now    func() time.Time
	system func() time.Time // of the audit log
	budget func() fleet.Budget
}

func (p overviewPages) show(c echo.Context) error {
	q, err := queryOf(c, "metric", "view")
	if err != nil {
		return err
	}
	var in pages.OverviewInput
	if in.Meter, in.AsTable, err = pages.ParseOverviewChoice(q.Values); err != nil {
		return err
	}
	if err := p.fill(c.Request().Context(), p.now(), &in); err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, pages.OverviewPage(pages.NewOverview(reader, in)))
}

// fill reads one part of the page after the other.
func (p overviewPages) fill(ctx context.Context, now time.Time, in *pages.OverviewInput) (err error) {
	if err := p.figures(ctx, now, in); err != nil {
		return err
	}
	if err := p.days(ctx, now, in); err != nil {
		return err
	}
	if err := p.attention(ctx, now, in); err != nil {
		return err
	}
	return p.syncs(ctx, now, in)
}

func (p overviewPages) figures(ctx context.Context, now time.Time, in *pages.OverviewInput) error {
	o, err := p.db.Overview(ctx, now)
	if err != nil {
		return err
	}
	plans, err := p.db.Plans(ctx)
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
	in.Plans = withCounts(plans, o.Plans)
	return nil
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

// exportedDays is how many days the file of the fleet's days has.
const exportedDays = 90

// file is the fleet's days by plan.
func (p overviewPages) file(c echo.Context) error {
	q, err := queryOf(c, "bom")
	if err != nil {
		return err
	}
	bom, err := q.bom()
	if err != nil {
		return err
	}
	ctx, today := c.Request().Context(), fleet.DayOf(p.now())
	list, err := p.db.FleetDays(ctx, today.Add(1-exportedDays), today)
	if err != nil {
		return err
	}
	attach(c, "fleet-days-"+today.String()+".csv")
	if headOnly(c) {
		return c.NoContent(http.StatusOK)
	}
	if _, err := p.db.AppendAudit(ctx, fleet.AuditEntry{At: p.system(), By: actor(c), Action: "export fleet days", Outcome: fleet.Done}); err != nil {
		return err
	}
	return writeFleetDays(db.NewCSV(c.Response(), bom), list)
}

func writeFleetDays(f *db.CSV, list []db.FleetDay) error {
	head := []string{"day", "plan", "tenants"}
	for m := range fleet.Metric(fleet.MetricCount) {
		head = append(head, m.Column())
	}
	f.Row(head...)
	for _, d := range list {
		f.Plain(d.Day.String())
		f.Text(string(d.Plan))
		f.Plain(strconv.Itoa(d.Tenants))
		for _, a := range d.Usage {
			cell := ""
			if n, known := a.Get(); known {
				cell = strconv.FormatInt(n, 10)
			}
			f.Plain(cell)
		}
		f.End()
	}
	return f.Flush()
}
