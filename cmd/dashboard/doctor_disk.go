package main

import (
	"context"
	"fmt"
	"os"
	"syscall"

	"neonfleet/internal/fleet"
)

// A tenant-day takes about 45 bytes on SQLite and 110 on Postgres
// (docs/performance.md); below this much there is no room for a week of a
// large fleet.
const diskWanted = 1 << 30

// disk looks at the room in DATA_DIR, where secrets and SQLite's file are.
func (d *doctor) disk(context.Context) (string, error) {
	if err := os.MkdirAll(d.cfg.DataDir, 0o700); err != nil {
		return "", fleet.Because(err, fleet.Unavailable, "DATA_DIR %s cannot be made. Name a folder that may be written.", d.cfg.DataDir)
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.cfg.DataDir, &s); err != nil {
		return "", fmt.Errorf("look at DATA_DIR: %w", err)
	}
	free := s.Bavail * uint64(s.Bsize)
	if free < diskWanted {
		return "", fleet.Errorf(fleet.Unavailable, "Only %s are free in %s. Make room: SQLite stops when the disk is full.", fleet.Bytes(free), d.cfg.DataDir)
	}
	return fmt.Sprintf("%s free in %s", fleet.Bytes(free), d.cfg.DataDir), nil
}
