package main

import (
	"context"
	"errors"
	"fmt"

	"neonfleet/internal/config"
	"neonfleet/internal/db"
)

const aboutBackup = `Copies the database into a new FILE while the dashboard goes on. On Postgres it
prints the pg_dump line that does the same, and exits 1.`

func backupCommand(ctx context.Context, p process) error {
	set := flags(p, "backup", aboutBackup)
	if err := parse(set, p.args, 1); err != nil {
		return err
	}
	cfg, err := config.Load(p.getenv, config.Store)
	if err != nil {
		return exit(2, err)
	}
	file := set.Arg(0)
	if cfg.Database.Postgres() {
		// The address is not printed: it may hold the password.
		fmt.Fprintf(p.stdout, "pg_dump --format=custom --file=%q \"$DATABASE_URL\"\n", file)
		return exit(1, errors.New("the store is on Postgres: run the line above, with DATABASE_URL set, on a machine that has pg_dump"))
	}
	store, err := db.Open(ctx, cfg.Database.URL())
	if err != nil {
		return fmt.Errorf("open the store %s: %w", cfg.Database, err)
	}
	if err := store.BackupTo(ctx, file); err != nil {
		return errors.Join(forShell(err), store.Close())
	}
	fmt.Fprintln(p.stdout, "backed up to", file)
	return store.Close()
}
