// Package config reads the settings from the environment: each by its name or,
// where it is a secret, from the file that NAME_FILE names. Every mistake is
// reported at once, with what to do; the value of a secret is never shown, not
// in an error and not when the configuration is printed.
package config

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Mode is what the settings are read for; it decides what must be there.
type Mode int

const (
	// Serve is the dashboard against Neon: it needs a key, and with Postgres
	// SESSION_KEY.
	Serve Mode = iota
	// Sync is for commands that ask Neon and serve nobody: it needs a key.
	Sync
	// Demo is the dashboard against the simulator: what would lead to the real
	// fleet (key, address, organization, DATABASE_URL, ADMIN_*) is not even
	// read. The clock is the simulator's, and the ceilings are 60,000 calls a
	// minute unless they are set.
	Demo
	// Store is for commands that work on the store alone, and for doctor, which
	// reports a missing key itself: the key is read if there is one.
	Store
)

// DefaultListenAddr is where the dashboard listens if LISTEN_ADDR is not set.
const DefaultListenAddr = "127.0.0.1:8080"

// demoCeiling is the number of calls a minute that the demo allows itself.
const demoCeiling = 60_000

// Config is every setting, checked. Its fields print themselves without secrets.
type Config struct {
	NeonAPIKey Secret // empty in Demo; may be empty in Store
	NeonAPIURL URL    // without a slash at the end
	NeonOrgID  string // empty: found from the key

	ListenAddr string // host:port; port 0 is any free one
	BaseURL    URL    // the public address: scheme and host, nothing more

	DataDir  string   // for the SQLite file and generated secrets
	Database Database // SQLite in DataDir if nothing else is said
	KeepDays int      // for how many days daily figures are kept; months are kept for ever

	AdminEmail    string // first administrator of an empty store; empty: one is made
	AdminPassword Secret // empty: one is made and printed once
	DemoPassword  Secret // of the demo's accounts; empty: one is made

	SyncEvery            time.Duration // between two sweeps
	RequestsPerMinute    int           // our own ceiling of calls to Neon, consumption apart
	ConsumptionPerMinute int           // our own ceiling of consumption calls
	Clock                Clock         // what decides days, periods and due dates

	TrustedProxies Networks   // whose X-Forwarded-* are believed
	LogLevel       slog.Level // debug, info, warn or error
	LogFormat      LogFormat  // LogAuto: text on a terminal, else json

	sessionKeys []Secret // as SESSION_KEY gives them
	derivedBase bool     // BASE_URL was not set: it follows ListenAddr
	derivedFile bool     // DATABASE_URL was not set: it follows DataDir
}

// In is the same configuration with another data directory. A database that
// DATABASE_URL did not place elsewhere moves along.
func (c Config) In(dir string) Config {
	c.DataDir = dir
	if c.derivedFile {
		c.Database = sqliteIn(dir)
	}
	return c
}

// At is the same configuration for a server that listens on addr, which matters
// where LISTEN_ADDR asked for any free port: a BASE_URL that was not set follows.
func (c Config) At(addr net.Addr) Config {
	c.ListenAddr = addr.String()
	if c.derivedBase {
		c.BaseURL = baseURL(c.ListenAddr)
	}
	return c
}

// Against is the same configuration for another Neon: the demo's simulator, at
// api with key.
func (c Config) Against(api url.URL, key string) Config {
	c.NeonAPIURL, c.NeonAPIKey, c.NeonOrgID = URL{api}, Hide(key), ""
	return c
}

// SecureCookies reports whether browsers reach us by https only.
func (c Config) SecureCookies() bool { return c.BaseURL.Scheme == "https" }

// Format prints the settings without secrets, for every verb.
func (c Config) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.LogValue().String()) } // fmt has nowhere to report to

// LogValue is the configuration for a log line, by the names of the settings.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Any("neon_api_url", c.NeonAPIURL), slog.Any("neon_api_key", c.NeonAPIKey), slog.String("neon_org_id", c.NeonOrgID),
		slog.String("listen_addr", c.ListenAddr), slog.Any("base_url", c.BaseURL),
		slog.String("data_dir", c.DataDir), slog.Any("database", c.Database), slog.Int("keep_days", c.KeepDays),
		slog.Duration("sync_every", c.SyncEvery), slog.Int("neon_requests_per_minute", c.RequestsPerMinute),
		slog.Int("neon_consumption_per_minute", c.ConsumptionPerMinute), slog.String("clock", string(c.Clock)),
		slog.String("trusted_proxies", c.TrustedProxies.String()), slog.String("log_level", c.LogLevel.String()),
	)
}

// baseURL is the address under which a server listening on addr is reached from
// the same machine: a server on every interface is "localhost" there.
func baseURL(addr string) URL {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return URL{} // reported as a mistake of LISTEN_ADDR
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return URL{url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}}
}

func sqliteIn(dir string) Database { return Database{path: filepath.Join(dir, "neonfleet.db")} }

// Mistakes are all the settings that cannot be used, a sentence each.
type Mistakes []string

// Error lists the mistakes, a line each.
func (m Mistakes) Error() string {
	head := "There is a mistake in the settings:"
	if len(m) > 1 {
		head = "There are " + strconv.Itoa(len(m)) + " mistakes in the settings:"
	}
	return head + "\n  - " + strings.Join(m, "\n  - ")
}

func (m *Mistakes) add(format string, args ...any) { *m = append(*m, fmt.Sprintf(format, args...)) }
