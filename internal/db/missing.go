package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// MarkMissing records that these projects are gone from Neon: not in a
// complete sweep, and 404 when asked for alone. Everything known of them is
// kept; a sweep that sees one again takes it back.
func (d *DB) MarkMissing(ctx context.Context, ids []fleet.TenantID, now time.Time) error {
	err := d.Update(ctx, func(tx *DB) error {
		return tx.change(ctx, ids, func(r *tenantRow) time.Time {
			r.kind.state, r.reason = fleet.StateMissing, stateReason{reasonMissing, now.Unix()}
			return now
		})
	})
	if err != nil {
		return fmt.Errorf("mark missing: %w", err)
	}
	return nil
}
