package neon

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const busy = `{"code":"","message":"project already has running conflicting operations"}`

// methods are one call of each method.
var methods = map[string]func(context.Context, *Client) error{
	"GET": func(ctx context.Context, c *Client) error { _, err := c.Projects.Get(ctx, "p-1"); return err },
	"POST": func(ctx context.Context, c *Client) error {
		_, err := c.Projects.Create(ctx, ProjectCreate{Name: "x"})
		return err
	},
	"PATCH": func(ctx context.Context, c *Client) error {
		_, _, err := c.Projects.Update(ctx, "p-1", ProjectUpdate{Name: "x"})
		return err
	},
	"PUT": func(ctx context.Context, c *Client) error {
		return c.Organizations.SetSpendingLimit(ctx, "org-x", 100)
	},
	"DELETE": func(ctx context.Context, c *Client) error { _, err := c.Projects.Delete(ctx, "p-1"); return err },
}

const good = `{"project":{"id":"p-1"},"spending_limit_cents":100,"operations":[]}`

func TestRetry_whatNeonDidNotDoIsSentAgainWhateverTheMethod(t *testing.T) {
	for _, status := range []int{423, 429, 503} {
		for method, do := range methods {
			h, n := script(say(status, busy), say(status, busy), say(200, good))
			c, _ := serve(t, h)
			if err := do(t.Context(), c); err != nil || n() != 3 {
				t.Errorf("%s after two %d: %v with %d requests, want success with 3", method, status, err, n())
			}
		}
	}
}

func TestRetry_whatNeonMayHaveDoneIsSentAgainOnlyWhenReading(t *testing.T) {
	failures := map[string]http.HandlerFunc{
		"500": say(500, `{"code":"","message":"oops"}`), "502": say(502, "<html>"), "524": say(524, "<html>"), "lost answer": hangUp,
		"truncated": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = w.Write([]byte(good[:20])) // the rest never comes
		},
		"truncated JSON": say(200, good[:20]),
	}
	for name, fail := range failures {
		for method, do := range methods {
			h, n := script(fail, say(200, good))
			c, _ := serve(t, h)
			err := do(t.Context(), c)
			if method == "GET" {
				if err != nil || n() != 2 {
					t.Errorf("GET after %s: %v with %d requests, want success with 2", name, err, n())
				}
				continue
			}
			if err == nil || n() != 1 || !IsLost(err) {
				t.Errorf("%s after %s: err %v, lost %t, %d requests, want a lost one and 1", method, name, err, IsLost(err), n())
			}
		}
	}
}

func TestRetry_aRefusalIsNotSentAgain(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 406, 412, 422} {
		for method, do := range methods {
			h, n := script(say(status, busy))
			c, _ := serve(t, h)
			if err := do(t.Context(), c); StatusOf(err) != status || n() != 1 || IsLost(err) {
				t.Errorf("%s: %v with %d requests, want %d with 1", method, err, n(), status)
			}
		}
	}
}

func TestRetry_aConnectionThatWasNeverMadeIsNotLost(t *testing.T) {
	c, _ := serve(t, hangUp, func(cfg *Config) { cfg.BaseURL = "http://127.0.0.1:1/api/v2" })
	err := methods["POST"](t.Context(), c)
	if err == nil || IsLost(err) || StatusOf(err) != 0 {
		t.Errorf("err = %v, want one that is not lost", err)
	}
	if !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("err = %v, want the reason", err)
	}
}

func TestRetry_givesUpAfterSixTriesAndSaysSo(t *testing.T) {
	h, n := script(say(423, busy))
	c, clock := serve(t, h)
	err := methods["PATCH"](t.Context(), c)
	if e, _ := errors.AsType[*Error](err); e == nil || e.Tries != 6 || n() != 6 {
		t.Fatalf("%v with %d requests, want 6 tries", err, n())
	}
	want := []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second} // half of the bounds: Rand is 0.5
	if !slices.Equal(clock.waits, want) {
		t.Errorf("waits = %v, want %v", clock.waits, want)
	}
	if !strings.Contains(err.Error(), "tried 6 times") {
		t.Errorf("err = %v", err)
	}
}

func TestRetry_honoursRetryAfterInBothForms(t *testing.T) {
	date := func(at time.Time) string { return at.Format(http.TimeFormat) }
	for _, c := range []struct {
		name, after, date string
		want              time.Duration
	}{
		{"seconds", "7", "", 7 * time.Second},
		{"zero", "0", "", 0},
		{"too many seconds", "86400", "", time.Minute},
		{"a date by Neon's clock", date(start.Add(time.Hour + 9*time.Second)), date(start.Add(time.Hour)), 9 * time.Second},
		{"a date gone by", date(start.Add(-time.Hour)), date(start), 0},
		{"a far date", date(start.Add(time.Hour)), date(start), time.Minute},
		{"nonsense", "soon", "", 250 * time.Millisecond},
		{"negative", "-5", "", 250 * time.Millisecond},
	} {
		headers := []string{"Retry-After", c.after}
		if c.date != "" {
			headers = append(headers, "Date", c.date)
		}
		h, _ := script(say(503, busy, headers...), say(200, good))
		client, clock := serve(t, h)
		if err := methods["GET"](t.Context(), client); err != nil {
			t.Fatal(err)
		}
		if len(clock.waits) != 1 || clock.waits[0] != c.want {
			t.Errorf("%s: waits = %v, want %v", c.name, clock.waits, c.want)
		}
	}
}

func TestRetry_jitterStaysBelowItsBound(t *testing.T) {
	for _, r := range []float64{0, 0.999999} {
		h, _ := script(say(503, busy))
		c, clock := serve(t, h, func(cfg *Config) { cfg.Rand = func() float64 { return r } })
		_ = methods["GET"](t.Context(), c) // fails; the waits are looked at
		for i, d := range clock.waits {
			if bound := min(firstBackoff<<i, longestBound); d < 0 || d > bound {
				t.Errorf("wait %d = %v, want at most %v", i, d, bound)
			}
		}
	}
}

func TestRetry_endsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h, n := script(func(w http.ResponseWriter, r *http.Request) {
		say(423, busy)(w, r)
		cancel()
	})
	c, _ := serve(t, h)
	err := methods["PATCH"](ctx, c)
	if !errors.Is(err, context.Canceled) && StatusOf(err) != 423 || n() != 1 {
		t.Errorf("%v with %d requests, want one that was cancelled", err, n())
	}
	if err := methods["GET"](ctx, c); !errors.Is(err, context.Canceled) || n() != 1 {
		t.Errorf("%v with %d requests, want none more", err, n())
	}
}

func TestObserve_countsTriesAndThrottling(t *testing.T) {
	var calls []Call
	h, _ := script(say(429, busy, "Retry-After", "3"), say(503, busy), say(200, good, "X-Neon-Ret-Request-Id", "r-9"))
	c, _ := serve(t, h, func(cfg *Config) { cfg.OnCall = func(call Call) { calls = append(calls, call) } })
	var counter Counter
	if err := methods["GET"](t.Context(), c.In(Sync).Counting(&counter)); err != nil {
		t.Fatal(err)
	}
	if err := methods["GET"](t.Context(), c); err != nil { // not counted
		t.Fatal(err)
	}
	if counter.Calls() != 3 || counter.Throttled() != 1 {
		t.Errorf("counter = %d calls, %d throttled, want 3 and 1", counter.Calls(), counter.Throttled())
	}
	want := Call{Lane: Sync, Method: "GET", Route: "/projects/{project_id}", Status: 200, Tries: 3, Throttled: 1, Wait: 3 * time.Second, Took: 3500 * time.Millisecond, RequestID: "r-9"}
	if len(calls) != 2 || calls[0] != want {
		t.Errorf("calls = %+v\nwant first %+v", calls, want)
	}
}
