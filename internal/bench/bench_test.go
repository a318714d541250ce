package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db/dbtest"

	"github.com/google/go-cmp/cmp"
)

// The program is built and run as make bench does, because with the race
// detector in it a run takes a minute.
func TestProgram_writesThePage(t *testing.T) {
	program, out := filepath.Join(t.TempDir(), "bench"), filepath.Join(t.TempDir(), "docs", "performance.md")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	run := exec.CommandContext(t.Context(), program)
	run.Env = append(os.Environ(), "BENCH=quick", "BENCH_TENANTS=3000", "BENCH_OUT="+out)
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("run: %v\n%s", err, text)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	engines := []string{"SQLite"}
	if os.Getenv("TEST_DATABASE_URL") != "" {
		engines = append(engines, "Postgres")
	} else if !strings.Contains(string(b), "Left out: Postgres, because TEST_DATABASE_URL was not set") {
		t.Error("the page does not say that Postgres was left out")
	}
	checkPage(t, string(b), engines)
}

// checkPage looks for every figure that was promised, once for each engine.
func checkPage(t *testing.T, page string, engines []string) {
	t.Helper()
	for _, what := range []string{"list, first page, any sort", "list, page 30, any sort", "list, filtered, first page, any sort", "list, filtered, far page",
		"search, common word", "search, rare word", "search, one letter", "search, several, filters", "counts and chips", "tenant page without Neon, 30 days", "overview",
		"tenant-day, written tenant by tenant", "tenant-day, written day by day", "resident at most, syncing and serving", "sweep, own time ÷ Neon's",
		"usage of the active, own time ÷ Neon's", "a night's settle, own time ÷ Neon's", "list p95 while all steps sync at the default ceilings ÷ at rest",
		"list p95 beside a writer that runs flat out", "CSV of all tenants"} {
		row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(what) + `[^|]*\|.*[0-9].*\|$`)
		if got := len(row.FindAllString(page, -1)); got < len(engines) {
			t.Errorf("%q is there %d times, want one for each of %v", what, got, engines)
		}
	}
	for _, wrong := range []string{"NaN", "Inf", "<no value>", "%!", "127.0.0.1", os.TempDir()} {
		if strings.Contains(page, wrong) {
			t.Errorf("the page has %q in it", wrong)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

func TestPage_misses(t *testing.T) {
	bad := reading{group: group{name: "list", goal: listGoal, visits: make([]visit, 2)}, store: times{time.Millisecond}, http: times{time.Millisecond}, slowest: "by name", slowestAt: 51 * time.Millisecond}
	r := &result{subject: &subject{engine: "SQLite", tenants: 1, dayBytes: 40}, grown: 40, reads: []reading{bad}}
	p := &page{scale: scale{judged: true}, results: []*result{r}}
	if err := p.judge(); err == nil || !strings.Contains(p.summary(), "MISSED  SQLite: list: 1 / 1 1 / 1 51 (by name) (must 50 ms)") {
		t.Errorf("one view above what must hold: %v, and the summary\n%s", err, p.summary())
	}
	p.judged = false
	if err := p.judge(); err != nil {
		t.Errorf("a run too small to judge: %v", err)
	}
	p.judged, r.reads[0].slowestAt = true, 49*time.Millisecond
	if err := p.judge(); err != nil {
		t.Errorf("every view within what must hold: %v\n%s", err, p.summary())
	}
}

func TestGoal_of(t *testing.T) {
	both, mustOnly := goal{must: 50, aim: 5}, goal{must: 2}
	for _, c := range []struct {
		goal   goal
		figure float64
		want   verdict
	}{{both, 5, aimed}, {both, 5.1, held}, {both, 50, held}, {both, 50.1, missed}, {mustOnly, 1, held}, {mustOnly, 2.1, missed}, {goal{}, 1000, told}} {
		if got := c.goal.of(c.figure); got != c.want {
			t.Errorf("%v of %v = %q, want %q", c.figure, c.goal, got, c.want)
		}
	}
}

func TestTimes_at(t *testing.T) {
	var list times
	for i := range 100 {
		list = append(list, time.Duration(100-i)*time.Millisecond)
	}
	if list.p50() != 51*time.Millisecond || list.p95() != 96*time.Millisecond || (times{}).p95() != 0 || (times{7}).p95() != 7 {
		t.Errorf("p50 %v, p95 %v of 1 to 100 ms", list.p50(), list.p95())
	}
}

func TestNumber_writesThreeFigures(t *testing.T) {
	got := map[float64]string{}
	for _, n := range []float64{0, 0.0123, 0.5, 1, 1.234, 12, 12.34, 123.4, 1234567} {
		got[n] = number(n)
	}
	want := map[float64]string{0: "0", 0.0123: "0.012", 0.5: "0.50", 1: "1", 1.234: "1.23", 12: "12", 12.34: "12.3", 123.4: "123", 1234567: "1,234,567"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("numbers (-want +got):\n%s", d)
	}
}

func TestScaleOf_refusesWhatItDoesNotKnow(t *testing.T) {
	for _, env := range []map[string]string{{"BENCH": "fast"}, {"BENCH_TENANTS": "many"}, {"BENCH_TENANTS": "7"}} {
		if s, err := scaleOf(func(name string) string { return env[name] }); err == nil {
			t.Errorf("%v gave %+v, want an error", env, s)
		}
	}
	s, err := scaleOf(func(string) string { return "" })
	if err != nil || s.tenants != 300_000 || s.days != 30 || s.far != 1000 || !s.judged || s.year {
		t.Errorf("without settings: %+v, %v", s, err)
	}
}

// The raw client must do the work that the store does, or the ratio is a lie.
func TestPageSQL_findsTheRowsOfTheStore(t *testing.T) {
	for _, open := range []func() (*subject, error){
		func() (*subject, error) { return openSQLite(t.Context(), t.TempDir(), "fleet") },
		func() (*subject, error) { return openPostgres(t.Context(), serverOf(t)) },
	} {
		s, err := open()
		if err != nil {
			t.Fatal(err)
		}
		t.Run(s.engine, func(t *testing.T) {
			defer func() {
				if err := s.close(); err != nil {
					t.Error(err)
				}
			}()
			if err := dbtest.Generate(t.Context(), s.DB, 600, 0, 1); err != nil {
				t.Fatal(err)
			}
			comparePages(t, s)
		})
	}
}
