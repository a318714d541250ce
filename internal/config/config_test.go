package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"neonfleet/internal/config"
)

const (
	apiKey     = "napi_0123456789abcdef"
	sessionKey = "0123456789abcdef0123456789abcdef"
)

// load reads settings given as name and value, one after the other.
func load(t *testing.T, mode config.Mode, pairs ...string) (config.Config, error) {
	t.Helper()
	values := map[string]string{}
	for pair := range slices.Chunk(pairs, 2) {
		values[pair[0]] = pair[1]
	}
	return config.Load(func(name string) string { return values[name] }, mode)
}

// served are the settings of a dashboard with a key and whatever else is given.
func served(t *testing.T, pairs ...string) config.Config {
	t.Helper()
	c, err := load(t, config.Serve, append([]string{"NEON_API_KEY", apiKey}, pairs...)...)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return c
}

// mistakes are the sentences about settings that must not be accepted.
func mistakes(t *testing.T, err error) []string {
	t.Helper()
	var all config.Mistakes
	if !errors.As(err, &all) {
		t.Fatalf("err = %v, want config.Mistakes", err)
	}
	return all
}

func secretFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad_hasTheDefaultsThatArePromised(t *testing.T) {
	c := served(t)
	got := map[string]any{
		"url": c.NeonAPIURL.String(), "org": c.NeonOrgID, "listen": c.ListenAddr, "base": c.BaseURL.String(), "data": c.DataDir,
		"database": c.Database.URL(), "keep": c.KeepDays, "email": c.AdminEmail, "sync": c.SyncEvery, "calls": c.RequestsPerMinute,
		"consumption": c.ConsumptionPerMinute, "clock": c.Clock, "proxies": len(c.TrustedProxies), "level": c.LogLevel, "format": c.LogFormat,
		"secure": c.SecureCookies(),
	}
	want := map[string]any{
		"url": "https://console.neon.tech/api/v2", "org": "", "listen": "127.0.0.1:8080", "base": "http://127.0.0.1:8080", "data": "./data",
		"database": "sqlite://data/neonfleet.db", "keep": 400, "email": "", "sync": 5 * time.Minute, "calls": 600,
		"consumption": 30, "clock": config.SystemClock, "proxies": 0, "level": slog.LevelInfo, "format": config.LogAuto,
		"secure": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	if got := c.NeonAPIKey.Reveal(); got != apiKey {
		t.Errorf("key = %q, want %q", got, apiKey)
	}
}

func TestLoad_readsEverySetting(t *testing.T) {
	c := served(t,
		"NEON_API_URL", "http://127.0.0.1:9090/api/v2/", "NEON_ORG_ID", "org-cool-breeze-12345678",
		"LISTEN_ADDR", ":9000", "BASE_URL", "https://fleet.example.com/", "DATA_DIR", t.TempDir(),
		"DATABASE_URL", "postgres://fleet:s3cret@db.example.com/fleet", "SESSION_KEY", sessionKey+" , "+sessionKey+"2",
		"ADMIN_EMAIL", "ada@example.com", "ADMIN_PASSWORD", " spaces count ", "SYNC_EVERY", "90s", "KEEP_DAYS", "800",
		"NEON_REQUESTS_PER_MINUTE", "300", "NEON_CONSUMPTION_PER_MINUTE", "10", "CLOCK", "neon",
		"TRUSTED_PROXIES", "10.1.2.3/8, 192.0.2.7,2001:db8::/32", "LOG_LEVEL", "debug", "LOG_FORMAT", "json")
	got := []string{
		c.NeonAPIURL.String(), c.NeonOrgID, c.ListenAddr, c.BaseURL.String(), c.Database.URL(), c.Database.String(), c.Database.Path(),
		c.AdminEmail, c.AdminPassword.Reveal(), c.SyncEvery.String(), fmt.Sprint(c.KeepDays, c.RequestsPerMinute, c.ConsumptionPerMinute),
		string(c.Clock), c.TrustedProxies.String(), c.LogLevel.String(), string(c.LogFormat),
	}
	want := []string{
		"http://127.0.0.1:9090/api/v2", "org-cool-breeze-12345678", ":9000", "https://fleet.example.com",
		"postgres://fleet:s3cret@db.example.com/fleet", "postgres://fleet@db.example.com:5432/fleet", "",
		"ada@example.com", " spaces count ", "1m30s", "800 300 10",
		"neon", "10.0.0.0/8,192.0.2.7/32,2001:db8::/32", "DEBUG", "json",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if !c.SecureCookies() || !c.Database.Postgres() {
		t.Errorf("SecureCookies %v, Postgres %v, want both", c.SecureCookies(), c.Database.Postgres())
	}
	keys, err := c.SessionKeys()
	if err != nil || len(keys) != 2 || string(keys[0]) != sessionKey || string(keys[1]) != sessionKey+"2" {
		t.Errorf("SessionKeys = %q, %v, want both in their order", keys, err)
	}
	if nets := c.TrustedProxies.IPNets(); len(nets) != 3 || !nets[0].Contains(net.IPv4(10, 200, 0, 1)) || nets[1].Contains(net.IPv4(192, 0, 2, 8)) {
		t.Errorf("IPNets = %v, want 10.0.0.0/8, 192.0.2.7/32 and 2001:db8::/32", nets)
	}
}

func TestLoad_takesAnEmptySettingAsNotSet(t *testing.T) {
	c := served(t, "SYNC_EVERY", "", "LOG_FORMAT", " ", "BASE_URL", "", "DATABASE_URL", "", "CLOCK", "")
	if c.SyncEvery != 5*time.Minute || c.LogFormat != config.LogAuto || c.BaseURL.Host != "127.0.0.1:8080" || c.Clock != config.SystemClock {
		t.Errorf("config = %v, want the defaults", c)
	}
}

func TestLoad_reportsEveryMistakeAtOnce(t *testing.T) {
	_, err := load(t, config.Serve,
		"NEON_API_URL", "console.neon.tech", "NEON_ORG_ID", "my org", "LISTEN_ADDR", "8080", "BASE_URL", "https://example.com/fleet",
		"DATA_DIR", secretFile(t, ""), "DATABASE_URL", "mysql://root:hunter2@db/x", "SESSION_KEY", "hunter2",
		"ADMIN_EMAIL", "ada", "ADMIN_PASSWORD", "hunter2", "SYNC_EVERY", "5", "KEEP_DAYS", "30", "NEON_REQUESTS_PER_MINUTE", "many",
		"NEON_CONSUMPTION_PER_MINUTE", "0", "CLOCK", "sundial", "TRUSTED_PROXIES", "10.0.0.0/8,proxy", "LOG_LEVEL", "loud", "LOG_FORMAT", "xml")
	if err == nil {
		t.Fatal("err = nil, want every mistake")
	}
	all := mistakes(t, err)
	for _, name := range []string{
		"NEON_API_KEY", "NEON_API_URL", "NEON_ORG_ID", "LISTEN_ADDR", "BASE_URL", "DATA_DIR", "DATABASE_URL", "SESSION_KEY", "ADMIN_EMAIL", "ADMIN_PASSWORD",
		"SYNC_EVERY", "KEEP_DAYS", "NEON_REQUESTS_PER_MINUTE", "NEON_CONSUMPTION_PER_MINUTE", "CLOCK", "TRUSTED_PROXIES", "LOG_LEVEL", "LOG_FORMAT",
	} {
		about := 0
		for _, m := range all {
			if strings.HasPrefix(m, name+" ") || strings.HasPrefix(m, name+":") {
				about++
			}
		}
		if about != 1 {
			t.Errorf("%d mistakes about %s, want 1 in:\n%v", about, name, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a secret is quoted:\n%v", err)
	}
	if got, want := strings.SplitN(err.Error(), "\n", 2)[0], "There are 18 mistakes in the settings:"; got != want {
		t.Errorf("first line = %q, want %q", got, want)
	}
}

func TestLoad_saysWhatToDo(t *testing.T) {
	long := strings.Repeat("x", 40)
	for name, c := range map[string]struct {
		pairs []string
		want  string
	}{
		"a duration without unit":  {[]string{"SYNC_EVERY", "5"}, `SYNC_EVERY is "5". Set it to a time such as 5m or 90s.`},
		"too often":                {[]string{"SYNC_EVERY", "10ms"}, `SYNC_EVERY is 10ms. Set it to between 1s and 24h.`},
		"a port too high":          {[]string{"LISTEN_ADDR", "127.0.0.1:70000"}, `LISTEN_ADDR is "127.0.0.1:70000". Set it to host:port, such as 127.0.0.1:8080, or :8080 for every interface.`},
		"a base with a query":      {[]string{"BASE_URL", "https://x.example?a=b"}, `BASE_URL is "https://x.example?a=b". Set it to the public address, such as https://fleet.example.com.`},
		"a password alone":         {[]string{"ADMIN_PASSWORD", long}, `ADMIN_PASSWORD is set without ADMIN_EMAIL. Set both, or neither to have an administrator made and printed once.`},
		"a second key too short":   {[]string{"SESSION_KEY", long + ",short"}, "SESSION_KEY: key number 2 is too short. Give it at least 32 characters; `openssl rand -hex 32` prints one."},
		"a line break in the key":  {[]string{"NEON_API_KEY", "napi_a\nb"}, `NEON_API_KEY has a space, a line break or another character that no key has (its value is not shown). Copy it again.`},
		"Postgres without session": {[]string{"DATABASE_URL", "postgres://u:p@db/fleet"}, "SESSION_KEY is not set. With Postgres every instance needs the same one: set it to what `openssl rand -hex 32` prints."},
		"Postgres misspelt":        {[]string{"DATABASE_URL", "postgres://u:p%zz@db/fleet", "SESSION_KEY", long}, `DATABASE_URL is no Postgres address that can be read (its value is not shown). Write postgres://user:password@host:5432/name, with special characters of the password as %XX, and check sslmode and the files it names.`},
		"no room for the sync":     {[]string{"DATABASE_URL", "postgres://u:p@db/fleet", "SESSION_KEY", long, "NEON_REQUESTS_PER_MINUTE", "60"}, `NEON_REQUESTS_PER_MINUTE is 60. With Postgres set it above 60, which the instances that do not sync share.`},
		"SQLite without a file":    {[]string{"DATABASE_URL", "sqlite://"}, `DATABASE_URL names no SQLite file. Write sqlite:// and the path, such as sqlite:///var/lib/neonfleet/fleet.db, or leave it out.`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, config.Serve, append([]string{"NEON_API_KEY", apiKey}, c.pairs...)...)
			if diff := cmp.Diff([]string{c.want}, mistakes(t, err)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSecrets_comeFromFilesToo(t *testing.T) {
	c, err := load(t, config.Serve,
		"NEON_API_KEY_FILE", secretFile(t, apiKey+"\n"), "ADMIN_EMAIL", "ada@example.com",
		"ADMIN_PASSWORD_FILE", secretFile(t, " correct horse \r\n"), "SESSION_KEY_FILE", secretFile(t, sessionKey+",\n"+sessionKey+"2\n"),
		"DATABASE_URL_FILE", secretFile(t, "postgres://u:p@db/fleet\n"), "DEMO_PASSWORD_FILE", secretFile(t, "demo"))
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	keys, err := c.SessionKeys()
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.NeonAPIKey.Reveal(), c.AdminPassword.Reveal(), c.Database.URL(), c.DemoPassword.Reveal(), string(keys[0]), string(keys[1])}
	want := []string{apiKey, " correct horse ", "postgres://u:p@db/fleet", "demo", sessionKey, sessionKey + "2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
}

func TestSecretFiles_thatCannotBeUsed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	empty := secretFile(t, "\n")
	for name, c := range map[string]struct {
		pairs []string
		want  string
	}{
		"both given": {[]string{"NEON_API_KEY", apiKey, "NEON_API_KEY_FILE", missing}, "NEON_API_KEY and NEON_API_KEY_FILE are both set. Keep one of them."},
		"no file":    {[]string{"NEON_API_KEY_FILE", missing}, "NEON_API_KEY_FILE: " + missing + " cannot be read: no such file or directory. Check the path and who may read it."},
		"empty file": {[]string{"NEON_API_KEY_FILE", empty}, "NEON_API_KEY_FILE: " + empty + " is empty. Put the value into it."},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, config.Serve, c.pairs...)
			if diff := cmp.Diff([]string{c.want}, mistakes(t, err)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestModes_askForWhatTheyNeed(t *testing.T) {
	for mode, want := range map[config.Mode]bool{config.Serve: false, config.Sync: false, config.Demo: true, config.Store: true} {
		if _, err := load(t, mode); (err == nil) != want {
			t.Errorf("mode %d without a key: err = %v, want accepted = %v", mode, err, want)
		}
	}
	for mode, want := range map[config.Mode]bool{config.Serve: false, config.Sync: true, config.Store: true} {
		if _, err := load(t, mode, "NEON_API_KEY", apiKey, "DATABASE_URL", "postgres://u:p@db/fleet"); (err == nil) != want {
			t.Errorf("mode %d on Postgres without SESSION_KEY: err = %v, want accepted = %v", mode, err, want)
		}
	}
}

func TestDemo_neverReadsWhatLeadsToTheRealFleet(t *testing.T) {
	c, err := load(t, config.Demo, "NEON_API_KEY", apiKey, "NEON_API_URL", "https://real.example/api/v2", "NEON_ORG_ID", "org-real",
		"DATABASE_URL", "postgres://u:p@db/fleet", "ADMIN_EMAIL", "ada@example.com", "ADMIN_PASSWORD", "hunter2", "DEMO_PASSWORD", "demo")
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	if c.NeonAPIKey.Set() || c.NeonOrgID != "" || c.Database.Postgres() || c.AdminEmail != "" || c.AdminPassword.Set() || c.NeonAPIURL.Host == "real.example" {
		t.Errorf("config = %v, want nothing of the real fleet", c)
	}
	if c.Clock != config.NeonClock || c.RequestsPerMinute != 60_000 || c.ConsumptionPerMinute != 60_000 || c.DemoPassword.Reveal() != "demo" {
		t.Errorf("config = %v, want the simulator's clock and 60,000 calls a minute", c)
	}
}

func TestIn_movesTheDatabaseUnlessItIsElsewhere(t *testing.T) {
	if got := served(t).In("/d").Database.Path(); got != "/d/neonfleet.db" {
		t.Errorf("path = %q, want it in /d", got)
	}
	if got := served(t, "DATABASE_URL", "sqlite:///elsewhere/x.db").In("/d").Database.Path(); got != "/elsewhere/x.db" {
		t.Errorf("path = %q, want /elsewhere/x.db", got)
	}
}

func TestAt_givesTheBaseURLTheRealPort(t *testing.T) {
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4711}
	if got := served(t, "LISTEN_ADDR", "127.0.0.1:0").At(addr).BaseURL.String(); got != "http://127.0.0.1:4711" {
		t.Errorf("base = %q, want http://127.0.0.1:4711", got)
	}
	if got := served(t, "BASE_URL", "https://x.example").At(addr).BaseURL.String(); got != "https://x.example" {
		t.Errorf("base = %q, want what BASE_URL says", got)
	}
	for listen, want := range map[string]string{
		":8080": "http://localhost:8080", "0.0.0.0:80": "http://localhost:80", "[::]:8080": "http://localhost:8080", "[::1]:8080": "http://[::1]:8080",
	} {
		if got := served(t, "LISTEN_ADDR", listen).BaseURL.String(); got != want {
			t.Errorf("LISTEN_ADDR %s: base = %q, want %q", listen, got, want)
		}
	}
}

func TestPrinting_showsNoSecret(t *testing.T) {
	c := served(t, "ADMIN_EMAIL", "ada@example.com", "ADMIN_PASSWORD", "hunter2hunter2", "DEMO_PASSWORD", "hunter2demo",
		"SESSION_KEY", sessionKey, "DATABASE_URL", "postgres://fleet:hunter2@db/fleet")
	inside := struct {
		secret   config.Secret
		database config.Database
		config   config.Config
	}{c.NeonAPIKey, c.Database, c}
	var printed bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&printed, verb+verb+verb+verb+verb, c, &c, c.NeonAPIKey, c.Database, inside)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&printed, nil), slog.NewJSONHandler(&printed, nil)} {
		slog.New(h).Info("start", "config", c, "key", c.NeonAPIKey, "database", c.Database, "inside", inside)
	}
	if err := json.NewEncoder(&printed).Encode(c); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{apiKey, "hunter2", sessionKey, fmt.Sprintf("%x", apiKey)} {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("%q is printed in:\n%s", secret, printed.String())
		}
	}
	if !strings.Contains(printed.String(), "postgres://fleet@db:5432/fleet") {
		t.Errorf("the database's address without its password is missing in:\n%s", printed.String())
	}
}
