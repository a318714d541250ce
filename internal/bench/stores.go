package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// A subject is a filled store that is measured, and what it is called.
type subject struct {
	*db.DB
	engine  string // "SQLite", "Postgres"
	version string
	url     string
	path    string // of SQLite's file
	drop    func() error

	tenants    int     // how many there are
	days       int     // of usage
	tenantRows int64   // bytes of the store before any usage
	dayBytes   float64 // per tenant-day
}

func (s *subject) isSQLite() bool { return s.path != "" }

// openSQLite makes an empty store in a folder.
func openSQLite(ctx context.Context, dir, name string) (*subject, error) {
	path := filepath.Join(dir, name+".db")
	s := &subject{engine: "SQLite", url: "sqlite://" + path, path: path, drop: func() error { return nil }}
	return s, s.open(ctx, `SELECT 'SQLite ' || sqlite_version() || ' (modernc)'`)
}

// openPostgres makes an empty store in a database of its own on a server.
func openPostgres(ctx context.Context, server string) (*subject, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, errors.New("TEST_DATABASE_URL is no address Postgres understands")
	}
	name := "neonfleet_bench_" + strings.ToLower(rand.Text()[:12])
	if err := onServer(ctx, server, "CREATE DATABASE "+name); err != nil {
		return nil, err
	}
	u.Path = "/" + name
	s := &subject{engine: "Postgres", url: u.String(), drop: func() error {
		return onServer(context.WithoutCancel(ctx), server, "DROP DATABASE "+name+" WITH (FORCE)") // although a stop ended ctx: it is ours to clear away
	}}
	if err := s.open(ctx, `SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)`); err != nil {
		return nil, errors.Join(err, s.drop())
	}
	return s, nil
}

func onServer(ctx context.Context, server, statement string) error {
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	_, err = admin.ExecContext(ctx, statement)
	return errors.Join(err, admin.Close())
}

func (s *subject) open(ctx context.Context, version string) (err error) {
	if s.DB, err = db.Open(ctx, s.url); err != nil {
		return err
	}
	return s.Raw().QueryRowContext(ctx, version).Scan(&s.version)
}

// close closes the store and clears it away.
func (s *subject) close() error { return errors.Join(s.Close(), s.drop()) }

// fill loads the fleet and so many days of usage.
func (s *subject) fill(ctx context.Context, listed []db.SweepProject, days int) error {
	if err := s.SeedPlans(ctx, fleet.FirstPlans(), dbtest.Now()); err != nil {
		return err
	}
	if err := s.Load(ctx, dressed(listed)); err != nil {
		return err
	}
	before, err := s.size(ctx)
	if err != nil {
		return err
	}
	if err := dbtest.GenerateUsage(ctx, s.DB, len(listed), days, seed); err != nil {
		return err
	}
	if err := s.settleDown(ctx); err != nil {
		return err
	}
	after, err := s.size(ctx)
	if err != nil {
		return err
	}
	var rows int64
	if err := s.Raw().QueryRowContext(ctx, `SELECT count(*) FROM usage_day`).Scan(&rows); err != nil {
		return err
	}
	s.tenants, s.days = len(listed), days
	s.tenantRows, s.dayBytes = before, float64(after-before)/float64(rows)
	return nil
}

// settleDown does what a store that was filled slowly has behind it: SQLite's
// checkpoint, Postgres' vacuum and statistics.
func (s *subject) settleDown(ctx context.Context) error {
	statement := `VACUUM (ANALYZE)`
	if s.isSQLite() {
		statement = `PRAGMA wal_checkpoint(TRUNCATE)`
	}
	if _, err := s.Raw().ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// size is what the store takes on disk, in bytes.
func (s *subject) size(ctx context.Context) (n int64, err error) {
	query := `SELECT pg_database_size(current_database())`
	if s.isSQLite() {
		query = `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	}
	err = s.Raw().QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

// growth is how much more a tenant-day takes where the days came one after
// another for everybody, as they do in years of service: each then goes into
// the middle of a table. It copies the days of some tenants both ways.
func (s *subject) growth(ctx context.Context, tenants, days int) (factor float64, err error) {
	const all = `INSERT INTO usage_copy SELECT * FROM usage_day WHERE tenant <= $1 ORDER BY tenant, day`
	const one = `INSERT INTO usage_copy SELECT u.* FROM tenant t CROSS JOIN usage_day u WHERE t.id <= $1 AND u.tenant = t.id AND u.day = $2 ORDER BY t.id`
	filled, err := s.copied(ctx, func(do func(string, ...any) error) error { return do(all, tenants) })
	if err != nil {
		return 0, err
	}
	today := fleet.DayOf(dbtest.Now())
	grown, err := s.copied(ctx, func(do func(string, ...any) error) error {
		for ago := days - 1; ago >= 0; ago-- {
			if err := do(one, tenants, int64(today.Add(-ago))); err != nil {
				return err
			}
		}
		return nil
	})
	return ratio(grown, filled), err
}

// copied is how many bytes a copy of days takes, which is dropped again.
func (s *subject) copied(ctx context.Context, fill func(do func(string, ...any) error) error) (size int64, err error) {
	if err := s.makeCopy(ctx); err != nil {
		return 0, fmt.Errorf("make a table of days: %w", err)
	}
	do := func(statement string, args ...any) error {
		_, err := s.Raw().ExecContext(ctx, statement, args...)
		return err
	}
	if err := fill(do); err != nil {
		return 0, fmt.Errorf("copy days: %w", err)
	}
	query := `SELECT pg_total_relation_size('usage_copy')`
	if s.isSQLite() {
		query = `SELECT sum(pgsize) FROM dbstat WHERE name = 'usage_copy'`
	}
	if err := s.Raw().QueryRowContext(ctx, query).Scan(&size); err != nil {
		return 0, fmt.Errorf("weigh days: %w", err)
	}
	return size, do(`DROP TABLE usage_copy`)
}

func (s *subject) makeCopy(ctx context.Context) error {
	statement := `CREATE TABLE usage_copy (LIKE usage_day INCLUDING ALL)`
	if s.isSQLite() {
		err := s.Raw().QueryRowContext(ctx, `SELECT replace(sql, 'usage_day', 'usage_copy') FROM sqlite_master WHERE name = 'usage_day'`).Scan(&statement)
		if err != nil {
			return fmt.Errorf("read the table of days: %w", err)
		}
	}
	_, err := s.Raw().ExecContext(ctx, statement)
	return err
}

// has says whether a program is there.
func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}
