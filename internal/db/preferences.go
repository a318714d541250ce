package db

import (
	"context"
	"fmt"

	"neonfleet/internal/fleet"
)

// Preferences are what somebody chose for themselves, by key.
func (d *DB) Preferences(ctx context.Context, staff fleet.StaffID) (map[string]string, error) {
	rows, err := d.q.QueryContext(ctx, `SELECT key, value FROM preference WHERE staff = $1`, int64(staff))
	if err != nil {
		return nil, fmt.Errorf("read preferences: %w", err)
	}
	defer rows.Close()
	chosen := map[string]string{}
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, fmt.Errorf("read preferences: %w", err)
		}
		chosen[key] = value
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read preferences: %w", err)
	}
	return chosen, nil
}

// SetPreference keeps what somebody chose; "" is no choice.
func (d *DB) SetPreference(ctx context.Context, staff fleet.StaffID, key, value string) error {
	return d.Update(ctx, func(tx *DB) error {
		query, args := `INSERT INTO preference (staff, key, value) VALUES ($1, $2, $3) ON CONFLICT (staff, key) DO UPDATE SET value = excluded.value`,
			[]any{int64(staff), key, value}
		if value == "" {
			query, args = `DELETE FROM preference WHERE staff = $1 AND key = $2`, args[:2]
		}
		if _, err := tx.q.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("keep preference %s: %w", key, err)
		}
		return nil
	})
}
