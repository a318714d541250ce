package handlers

import (
	"context"
	"net/http"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/observe"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// tenantPages show one tenant. Everything but branches, activity and live is
// from the store.
type tenantPages struct {
	db     *db.DB
	neon   *observe.Reader
	reader readerOf
	now    func() time.Time
	system func() time.Time // of the audit log
}

// A visit is what every tab of a tenant needs.
type visit struct {
	reader pages.Reader
	detail db.TenantDetail
	input  pages.TenantInput
	now    time.Time
}

// visit reads the tenant of the address.
func (p tenantPages) visit(c echo.Context) (v visit, err error) {
	ctx := c.Request().Context()
	v.now = p.now()
	if v.detail, err = p.db.Detail(ctx, tenantOf(c), v.now); err != nil {
		return v, err
	}
	if v.reader, err = p.reader(c); err != nil {
		return v, err
	}
	v.input, err = p.head(ctx, v.detail, v.now)
	return v, err
}

// visitLive reads the tenant from Neon first, so that what is shown has what
// was just seen.
func (p tenantPages) visitLive(c echo.Context) (v visit, seen observe.Seen, err error) {
	if _, err = queryOf(c); err != nil {
		return v, seen, err
	}
	detail, err := p.db.Detail(c.Request().Context(), tenantOf(c), p.now())
	if err != nil {
		return v, seen, err
	}
	if seen, err = p.neon.Look(c.Request().Context(), detail.Tenant.ID); err != nil {
		return v, seen, err
	}
	v, err = p.visit(c)
	v.input.Live, v.input.LiveWhy = seen.Live, seen.Why
	return v, seen, err
}

// head is what stands above every tab.
func (p tenantPages) head(ctx context.Context, d db.TenantDetail, now time.Time) (in pages.TenantInput, err error) {
	t := d.Tenant
	metered, err := p.db.ConsumptionAllowed(ctx)
	if err != nil {
		return in, err
	}
	in = pages.TenantInput{Tenant: t, StateSince: d.Since, Readings: readings(d, metered), Notes: notes(d, metered)}
	if t.Plan != fleet.Unassigned {
		plan, err := p.db.Plan(ctx, t.Plan)
		if err != nil {
			return in, err
		}
		in.Plan = plan.Name
	}
	if t.State == fleet.StateSuspended {
		in.Suspension.Reason = d.Reason
	}
	in.Forecasts, err = p.forecasts(ctx, t, now)
	return in, err
}

// pace is how many of the last full days an estimate goes by.
const pace = 7

func (p tenantPages) forecasts(ctx context.Context, t fleet.Tenant, now time.Time) (list [5]*fleet.Forecast, err error) {
	today := fleet.DayOf(now)
	first, _ := t.Period.Days()
	days, err := p.db.UsageDays(ctx, t.Local, max(first, today.Add(-pace)), today.Add(-1))
	if err != nil {
		return list, err
	}
	for _, m := range fleet.Meters() {
		if f, ok := fleet.Project(m, t.Used[m], t.Limits[m], t.Period, seriesOf(m, days), now); ok {
			list[m] = &f
		}
	}
	return list, nil
}

// seriesOf is a meter's figure of each day.
func seriesOf(m fleet.Meter, days []fleet.DayUsage) []fleet.Amount {
	list := make([]fleet.Amount, len(days))
	for i, d := range days {
		list[i] = pages.DailyOf(m, d.Usage)
	}
	return list
}

// limits compares what the plan says with what Neon is set to.
func (p tenantPages) limits(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	v, err := p.visit(c)
	if err != nil {
		return err
	}
	ctx, d := c.Request().Context(), v.detail
	in := pages.LimitsInput{Tenant: v.input, Observed: fleet.Observed{Settings: d.Observed, Endpoints: d.Endpoints, At: d.Tenant.SyncedAt}}
	if in.Observed.Endpoints == nil && !d.EndpointsAt.IsZero() {
		in.Observed.Endpoints = []fleet.Endpoint{} // read, and there are none
	}
	if in.Plans, err = p.db.Plans(ctx); err != nil {
		return err
	}
	if d.Tenant.Plan != fleet.Unassigned {
		plan, err := p.db.PlanVersion(ctx, d.Tenant.Plan, d.PlanVersion)
		if err != nil {
			return err
		}
		in.Plan, in.Desired = &plan, fleet.Desired{Settings: plan.Settings, Suspended: d.Tenant.State == fleet.StateSuspended}
	}
	return render(c, http.StatusOK, pages.TenantLimitsPage(pages.NewTenantLimits(v.reader, in)))
}
