package neon

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const testKey = "napi_do-not-print-me"

var start = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

// testClock is a Clock whose waits are over at once and move its time.
type testClock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

func newTestClock() *testClock { return &testClock{now: start} }

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waits = append(c.waits, d)
	return nil
}

// wide is a budget that never holds a test up.
func wide(clock Clock) *Budget {
	return NewBudget(BudgetConfig{PerMinute: 1e6, ConsumptionPerMinute: 1e6, PerRoutePerSecond: 1e6, Clock: clock})
}

// serve starts a server with the answers of h and returns a client of it. The
// client's clock is returned too; change configures it further.
func serve(t *testing.T, h http.HandlerFunc, change ...func(*Config)) (*Client, *testClock) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	clock := newTestClock()
	cfg := Config{BaseURL: srv.URL + "/api/v2", Key: testKey, Org: "org-x", Clock: clock, Budget: wide(clock), Rand: func() float64 { return 0.5 }}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c, clock
}

// script answers requests one after another and repeats the last. requests
// says how many there were.
func script(steps ...http.HandlerFunc) (h http.HandlerFunc, requests func() int) {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			step := steps[min(n, len(steps)-1)]
			n++
			mu.Unlock()
			step(w, r)
		}, func() int {
			mu.Lock()
			defer mu.Unlock()
			return n
		}
}

func say(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // a client that has gone is the test's business
	}
}

// hangUp takes the request and cuts the connection: a lost answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
