package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"neonfleet/internal/fleet"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type engine string

const (
	sqliteEngine   engine = "sqlite"
	postgresEngine engine = "postgres"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date. A released migration is never edited.
func (d *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations/"+string(d.engine))
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{}
	if d.engine == postgresEngine {
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("migration lock: %w", err)
		}
		dialect, opts = goose.DialectPostgres, append(opts, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(dialect, d.write, files, opts...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// translate gives an engine's refusal its kind: no row is NotFound, a UNIQUE
// violation Conflict. Everything else stays as it is.
func translate(err error) error {
	switch {
	case err == nil || fleet.KindOf(err) != fleet.Internal:
		return err
	case errors.Is(err, sql.ErrNoRows):
		return fleet.Because(err, fleet.NotFound, "That is not there, or not any more.")
	case isUnique(err):
		return fleet.Because(err, fleet.Conflict, "That exists already.")
	}
	return err
}

func isUnique(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23505"
}
