package db

import (
	"context"
	"fmt"
)

// CountCalls adds calls to Neon that led to no page to a run's record: those
// of a failure, or of a stop.
func (d *DB) CountCalls(ctx context.Context, run, calls, throttled int64) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `UPDATE sync_run SET calls = calls + $2, throttled = throttled + $3 WHERE id = $1`, run, calls, throttled); err != nil {
			return fmt.Errorf("count the calls of run %d: %w", run, err)
		}
		return nil
	})
}
