package db

import (
	"context"
	"fmt"
	"strconv"

	"neonfleet/internal/fleet"
)

// PruneDays deletes the daily rows before a day of the next tenants after a
// local id, limit of them at most. Months and the fleet's days stay for ever.
// From the first page on, figures for days before are not written day by day
// any more: they would count twice. done says that this was the last page; it
// may be cut off and begun anew at any point.
func (d *DB) PruneDays(ctx context.Context, before fleet.Day, after int64, limit int) (next int64, done bool, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		pruned, err := tx.prunedBefore(ctx)
		if err != nil {
			return err
		}
		if before > pruned {
			if err := tx.SetSetting(ctx, settingPrunedBefore, strconv.Itoa(int(before))); err != nil {
				return err
			}
		}
		if next, err = tx.pageEnd(ctx, after, limit); err != nil {
			return err
		}
		if done = next == 0; done {
			return nil
		}
		for _, table := range []string{"usage_day", "usage_part"} {
			if _, err := tx.q.ExecContext(ctx, `DELETE FROM `+table+` WHERE tenant IN (SELECT id FROM tenant WHERE id > $1 AND id <= $2) AND day < $3`,
				after, next, int64(before)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, false, fmt.Errorf("delete old daily usage: %w", err)
	}
	return next, done, nil
}

// PruneRuns deletes all records of finished runs but the newest keep.
func (d *DB) PruneRuns(ctx context.Context, keep int) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `DELETE FROM sync_run WHERE finished > 0 AND id NOT IN (SELECT id FROM sync_run ORDER BY id DESC LIMIT $1)
			AND id NOT IN (SELECT max(id) FROM sync_run WHERE complete = 1 GROUP BY step) AND id NOT IN (SELECT run FROM sync_cursor)`, keep); err != nil {
			return fmt.Errorf("delete old records of the sync: %w", err)
		}
		return nil
	})
}
