package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// pragmas of every connection; the figures are measured (docs/performance.md).
// FULL would cost 10 to 40 % a page and guards only against losing the last
// transactions to a power cut, which the next sync repeats. No mmap: it buys
// 10 to 25 % for five times the resident memory.
var pragmas = []string{"journal_mode(WAL)", "busy_timeout(5000)", "synchronous(NORMAL)", "foreign_keys(ON)",
	"cache_size(-16384)", "temp_store(MEMORY)", "wal_autocheckpoint(20000)"}

// readers is the size of the pool that reads beside the one writer.
const readers = 4

// openSQLite opens one writer, which takes its lock when a transaction begins
// (a read that turns into a write would fail at once), and a pool of readers.
func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("DATABASE_URL names no file: write sqlite:///var/lib/neonfleet/fleet.db")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("database file: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("folder of the database: %w", err)
	}
	w, err := sql.Open("sqlite", sqliteDSN(path, "&_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	w.SetMaxOpenConns(1)
	if err := w.PingContext(ctx); err != nil { // the writer makes the file and its WAL before a reader looks
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), w.Close())
	}
	r, err := sql.Open("sqlite", sqliteDSN(path, "&_pragma=query_only(ON)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), w.Close())
	}
	r.SetMaxOpenConns(readers)
	r.SetMaxIdleConns(readers)
	return &DB{engine: sqliteEngine, write: w, read: r, q: r, names: new(names)}, nil
}

func sqliteDSN(path, more string) string {
	u := url.URL{Scheme: "file", Path: path, RawQuery: "_pragma=" + strings.Join(pragmas, "&_pragma=") + more}
	return u.String()
}
