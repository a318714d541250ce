package handlers

import (
	"context"
	"fmt"
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
	broken breaker
}

// A visit is what every tab of a tenant needs.
type visit struct {
	reader pages.Reader
	detail db.TenantDetail
	input  pages.TenantInput
	now    time.Time
}

// visit reads the tenant of the address. known are the parameters of the tab.
func (p tenantPages) visit(c echo.Context, known ...string) (v visit, err error) {
	if _, err := queryOf(c, known...); err != nil {
		return v, err
	}
	ctx := c.Request().Context()
	v.now = p.now()
	if v.detail, err = p.db.Detail(ctx, fleet.TenantID(c.Param("id")), v.now); err != nil {
		return v, err
	}
	if v.reader, err = p.reader(c); err != nil {
		return v, err
	}
	v.input, err = p.head(ctx, v.detail, v.now)
	return v, err
}

// head is what stands above every tab.
func (p tenantPages) head(ctx context.Context, d db.TenantDetail, now time.Time) (in pages.TenantInput, err error) {
	t := d.Tenant
	in = pages.TenantInput{Tenant: t, StateSince: d.Since, Readings: readings(d), Notes: notes(d)}
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
	today := fleet.DayOf(now)
	first, _ := t.Period.Days()
	days, err := p.db.UsageDays(ctx, t.Local, max(first, today.Add(-pace)), today.Add(-1))
	if err != nil {
		return in, err
	}
	for _, m := range fleet.Meters() {
		if f, ok := fleet.Project(m, t.Used[m], t.Limits[m], t.Period, seriesOf(m, days), now); ok {
			in.Forecasts[m] = &f
		}
	}
	return in, nil
}

// pace is how many of the last full days an estimate goes by.
const pace = 7

// seriesOf is a meter's figure of each day.
func seriesOf(m fleet.Meter, days []fleet.DayUsage) []fleet.Amount {
	list := make([]fleet.Amount, len(days))
	for i, d := range days {
		list[i] = pages.DailyOf(m, d.Usage)
	}
	return list
}

// readings say where each figure comes from, and when it was read.
func readings(d db.TenantDetail) (r [5]pages.Reading) {
	days := pages.Reading{Source: pages.FromDays, At: d.UsageThrough, Through: d.UsageThrough}
	r[fleet.Compute], r[fleet.Transfer] = days, days
	r[fleet.Active] = pages.Reading{Source: pages.FromSweep, At: d.SweepAt}
	r[fleet.Storage] = pages.Reading{Source: pages.FromSweep, At: d.SweepAt}
	if d.Tenant.StorageOfBranch.Known() {
		r[fleet.Storage] = pages.Reading{Source: pages.FromBranch, At: d.BranchAt}
	}
	r[fleet.Written] = pages.Reading{Source: pages.FromCounter, At: d.CountersAt,
		Unknown: "The project's own counter has not been read in this billing period."}
	return r
}

// notes are sentences on figures that disagree by more than lag explains: what
// the quota sees is the project's own counter.
func notes(d db.TenantDetail) (list []string) {
	if d.CountersAt.IsZero() || !d.CounterStart.Equal(d.Tenant.Period.Start) || d.CountersAt.Before(d.UsageThrough) {
		return nil
	}
	for _, m := range []fleet.Meter{fleet.Compute, fleet.Transfer} {
		sum, known := d.Tenant.Used[m].Get()
		counter, read := d.Counters[m].Get()
		switch {
		case !known || !read:
		case counter == 0 && sum > 0:
			list = append(list, fmt.Sprintf("The project's own counter of %s says 0, so Neon's quota may not stop it.", words(m)))
		case m == fleet.Compute && (counter < sum-sum/10):
			list = append(list, fmt.Sprintf("The project's own counter of %s says %s, which is what the quota sees.", words(m), m.Format(counter)))
		}
	}
	return list
}

func words(m fleet.Meter) string {
	if m == fleet.Transfer {
		return "data transfer"
	}
	return "compute time"
}

// live is the head of a tenant's page, read from Neon just now: what htmx asks
// for once the page stands.
func (p tenantPages) live(c echo.Context) error {
	id := fleet.TenantID(c.Param("id"))
	if _, err := p.db.Detail(c.Request().Context(), id, p.now()); err != nil {
		return err
	}
	seen, err := p.neon.Look(c.Request().Context(), id)
	if err != nil {
		return err
	}
	v, err := p.visit(c)
	if err != nil {
		return err
	}
	v.input.Live, v.input.LiveWhy = seen.Live, seen.Why
	m := pages.NewTenantUsage(v.reader, pages.UsageInput{Tenant: v.input})
	return render(c, http.StatusOK, pages.TenantTop(m.Head))
}

// liveURL is the address of live.
func liveURL(id fleet.TenantID) string { return pages.TenantURL(id) + "/live" }

func (p tenantPages) limits(c echo.Context) error {
	v, err := p.visit(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	in := pages.LimitsInput{Tenant: v.input, Observed: fleet.Observed{Settings: v.detail.Observed, Endpoints: v.detail.Endpoints, At: v.detail.EndpointsAt}}
	if in.Plans, err = p.db.Plans(ctx); err != nil {
		return err
	}
	if v.detail.Tenant.Plan != fleet.Unassigned {
		plan, err := p.db.PlanVersion(ctx, v.detail.Tenant.Plan, v.detail.PlanVersion)
		if err != nil {
			return err
		}
		in.Plan, in.Desired = &plan, fleet.Desired{Settings: plan.Settings, Suspended: v.detail.Tenant.State == fleet.StateSuspended}
	}
	return render(c, http.StatusOK, pages.TenantLimitsPage(pages.NewTenantLimits(v.reader, in)))
}
