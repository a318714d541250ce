package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// sumPeriods makes compute and transfer of the period to date from the days,
// and of a day that Neon divides from the parts in the period. Where Neon does
// not let us read consumption v2 the projects' own counters stay.
func (d *DB) sumPeriods(ctx context.Context, rows []*tenantRow) error {
	allowed, err := d.ConsumptionAllowed(ctx)
	if err != nil || !allowed {
		return err
	}
	type bounds struct{ start, end int64 }
	groups := map[bounds][]*tenantRow{}
	for _, r := range rows {
		b := bounds{r.facts.start, r.facts.end}
		groups[b] = append(groups[b], r)
	}
	for _, group := range groups {
		if err := d.sumPeriod(ctx, group, group[0].period()); err != nil {
			return err
		}
	}
	return nil
}

// sumPeriod sums the days of tenants that share a period.
func (d *DB) sumPeriod(ctx context.Context, group []*tenantRow, p fleet.Period) error {
	byID := make(map[int64]*tenantRow, len(group))
	ids := make([]int64, len(group))
	for i, r := range group {
		ids[i], byID[r.id] = r.id, r
		r.facts.used[fleet.Compute], r.facts.used[fleet.Transfer] = fleet.Unknown, fleet.Unknown
	}
	arg, err := list(d, ids)
	if err != nil {
		return err
	}
	first, last := p.Days()
	rows, err := d.q.QueryContext(ctx, `SELECT tenant, CAST(sum(cu_s) AS BIGINT), CAST(sum(pub_b) AS BIGINT), CAST(sum(priv_b) AS BIGINT) FROM usage_day
		WHERE tenant `+d.in(1)+` AND day BETWEEN $2 AND $3 GROUP BY tenant`, arg, int64(first), int64(last))
	if err != nil {
		return fmt.Errorf("sum periods: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var u fleet.Usage
		if err := rows.Scan(&id, &u[fleet.ComputeCUSeconds], &u[fleet.PublicBytes], &u[fleet.PrivateBytes]); err != nil {
			return fmt.Errorf("sum periods: %w", err)
		}
		used := &byID[id].facts.used
		used[fleet.Compute], used[fleet.Transfer] = u[fleet.ComputeCUSeconds], u.Transfer()
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("sum periods: %w", err)
	}
	return d.takeForeignParts(ctx, byID, ids, p)
}

// takeForeignParts takes from the sums what of the first and the last day lies
// in another period.
func (d *DB) takeForeignParts(ctx context.Context, byID map[int64]*tenantRow, ids []int64, p fleet.Period) error {
	first, last := p.Days()
	if first.Start().Equal(p.Start) && last.End().Equal(p.End) {
		return nil
	}
	for _, day := range []fleet.Day{first, last} {
		parts, err := d.parts(ctx, ids, day, day)
		if err != nil {
			return err
		}
		for k, list := range parts {
			for _, part := range list {
				if p.Contains(latest(time.Unix(part.starts, 0), day.Start())) {
					continue
				}
				used := &byID[k.tenant].facts.used
				used[fleet.Compute] = minus(used[fleet.Compute], part.billed[fleet.ComputeCUSeconds])
				used[fleet.Transfer] = minus(used[fleet.Transfer], part.billed[fleet.PublicBytes]+part.billed[fleet.PrivateBytes])
			}
		}
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func minus(a fleet.Amount, n int64) fleet.Amount {
	if !a.Known() {
		return a
	}
	return fleet.Of(a.Or(0) - n)
}
