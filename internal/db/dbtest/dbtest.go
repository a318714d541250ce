// Package dbtest gives tests a store of each engine.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"neonfleet/internal/db"
)

// Each runs a test on a fresh store of every engine: SQLite always, Postgres
// where TEST_DATABASE_URL names a server. Without it the subtest says loudly
// what was left out.
func Each(t *testing.T, test func(t *testing.T, store *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite is a fresh store in the test's own folder.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, "sqlite://"+filepath.Join(t.TempDir(), "fleet.db"))
}

// Postgres is a fresh store in a schema of its own, dropped afterwards.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, PostgresURL(t))
}

// PostgresURL makes an empty schema in the database of TEST_DATABASE_URL and
// gives an address that sees nothing else. A schema costs milliseconds; to drop
// a database would make the server write everything out first.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		t.Skip("LEFT OUT: no TEST_DATABASE_URL, so nothing was tested on Postgres")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("TEST_DATABASE_URL: %v", err)
	}
	name := "neonfleet_" + strings.ToLower(rand.Text()[:12])
	// Test programs run beside each other, and the extension is one for all of
	// them: made once, outside of what is dropped, by whoever comes first.
	admin.SetMaxOpenConns(1) // the lock is the connection's
	for _, step := range []string{
		`SELECT pg_advisory_lock(7364)`, `CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public`, `CREATE SCHEMA ` + name, `SELECT pg_advisory_unlock_all()`,
	} {
		if _, err := admin.ExecContext(t.Context(), step); err != nil {
			t.Fatalf("make a test schema: %v", err)
		}
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Errorf("drop the test schema: %v", err)
		}
		if err := admin.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("TEST_DATABASE_URL: %v", err)
	}
	q := u.Query()
	q.Set("search_path", name+",public")
	q.Set("synchronous_commit", "off") // no test survives a power cut
	u.RawQuery = q.Encode()
	return u.String()
}

// Open opens a store and closes it with the test.
func Open(t testing.TB, url string) *db.DB {
	t.Helper()
	store, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return store
}
