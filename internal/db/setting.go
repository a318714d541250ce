package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"neonfleet/internal/fleet"
)

// Keys of settings that the store itself reads.
const (
	settingConsumption  = "consumption"   // "forbidden" where consumption v2 answers 403 (FACTS §8)
	settingPrunedBefore = "pruned_before" // days before are not kept day by day any more
)

// Setting is a remembered value, such as the organization's id. ok is false
// where nobody set it.
func (d *DB) Setting(ctx context.Context, key string) (value string, ok bool, err error) {
	err = d.q.QueryRowContext(ctx, `SELECT value FROM setting WHERE key = $1`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read setting %s: %w", key, err)
	}
	return value, true, nil
}

// SetSetting remembers a value under a key, in place of an earlier one.
func (d *DB) SetSetting(ctx context.Context, key, value string) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `INSERT INTO setting (key, value) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value); err != nil {
			return fmt.Errorf("remember setting %s: %w", key, err)
		}
		return nil
	})
}

// ConsumptionAllowed says whether Neon lets this organization read consumption
// v2. Unless SetConsumptionAllowed said no, it does.
func (d *DB) ConsumptionAllowed(ctx context.Context) (bool, error) {
	value, _, err := d.Setting(ctx, settingConsumption)
	return value != "forbidden", err
}

// SetConsumptionAllowed remembers whether consumption v2 answers, or refuses
// with 403 as on Neon's Free plan. While it refuses, compute and transfer of
// the period come from the projects' own counters.
func (d *DB) SetConsumptionAllowed(ctx context.Context, allowed bool) error {
	value := "forbidden"
	if allowed {
		value = "allowed"
	}
	return d.SetSetting(ctx, settingConsumption, value)
}

// prunedBefore is the first day that is kept day by day; 0 where none was
// ever deleted.
func (d *DB) prunedBefore(ctx context.Context) (fleet.Day, error) {
	value, ok, err := d.Setting(ctx, settingPrunedBefore)
	if err != nil || !ok {
		return 0, err
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0, fmt.Errorf("setting %s: %w", settingPrunedBefore, err)
	}
	return fleet.Day(n), nil
}
