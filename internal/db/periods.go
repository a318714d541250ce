package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// PeriodsPage begins the next period, with unknown figures, for the next
// tenants after a local id whose period is over, limit of them at most. done
// says that there were none left. It may be cut off and begun anew at any point.
func (d *DB) PeriodsPage(ctx context.Context, now time.Time, after int64, limit int) (next int64, done bool, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		before, err := tx.tenantRows(ctx, `t.id IN (SELECT id FROM tenant WHERE id > $1 AND period_end <= $2 AND state <> 6 ORDER BY id LIMIT $3)`, after, now.Unix(), limit)
		if err != nil {
			return err
		}
		if done = len(before) == 0; done {
			return nil
		}
		next = before[len(before)-1].id
		rows := append([]tenantRow(nil), before...)
		for i := range rows {
			rows[i].turn(rows[i].period().Around(now), now)
		}
		return tx.refresh(ctx, before, rows, now)
	})
	if err != nil {
		return 0, false, fmt.Errorf("begin new periods: %w", err)
	}
	return next, done, nil
}

// ExpirePage gives the storage share of tenants whose largest branch was read
// over 24 hours ago back to the project's gauge, limit of them at most. done
// says that there were none left.
func (d *DB) ExpirePage(ctx context.Context, now time.Time, limit int) (done bool, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		before, err := tx.tenantRows(ctx, `t.id IN (SELECT id FROM tenant WHERE branch_at > 0 AND branch_at < $1 AND state <> 6 ORDER BY branch_at, id LIMIT $2)`,
			now.Add(-branchHolds).Unix(), limit)
		if err != nil {
			return err
		}
		if done = len(before) == 0; done {
			return nil
		}
		ids := make([]fleet.TenantID, len(before))
		for i := range before {
			ids[i] = before[i].project
		}
		return tx.change(ctx, ids, func(*tenantRow) time.Time { return now })
	})
	if err != nil {
		return false, fmt.Errorf("drop old sizes of branches: %w", err)
	}
	return done, nil
}
