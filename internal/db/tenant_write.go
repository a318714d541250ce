package db

import (
	"context"
	"fmt"

	"neonfleet/internal/fleet"
)

// A tenantUnit are columns that are written together, because they lie in the
// same indexes: naming a column in SET rewrites every index that holds it,
// changed or not (docs/performance.md).
type tenantUnit struct {
	columns []column
	differs func(a, b *tenantRow) bool
	values  func(r *tenantRow) []any
}

func bigints(names ...string) (list []column) {
	for _, n := range names {
		list = append(list, column{n, "BIGINT"})
	}
	return list
}

// tenantUnits are the columns of tenant, detailUnits those of tenant_detail.
func tenantUnits() []tenantUnit {
	units := []tenantUnit{
		{bigints("settings", "usage_at", "period_start", "period_end", "cu_s", "active_s", "storage_b", "transfer_b", "written_b", "out_meter"),
			func(a, b *tenantRow) bool { return a.facts != b.facts },
			func(r *tenantRow) []any {
				f, u := &r.facts, &r.facts.used
				return []any{f.settings, f.usageAt, f.start, f.end, u[fleet.Compute], u[fleet.Active], u[fleet.Storage], u[fleet.Transfer], u[fleet.Written], int64(f.outMeter)}
			}},
		{bigints("plan", "region", "state", "band", "flags"),
			func(a, b *tenantRow) bool { return a.kind != b.kind },
			func(r *tenantRow) []any {
				return []any{r.kind.plan, r.kind.region, int64(r.kind.state), int64(r.kind.band), int64(r.kind.flags)}
			}},
		{[]column{{"name", "TEXT"}, {"name_key", "TEXT"}},
			func(a, b *tenantRow) bool { return a.name != b.name },
			func(r *tenantRow) []any { return []any{r.name, fleet.FoldName(r.name)} }},
		{bigints("branch_b", "branch_at"),
			func(a, b *tenantRow) bool { return a.branch != b.branch },
			func(r *tenantRow) []any { return []any{r.branch.size, r.branch.at} }},
		oneNumber("created_at", func(r *tenantRow) int64 { return r.created }),
		oneNumber("last_active_at", func(r *tenantRow) int64 { return r.seen }),
		oneNumber("max_pm", func(r *tenantRow) int64 { return int64(r.worst) }),
		oneNumber("out_at", func(r *tenantRow) int64 { return r.outAt }),
	}
	for m, name := range [...]string{"cu_pm", "active_pm", "storage_pm", "transfer_pm", "written_pm"} {
		units = append(units, oneNumber(name, func(r *tenantRow) int64 { return int64(r.shares[m]) }))
	}
	return units
}

func detailUnits() []tenantUnit {
	return []tenantUnit{
		{bigints("sweep_active_s", "sweep_at"),
			func(a, b *tenantRow) bool { return a.sweep != b.sweep },
			func(r *tenantRow) []any { return []any{r.sweep.active, r.sweep.at} }},
		{append(bigints("pg_version", "history_s", "period_read", "endpoints_at"), column{"neon_plan", "TEXT"}),
			func(a, b *tenantRow) bool { return a.about != b.about },
			func(r *tenantRow) []any {
				return []any{r.about.pgVersion, r.about.history, r.about.periodRead, r.about.endpointsAt, r.about.neonPlan}
			}},
		{bigints("counter_at", "counter_start", "counter_cu_s", "counter_active_s", "counter_transfer_b", "counter_written_b"),
			func(a, b *tenantRow) bool { return a.counter != b.counter },
			func(r *tenantRow) []any {
				c := &r.counter
				return []any{c.at, c.start, c.compute, c.active, c.transfer, c.written}
			}},
		{[]column{{"state_reason", "TEXT"}, {"state_since", "BIGINT"}},
			func(a, b *tenantRow) bool { return a.reason != b.reason },
			func(r *tenantRow) []any { return []any{r.reason.text, r.reason.since} }},
	}
}

func oneNumber(name string, of func(r *tenantRow) int64) tenantUnit {
	return tenantUnit{bigints(name),
		func(a, b *tenantRow) bool { return of(a) != of(b) },
		func(r *tenantRow) []any { return []any{of(r)} }}
}

// saveTenants writes what differs between the rows as they were and as they
// are now, and keeps the roll-ups. Rows stand at the same place in both.
func (d *DB) saveTenants(ctx context.Context, before, after []tenantRow) error {
	var t tally
	for i := range after {
		if before[i].standing() != after[i].standing() {
			t.leave(before[i].standing())
			t.enter(after[i].standing())
		}
	}
	if err := d.saveUnits(ctx, "tenant", "id", tenantUnits(), before, after); err != nil {
		return err
	}
	if err := d.saveUnits(ctx, "tenant_detail", "tenant", detailUnits(), before, after); err != nil {
		return err
	}
	return t.store(ctx, d)
}

// saveUnits groups the rows by which units changed, and writes each group with
// only those columns.
func (d *DB) saveUnits(ctx context.Context, table, key string, units []tenantUnit, before, after []tenantRow) error {
	groups := map[uint][]int{}
	for i := range after {
		if mask := changedUnits(units, &before[i], &after[i]); mask != 0 {
			groups[mask] = append(groups[mask], i)
		}
	}
	for _, mask := range sortedKeys(groups, func(a, b uint) int { return int(a) - int(b) }) {
		var columns []column
		rows := make([][]any, len(groups[mask]))
		for n, i := range groups[mask] {
			rows[n] = append(rows[n], after[i].id)
		}
		for u, unit := range units {
			if mask&(1<<u) == 0 {
				continue
			}
			columns = append(columns, unit.columns...)
			for n, i := range groups[mask] {
				rows[n] = append(rows[n], unit.values(&after[i])...)
			}
		}
		if err := d.updateRows(ctx, table, column{key, "BIGINT"}, columns, rows); err != nil {
			return fmt.Errorf("store tenants: %w", err)
		}
	}
	return nil
}

func changedUnits(units []tenantUnit, before, after *tenantRow) (mask uint) {
	for u, unit := range units {
		if unit.differs(before, after) {
			mask |= 1 << u
		}
	}
	return mask
}

// insertTenants stores tenants seen for the first time, gives them their local
// ids in the order they come, and counts them.
func (d *DB) insertTenants(ctx context.Context, fresh []tenantRow) error {
	if len(fresh) == 0 {
		return nil
	}
	rows := make([][]any, len(fresh))
	ids := make([]string, len(fresh))
	var t tally
	for i := range fresh {
		r := &fresh[i]
		rows[i] = []any{string(r.project), r.name, fleet.FoldName(r.name), r.kind.plan, r.kind.region, int64(r.kind.state), int64(r.kind.band), int64(r.kind.flags),
			r.facts.settings, r.created, r.seen, r.synced, r.facts.start, r.facts.end, r.facts.used[fleet.Active], r.facts.used[fleet.Storage],
			int64(r.shares[fleet.Compute]), int64(r.shares[fleet.Active]), int64(r.shares[fleet.Storage]), int64(r.shares[fleet.Transfer]), int64(r.shares[fleet.Written]), int64(r.worst)}
		ids[i] = string(r.project)
		t.enter(r.standing())
	}
	if err := d.insertRows(ctx, `INSERT INTO tenant (project_id, name, name_key, plan, region, state, band, flags, settings, created_at, last_active_at, synced_at,
		period_start, period_end, active_s, storage_b, cu_pm, active_pm, storage_pm, transfer_pm, written_pm, max_pm)`, "", rows); err != nil {
		return fmt.Errorf("store new tenants: %w", err)
	}
	if err := d.numberTenants(ctx, fresh, ids); err != nil {
		return err
	}
	details := make([][]any, len(fresh))
	for i := range fresh {
		r := &fresh[i]
		details[i] = []any{r.id, r.reason.text, r.reason.since, r.about.pgVersion, r.about.history, r.about.neonPlan, r.sweep.active, r.sweep.at}
	}
	if err := d.insertRows(ctx, `INSERT INTO tenant_detail (tenant, state_reason, state_since, pg_version, history_s, neon_plan, sweep_active_s, sweep_at)`, "", details); err != nil {
		return fmt.Errorf("store details of new tenants: %w", err)
	}
	return t.store(ctx, d)
}

// numberTenants reads back the local ids that the store gave out.
func (d *DB) numberTenants(ctx context.Context, fresh []tenantRow, projects []string) error {
	arg, err := list(d, projects)
	if err != nil {
		return err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT id, project_id FROM tenant WHERE project_id `+d.inTexts(1), arg)
	if err != nil {
		return fmt.Errorf("number new tenants: %w", err)
	}
	defer rows.Close()
	numbers := make(map[fleet.TenantID]int64, len(fresh))
	for rows.Next() {
		var id int64
		var project fleet.TenantID
		if err := rows.Scan(&id, &project); err != nil {
			return fmt.Errorf("number new tenants: %w", err)
		}
		numbers[project] = id
	}
	for i := range fresh {
		fresh[i].id = numbers[fresh[i].project]
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("number new tenants: %w", err)
	}
	return nil
}
