// Package db is the store: SQLite by default, Postgres for several replicas,
// one set of queries. One file per subject; what differs between the engines
// stands in sqlite.go and postgres.go.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// A DB is the store, or a transaction on it: inside Update the methods of the
// tx that is handed in belong to the transaction.
type DB struct {
	engine engine
	write  *sql.DB // one connection on SQLite
	read   *sql.DB // a pool that cannot write on SQLite; the same as write on Postgres
	q      querier // the readers, or the transaction
	tx     bool
	names  *names // numbers of plans and regions, shared by everything made from one store
}

// querier is what *sql.DB and *sql.Tx have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the store at url, "sqlite:///path/file.db" or "postgres://…", and
// brings its schema up to date; replicas that start together migrate once.
func Open(ctx context.Context, url string) (*DB, error) {
	var d *DB
	var err error
	switch scheme, rest, _ := strings.Cut(url, "://"); scheme {
	case "sqlite":
		d, err = openSQLite(ctx, rest)
	case "postgres", "postgresql":
		d, err = openPostgres(ctx, url)
	default:
		return nil, errors.New("DATABASE_URL must begin with sqlite:// or postgres://")
	}
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close ends all connections.
func (d *DB) Close() error {
	err := d.read.Close()
	if d.write != d.read {
		err = errors.Join(err, d.write.Close())
	}
	return err
}

// Engine is "sqlite" or "postgres".
func (d *DB) Engine() string { return string(d.engine) }

// Ping says whether the store answers, for writing too.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.read.PingContext(ctx); err != nil {
		return fmt.Errorf("ping store: %w", err)
	}
	return nil
}

// Update runs do in one transaction: all of it is kept, or none. Never call
// Neon inside. On SQLite writers queue; keep it short. A nested Update joins
// the transaction around it.
func (d *DB) Update(ctx context.Context, do func(tx *DB) error) error {
	if d.tx {
		return do(d)
	}
	t, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.Rollback() // after Commit there is nothing to roll back
	if err := do(&DB{engine: d.engine, write: d.write, read: d.read, q: t, tx: true, names: d.names}); err != nil {
		return translate(err)
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", translate(err))
	}
	return nil
}
