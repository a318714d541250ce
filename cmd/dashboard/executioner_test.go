package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/neon/neonsim"
)

// A part is a stretch of a sync that asks Neon for one kind of page.
type part string

const (
	sweepPart    part = "sweep"
	usagePart    part = "usage"
	daysPart     part = "days"
	monthsPart   part = "months"
	finalPart    part = "final" // asks Neon for nothing
	countersPart part = "counters"
)

// partOf says which part a request belongs to; "" none.
func partOf(r *http.Request) part {
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v2/")
	switch {
	case !ok:
		return ""
	case path == "projects":
		return sweepPart
	case strings.HasPrefix(path, "projects/"):
		return countersPart
	}
	return map[string]part{"hourly": usagePart, "daily": daysPart, "monthly": monthsPart}[r.URL.Query().Get("granularity")]
}

// An executioner stands before a simulated Neon whose time stands still, beside
// the store, and kills a process at the moment that was ordered.
type executioner struct {
	*testing.T
	address  string
	sim      *neonsim.Sim
	store    *sql.DB
	postgres bool

	mu      sync.Mutex
	order   crash
	process chan *os.Process // who is to be killed, once it has begun
	seen    map[part]int     // requests since the order
	total   map[part]int     // requests since forget
	begun   chan struct{}    // closed with the order's first request: then the store is open
	over    chan struct{}    // closed when the process is gone
	watched chan struct{}    // closed when nobody watches the store any more
}

func newExecutioner(t *testing.T, storeURL string) *executioner {
	t.Helper()
	noon := time.Date(2026, 11, 20, 12, 10, 0, 0, time.UTC)
	e := &executioner{T: t, order: crash{when: unstopped}, seen: map[part]int{}, total: map[part]int{}, postgres: strings.HasPrefix(storeURL, "postgres"),
		sim: neonsim.New(neonsim.Config{Projects: simulatedProjects, Seed: 7, Key: "key", Org: "org-acme", Anchor: noon, Limits: neonsim.Limits{Off: true},
			Now: func() time.Time { return noon }})}
	server := httptest.NewServer(http.HandlerFunc(e.answer))
	t.Cleanup(server.Close)
	e.address = server.URL
	driver, source := "pgx", storeURL
	if !e.postgres {
		file := url.URL{Scheme: "file", Path: strings.TrimPrefix(storeURL, "sqlite://"), RawQuery: "_pragma=busy_timeout(10000)&_txlock=immediate"}
		driver, source = "sqlite", file.String()
	}
	store, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	e.store = store
	return e
}

// await takes an order for the process that begins next.
func (e *executioner) await(c crash) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.order, e.process, e.seen = c, make(chan *os.Process, 1), map[part]int{}
	e.begun, e.over, e.watched = make(chan struct{}), make(chan struct{}), make(chan struct{})
	go e.watch(e.begun, e.over, e.watched)
}

// rest ends an order: the process is gone.
func (e *executioner) rest() {
	close(e.over)
	<-e.watched
	e.mu.Lock()
	defer e.mu.Unlock()
	e.order = crash{when: unstopped}
}

func (e *executioner) ordered() crash {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.order
}

func (e *executioner) kill() {
	e.mu.Lock()
	process := e.process
	e.mu.Unlock()
	if err := (<-process).Kill(); err != nil {
		e.Errorf("kill: %v", err)
	}
}

// answer lets a request through in small pages, or kills who sent it.
func (e *executioner) answer(w http.ResponseWriter, r *http.Request) {
	p := partOf(r)
	e.mu.Lock()
	if len(e.seen) == 0 && e.order.when != unstopped {
		e.lay(e.order)
		close(e.begun)
	}
	e.seen[p]++
	e.total[p]++
	order, mine := e.order, p != "" && p == e.order.part && e.seen[p] == e.order.page
	e.mu.Unlock()
	q := r.URL.Query()
	if q.Has("limit") && !q.Has("project_ids") {
		q.Set("limit", simulatedPage)
		r.URL.RawQuery = q.Encode()
	}
	switch {
	case mine && order.when == asked:
		e.kill()
	case mine && order.when == answered:
		e.answerAndKill(w, r)
	default:
		e.sim.ServeHTTP(w, r)
	}
}

// answerAndKill sends the answer while nobody can write into the store, and
// kills before anybody can.
func (e *executioner) answerAndKill(w http.ResponseWriter, r *http.Request) {
	err := e.locked(r.Context(), func() {
		e.sim.ServeHTTP(w, r)
		if err := http.NewResponseController(w).Flush(); err != nil {
			e.Errorf("flush: %v", err)
		}
		e.kill()
	})
	if err != nil {
		e.Errorf("lock the store: %v", err)
	}
}

// locked does something while nobody else can write into the store.
func (e *executioner) locked(ctx context.Context, do func()) error {
	tx, err := e.store.BeginTx(context.WithoutCancel(ctx), nil) // who asked is killed, and its request ends
	if err != nil {
		return err
	}
	if e.postgres {
		if _, err := tx.ExecContext(context.WithoutCancel(ctx), `LOCK TABLE sync_run IN EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	do()
	return tx.Rollback()
}

// steps are the parts whose committed pages the store counts by themselves.
var steps = map[part]string{sweepPart: "sweep", usagePart: "usage", countersPart: "counters", finalPart: "settle"}

// snare stops the process in the middle of a transaction, with a trigger that
// counts for hours: of the first write after the ordered page. Of closing a
// settle the first page is before it is noted as complete, the second when its
// days are marked and it is about to be closed.
func (c crash) snare() string {
	when := fmt.Sprintf("AFTER UPDATE ON sync_run WHEN OLD.step = '%s' AND OLD.pages = %d", steps[c.part], c.page)
	if c.part == finalPart {
		when = "AFTER UPDATE OF " + map[int]string{1: "complete", 2: "final"}[c.page] + " ON settle"
	}
	return "CREATE TRIGGER snare " + when + " BEGIN SELECT count(*) FROM usage_day a, usage_day b, usage_day c, tenant d, tenant e, tenant f, tenant g; END"
}

func (e *executioner) lay(c crash) {
	if c.when != committed {
		return
	}
	if _, err := e.store.ExecContext(e.Context(), c.snare()); err != nil {
		e.Errorf("lay a snare: %v", err)
	}
}

// lift takes the snare away: the next process is to run to its end.
func (e *executioner) lift() {
	if e.postgres {
		return // none is laid there
	}
	if _, err := e.store.ExecContext(e.Context(), `DROP TRIGGER IF EXISTS snare`); err != nil {
		e.Errorf("lift the snare: %v", err)
	}
}

// watch looks into the store and kills once the ordered page is committed: the
// process is in the snare then, or runs into it.
func (e *executioner) watch(begun, over <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	select {
	case <-begun:
	case <-over:
	}
	for c := e.ordered(); c.when == committed; {
		select {
		case <-over:
			return
		default:
		}
		if e.reached(c) {
			e.kill()
			return
		}
	}
}

// reached says whether the ordered page is in the store.
func (e *executioner) reached(c crash) bool {
	var pages int
	var cursor string
	err := e.store.QueryRowContext(e.Context(), `SELECT r.pages, c.cursor FROM sync_cursor c JOIN sync_run r ON r.id = c.run WHERE c.step = $1`,
		steps[c.part]).Scan(&pages, &cursor)
	if err != nil {
		return false // not begun
	}
	if c.part == finalPart {
		return strings.Contains(cursor, `"final"`) && (c.page == 1 || strings.Contains(cursor, `"After"`))
	}
	return pages >= c.page
}

// counts are the requests of each part since forget.
func (e *executioner) counts() map[part]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := map[part]int{}
	for p, n := range e.total {
		all[p] = n
	}
	return all
}

func (e *executioner) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.total = map[part]int{}
}

// lines are rows as text.
func lines(t *testing.T, rows *sql.Rows) (list []string) {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	order := make([]int, len(columns)) // the engines name the columns in their own order
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(columns[a], columns[b]) })
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, i := range order {
			line = append(line, columns[i]+"="+printable(*values[i].(*any)))
		}
		list = append(list, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}
