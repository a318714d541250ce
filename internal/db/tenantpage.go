package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// A TenantDetail is a tenant with everything its own page says about it.
type TenantDetail struct {
	Tenant     fleet.Tenant
	Reason     string    // why it is in its state; "" nothing to say
	Since      time.Time // when it came into its state; zero: not known
	PgVersion  int
	History    fleet.Seconds // how far back Neon can restore
	NeonPlan   string        // subscription type, where Neon says it
	PeriodRead bool          // the period is Neon's own word
	OutAt      time.Time     // when the first limit is reached at this pace; zero: not foreseen
	OutMeter   fleet.Meter   // which one

	UsageThrough time.Time     // consumption is read up to here; zero: never
	SweepAt      time.Time     // when active time and storage were last read
	Counters     fleet.Figures // the project's own, of the period below; storage is none of them
	CountersAt   time.Time     // zero: never read
	CounterStart time.Time     // of the period the counters are of
	BranchAt     time.Time     // when the largest branch was read; zero: never
	EndpointsAt  time.Time     // when the computes were last read; zero: never

	Observed    fleet.Settings // quota and defaults as last seen
	Endpoints   []fleet.Endpoint
	PlanVersion int
}

// Detail is a tenant's page; NotFound if there is no such tenant, or it was
// deleted.
func (d *DB) Detail(ctx context.Context, id fleet.TenantID, now time.Time) (t TenantDetail, err error) {
	rows, err := d.tenantRows(ctx, `t.project_id = $1 AND t.state <> 6`, string(id))
	if err != nil {
		return t, err
	}
	if len(rows) == 0 {
		return t, fleet.Errorf(fleet.NotFound, "There is no tenant %s. It may have been deleted, or belong to another organization.", id)
	}
	r := rows[0]
	tenants, err := d.tenantsAt(ctx, []entry{{id: r.id}}, now)
	if err != nil || len(tenants) == 0 {
		return t, err
	}
	t = TenantDetail{Tenant: tenants[0], Reason: r.reason.text, Since: moment(r.reason.since), PgVersion: int(r.about.pgVersion),
		History: fleet.Seconds(r.about.history), NeonPlan: r.about.neonPlan, PeriodRead: r.about.periodRead != 0,
		OutAt: moment(r.outAt), OutMeter: r.facts.outMeter, UsageThrough: moment(r.facts.usageAt), SweepAt: moment(r.sweep.at),
		Counters:   fleet.Figures{fleet.Compute: r.counter.compute, fleet.Active: r.counter.active, fleet.Transfer: r.counter.transfer, fleet.Written: r.counter.written},
		CountersAt: moment(r.counter.at), CounterStart: moment(r.counter.start), BranchAt: moment(r.branch.at), EndpointsAt: moment(r.about.endpointsAt)}
	return t, d.detailSettings(ctx, r, &t)
}

// detailSettings adds what the project and its computes are set to.
func (d *DB) detailSettings(ctx context.Context, r tenantRow, t *TenantDetail) error {
	book := newSettingsBook()
	if err := book.need(ctx, d, map[int64]bool{r.facts.settings: true}); err != nil {
		return err
	}
	t.Observed = book.byNo[r.facts.settings]
	endpoints, err := d.endpointsOf(ctx, []int64{r.id})
	if err != nil {
		return err
	}
	t.Endpoints = endpoints[r.id]
	err = d.q.QueryRowContext(ctx, `SELECT coalesce((SELECT version FROM tenant_plan WHERE tenant = $1 ORDER BY from_day DESC LIMIT 1), 0)`, r.id).Scan(&t.PlanVersion)
	if err != nil {
		return fmt.Errorf("read the plan's version of %s: %w", r.project, err)
	}
	return nil
}

// UsageDays are a tenant's days from from to to, both included and ascending,
// one for each day whether anything is known of it or not.
func (d *DB) UsageDays(ctx context.Context, local int64, from, to fleet.Day) ([]fleet.DayUsage, error) {
	rows, err := d.q.QueryContext(ctx, `SELECT day, settled, `+usageColumns+` FROM usage_day WHERE tenant = $1 AND day BETWEEN $2 AND $3 ORDER BY day`,
		local, int64(from), int64(to))
	if err != nil {
		return nil, fmt.Errorf("read days: %w", err)
	}
	defer rows.Close()
	var days []fleet.DayUsage
	next := from
	for rows.Next() {
		var row fleet.DayUsage
		var settled int64
		if err := rows.Scan(append([]any{&row.Day, &settled}, scanUsage(&row.Usage)...)...); err != nil {
			return nil, fmt.Errorf("read days: %w", err)
		}
		row.Final = settled == 1
		days = append(unknownDays(days, next, row.Day), row)
		next = row.Day.Add(1)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read days: %w", err)
	}
	return unknownDays(days, next, to.Add(1)), nil
}

// unknownDays appends the days from from up to before until.
func unknownDays(days []fleet.DayUsage, from, until fleet.Day) []fleet.DayUsage {
	for ; from < until; from = from.Add(1) {
		days = append(days, fleet.DayUsage{Day: from})
	}
	return days
}

// scanUsage are the places that usageColumns are read into.
func scanUsage(u *fleet.Usage) (places []any) {
	for m := range u {
		places = append(places, &u[m])
	}
	return places
}

// A MonthUsage is a tenant's calendar month: totals, and of storage the highest.
type MonthUsage struct {
	Month     fleet.Month
	Usage     fleet.Usage
	DaysKnown int
}

// UsageMonths are a tenant's months from from to to, both included and
// ascending, one for each month whether anything is known of it or not.
func (d *DB) UsageMonths(ctx context.Context, local int64, from, to fleet.Month) ([]MonthUsage, error) {
	rows, err := d.q.QueryContext(ctx, `SELECT month, days_known, `+usageColumns+` FROM usage_month WHERE tenant = $1 AND month BETWEEN $2 AND $3 ORDER BY month`,
		local, int64(from), int64(to))
	if err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	defer rows.Close()
	known := map[fleet.Month]MonthUsage{}
	for rows.Next() {
		var m MonthUsage
		if err := rows.Scan(append([]any{&m.Month, &m.DaysKnown}, scanUsage(&m.Usage)...)...); err != nil {
			return nil, fmt.Errorf("read months: %w", err)
		}
		known[m.Month] = m
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	var months []MonthUsage
	for m := from; m <= to; m = m.Add(1) {
		u := known[m]
		u.Month = m
		months = append(months, u)
	}
	return months, nil
}
