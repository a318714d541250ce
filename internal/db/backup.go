package db

import (
	"context"
	"errors"
	"fmt"
	"os"

	"neonfleet/internal/fleet"
)

// BackupTo copies the store into a new file while it is in use. Only SQLite's
// is a file; for Postgres there is pg_dump.
func (d *DB) BackupTo(ctx context.Context, path string) error {
	if d.engine != sqliteEngine {
		return errors.New("a Postgres store is backed up by pg_dump")
	}
	if _, err := os.Lstat(path); err == nil {
		return fleet.Errorf(fleet.Conflict, "%s exists already. Name a new file; nothing was overwritten.", path)
	}
	if _, err := d.write.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return errors.Join(fmt.Errorf("back up to %s: %w", path, err), removeIfThere(path))
	}
	return os.Chmod(path, 0o600)
}

// removeIfThere drops what a failed backup left, so that nobody takes it for whole.
func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
