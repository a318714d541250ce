package neonsim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// noon is the time at which the tests' fleets are: late in a month, at 14:07:33.
var noon = time.Date(2026, 11, 20, 14, 7, 33, 0, time.UTC)

// start makes a simulated Neon on a clock that stands still and waits for
// nothing. Fields that the test sets win.
func start(t *testing.T, cfg Config) *Sim {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return noon }
	}
	if cfg.Wait == nil {
		cfg.Wait = func(context.Context, time.Duration) error { return nil }
	}
	if cfg.Limits == (Limits{}) { // the clock stands still: no bucket would be refilled
		cfg.Limits = Limits{Off: true}
	}
	cfg.Key = "secret"
	return New(cfg)
}

// A reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   string
}

// into decodes an answer.
func into[T any](t *testing.T, r reply) T {
	t.Helper()
	var got T
	if err := json.Unmarshal([]byte(r.body), &got); err != nil {
		t.Fatalf("answer %d %.300q: %v", r.status, r.body, err)
	}
	return got
}

// ask sends a request to the API and has the answer checked against Neon's
// published definition.
func ask(t *testing.T, s *Sim, method, path, body string) reply {
	t.Helper()
	req := request(method, base+path, body)
	got := serve(s, req)
	if got.status < 500 {
		validate(t, req, body, got)
	}
	return got
}

// get is ask for what must be answered with 200.
func get[T any](t *testing.T, s *Sim, path string) T {
	t.Helper()
	got := ask(t, s, "GET", path, "")
	if got.status != http.StatusOK {
		t.Fatalf("GET %s = %d %s", path, got.status, got.body)
	}
	return into[T](t, got)
}

// want is ask for what must be answered with a certain status.
func want(t *testing.T, s *Sim, status int, method, path, body string) reply {
	t.Helper()
	got := ask(t, s, method, path, body)
	if got.status != status {
		t.Fatalf("%s %s %s = %d %s, want %d", method, path, body, got.status, got.body, status)
	}
	return got
}

func request(method, target, body string) *http.Request {
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.RemoteAddr = "127.0.0.1:5555"
	req.Header.Set("Authorization", "Bearer secret")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func serve(s *Sim, req *http.Request) reply {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	res := w.Result()
	body, _ := io.ReadAll(res.Body) // from memory: never fails
	return reply{status: res.StatusCode, header: res.Header, body: string(body)}
}

// one is a project that plays a certain part; the test fails without one.
func one(t *testing.T, s *Sim, suits func(Casting) bool) string {
	t.Helper()
	ids := s.Find(suits)
	if len(ids) == 0 {
		t.Fatal("no project of the fleet suits")
	}
	return ids[0]
}
