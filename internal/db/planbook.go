package db

import (
	"context"
	"fmt"

	"neonfleet/internal/fleet"
)

// A planBook is what a transaction knows of the plans, all versions.
type planBook struct {
	current  []fleet.Plan // what new tenants can be put on
	no       map[fleet.PlanID]int64
	version  map[fleet.PlanID]int64
	settings map[planVersion]fleet.Settings
}

type planVersion struct{ plan, version int64 }

// planBook reads the plans. There are a handful, with a few versions each.
func (d *DB) planBook(ctx context.Context) (*planBook, error) {
	b := &planBook{no: map[fleet.PlanID]int64{}, version: map[fleet.PlanID]int64{}, settings: map[planVersion]fleet.Settings{}}
	rows, err := d.q.QueryContext(ctx, `SELECT p.no, p.id, p.version, p.retired, v.version, v.compute_s, v.active_s, v.storage_b, v.transfer_b, v.written_b,
		v.min_cu, v.max_cu, v.suspend_s FROM plan p JOIN plan_version v ON v.plan = p.no ORDER BY p.no, v.version`)
	if err != nil {
		return nil, fmt.Errorf("read plans: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var no, current, retired, version int64
		var id fleet.PlanID
		var s fleet.Settings
		l := &s.Limits
		if err := rows.Scan(&no, &id, &current, &retired, &version, &l[fleet.Compute], &l[fleet.Active], &l[fleet.Storage], &l[fleet.Transfer], &l[fleet.Written],
			&s.Computes.Min, &s.Computes.Max, &s.Computes.Suspend); err != nil {
			return nil, fmt.Errorf("read plans: %w", err)
		}
		b.settings[planVersion{no, version}] = s
		if version == current {
			b.no[id], b.version[id] = no, version
			b.current = append(b.current, fleet.Plan{ID: id, Version: int(version), Settings: s, Retired: retired == 1})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read plans: %w", err)
	}
	return b, nil
}

// match is the plan and version that a project with these settings is put on.
func (b *planBook) match(s fleet.Settings) (planVersion, bool) {
	id, ok := fleet.MatchPlan(b.current, s)
	return planVersion{b.no[id], b.version[id]}, ok
}

// A planSpan says which plan a tenant has from a day on.
type planSpan struct {
	from fleet.Day
	planVersion
}

// planSpans are the plans of these tenants by day, ascending.
func (d *DB) planSpans(ctx context.Context, ids []int64) (map[int64][]planSpan, error) {
	spans := make(map[int64][]planSpan, len(ids))
	if len(ids) == 0 {
		return spans, nil
	}
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT tenant, from_day, plan, version FROM tenant_plan WHERE tenant `+d.in(1)+` ORDER BY tenant, from_day`, arg)
	if err != nil {
		return nil, fmt.Errorf("read plans by day: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var tenant int64
		var s planSpan
		if err := rows.Scan(&tenant, &s.from, &s.plan, &s.version); err != nil {
			return nil, fmt.Errorf("read plans by day: %w", err)
		}
		spans[tenant] = append(spans[tenant], s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read plans by day: %w", err)
	}
	return spans, nil
}

// planOn is the plan on a day: the last one begun by then, or the first one of
// a tenant that had none yet.
func planOn(spans []planSpan, day fleet.Day) planVersion {
	if len(spans) == 0 {
		return planVersion{}
	}
	at := spans[0].planVersion
	for _, s := range spans[1:] {
		if s.from <= day {
			at = s.planVersion
		}
	}
	return at
}

// lastPlan is the plan that holds now.
func lastPlan(spans []planSpan) planVersion {
	if len(spans) == 0 {
		return planVersion{}
	}
	return spans[len(spans)-1].planVersion
}

// setDrift says whether Neon is set to something else than the tenant's plan
// asks. A change that is not applied yet explains a difference, and of a tenant
// with limits of its own the plan does not say what is right.
func (r *tenantRow) setDrift(want fleet.Settings, have fleet.Observed) {
	r.kind.flags &^= fleet.Drifted
	if r.kind.plan == 0 || r.kind.flags.Has(fleet.NotApplied) || r.kind.flags.Has(fleet.Overridden) {
		return
	}
	d := fleet.Desired{Settings: want, Suspended: r.kind.state == fleet.StateSuspended}
	if len(fleet.Diff(d, have)) > 0 {
		r.kind.flags |= fleet.Drifted
	}
}
