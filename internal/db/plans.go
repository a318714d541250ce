package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

const planColumns = `p.id, p.name, v.version, p.retired, v.compute_s, v.active_s, v.storage_b, v.transfer_b, v.written_b,
	v.min_cu, v.max_cu, v.suspend_s, v.price_cents, v.saved_at, v.saved_by`

// Plans are all plans in their current version, in the order they were made.
func (d *DB) Plans(ctx context.Context) ([]fleet.Plan, error) {
	list, err := d.readPlans(ctx, `SELECT `+planColumns+` FROM plan p JOIN plan_version v ON v.plan = p.no AND v.version = p.version ORDER BY p.no`)
	if err != nil {
		return nil, fmt.Errorf("read plans: %w", err)
	}
	return list, nil
}

// Plan is one plan in its current version; NotFound if there is none.
func (d *DB) Plan(ctx context.Context, id fleet.PlanID) (fleet.Plan, error) {
	list, err := d.readPlans(ctx, `SELECT `+planColumns+` FROM plan p JOIN plan_version v ON v.plan = p.no AND v.version = p.version WHERE p.id = $1`, string(id))
	if err != nil {
		return fleet.Plan{}, fmt.Errorf("read plan %s: %w", id, err)
	}
	if len(list) == 0 {
		return fleet.Plan{}, fleet.Errorf(fleet.NotFound, "There is no plan %q.", id)
	}
	return list[0], nil
}

// PlanVersions are all versions of a plan, newest first; NotFound if there is
// no such plan.
func (d *DB) PlanVersions(ctx context.Context, id fleet.PlanID) ([]fleet.Plan, error) {
	list, err := d.readPlans(ctx, `SELECT `+planColumns+` FROM plan p JOIN plan_version v ON v.plan = p.no WHERE p.id = $1 ORDER BY v.version DESC`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read versions of plan %s: %w", id, err)
	}
	if len(list) == 0 {
		return nil, fleet.Errorf(fleet.NotFound, "There is no plan %q.", id)
	}
	return list, nil
}

// PlanVersion is a plan in one of its versions; 0 is the current one.
func (d *DB) PlanVersion(ctx context.Context, id fleet.PlanID, version int) (fleet.Plan, error) {
	if version == 0 {
		return d.Plan(ctx, id)
	}
	all, err := d.PlanVersions(ctx, id)
	if err != nil {
		return fleet.Plan{}, err
	}
	for _, p := range all {
		if p.Version == version {
			return p, nil
		}
	}
	return fleet.Plan{}, fleet.Errorf(fleet.NotFound, "Plan %q has no version %d.", id, version)
}

func (d *DB) readPlans(ctx context.Context, query string, args ...any) (plans []fleet.Plan, err error) {
	rows, err := d.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p fleet.Plan
		var retired, saved int64
		l, c := &p.Settings.Limits, &p.Settings.Computes
		if err := rows.Scan(&p.ID, &p.Name, &p.Version, &retired, &l[fleet.Compute], &l[fleet.Active], &l[fleet.Storage], &l[fleet.Transfer], &l[fleet.Written],
			&c.Min, &c.Max, &c.Suspend, &p.Price, &saved, &p.SavedBy); err != nil {
			return nil, err
		}
		p.Retired, p.SavedAt = retired == 1, moment(saved)
		plans = append(plans, p)
	}
	return plans, rows.Err()
}

// SeedPlans stores the first plans of an empty store, and does nothing where
// there is a plan already, so that replicas may all do it.
func (d *DB) SeedPlans(ctx context.Context, plans []fleet.Plan, at time.Time) error {
	return d.Update(ctx, func(tx *DB) error {
		if tx.engine == postgresEngine { // SQLite has one writer; here a second replica must wait and then see the first one's plans
			if _, err := tx.q.ExecContext(ctx, `LOCK TABLE plan IN SHARE ROW EXCLUSIVE MODE`); err != nil {
				return fmt.Errorf("lock plans: %w", err)
			}
		}
		var n int
		if err := tx.q.QueryRowContext(ctx, `SELECT count(*) FROM plan`).Scan(&n); err != nil || n > 0 {
			return err
		}
		for _, p := range plans {
			if err := tx.insertPlan(ctx, p, at); err != nil {
				return fmt.Errorf("store plan %s: %w", p.ID, err)
			}
		}
		return nil
	})
}

func (d *DB) insertPlan(ctx context.Context, p fleet.Plan, at time.Time) error {
	var no, retired int64
	if p.Retired {
		retired = 1
	}
	if err := d.q.QueryRowContext(ctx, `INSERT INTO plan (id, name, version, retired) VALUES ($1, $2, $3, $4) RETURNING no`,
		string(p.ID), p.Name, int64(p.Version), retired).Scan(&no); err != nil {
		return err
	}
	l, c := p.Settings.Limits, p.Settings.Computes
	_, err := d.q.ExecContext(ctx, `INSERT INTO plan_version (plan, version, compute_s, active_s, storage_b, transfer_b, written_b, min_cu, max_cu, suspend_s, price_cents, saved_at, saved_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, no, int64(p.Version),
		l[fleet.Compute], l[fleet.Active], l[fleet.Storage], l[fleet.Transfer], l[fleet.Written], int64(c.Min), int64(c.Max), int64(c.Suspend), int64(p.Price), at.Unix(), p.SavedBy)
	return err
}

// A PlanCount is how many tenants a plan has, and how they stand.
type PlanCount struct {
	Tenants int
	Near    int // above 80 % of a limit, those over it included
	Over    int // at or above a limit
}

// PlanCounts are the tenants by plan; Unassigned has those without one. A plan
// nobody is on is not in it.
func (d *DB) PlanCounts(ctx context.Context) (map[fleet.PlanID]PlanCount, error) {
	rows, err := d.facetRows(ctx)
	if err != nil {
		return nil, err
	}
	return d.planCounts(ctx, rows)
}

func (d *DB) planCounts(ctx context.Context, rows []facetRow) (map[fleet.PlanID]PlanCount, error) {
	names, err := d.decoder(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[fleet.PlanID]PlanCount{}
	for _, r := range rows {
		id, _, err := names.ids(ctx, r.plan, r.region)
		if err != nil {
			return nil, err
		}
		c := counts[id]
		c.Tenants += r.n
		if r.band >= fleet.Near {
			c.Near += r.n
		}
		if r.band >= fleet.Over {
			c.Over += r.n
		}
		counts[id] = c
	}
	return counts, nil
}
