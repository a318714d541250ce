package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"neonfleet/internal/db/dbtest"

	"github.com/google/go-cmp/cmp"
)

// crashChild makes the test's own binary the product, so that it can be killed.
const crashChild = "NEONFLEET_CRASH_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(crashChild) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(report(err, os.Stderr))
}

// simulatedProjects are 3 pages of simulatedPage and an empty one at the end.
const (
	simulatedProjects = 60
	simulatedPage     = "20"
)

// A crash is a moment at which a sync is killed: at the nth page of a part.
type crash struct {
	part part
	page int
	when moment
}

// A moment is one in the life of a page.
type moment string

const (
	asked     moment = "asked for"  // its request has reached Neon
	answered  moment = "answered"   // its answer is on the line, the store is not written yet
	committed moment = "committed"  // its rows are stored, nothing else has happened
	unstopped moment = "not at all" // the sync runs to its end
)

func (c crash) String() string { return fmt.Sprintf("page %d of %s %s", c.page, c.part, c.when) }

// Of a part whose pages come one after another, the moment after a commit is
// that of the next request; "committed" is for where none follows.
var crashes = []crash{
	{sweepPart, 1, asked}, {sweepPart, 2, answered}, {sweepPart, 3, asked}, {sweepPart, 4, committed},
	{usagePart, 1, answered}, {usagePart, 1, committed},
	{daysPart, 1, asked}, {daysPart, 2, answered}, {daysPart, 4, asked},
	{monthsPart, 1, answered}, {monthsPart, 3, asked}, {finalPart, 1, committed}, {finalPart, 2, committed},
	{countersPart, 1, answered}, {countersPart, 50, asked}, {countersPart, 4, committed},
}

// Whenever the process is killed, the next sync ends with the store that an
// uninterrupted one has, and asks Neon for one page (of single projects: one
// round of 40) a second time at most.
func TestKill9_losesNoDayAndRepeatsOnePageAtMost(t *testing.T) {
	whole := newVictim(t, "sqlite://"+filepath.Join(t.TempDir(), "fleet.db"))
	whole.sync(crash{when: unstopped})
	want, calls := whole.contents(), whole.neon.counts()
	if days := len(want["usage_day"]); days < 2000 {
		t.Fatalf("an uninterrupted sync has %d days", days)
	}
	if calls[countersPart] != 3*simulatedProjects {
		t.Errorf("an uninterrupted sync asked for single projects %d times, want three times each", calls[countersPart])
	}
	for i, c := range crashes {
		if raced && i%4 != 1 {
			continue // a sample, one of each step
		}
		t.Run(c.String(), func(t *testing.T) {
			crashAndGoOn(t, newVictim(t, "sqlite://"+filepath.Join(t.TempDir(), "fleet.db")), c, want, calls)
		})
	}
	t.Run("on Postgres", func(t *testing.T) {
		crashAndGoOn(t, newVictim(t, dbtest.PostgresURL(t)), crash{daysPart, 2, answered}, want, calls)
	})
}

func crashAndGoOn(t *testing.T, v *victim, c crash, want map[string][]string, calls map[part]int) {
	t.Helper()
	v.sync(c)
	v.leaseRunsOut()
	v.neon.lift()
	before := v.neon.counts()[c.part]
	v.neon.forget()
	v.sync(crash{when: unstopped})
	if diff := cmp.Diff(want, v.contents()); diff != "" {
		t.Errorf("the store differs from an uninterrupted sync's:\n%s", diff)
	}
	allowed := calls[c.part] + 1
	if c.part == countersPart {
		allowed = calls[c.part] + 40
	}
	if got := before + v.neon.counts()[c.part]; got > allowed {
		t.Errorf("asked for %d pages of %s, and %d without a crash: want one more at most", got, c.part, calls[c.part])
	}
}

// A victim is a dashboard on a store, and the Neon before which it is killed.
type victim struct {
	*testing.T
	url  string
	neon *executioner
}

func newVictim(t *testing.T, url string) *victim {
	t.Helper()
	return &victim{T: t, url: url, neon: newExecutioner(t, url)}
}

// sync runs "dashboard sync --full" as a process of its own, until its end or
// until it is killed.
func (v *victim) sync(c crash) {
	v.Helper()
	self, err := os.Executable()
	if err != nil {
		v.Fatal(err)
	}
	child := exec.CommandContext(v.Context(), self, "sync", "--full")
	child.Env = append(os.Environ(), crashChild+"=1", "NEON_API_URL="+v.neon.address+"/api/v2", "NEON_API_KEY=key", "NEON_ORG_ID=org-acme",
		"DATABASE_URL="+v.url, "DATA_DIR="+v.TempDir(), "CLOCK=neon", "NEON_REQUESTS_PER_MINUTE=100000", "NEON_CONSUMPTION_PER_MINUTE=100000",
		"LOG_FORMAT=text")
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	v.neon.await(c)
	if err := child.Start(); err != nil {
		v.Fatal(err)
	}
	v.neon.process <- child.Process
	err = child.Wait()
	v.neon.rest()
	if c.when == unstopped {
		if err != nil {
			v.Fatalf("sync --full: %v\n%s", err, out.String())
		}
		return
	}
	if !killed(err) {
		v.Fatalf("the sync was not killed: %v\n%s", err, out.String())
	}
}

// killed says whether a process ended by SIGKILL and by nothing else.
func killed(err error) bool {
	died, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return false
	}
	status, ok := died.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// leaseRunsOut is what 30 seconds do: a dead process cannot give its lease back.
func (v *victim) leaseRunsOut() {
	v.Helper()
	if _, err := v.neon.store.ExecContext(v.Context(), `UPDATE lease SET expires = 1`); err != nil {
		v.Fatal(err)
	}
}

// figures are the columns of usage that Neon bills, and the peak of storage.
// Active time is left out: it is known of a day once two sweeps have seen it,
// and a sync that goes on after a crash may be the second.
const figures = "cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h, storage_b"

// kept are the tables that hold the fleet, without the columns that a clock is in.
var kept = map[string]string{
	"usage_day":   "tenant, day, " + figures + ", CASE WHEN settled = 1 THEN 1 ELSE 0 END AS final",
	"usage_month": "month, tenant, " + figures + ", days_known, days_settled",
	"usage_part":  "tenant, day, starts, neon_plan, cu_s, root_bh, pub_b, priv_b",
	"fleet_day":   "day, plan, tenants, cu_n, known, storage_n, " + figures,
	"neon_period": "tenant, starts, neon_plan, ends",
	"tenant_plan": "tenant, from_day, plan, version",
	"fleet_sum":   "plan, meter, known, total",
	"tenant":      "id, project_id, name, plan, state, band, flags, usage_at, period_start, period_end, cu_s, active_s, storage_b, transfer_b, written_b",
	"settle":      "from_day, to_day, complete, final",
}

func (v *victim) contents() map[string][]string {
	v.Helper()
	all := map[string][]string{}
	for table, columns := range kept {
		rows, err := v.neon.store.QueryContext(v.Context(), "SELECT "+columns+" FROM "+table)
		if err != nil {
			v.Fatal(err)
		}
		all[table] = lines(v.T, rows)
	}
	all["settle"] = all["settle"][:1] // a sync of the whole settles again each time
	return all
}

// printable is a value as both engines give it.
func printable(value any) string {
	if b, ok := value.([]byte); ok {
		return string(b)
	}
	return strings.TrimSpace(fmt.Sprint(value))
}
