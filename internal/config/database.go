package config

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// A Database is where the store is: a SQLite file or a Postgres database. It
// prints itself without the password.
type Database struct {
	path    string // of the SQLite file
	dsn     Secret // of Postgres, with its password
	display string // of Postgres, without
}

// Postgres reports whether the store is a Postgres database.
func (d Database) Postgres() bool { return d.dsn.Set() }

// Path is the SQLite file; empty for Postgres.
func (d Database) Path() string { return d.path }

// URL is the address with its password, for the one place that opens the store.
func (d Database) URL() string {
	if d.Postgres() {
		return d.dsn.Reveal()
	}
	return "sqlite://" + d.path
}

// String is the address without its password.
func (d Database) String() string {
	if d.Postgres() {
		return d.display
	}
	return "sqlite://" + d.path
}

// Format prints String for every verb, %#v included.
func (d Database) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, d.String()) } // fmt has nowhere to report to

// LogValue is String.
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText is String.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// parseDatabase reads DATABASE_URL. What is wrong is said without the value and
// without the driver's words, since both may hold the password.
func parseDatabase(value string) (Database, string) {
	if path, ok := strings.CutPrefix(value, "sqlite://"); ok {
		if path == "" || strings.ContainsAny(path, "?#") {
			return Database{}, `DATABASE_URL names no SQLite file. Write sqlite:// and the path, such as sqlite:///var/lib/neonfleet/fleet.db, or leave it out.`
		}
		return Database{path: path}, ""
	}
	if !strings.HasPrefix(value, "postgres://") && !strings.HasPrefix(value, "postgresql://") {
		return Database{}, `DATABASE_URL begins neither with postgres:// nor with sqlite://. Write postgres://user:password@host:5432/name, or leave it out for a SQLite file in DATA_DIR.`
	}
	pg, err := pgconn.ParseConfig(value)
	if err != nil {
		return Database{}, `DATABASE_URL is no Postgres address that can be read (its value is not shown). Write postgres://user:password@host:5432/name, with special characters of the password as %XX, and check sslmode and the files it names.`
	}
	at := net.JoinHostPort(pg.Host, strconv.Itoa(int(pg.Port)))
	return Database{dsn: Hide(value), display: "postgres://" + pg.User + "@" + at + "/" + pg.Database}, ""
}
