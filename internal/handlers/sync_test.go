package handlers_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// beginSweep is a sync that runs, of the owner, with 800 of 12,400 rows read.
func (s *site) beginSweep(owner string) int64 {
	s.t.Helper()
	ok, err := s.store.TakeSyncLease(s.t.Context(), owner, time.Hour)
	if must(s.t, err); !ok {
		s.t.Fatal("the lease is taken")
	}
	start, err := s.store.BeginStep(s.t.Context(), owner, fleet.Sweep, "schedule", "", dbtest.Now().Add(-time.Minute))
	must(s.t, err)
	_, err = s.store.Raw().ExecContext(s.t.Context(), `UPDATE sync_run SET row_count = 800, pages = 2, calls = 2, total = 12400 WHERE id = $1`, start.Run)
	must(s.t, err)
	return start.Run
}

func TestSync_startIsAWishAndAnEntry(t *testing.T) {
	s := newSite(t, setting{})
	for _, role := range []fleet.Role{fleet.Support, fleet.Admin} {
		v := s.as(role)
		if got := v.get("/sync").doc.Find("form[action='/sync'] button").Text(); got != "Sync now" {
			t.Errorf("the button says %q", got)
		}
		p := v.post("/sync", nil)
		if p.Request.URL.Path != "/sync" {
			t.Errorf("it leads to %s", p.Request.URL)
		}
		p.is(http.StatusOK).says("#live", "A sync was asked for and begins within seconds.")
	}
	wish, ok, err := s.store.PendingSyncRequest(t.Context())
	if must(t, err); !ok || wish.By.Email != email(fleet.Support) || wish.Whole || !wish.At.Equal(s.now()) {
		t.Errorf("wish = %+v, %v; want the first one's", wish, ok)
	}
	if got := s.audited("start sync"); len(got) != 2 || got[1].By.Email != email(fleet.Support) || got[1].By.RequestID == "" || got[1].Outcome != fleet.Done {
		t.Errorf("audit has %+v", got)
	}
	viewer := s.as(fleet.Viewer)
	viewer.get("/sync").says("main", "Support or Admin can start a sync.")
	viewer.post("/sync", nil).is(http.StatusForbidden)
	if got := s.audited("start sync"); len(got) != 2 {
		t.Error("a viewer started one")
	}
}

func TestSync_showsWhatRunsAndWhatItCosts(t *testing.T) {
	s := newSynced(t, setting{})
	v := s.as(fleet.Viewer)
	v.get("/tenants/" + s.sim.IDs()[0] + "/branches")
	p := v.get("/sync").is(http.StatusOK)
	p.says("main", "Settled through 18 Nov 2026", "Sweep", "Usage of the active", "Settle", "Counters", "Complete 40 rows", "Past runs", "Next sweep")
	p.says("#live", "Nothing is running.", "Requests", "of 1,000,000 in the last minute", "person 4 run 0 sync 0", "GET /projects/{project_id}/branches 1", "Consumption 0 of")
	s.beginSweep("me")
	v.get("/sync").says("#live", "Sweep 800 of 12,400 rows 2 pages, 2 calls, since 14:44")
}

func TestSync_warnsOfClocksApart(t *testing.T) {
	newSite(t, setting{skew: 3 * time.Minute}).as(fleet.Viewer).get("/sync").says("main", "This machine's clock is 3 min ahead of Neon's.")
	newSite(t, setting{skew: -5 * time.Minute}).as(fleet.Viewer).get("/sync").says("main", "This machine's clock is 5 min behind Neon's.")
	if got := newSite(t, setting{skew: 20 * time.Second}).as(fleet.Viewer).get("/sync").text("main"); strings.Contains(got, "clock") {
		t.Errorf("20 s are worth a warning: %q", got)
	}
}

func TestSync_saysWhereAnotherInstanceSyncs(t *testing.T) {
	s := newSite(t, setting{})
	s.beginSweep("another")
	s.as(fleet.Viewer).get("/sync").says("main", "Another instance on this database does the syncing.", "800 of 12,400 rows")
}

func TestSync_aFailureIsAmberOnEveryPage(t *testing.T) {
	s := newSynced(t, setting{})
	must(t, s.store.FailStep(t.Context(), s.beginSweep("me"), "Neon answers 503 to everything.", dbtest.Now()))
	v := s.as(fleet.Viewer)
	for _, path := range []string{"/", "/tenants", "/plans", "/tenants/" + s.sim.IDs()[0]} {
		v.get(path).says(".notice.warn", "As of 14:45 (0 s old). Neon answers 503 to everything.")
	}
	v.get("/sync").says("main", "Failed", "Neon answers 503 to everything.")
	fresh := newSite(t, setting{})
	must(t, fresh.store.FailStep(t.Context(), fresh.beginSweep("me"), "The key is refused (401).", dbtest.Now()))
	fresh.as(fleet.Viewer).get("/tenants").says("main", "The first sweep of your organization has not succeeded. The key is refused (401).")
}

func TestSync_theFirstSweepShowsHowFarItIs(t *testing.T) {
	s := newSite(t, setting{})
	s.beginSweep("me")
	v := s.as(fleet.Viewer)
	v.get("/tenants").says("main", "No tenants yet", "800 of 12,400 projects, about 14 min left")
	v.get("/").says("main", "No tenants yet", "800 of 12,400 projects")
}

// events reads a stream.
type events struct {
	t    *testing.T
	body *bufio.Scanner
}

func (v *visitor) listen(ctx context.Context) *events {
	v.s.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.s.URL+"/sync/live", nil)
	must(v.s.t, err)
	r.Header.Set("Accept", "text/event-stream")
	resp, err := v.client.Do(r)
	must(v.s.t, err)
	v.s.t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		v.s.t.Fatalf("the stream is %d, %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	return &events{v.s.t, bufio.NewScanner(resp.Body)}
}

// next is the next event's name and data; ok is false at the stream's end.
func (e *events) next() (name, data string, ok bool) {
	for e.body.Scan() {
		line := e.body.Text()
		if line == "" && name != "" {
			return name, data, true
		}
		if n, found := strings.CutPrefix(line, "event: "); found {
			name = n
		}
		if d, found := strings.CutPrefix(line, "data: "); found {
			data += d + "\n"
		}
	}
	return "", "", false
}

func TestStream_sendsProgressAndWhatComesOfIt(t *testing.T) {
	t.Parallel() // it goes by the clock on the wall
	s := newSite(t, setting{})
	run := s.beginSweep("me")
	stream := s.as(fleet.Viewer).listen(t.Context())
	if name, data, ok := stream.next(); !ok || name != "progress" || !strings.Contains(data, "800 of 12,400 rows") || strings.Contains(data, "<html") {
		t.Fatalf("first comes %s %q", name, data)
	}
	must(t, s.store.CompleteStep(t.Context(), run, dbtest.Now()))
	if name, data, ok := stream.next(); !ok || name != "progress" || !strings.Contains(data, "Nothing is running.") {
		t.Fatalf("then comes %s %q", name, data)
	}
}

func TestStream_endsWithTheSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, setting{})
	v := s.as(fleet.Viewer)
	stream := v.listen(t.Context())
	stream.next()
	v.post("/logout", nil)
	if name, data, ok := stream.next(); ok {
		t.Errorf("after signing out there comes %s %q", name, data)
	}
}

func TestStream_endsWhenTheServerStops(t *testing.T) {
	t.Parallel()
	s := newSite(t, setting{})
	stream := s.as(fleet.Viewer).listen(t.Context())
	stream.next()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	must(t, s.Config.Shutdown(ctx))
	if name, data, ok := stream.next(); ok {
		t.Errorf("after the stop there comes %s %q", name, data)
	}
}
