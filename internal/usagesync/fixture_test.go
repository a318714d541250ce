package usagesync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
	"neonfleet/internal/usagesync"
)

// noon is where the simulated clock of most tests begins: late in a month, in
// the middle of a day.
var noon = time.Date(2026, 11, 20, 12, 10, 0, 0, time.UTC)

// A world is a simulated Neon, a store, and a dashboard's sync between them.
// Time stands still unless a test moves it.
type world struct {
	*testing.T
	sim   *neonsim.Sim
	store *db.DB
	wire  *wire
	log   *logged
	jobs  *usagesync.Jobs
	procs int
}

// start makes a world with so many projects.
func start(t *testing.T, store *db.DB, projects int) *world {
	t.Helper()
	return startAt(t, store, neonsim.Config{Projects: projects, Anchor: noon})
}

func startAt(t *testing.T, store *db.DB, cfg neonsim.Config) *world {
	t.Helper()
	cfg.Seed, cfg.Key, cfg.Org, cfg.Limits = 7, "key", "org-acme", neonsim.Limits{Off: true}
	began := noon
	cfg.Now = func() time.Time { return began }
	w := &world{T: t, sim: neonsim.New(cfg), store: store, log: &logged{}}
	w.wire = &wire{handler: w.sim}
	w.must(store.SeedPlans(t.Context(), fleet.FirstPlans(), noon))
	w.restart()
	return w
}

// restart is a new process of the dashboard on the same store. The one before
// gave its lease back or it ran out.
func (w *world) restart() *usagesync.Jobs {
	w.Helper()
	w.exec(`DELETE FROM lease`)
	w.jobs = w.process()
	return w.jobs
}

// process is a process of the dashboard, with a budget that never waits.
func (w *world) process() *usagesync.Jobs {
	w.Helper()
	w.procs++
	clock := &jumping{now: noon}
	client, err := neon.New(neon.Config{BaseURL: "http://neon.test/api/v2", Key: "key", Org: "org-acme", Clock: clock,
		HTTP:   &http.Client{Transport: w.wire},
		Budget: neon.NewBudget(neon.BudgetConfig{PerMinute: 1e9, ConsumptionPerMinute: 1e9, PerRoutePerSecond: 1e9, Clock: clock})})
	w.must(err)
	return &usagesync.Jobs{Syncer: &usagesync.Syncer{DB: w.store, Neon: client.In(neon.Sync), Now: w.sim.Now, Every: 5 * time.Minute, Keep: 400,
		Log: slog.New(slog.NewTextHandler(w.log, nil)), Owner: fmt.Sprint("process-", w.procs)}}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// sync runs everything that is due in the foreground.
func (w *world) sync(whole bool) {
	w.Helper()
	w.must(w.jobs.Once(w.Context(), "test", whole))
}

// sweep and settle are single steps, as the scheduler runs them.
func (w *world) sweep() error  { return w.jobs.Sweep(w.Context()) }
func (w *world) settle() error { return w.jobs.Settle(w.Context(), "test") }

// pass lets time go by, at Neon and here.
func (w *world) pass(d time.Duration) { w.sim.Advance(d) }

func (w *world) detail(id string) db.TenantDetail {
	w.Helper()
	d, err := w.store.Detail(w.Context(), fleet.TenantID(id), w.sim.Now())
	if err != nil {
		w.Fatalf("detail of %s: %v", id, err)
	}
	return d
}

func (w *world) state(id string) fleet.State { w.Helper(); return w.detail(id).Tenant.State }

// days are a tenant's days between two, both included.
func (w *world) days(id string, from, to fleet.Day) []fleet.DayUsage {
	w.Helper()
	list, err := w.store.UsageDays(w.Context(), w.detail(id).Tenant.Local, from, to)
	w.must(err)
	return list
}

// last is the newest record of a step.
func (w *world) last(step fleet.Step) fleet.SyncRun {
	w.Helper()
	runs, err := w.store.SyncRuns(w.Context(), 200)
	w.must(err)
	for _, r := range runs {
		if r.Step == step {
			return r
		}
	}
	w.Fatalf("no run of %s", step)
	return fleet.SyncRun{}
}

// says checks that the newest record of a step failed and tells people why.
func (w *world) says(step fleet.Step, want string) {
	w.Helper()
	if r := w.last(step); r.Complete || r.Finished.IsZero() || !strings.Contains(r.Problem, want) {
		w.Errorf("the record of %s: complete %v, problem %q; want a failure that says %q", step, r.Complete, r.Problem, want)
	}
}

// count is one number from the store.
func (w *world) count(query string, args ...any) (n int64) {
	w.Helper()
	w.must(w.store.Raw().QueryRowContext(w.Context(), query, args...).Scan(&n))
	return n
}

// exec changes the store past its methods: what only time or a crash would do.
func (w *world) exec(statement string, args ...any) {
	w.Helper()
	_, err := w.store.Raw().ExecContext(w.Context(), statement, args...)
	w.must(err)
}

// find is the first project that suits.
func (w *world) find(suits func(neonsim.Casting) bool) string {
	w.Helper()
	ids := w.sim.Find(suits)
	if len(ids) == 0 {
		w.Fatal("the fleet has no project for this test")
	}
	return ids[0]
}

// ask is a person's client of the simulated Neon, past the wire's tricks.
func (w *world) ask() *neon.Client {
	w.Helper()
	clock := &jumping{now: noon}
	client, err := neon.New(neon.Config{BaseURL: "http://neon.test/api/v2", Key: "key", Org: "org-acme", Clock: clock, HTTP: &http.Client{Transport: &wire{handler: w.sim}}})
	w.must(err)
	return client
}

// A jumping clock is there at once when it should wait.
type jumping struct {
	mu  sync.Mutex
	now time.Time
}

func (c *jumping) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *jumping) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// A wire is the network to the simulator. Tests put themselves between.
type wire struct {
	handler http.Handler
	mu      sync.Mutex
	between func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error)
	log     []string // path and query of every request that was let through
}

// RoundTrip hands the request over without a network.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w.mu.Lock()
	between := w.between
	w.mu.Unlock()
	if between == nil {
		return w.send(r), nil
	}
	return between(r, w.send)
}

func (w *wire) send(r *http.Request) *http.Response {
	w.mu.Lock()
	w.log = append(w.log, r.URL.Path+"?"+r.URL.RawQuery)
	w.mu.Unlock()
	answer, arrived := httptest.NewRecorder(), r.Clone(r.Context())
	if arrived.Body == nil { // a server's request always has one
		arrived.Body = http.NoBody
	}
	w.handler.ServeHTTP(answer, arrived)
	return answer.Result()
}

// put puts somebody between, nil nobody.
func (w *wire) put(between func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.between = between
}

// sent are the requests so far whose path has a part, and forgets them.
func (w *wire) sent(part string) (list []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.log {
		if strings.Contains(r, part) {
			list = append(list, r)
		}
	}
	w.log = nil
	return list
}

// smallPages makes lists come in pages of so many, whatever is asked for.
func smallPages(n int) func(*http.Request, func(*http.Request) *http.Response) (*http.Response, error) {
	return func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		return send(shorter(r, n)), nil
	}
}

func shorter(r *http.Request, n int) *http.Request {
	q := r.URL.Query()
	if !q.Has("limit") || q.Has("project_ids") {
		return r
	}
	r = r.Clone(r.Context())
	q.Set("limit", fmt.Sprint(n))
	r.URL.RawQuery = q.Encode()
	return r
}

// body reads and replaces the body of an answer.
func body(t *testing.T, resp *http.Response, change func(string) string) *http.Response {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	text := change(string(b))
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	resp.Header.Del("Content-Length")
	return resp
}

// A logged is a log that tests read.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// each runs a test in a world on every engine.
func each(t *testing.T, projects int, test func(w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, store *db.DB) { test(start(t, store, projects)) })
}

func sqlite(t *testing.T) *db.DB { t.Helper(); return dbtest.SQLite(t) }

// contents are the rows of the tables that hold what is known of the fleet,
// without the records of how it came to be known.
func (w *world) contents() map[string][]string {
	w.Helper()
	all := map[string][]string{}
	for _, table := range []string{"tenant", "tenant_detail", "tenant_plan", "usage_day", "usage_month", "fleet_day", "neon_period", "usage_part",
		"settle", "unavailable", "endpoint", "facet", "fleet_sum", "seen_day", "region", "settings"} {
		all[table] = w.rows(table)
	}
	w.nameSettings(all)
	return all
}

// nameSettings puts what settings say in place of their numbers: those are
// given in any order.
func (w *world) nameSettings(all map[string][]string) {
	keys := map[string]string{}
	for i, line := range all["settings"] {
		no, rest, _ := strings.Cut(line, " ")
		key, _, _ := strings.Cut(rest, " ")
		keys[strings.TrimPrefix(no, "no=")], all["settings"][i] = key, rest
	}
	slices.Sort(all["settings"])
	for i, line := range all["tenant"] {
		before, rest, _ := strings.Cut(line, " settings=")
		no, after, _ := strings.Cut(rest, " ")
		all["tenant"][i] = before + " settings=" + keys[no] + " " + after
	}
}

func (w *world) rows(table string) (list []string) {
	w.Helper()
	rows, err := w.store.Raw().QueryContext(w.Context(), "SELECT * FROM "+table)
	w.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.must(err)
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		w.must(rows.Scan(values...))
		var line []string
		for i, v := range values {
			line = append(line, fmt.Sprintf("%s=%v", columns[i], *v.(*any)))
		}
		list = append(list, strings.Join(line, " "))
	}
	w.must(rows.Err())
	slices.Sort(list)
	return list
}

// without takes a project out of an answer of consumption.
func without(t *testing.T, id string) func(string) string {
	t.Helper()
	return func(text string) string {
		answer := object(t, text)
		list, _ := answer["projects"].([]any)
		answer["projects"] = slices.DeleteFunc(list, func(p any) bool {
			project, _ := p.(map[string]any)
			return project["project_id"] == id
		})
		return encoded(t, answer)
	}
}

// cursorOf and withCursor read and replace where an answer goes on.
func cursorOf(t *testing.T, text string) string {
	t.Helper()
	pagination, _ := object(t, text)["pagination"].(map[string]any)
	cursor, _ := pagination["cursor"].(string)
	return cursor
}

func withCursor(t *testing.T, text, cursor string) string {
	t.Helper()
	answer := object(t, text)
	answer["pagination"] = map[string]string{"cursor": cursor}
	return encoded(t, answer)
}

func object(t *testing.T, text string) (answer map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // byte-hours are larger than a float holds exactly
	if err := d.Decode(&answer); err != nil {
		t.Error(err)
	}
	return answer
}

func encoded(t *testing.T, answer map[string]any) string {
	t.Helper()
	b, err := json.Marshal(answer)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
