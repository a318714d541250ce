package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neonfleet/internal/fleet"
)

// TakeTry counts a try to sign in for every key (the account's, the
// address's) and gives the one that stands most in the way. While one of them
// is paused the try is not allowed, and not counted: whoever waits gets in.
// Tries sent at the same time, to any replica, are counted one after the other.
func (d *DB) TakeTry(ctx context.Context, keys []string, now time.Time) (worst fleet.Tries, allowed bool, err error) {
	keys = slices.Sorted(slices.Values(keys)) // always in the same order, or two would wait for each other
	err = d.Update(ctx, func(tx *DB) error {
		tries := make([]fleet.Tries, len(keys))
		for i, key := range keys {
			if tries[i], err = tx.lockTries(ctx, key, now); err != nil {
				return fmt.Errorf("count a try to sign in: %w", err)
			}
			worst = worst.Worse(tries[i])
		}
		if allowed = !worst.Paused(now); !allowed {
			return nil
		}
		worst = fleet.Tries{}
		for i, key := range keys {
			t := tries[i].Take(now)
			worst = worst.Worse(t)
			if _, err := tx.q.ExecContext(ctx, `UPDATE sign_in_try SET n = $2, at = $3, until_at = $4 WHERE key = $1`,
				key, t.Count, t.At.Unix(), unixUp(t.Until)); err != nil {
				return fmt.Errorf("count a try to sign in: %w", err)
			}
		}
		return nil
	})
	return worst, allowed, err
}

// lockTries reads a key's tries and keeps others from them until the
// transaction ends: writing a row as it is locks it on both engines.
func (d *DB) lockTries(ctx context.Context, key string, now time.Time) (t fleet.Tries, err error) {
	var at, until int64
	if err := d.q.QueryRowContext(ctx, `INSERT INTO sign_in_try (key, n, at, until_at) VALUES ($1, 0, $2, 0)
		ON CONFLICT (key) DO UPDATE SET n = sign_in_try.n RETURNING n, at, until_at`, key, now.Unix()).Scan(&t.Count, &at, &until); err != nil {
		return t, err
	}
	t.At = time.Unix(at, 0).UTC()
	if until != 0 {
		t.Until = time.Unix(until, 0).UTC()
	}
	return t, nil
}

// ForgetTries begins the count of the keys again: somebody signed in, or was
// given a new password.
func (d *DB) ForgetTries(ctx context.Context, keys []string) error {
	keys = slices.Sorted(slices.Values(keys))
	return d.Update(ctx, func(tx *DB) error {
		for _, key := range keys {
			if _, err := tx.q.ExecContext(ctx, `DELETE FROM sign_in_try WHERE key = $1`, key); err != nil {
				return fmt.Errorf("forget tries to sign in: %w", err)
			}
		}
		return nil
	})
}

// SweepTries removes what would be forgotten anyway and says how much.
func (d *DB) SweepTries(ctx context.Context, now time.Time) (n int64, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		done, err := tx.q.ExecContext(ctx, `DELETE FROM sign_in_try WHERE at <= $1`, now.Add(-fleet.TriesForgotten).Unix())
		if err != nil {
			return fmt.Errorf("sweep tries to sign in: %w", err)
		}
		n, err = done.RowsAffected()
		return err
	})
	return n, err
}

// unixUp rounds up, so that a pause is never shorter than said.
func unixUp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Add(time.Second - 1).Unix()
}
