package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/handlers"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
	"neonfleet/internal/observe"
	"neonfleet/internal/usagesync"
)

// What everybody's accounts and the client share.
const (
	password = "tundra walks by night 7"
	apiKey   = "napi_secret_of_the_platform"
)

// theHash is password's, made once: hashing is slow on purpose.
var theHash = sync.OnceValues(func() (string, error) { return auth.NewHasher(1).Hash(context.Background(), password) })

// neonLine is the way to the simulated Neon, without a network; it can be cut.
type neonLine struct {
	sim *neonsim.Sim
	cut atomic.Bool
}

func (l *neonLine) RoundTrip(r *http.Request) (_ *http.Response, err error) {
	defer func() {
		if cause := recover(); cause != nil { // the simulator ends a connection as net/http's handlers do
			err = cmp.Or(r.Context().Err(), fmt.Errorf("connection reset: %v", cause))
		}
	}()
	if l.cut.Load() {
		return nil, errors.New("connection refused")
	}
	w, arrived := httptest.NewRecorder(), r.Clone(r.Context())
	if arrived.Body == nil {
		arrived.Body = http.NoBody
	}
	l.sim.ServeHTTP(w, arrived)
	if err := r.Context().Err(); err != nil { // a recorder has no connection to notice it by
		return nil, err
	}
	return w.Result(), nil
}

// lockedBuffer takes log lines from several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// site is a dashboard with everything real but Neon, whose clock stands still.
type site struct {
	*httptest.Server
	t       *testing.T
	store   *db.DB
	sim     *neonsim.Sim
	line    *neonLine
	client  *neon.Client
	log     *lockedBuffer
	handler http.Handler
	system  atomic.Int64 // the system's clock, moved by tests
}

// setting is what a test wants otherwise.
type setting struct {
	store    *db.DB
	projects int
	baseURL  string
	trusted  []netip.Prefix
	skew     time.Duration
	budget   func() fleet.Budget // instead of the client's
}

// newSite serves a store that is empty but for plans and one account per role.
func newSite(t *testing.T, with setting) *site {
	t.Helper()
	s := &site{t: t, store: with.store, log: &lockedBuffer{}}
	if s.store == nil {
		s.store = dbtest.SQLite(t)
	}
	s.system.Store(dbtest.Now().Unix())
	s.sim = neonsim.New(neonsim.Config{Projects: with.projects, Seed: 1, Key: apiKey, Org: "org-acme", Limits: neonsim.Limits{Off: true}, Now: dbtest.Now})
	s.line = &neonLine{sim: s.sim}
	s.client = newClient(t, s.line)
	must(t, s.store.SeedPlans(t.Context(), fleet.FirstPlans(), dbtest.Now()))
	s.staff()
	s.Server = httptest.NewUnstartedServer(nil)
	s.handler = s.build(with)
	s.Config.Handler = s.handler
	requests, stop := context.WithCancel(context.Background())
	s.Config.RegisterOnShutdown(stop)
	s.Config.BaseContext = listening(requests)
	s.Start()
	t.Cleanup(func() { stop(); s.Close() })
	return s
}

func newClient(t *testing.T, line http.RoundTripper) *neon.Client {
	t.Helper()
	client, err := neon.New(neon.Config{BaseURL: "http://neon.test/api/v2", Key: apiKey, Org: "org-acme", HTTP: &http.Client{Transport: line},
		Budget: neon.NewBudget(neon.BudgetConfig{PerMinute: 1e6, ConsumptionPerMinute: 1e6, PerRoutePerSecond: 1e5})})
	must(t, err)
	return client
}

func (s *site) build(with setting) http.Handler {
	s.t.Helper()
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if with.baseURL == "" {
		with.baseURL = "http://" + s.Listener.Addr().String()
	}
	base, err := url.Parse(with.baseURL)
	must(s.t, err)
	sessions, err := auth.NewStore(s.store, [][]byte{[]byte("a key of thirty-two bytes, or so")}, base.Scheme == "https", s.now, log)
	must(s.t, err)
	desk := &auth.Desk{Accounts: s.store, Hasher: auth.NewHasher(2), Throttle: auth.NewThrottle(s.store, s.now), Sessions: sessions, Now: s.now}
	if with.budget == nil {
		with.budget = func() fleet.Budget { return observe.Budget(s.client.Budget().Snapshot()) }
	}
	h, err := handlers.New(handlers.Deps{DB: s.store, Desk: desk, Log: log, Now: dbtest.Now, Hint: "Try ada@example.com.",
		Live:    &observe.Reader{Neon: s.client, DB: s.store, Now: dbtest.Now},
		Sync:    handlers.SyncView{Every: 5 * time.Minute, Owner: "me", Skew: func() time.Duration { return with.skew }, Budget: with.budget},
		BaseURL: base, TrustedProxies: with.trusted})
	must(s.t, err)
	return h
}

func (s *site) now() time.Time { return time.Unix(s.system.Load(), 0).UTC() }

// wait moves the system's clock.
func (s *site) wait(d time.Duration) { s.system.Add(int64(d.Seconds())) }

// staff gives each role an account: viewer@example.com and so on.
func (s *site) staff() {
	s.t.Helper()
	hash, err := theHash()
	must(s.t, err)
	for _, role := range fleet.Roles() {
		_, err := s.store.CreateStaff(s.t.Context(), fleet.Actor{Email: "test"}, email(role), role, hash, s.now())
		must(s.t, err)
	}
}

func email(r fleet.Role) string { return string(r) + "@example.com" }

// sync brings what Neon has into the store, all four steps.
func (s *site) sync() {
	s.t.Helper()
	jobs := &usagesync.Jobs{Syncer: &usagesync.Syncer{DB: s.store, Neon: s.client.In(neon.Sync), Now: dbtest.Now, Every: 5 * time.Minute,
		Keep: 400, Log: slog.New(slog.DiscardHandler), Owner: "me"}}
	must(s.t, jobs.Lead(s.t.Context()))
	must(s.t, jobs.Once(s.t.Context(), "test", true))
}

// filled are stores made once and copied for each test: filling takes long.
type filled struct {
	once sync.Once
	path string
	err  error
}

var (
	synced    filled // the simulated fleet of syncedProjects, all steps done
	generated filled // generatedTenants of dbtest's
)

const (
	syncedProjects   = 40
	generatedTenants = 700
)

var folder string // of the filled stores; TestMain makes and removes it

// newSynced is a site over what a sync of the simulated Neon brought.
func newSynced(t *testing.T, with setting) *site {
	t.Helper()
	with.projects = syncedProjects
	with.store = synced.open(t, "synced.db", func(t *testing.T, store *db.DB) {
		s := newSite(t, setting{store: store, projects: syncedProjects})
		s.sync()
		emptyStaff(t, store)
	})
	return newSite(t, with)
}

// newGenerated is a site over a larger fleet that Neon knows nothing of.
func newGenerated(t *testing.T) *site {
	t.Helper()
	return newSite(t, setting{store: generated.open(t, "generated.db", func(t *testing.T, store *db.DB) {
		must(t, dbtest.Generate(t.Context(), store, generatedTenants-len(hostile), 40, 7))
		must(t, store.Load(t.Context(), hostileTenants()))
	})})
}

// open copies the store, made first where it is not there yet.
func (f *filled) open(t *testing.T, name string, fill func(*testing.T, *db.DB)) *db.DB {
	t.Helper()
	f.once.Do(func() {
		f.path, f.err = filepath.Join(folder, name), errors.New("filling the store failed in another test")
		store := dbtest.SQLite(t)
		fill(t, store)
		f.err = store.BackupTo(t.Context(), f.path)
	})
	must(t, f.err)
	source := dbtest.Open(t, "sqlite://"+f.path)
	file := filepath.Join(t.TempDir(), name)
	must(t, source.BackupTo(t.Context(), file))
	return dbtest.Open(t, "sqlite://"+file)
}

// emptyStaff removes the accounts of the site that filled a store.
func emptyStaff(t *testing.T, store *db.DB) {
	t.Helper()
	for _, table := range []string{"session", "preference", "staff"} {
		_, err := store.Raw().ExecContext(t.Context(), "DELETE FROM "+table)
		must(t, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newJar(t *testing.T) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return jar
}
