package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// syncLease is the name of the lease that whoever syncs must hold.
const syncLease = "sync"

// clock is the store's own time in unix seconds: leases expire by it, because
// the clocks of two machines differ.
func (e engine) clock() string {
	if e == postgresEngine {
		return "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"
	}
	return "unixepoch()"
}

// TakeSyncLease takes the right to sync for ttl, or prolongs it for the owner
// that has it. False means that another owner holds it; nothing changed then.
// Every owner needs a name of its own, a process id and a random word for one.
func (d *DB) TakeSyncLease(ctx context.Context, owner string, ttl time.Duration) (bool, error) {
	taken := false
	err := d.Update(ctx, func(tx *DB) error {
		clock := tx.engine.clock()
		result, err := tx.q.ExecContext(ctx, `INSERT INTO lease (name, owner, taken, expires) VALUES ($1, $2, `+clock+`, `+clock+` + $3)
			ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires,
				taken = CASE WHEN lease.owner = excluded.owner THEN lease.taken ELSE excluded.taken END
			WHERE lease.owner = excluded.owner OR lease.expires <= `+clock, syncLease, owner, int64(ttl/time.Second))
		if err != nil {
			return fmt.Errorf("take the sync's lease: %w", err)
		}
		n, err := result.RowsAffected()
		taken = n > 0
		return err
	})
	return taken, err
}

// ReleaseSyncLease gives the lease back; one that somebody else took meanwhile
// is left alone.
func (d *DB) ReleaseSyncLease(ctx context.Context, owner string) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `DELETE FROM lease WHERE name = $1 AND owner = $2`, syncLease, owner); err != nil {
			return fmt.Errorf("release the sync's lease: %w", err)
		}
		return nil
	})
}

// SyncOwner is who holds the lease now; "" if nobody does.
func (d *DB) SyncOwner(ctx context.Context) (owner string, err error) {
	err = d.q.QueryRowContext(ctx, `SELECT owner FROM lease WHERE name = $1 AND expires > `+d.engine.clock(), syncLease).Scan(&owner)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the sync's lease: %w", err)
	}
	return owner, nil
}

// errLeaseLost ends a sync whose right another process took: what it read may
// be older than what is stored by now.
func errLeaseLost() error {
	return fleet.Errorf(fleet.Conflict, "Another process syncs now. This one stopped; nothing it read last was stored.")
}
