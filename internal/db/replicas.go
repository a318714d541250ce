package db

import (
	"context"
	"fmt"
	"time"
)

// replicaLease begins the names under which running dashboards make themselves
// known.
const replicaLease = "replica "

// Replicas makes owner known as a running dashboard for ttl, and says how many
// there are, itself included.
func (d *DB) Replicas(ctx context.Context, owner string, ttl time.Duration) (n int, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		clock := tx.engine.clock()
		if _, err := tx.q.ExecContext(ctx, `DELETE FROM lease WHERE name LIKE $1 AND expires <= `+clock, replicaLease+"%"); err != nil {
			return err
		}
		if _, err := tx.q.ExecContext(ctx, `INSERT INTO lease (name, owner, taken, expires) VALUES ($1, $2, `+clock+`, `+clock+` + $3)
			ON CONFLICT (name) DO UPDATE SET expires = excluded.expires`, replicaLease+owner, owner, int64(ttl/time.Second)); err != nil {
			return err
		}
		return tx.q.QueryRowContext(ctx, `SELECT count(*) FROM lease WHERE name LIKE $1`, replicaLease+"%").Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count replicas: %w", err)
	}
	return n, nil
}
