package observe_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
	"neonfleet/internal/observe"
)

var noon = time.Date(2026, 11, 20, 12, 10, 0, 0, time.UTC)

// A desk is somebody looking at a fleet that was swept at noon.
type desk struct {
	*testing.T
	sim    *neonsim.Sim
	store  *db.DB
	wire   *wire
	client *neon.Client
	reader *observe.Reader
	id     string // of a busy project
}

// wire hands requests to the simulator, after a while if it is slow.
type wire struct {
	sim  *neonsim.Sim
	slow time.Duration
	dead bool
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.dead {
		return nil, errors.New("connection refused")
	}
	if err := (neon.SystemClock{}).Wait(r.Context(), w.slow); err != nil {
		return nil, err
	}
	answer, arrived := httptest.NewRecorder(), r.Clone(r.Context())
	arrived.Body = http.NoBody
	w.sim.ServeHTTP(answer, arrived)
	return answer.Result(), nil
}

func sit(t *testing.T, store *db.DB) *desk {
	t.Helper()
	sim := neonsim.New(neonsim.Config{Projects: 60, Seed: 7, Key: "key", Org: "org-acme", Anchor: noon, Limits: neonsim.Limits{Off: true},
		Now: func() time.Time { return noon }})
	d := &desk{T: t, sim: sim, store: store, wire: &wire{sim: sim}}
	d.id = sim.Find(func(c neonsim.Casting) bool { return c.Cast == neonsim.Busy })[0]
	client, err := neon.New(neon.Config{BaseURL: "http://neon.test/api/v2", Key: "key", Org: "org-acme", HTTP: &http.Client{Transport: d.wire}})
	d.must(err)
	d.client = client
	d.reader = &observe.Reader{Neon: client, DB: store, Now: sim.Now}
	d.sweep()
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) sweep() {
	d.Helper()
	for p, err := range d.client.Projects.Pages(d.Context(), neon.ProjectQuery{}) {
		d.must(err)
		page := db.SweepPage{At: d.sim.Now()}
		for _, item := range p.Items {
			page.Projects = append(page.Projects, observe.Listed(item))
		}
		_, err := d.store.SweepPage(d.Context(), page)
		d.must(err)
	}
}

func (d *desk) look() observe.Seen {
	d.Helper()
	seen, err := d.reader.Look(d.Context(), fleet.TenantID(d.id))
	d.must(err)
	return seen
}

func TestLook_showsWhatNeonSaysNowAndStoresIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		d := sit(t, store)
		seen := d.look()
		if !seen.Live || seen.Why != "" || !seen.Project.At.Equal(noon) || len(seen.Project.Branches) == 0 || len(seen.Project.Endpoints) == 0 {
			t.Fatalf("seen %+v, want branches and computes, live", seen)
		}
		got, err := store.Detail(t.Context(), fleet.TenantID(d.id), noon)
		d.must(err)
		p, err := d.client.Projects.Get(t.Context(), d.id)
		d.must(err)
		if got.Counters[fleet.Written] != fleet.Of(*p.WrittenDataBytes) || !got.CountersAt.Equal(noon) || !got.EndpointsAt.Equal(noon) || !got.BranchAt.Equal(noon) {
			t.Errorf("stored %+v, want the counters, computes and largest branch of noon", got)
		}
		if got.Tenant.StorageOfBranch != seen.Project.LargestBranch() || len(got.Endpoints) != len(seen.Project.Endpoints) {
			t.Errorf("largest branch %v, %d computes; want %v and %d", got.Tenant.StorageOfBranch, len(got.Endpoints), seen.Project.LargestBranch(), len(seen.Project.Endpoints))
		}
		kept, ok, err := store.Live(t.Context(), fleet.TenantID(d.id))
		if err != nil || !ok || len(kept.Branches) != len(seen.Project.Branches) {
			t.Errorf("kept %+v, %v, %v", kept, ok, err)
		}
	})
}

func TestLook_showsWhatWasSeenLastAndWhyWhereNeonDoesNotAnswerWell(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault neonsim.Fault
		says  string
	}{
		{"gone", neonsim.Fault{Status: 404}, "no project of this id"},
		{"a proxy's page", neonsim.Fault{Status: 404, Body: "<html>no</html>"}, "in Neon's place"},
		{"HTML where JSON should be", neonsim.Fault{Body: "<html>hello</html>"}, "could not be used"},
		{"half an object", neonsim.Fault{Body: "{}"}, "could not be used"},
		{"refused", neonsim.Fault{Status: 400}, "Neon refused"},
		{"no right", neonsim.Fault{Status: 401}, "Neon refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := sit(t, dbtest.SQLite(t))
			before := d.look()
			c.fault.Path = "/api/v2/projects/" + d.id
			d.sim.SetFaults([]neonsim.Fault{c.fault})
			d.sim.Advance(time.Hour)
			seen := d.look()
			if seen.Live || !strings.Contains(seen.Why, c.says) || !strings.HasSuffix(seen.Why, ".") || strings.Contains(seen.Why, "<") {
				t.Errorf("live %v, why %q; want it to say %q", seen.Live, seen.Why, c.says)
			}
			if !seen.Project.At.Equal(noon) || len(seen.Project.Branches) != len(before.Project.Branches) {
				t.Errorf("project %+v, want it as seen at noon", seen.Project)
			}
			if got, err := d.store.Detail(t.Context(), fleet.TenantID(d.id), d.sim.Now()); err != nil || got.Tenant.State == fleet.StateMissing {
				t.Errorf("state %v, %v: a look alone makes nobody missing", got.Tenant.State, err)
			}
		})
	}
}

func TestLook_givesASlowNeonTwoSeconds(t *testing.T) {
	for name, slow := range map[string]struct {
		answer time.Duration
		status int
		says   string
	}{
		"no answer in time":   {answer: time.Minute, says: "did not answer within two seconds"},
		"failing all the way": {answer: 50 * time.Millisecond, status: 503, says: "503"},
		"throttled":           {answer: 50 * time.Millisecond, status: 429, says: "rate limit"},
	} {
		t.Run(name, func(t *testing.T) {
			d := sit(t, dbtest.SQLite(t))
			d.look()
			synctest.Test(t, func(t *testing.T) {
				client, err := neon.New(neon.Config{BaseURL: "http://neon.test/api/v2", Key: "key", Org: "org-acme", HTTP: &http.Client{Transport: d.wire}})
				d.must(err)
				d.reader.Neon, d.wire.slow = client, slow.answer
				if slow.status != 0 {
					d.sim.SetFaults([]neonsim.Fault{{Status: slow.status}})
				}
				began := time.Now()
				seen, err := d.reader.Look(t.Context(), fleet.TenantID(d.id))
				d.must(err)
				if took := time.Since(began); took > 2*time.Second {
					t.Errorf("it took %v", took)
				}
				if seen.Live || !strings.Contains(seen.Why, slow.says) || seen.Project.At.IsZero() {
					t.Errorf("seen %+v, want what was seen last and %q", seen, slow.says)
				}
				synctest.Wait()
			})
		})
	}
}

func TestLook_ofADeadLineAndNobodyWhoEverLooked(t *testing.T) {
	d := sit(t, dbtest.SQLite(t))
	synctest.Test(t, func(t *testing.T) {
		client, err := neon.New(neon.Config{BaseURL: "http://neon.test/api/v2", Key: "key", Org: "org-acme", HTTP: &http.Client{Transport: d.wire}})
		d.must(err)
		d.reader.Neon, d.wire.dead = client, true
		seen, err := d.reader.Look(t.Context(), fleet.TenantID(d.id))
		d.must(err)
		if seen.Live || seen.Why == "" || !seen.Project.At.IsZero() {
			t.Errorf("seen %+v, want nothing and why", seen)
		}
	})
}

func TestLook_endsWithTheBrowser(t *testing.T) {
	d := sit(t, dbtest.SQLite(t))
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := d.reader.Look(ctx, fleet.TenantID(d.id)); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}
