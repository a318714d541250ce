package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/neon/neonsim"
)

// A console runs commands as somebody at a terminal would.
type console struct {
	t   *testing.T
	env map[string]string
}

// newConsole has a folder of its own and a simulated Neon of n projects.
func newConsole(t *testing.T, n int) console {
	t.Helper()
	sim := httptest.NewServer(neonsim.New(neonsim.Config{Projects: n, Seed: 1, Key: "napi_test", Limits: neonsim.Limits{Off: true}}))
	t.Cleanup(sim.Close)
	return console{t, map[string]string{"NEON_API_KEY": "napi_test", "NEON_API_URL": sim.URL + "/api/v2", "DATA_DIR": t.TempDir(), "LISTEN_ADDR": "127.0.0.1:0",
		"NEON_REQUESTS_PER_MINUTE": "60000", "NEON_CONSUMPTION_PER_MINUTE": "60000", "LOG_LEVEL": "warn"}}
}

// run runs a command to its end and gives what it printed and its exit code.
func (s console) run(args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	var out bytes.Buffer
	errs := &safeBuffer{} // logs and progress come from several places at once
	err := run(s.t.Context(), args, s.getenv, strings.NewReader(""), &out, errs)
	code = report(err, errs)
	return out.String(), errs.String(), code
}

func (s console) getenv(name string) string { return s.env[name] }

func (s console) with(name, value string) console {
	env := map[string]string{name: value}
	for k, v := range s.env {
		if k != name {
			env[k] = v
		}
	}
	return console{s.t, env}
}

func TestRun_helpsWithEveryCommand(t *testing.T) {
	s := newConsole(t, 0)
	out, _, code := s.run("help")
	for _, c := range commands() {
		if !strings.Contains(out, c.name) || code != 0 {
			t.Errorf("help (%d) lacks %s", code, c.name)
		}
		o, e, code := s.run(c.name, "--help")
		if code != 0 || !strings.Contains(o+e, "Usage: dashboard "+c.name) {
			t.Errorf("%s --help: exit %d, %q %q", c.name, code, o, e)
		}
	}
	if _, e, code := s.run("fly"); code != 2 || !strings.Contains(e, "fly") {
		t.Errorf("an unknown command: exit %d, %q", code, e)
	}
	if out, _, code := s.run("version"); code != 0 || !strings.HasPrefix(out, "neonfleet ") {
		t.Errorf("version: exit %d, %q", code, out)
	}
}

func TestServe_listsEveryMistake(t *testing.T) {
	s := newConsole(t, 0).with("NEON_API_KEY", "").with("SYNC_EVERY", "often")
	_, e, code := s.run("serve")
	if code != 2 || !strings.Contains(e, "NEON_API_KEY") || !strings.Contains(e, "SYNC_EVERY") {
		t.Errorf("exit %d, %q; want 2 and both mistakes", code, e)
	}
}

func TestDoctor_saysWhatToDo(t *testing.T) {
	s := newConsole(t, 5)
	out, e, code := s.run("doctor")
	if code != 0 || strings.Count(out, "✓") != 6 {
		t.Errorf("a healthy setup: exit %d\n%s%s", code, out, e)
	}
	out, _, code = s.with("NEON_API_KEY", "napi_wrong").run("doctor")
	if code != 1 || !strings.Contains(out, "✗ key") || !strings.Contains(out, "Make a new one") || strings.Contains(out, "napi_wrong") {
		t.Errorf("a wrong key: exit %d\n%s", code, out)
	}
	out, _, code = s.with("NEON_ORG_ID", "org-other").run("doctor")
	if code != 1 || !strings.Contains(out, "org-other") {
		t.Errorf("a wrong organization: exit %d\n%s", code, out)
	}
}

func TestSync_isCompleteOrFails(t *testing.T) {
	s := newConsole(t, 30)
	out, e, code := s.run("sync", "--full")
	for _, step := range []string{"Sweep", "Usage of the active", "Settle", "Counters", "complete in"} {
		if !strings.Contains(out, step) {
			t.Errorf("the output lacks %s:\n%s%s", step, out, e)
		}
	}
	if code != 0 {
		t.Errorf("exit %d: %s", code, e)
	}
	if _, e, code := s.with("NEON_API_URL", "http://127.0.0.1:1/api/v2").run("sync"); code == 0 {
		t.Errorf("Neon away: exit 0, %q", e)
	}
}

func TestBackup_copiesAndNeverOverwrites(t *testing.T) {
	s := newConsole(t, 5)
	if _, e, code := s.run("sync"); code != 0 {
		t.Fatal(e)
	}
	file := filepath.Join(t.TempDir(), "copy.db")
	if out, e, code := s.run("backup", file); code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, e)
	}
	if info, err := os.Stat(file); err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("copy = %v (%v), want a file for the owner only", info, err)
	}
	if _, e, code := s.run("backup", file); code != 1 || !strings.Contains(e, "exists already") {
		t.Errorf("a second copy: exit %d, %q", code, e)
	}
	pg := s.with("DATABASE_URL", "postgres://who:secret@127.0.0.1/x")
	if out, _, code := pg.run("backup", file); code != 1 || !strings.Contains(out, "pg_dump") || strings.Contains(out, "secret") {
		t.Errorf("on Postgres: exit %d, %q", code, out)
	}
}

// A served is a dashboard that runs beside the test.
type served struct {
	out  *safeBuffer
	stop func() (code int)
}

type safeBuffer struct {
	sync.Mutex
	b bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.Lock()
	defer s.Unlock()
	return s.b.String()
}

// serve starts a command that goes on until it is stopped, and waits until
// its output matches.
func (s console) serve(ready *regexp.Regexp, args ...string) (served, []string) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	out := &safeBuffer{}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, s.getenv, strings.NewReader(""), out, out) }()
	stopped := sync.OnceValue(func() int { cancel(); return report(<-ended, io.Discard) })
	s.t.Cleanup(func() { stopped() })
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if m := ready.FindStringSubmatch(out.String()); m != nil {
			return served{out, stopped}, m
		}
		select {
		case err := <-ended:
			ended <- err
			s.t.Fatalf("%v ended: %v\n%s", args, err, out)
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.t.Fatalf("%v is not ready:\n%s", args, out)
	return served{}, nil
}

var serving = regexp.MustCompile(`msg=serving address=(\S+)|"address":"(http[^"]+)"`)

func TestServe_answersAndStopsCleanly(t *testing.T) {
	s := newConsole(t, 10).with("LOG_LEVEL", "info")
	site, m := s.serve(serving, "serve")
	base := m[1] + m[2]
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/login": 200, "/tenants.csv": 401} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != want {
			t.Errorf("%s = %d, want %d", path, resp.StatusCode, want)
		}
	}
	if !strings.Contains(site.out.String(), "Password, shown only now: ") {
		t.Error("the first administrator's password was not printed")
	}
	if _, _, code := s.with("LISTEN_ADDR", strings.TrimPrefix(base, "http://")).run("healthcheck"); code != 0 {
		t.Errorf("healthcheck: exit %d", code)
	}
	if out, e, code := s.run("sync"); code != 0 || !strings.Contains(e, "following") {
		t.Errorf("sync beside the dashboard: exit %d\n%s%s", code, out, e)
	}
	if code := site.stop(); code != 0 {
		t.Errorf("stopped with %d, want 0:\n%s", code, site.out)
	}
	if strings.Contains(site.out.String(), "napi_test") {
		t.Error("the key is in the log")
	}
	_, m = s.serve(serving, "serve")
	if m == nil {
		t.Error("a second start is not ready")
	}
}

func TestServe_refusesAnotherOrganizationsStore(t *testing.T) {
	s := newConsole(t, 5)
	if _, e, code := s.run("sync"); code != 0 {
		t.Fatal(e)
	}
	if _, e, code := s.with("NEON_ORG_ID", "org-other").run("sync"); code != 2 || !strings.Contains(e, "another DATA_DIR") {
		t.Errorf("exit %d, %q; want 2 and what to do", code, e)
	}
}

func TestDemo_printsAccountsAndKeepsItsFleet(t *testing.T) {
	s := newConsole(t, 0).with("DEMO_PASSWORD", "demo-password-1")
	dir := t.TempDir()
	ready := regexp.MustCompile(`organization +(\S+)`)
	args := []string{"demo", "--projects", "20", "--days", "61", "--data", dir, "--seed", "7"}
	demo, first := s.serve(ready, args...)
	for _, a := range demoStaff {
		if !strings.Contains(demo.out.String(), a.email) {
			t.Errorf("%s is not printed", a.email)
		}
	}
	if code := demo.stop(); code != 0 {
		t.Errorf("stopped with %d:\n%s", code, demo.out)
	}
	_, second := s.serve(ready, args...)
	if first[1] != second[1] {
		t.Errorf("organization = %s, then %s", first[1], second[1])
	}
	if _, e, code := s.run("demo", "--projects", "21", "--data", dir); code != 2 || !strings.Contains(e, "--seed") {
		t.Errorf("another fleet in the same folder: exit %d, %q", code, e)
	}
	if _, e, code := s.run("demo", "--days", "3"); code != 2 || !strings.Contains(e, "--days") {
		t.Errorf("too few days: exit %d, %q", code, e)
	}
}

func TestReport_knowsTheCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{{nil, 0}, {errHelp, 0}, {errors.New("x"), 1}, {exit(2, errors.New("x")), 2}} {
		if got := report(c.err, io.Discard); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}
