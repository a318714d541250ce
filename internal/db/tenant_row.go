package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// A tenantRow is everything the sync reads and changes of one tenant. Its
// parts are what is written together: those that lie in the same indexes.
// Times are unix seconds, 0 for none.
type tenantRow struct {
	id      int64
	project fleet.TenantID
	name    string
	created int64
	seen    int64 // last activity
	synced  int64 // written apart, because every sweep changes it
	kind    tenantKind
	facts   tenantFacts
	branch  branchReading
	shares  fleet.Shares5
	worst   fleet.Share
	outAt   int64

	sweep   sweepReading
	about   tenantAbout
	counter counterReading
	reason  stateReason
}

// tenantKind lies in every index of the list.
type tenantKind struct {
	plan, region int64 // numbers
	state        fleet.State
	band         fleet.Band
	flags        fleet.Flags
}

// tenantFacts lie in no index.
type tenantFacts struct {
	settings   int64 // number
	usageAt    int64
	start, end int64 // of the period
	used       fleet.Figures
	outMeter   fleet.Meter
}

// branchReading is the size of the largest branch, and when it was read.
type branchReading struct {
	size fleet.Amount
	at   int64
}

// sweepReading is the last active_time of the sweep, and since when it stands.
type sweepReading struct {
	active fleet.Amount
	at     int64
}

type tenantAbout struct {
	pgVersion, history int64
	neonPlan           string
	periodRead         int64 // 1: the period is Neon's own word
	endpointsAt        int64
}

// counterReading are the project's own counters, when they were read, and the
// start of the period they are of.
type counterReading struct {
	at, start                          int64
	compute, active, transfer, written fleet.Amount
}

type stateReason struct {
	text  string
	since int64
}

// standing is what the roll-ups count of the tenant.
func (r *tenantRow) standing() standing {
	return standing{Plan: r.kind.plan, Region: r.kind.region, State: r.kind.state, Band: r.kind.band, Flags: r.kind.flags,
		LastActive: r.seen, Used: r.facts.used}
}

// period is the tenant's billing period.
func (r *tenantRow) period() fleet.Period {
	return fleet.Period{Start: time.Unix(r.facts.start, 0).UTC(), End: time.Unix(r.facts.end, 0).UTC()}
}

// createdDay is the first day the tenant can have figures of.
func (r *tenantRow) createdDay() fleet.Day { return fleet.DayOf(time.Unix(r.created, 0)) }

const tenantRowQuery = `SELECT t.id, t.project_id, t.name, t.created_at, t.last_active_at, t.synced_at,
	t.plan, t.region, t.state, t.band, t.flags,
	t.settings, t.usage_at, t.period_start, t.period_end, t.cu_s, t.active_s, t.storage_b, t.transfer_b, t.written_b, t.out_meter,
	t.branch_b, t.branch_at, t.cu_pm, t.active_pm, t.storage_pm, t.transfer_pm, t.written_pm, t.max_pm, t.out_at,
	d.sweep_active_s, d.sweep_at, d.pg_version, d.history_s, d.neon_plan, d.period_read, d.endpoints_at,
	d.counter_at, d.counter_start, d.counter_cu_s, d.counter_active_s, d.counter_transfer_b, d.counter_written_b, d.state_reason, d.state_since
	FROM tenant t JOIN tenant_detail d ON d.tenant = t.id WHERE `

// tenantRows are the tenants that meet a condition, in local order.
func (d *DB) tenantRows(ctx context.Context, condition string, args ...any) ([]tenantRow, error) {
	rows, err := d.q.QueryContext(ctx, tenantRowQuery+condition+` ORDER BY t.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	defer rows.Close()
	var found []tenantRow
	for rows.Next() {
		var r tenantRow
		if err := r.scan(rows); err != nil {
			return nil, fmt.Errorf("read tenants: %w", err)
		}
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	return found, nil
}

func (r *tenantRow) scan(rows *sql.Rows) error {
	u, s, c := &r.facts.used, &r.shares, &r.counter
	return rows.Scan(&r.id, &r.project, &r.name, &r.created, &r.seen, &r.synced,
		&r.kind.plan, &r.kind.region, &r.kind.state, &r.kind.band, &r.kind.flags,
		&r.facts.settings, &r.facts.usageAt, &r.facts.start, &r.facts.end,
		&u[fleet.Compute], &u[fleet.Active], &u[fleet.Storage], &u[fleet.Transfer], &u[fleet.Written], &r.facts.outMeter,
		&r.branch.size, &r.branch.at, &s[fleet.Compute], &s[fleet.Active], &s[fleet.Storage], &s[fleet.Transfer], &s[fleet.Written], &r.worst, &r.outAt,
		&r.sweep.active, &r.sweep.at, &r.about.pgVersion, &r.about.history, &r.about.neonPlan, &r.about.periodRead, &r.about.endpointsAt,
		&c.at, &c.start, &c.compute, &c.active, &c.transfer, &c.written, &r.reason.text, &r.reason.since)
}

// tenantsOf are the tenants of these projects; unknown and deleted ones are
// left out.
func (d *DB) tenantsOf(ctx context.Context, ids []fleet.TenantID) ([]tenantRow, error) {
	arg, err := list(d, texts(ids))
	if err != nil {
		return nil, err
	}
	return d.tenantRows(ctx, `t.project_id `+d.inTexts(1)+` AND t.state <> 6`, arg)
}

func texts(ids []fleet.TenantID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return list
}

func localIDs(rows []tenantRow) []int64 {
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].id
	}
	return ids
}
