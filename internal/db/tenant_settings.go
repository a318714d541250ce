package db

import (
	"context"
	"fmt"
	"strconv"

	"neonfleet/internal/fleet"
)

// settingsKey is all values of settings in one text. NULLs are never equal, so
// the columns themselves could not be UNIQUE.
func settingsKey(s fleet.Settings) string {
	b := make([]byte, 0, 80) // by hand: every project of every sweep has one made
	for _, l := range s.Limits {
		b = append(strconv.AppendInt(b, l.Neon(), 10), '/')
	}
	for _, n := range [...]int64{int64(s.Computes.Min), int64(s.Computes.Max), int64(s.Computes.Suspend)} {
		b = append(strconv.AppendInt(b, n, 10), '/')
	}
	return string(b[:len(b)-1])
}

// settingsBook is what a transaction knows of the settings table.
type settingsBook struct {
	byNo  map[int64]fleet.Settings
	byKey map[string]int64
}

const settingsColumns = `no, key, compute_s, active_s, storage_b, transfer_b, written_b, min_cu, max_cu, suspend_s`

func newSettingsBook() *settingsBook {
	return &settingsBook{map[int64]fleet.Settings{}, map[string]int64{}}
}

// read adds what a query over settingsColumns finds.
func (b *settingsBook) read(ctx context.Context, tx *DB, query string, args ...any) error {
	rows, err := tx.q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var no int64
		var key string
		var s fleet.Settings
		l := &s.Limits
		if err := rows.Scan(&no, &key, &l[fleet.Compute], &l[fleet.Active], &l[fleet.Storage], &l[fleet.Transfer], &l[fleet.Written],
			&s.Computes.Min, &s.Computes.Max, &s.Computes.Suspend); err != nil {
			return fmt.Errorf("read settings: %w", err)
		}
		b.byNo[no], b.byKey[key] = s, no
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	return nil
}

// need makes sure that the numbers are known.
func (b *settingsBook) need(ctx context.Context, tx *DB, nos map[int64]bool) error {
	var missing []int64
	for no := range nos {
		if _, ok := b.byNo[no]; !ok {
			missing = append(missing, no)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	arg, err := list(tx, missing)
	if err != nil {
		return err
	}
	return b.read(ctx, tx, `SELECT `+settingsColumns+` FROM settings WHERE no `+tx.in(1), arg)
}

// keep gives every settings value its number, and stores those that are new.
func (b *settingsBook) keep(ctx context.Context, tx *DB, values map[string]fleet.Settings) error {
	var keys []string
	for k := range values {
		if _, ok := b.byKey[k]; !ok {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	arg, err := list(tx, keys)
	if err != nil {
		return err
	}
	const query = `SELECT ` + settingsColumns + ` FROM settings WHERE key `
	if err := b.read(ctx, tx, query+tx.inTexts(1), arg); err != nil {
		return err
	}
	var rows [][]any
	for _, k := range keys {
		if _, ok := b.byKey[k]; !ok {
			s, l := values[k], values[k].Limits
			rows = append(rows, []any{k, l[fleet.Compute], l[fleet.Active], l[fleet.Storage], l[fleet.Transfer], l[fleet.Written],
				int64(s.Computes.Min), int64(s.Computes.Max), int64(s.Computes.Suspend)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.insertRows(ctx, `INSERT INTO settings (key, compute_s, active_s, storage_b, transfer_b, written_b, min_cu, max_cu, suspend_s)`,
		`ON CONFLICT (key) DO NOTHING`, rows); err != nil {
		return fmt.Errorf("store settings: %w", err)
	}
	return b.read(ctx, tx, query+tx.inTexts(1), arg)
}
