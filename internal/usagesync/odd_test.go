package usagesync_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
)

const (
	listPath        = "/api/v2/projects"
	consumptionPath = "/api/v2/consumption_history/v2/projects"
)

// rewrite changes the bodies of answers on a path.
func (w *world) rewrite(path string, change func(n int, text string) string) {
	n := 0
	w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
		resp := send(shorter(r, 15))
		if r.URL.Path != path {
			return resp, nil
		}
		n++
		return body(w.T, resp, func(text string) string { return change(n, text) }), nil
	})
}

// Whatever a list or a consumption answer is like, people see what was known
// before, a record that says why, and everything current once Neon is well.
func TestOddAnswers_areTakenForNeitherZeroUsageNorADeletedTenant(t *testing.T) {
	for _, c := range []struct {
		name string
		path string
		odd  func(n int, text string) string
		says string
	}{
		{"a list cut off", listPath, half, "could not be used"},
		{"usage cut off", consumptionPath, half, "could not be used"},
		{"a page of HTML for the list", listPath, page(html), "could not be used"},
		{"a page of HTML for usage", consumptionPath, page(html), "could not be used"},
		{"an empty object for the list", listPath, page("{}"), "incomplete"},
		{"an empty object for usage", consumptionPath, page("{}"), "incomplete"},
		{"null for the list", listPath, page("null"), "incomplete"},
		{"a project without an id", listPath, page(`{"projects":[{"name":"nobody"}]}`), "incomplete"},
		{"usage of no project", consumptionPath, page(`{"projects":[{"periods":[]}]}`), "incomplete"},
		{"usage of no time", consumptionPath, page(`{"projects":[{"project_id":"p-1","periods":[{"consumption":[{"metrics":[]}]}]}]}`), "incomplete"},
		{"a figure that is no number", consumptionPath, page(`{"projects":[{"project_id":"p-1","periods":[{"consumption":[{"timeframe_start":"2026-11-20T00:00:00Z","metrics":[{"metric_name":"compute_unit_seconds","value":1e40}]}]}]}]}`), "could not be used"},
		{"a list that turns in a circle", listPath, circle(t), "circle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, store *db.DB) {
				w := start(t, store, 60)
				w.must(w.sweep())
				before := w.known()
				w.pass(70 * time.Minute)
				w.rewrite(c.path, c.odd)
				if err := w.sweep(); err == nil {
					t.Error("the sync says that all was well")
				}
				step := fleet.Sweep
				if c.path == consumptionPath {
					step = fleet.Recent
				}
				w.says(step, c.says)
				w.expectKnown(before)
				w.wire.put(nil)
				w.pass(6 * time.Minute)
				w.must(w.sweep())
				w.expectCurrent()
			})
		})
	}
}

const html = "<!doctype html><title>502 Bad Gateway</title><h1>cloudflare</h1>"

func half(_ int, text string) string { return text[:len(text)/2] }

func page(text string) func(int, string) string {
	return func(int, string) string { return text }
}

// circle makes the third page lead back to the second.
func circle(t *testing.T) func(int, string) string {
	second := ""
	return func(n int, text string) string {
		switch n {
		case 1:
			second = cursorOf(t, text)
		case 3:
			return withCursor(t, text, second)
		}
		return text
	}
}

// known is what people could see of usage and states.
type known struct{ days, cu, missing int64 }

func (w *world) known() known {
	return known{w.count(`SELECT count(cu_s) FROM usage_day`), w.count(`SELECT CAST(sum(cu_s) AS BIGINT) FROM usage_day`),
		w.count(`SELECT count(*) FROM tenant WHERE state = 5`)}
}

// expectKnown checks that nothing that was known is lost, or became less.
func (w *world) expectKnown(before known) {
	w.Helper()
	if after := w.known(); after.days < before.days || after.cu < before.cu || after.missing != before.missing {
		w.Errorf("known %+v, want at least %+v and nobody else missing", after, before)
	}
}

// expectCurrent checks that the newest runs are complete and busy tenants are
// as Neon has them.
func (w *world) expectCurrent() {
	w.Helper()
	for _, step := range []fleet.Step{fleet.Sweep, fleet.Recent} {
		if r := w.last(step); !r.Complete {
			w.Errorf("%s after Neon is well again: %+v", step, r)
		}
	}
	if fresh, err := w.store.Freshness(w.Context()); err != nil || fresh.Failed != nil {
		w.Errorf("freshness still has a failure: %+v, %v", fresh.Failed, err)
	}
	busy, today := w.cast(neonsim.Busy), fleet.DayOf(w.sim.Now())
	w.expectDays(busy, today, today, w.neonsDays(busy, today.Start(), w.sim.Now().Truncate(time.Hour), neon.Hourly))
	if n := w.count(`SELECT count(*) FROM tenant WHERE synced_at < $1 AND state <> 5`, w.sim.Now().Unix()); n != 0 {
		w.Errorf("%d tenants were not seen", n)
	}
}

func TestOddAnswers_aMissingMetricIsZeroButADayWithoutAnyIsNot(t *testing.T) {
	each(t, 60, func(w *world) {
		busy := w.cast(neonsim.Busy)
		w.rewrite(consumptionPath, func(_ int, text string) string {
			return strings.ReplaceAll(text, `"metric_name":"compute_unit_seconds"`, `"metric_name":"something_new"`)
		})
		w.must(w.sweep())
		today := fleet.DayOf(noon)
		d := w.days(busy, today.Add(-1), today.Add(-1))[0].Usage
		if d[fleet.ComputeCUSeconds] != fleet.Of(0) || d[fleet.RootByteHours].Or(0) == 0 {
			w.Errorf("day %v, want compute 0 because the answer leaves it out, and the storage it names", d)
		}
		if old := w.days(busy, today.Add(-2), today.Add(-2))[0].Usage; old[fleet.ComputeCUSeconds].Known() {
			w.Errorf("a day outside of the answer is %v, want unknown", old)
		}
	})
}

func TestOddAnswers_aPageThatComesTwiceCountsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		once := start(t, dbtest.SQLite(t), 40)
		once.wire.put(smallPages(15))
		once.sync(false)
		w := start(t, store, 40)
		before := map[string]*http.Request{} // the page before, by list
		w.wire.put(func(r *http.Request, send func(*http.Request) *http.Response) (*http.Response, error) {
			r = shorter(r, 15)
			q := r.URL.Query()
			list, cursor := r.URL.Path+q.Get("granularity"), q.Get("cursor")
			theirs, repeated := strings.CutPrefix(cursor, "again-")
			if cursor != "" && !repeated { // the page before once more, leading here
				return body(t, send(before[list]), func(text string) string { return withCursor(t, text, "again-"+cursor) }), nil
			}
			if repeated {
				q.Set("cursor", theirs)
				r.URL.RawQuery = q.Encode()
			}
			before[list] = r
			return send(r), nil
		})
		w.sync(false)
		if got, want := w.known(), once.known(); got != want {
			t.Errorf("with pages that came twice: %+v, without: %+v", got, want)
		}
		if n := w.count(`SELECT count(*) FROM tenant`); n != 40 {
			t.Errorf("%d tenants of 40 projects", n)
		}
	})
}

func TestOddAnswers_aSettleThatTurnsInACircleBeginsAnew(t *testing.T) {
	w := start(t, sqlite(t), 60)
	w.must(w.jobs.SweepNow(t.Context(), "test"))
	w.rewrite(consumptionPath, circle(t))
	if err := w.settle(); err == nil {
		t.Error("a settle that cannot end is complete")
	}
	w.says(fleet.Settle, "circle")
	if n := w.count(`SELECT count(*) FROM usage_day WHERE settled = 1`); n != 0 {
		t.Errorf("%d days are final", n)
	}
	w.wire.put(smallPages(30))
	w.must(w.settle())
	today, busy := fleet.DayOf(noon), w.cast(neonsim.Busy)
	w.expectDays(busy, today.Add(-59), today.Add(-1), w.neonsDays(busy, today.Add(-59).Start(), today.Start(), neon.Daily))
}

func TestOddAnswers_aCursorOnTheLastPageIsNoFurtherPage(t *testing.T) {
	each(t, 45, func(w *world) {
		w.wire.put(smallPages(15)) // the simulator's last page carries a cursor, as Neon's does
		w.sync(false)
		if n := w.count(`SELECT count(*) FROM tenant`); n != 45 {
			w.Errorf("%d tenants, want 45", n)
		}
		if r := w.last(fleet.Sweep); !r.Complete || r.Rows != 45 || r.Calls > 5 {
			w.Errorf("record %+v, want 45 rows in 3 pages", r)
		}
		if n := w.count(`SELECT count(*) FROM tenant WHERE state = 5`); n != 0 {
			w.Errorf("%d missing", n)
		}
	})
}

func TestOddAnswers_figuresThatMakeNoSenseHoldNobodyElseUp(t *testing.T) {
	for name, value := range map[string]string{"negative": "-5", "absurd": "9223372036854775807"} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, store *db.DB) {
				w := start(t, store, 40)
				busy := w.sim.Find(func(c neonsim.Casting) bool { return c.Cast == neonsim.Busy })
				w.rewrite(consumptionPath, func(_ int, text string) string {
					i := strings.Index(text, busy[0])
					if i < 0 {
						return text
					}
					at := i + strings.Index(text[i:], `"value":`) + len(`"value":`)
					end := at + strings.IndexAny(text[at:], ",}")
					return text[:at] + value + text[end:]
				})
				w.sync(false)
				today := fleet.DayOf(noon)
				for _, d := range w.days(busy[0], today.Add(-59), today) {
					if d.Usage[fleet.RootByteHours].Known() || d.Final {
						t.Errorf("%s of nonsense is %v, final %v; want unknown", d.Day, d.Usage, d.Final)
					}
				}
				w.expectDays(busy[1], today.Add(-59), today.Add(-1), w.neonsDays(busy[1], today.Add(-59).Start(), today.Start(), neon.Daily))
				if !strings.Contains(w.log.String(), busy[0]) {
					t.Error("the log does not name the project")
				}
				w.wire.put(nil)
				w.pass(26 * time.Hour)
				w.must(w.jobs.SweepNow(t.Context(), "test"))
				w.must(w.settle())
				if d := w.days(busy[0], today, today)[0]; !d.Usage[fleet.RootByteHours].Known() {
					t.Error("still unknown once Neon made sense")
				}
			})
		})
	}
}

func TestNeonsTroubles_areSaidInWordsAndPass(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault neonsim.Fault
		says  []string
	}{
		{"the key is refused", neonsim.Fault{Path: "/api/v2/*", Status: 401}, []string{"does not accept the key", "NEON_API_KEY"}},
		{"throttled without end", neonsim.Fault{Path: "/api/v2/*", Status: 429}, []string{"rate limit is used up"}},
		{"down", neonsim.Fault{Path: "/api/v2/*", Status: 503}, []string{"Neon failed", "503"}},
		{"behind a broken proxy", neonsim.Fault{Path: "/api/v2/*", Status: 524, Body: html}, []string{"Neon failed", "524"}},
		{"the wrong address", neonsim.Fault{Path: "/api/v2/*", Status: 404, Body: html}, []string{"in Neon's place", "NEON_API_URL"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, store *db.DB) {
				w := start(t, store, 40)
				w.must(w.sweep())
				before := w.known()
				w.pass(70 * time.Minute)
				w.sim.SetFaults([]neonsim.Fault{c.fault})
				if err := w.sweep(); err == nil {
					t.Error("the sync says that all was well")
				}
				for _, words := range c.says {
					w.says(fleet.Sweep, words)
				}
				if r := w.last(fleet.Sweep); r.Throttled > 0 != (c.fault.Status == 429) || r.Calls != 0 && strings.Contains(r.Problem, html) {
					t.Errorf("record %+v", r)
				}
				w.expectKnown(before)
				w.sim.SetFaults(nil)
				w.pass(6 * time.Minute)
				w.must(w.sweep())
				w.expectCurrent()
			})
		})
	}
}

func TestNeonsTroubles_aLineThatIsDead(t *testing.T) {
	each(t, 40, func(w *world) {
		w.must(w.sweep())
		before := w.known()
		w.pass(70 * time.Minute)
		w.wire.put(func(*http.Request, func(*http.Request) *http.Response) (*http.Response, error) {
			return nil, errors.New("connection refused")
		})
		for range 3 {
			if err := w.sweep(); err == nil {
				w.Error("the sync says that all was well")
			}
			w.says(fleet.Sweep, "could not be reached")
			w.pass(5 * time.Minute)
		}
		w.expectKnown(before)
		w.wire.put(nil)
		w.must(w.sweep())
		w.expectCurrent()
	})
}

func TestNeonsTroubles_anAnswerThatTakesTooLong(t *testing.T) {
	w := start(t, sqlite(t), 10)
	w.wire.put(func(*http.Request, func(*http.Request) *http.Response) (*http.Response, error) {
		return nil, context.DeadlineExceeded
	})
	if err := w.sweep(); err == nil {
		t.Error("the sync says that all was well")
	}
	w.says(fleet.Sweep, "did not answer in time")
}
