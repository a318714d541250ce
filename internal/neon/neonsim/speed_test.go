package neonsim

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"
	"time"
)

// large is as many projects as the dashboard is built for.
const large = 300_000

func TestLargeFleet_startsAtOnceAndIsSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	s := start(t, Config{Projects: large, Seed: 1})
	first := serve(s, request("GET", base+"/projects?limit=400", ""))
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the first page of %d projects took %s", large, took)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 300<<20 {
		t.Errorf("%d projects take %d MB", large, grown>>20)
	}
	if list := into[projectList](t, first); len(list.Projects) != 400 {
		t.Errorf("the page has %d projects: %.300s", len(list.Projects), first.body)
	}
	runtime.KeepAlive(s)
}

// scales weigh an answer and drop it: to collect it would cost more than to make
// it.
type scales struct {
	head   http.Header
	status int
	bytes  int64
}

func (w *scales) Header() http.Header    { return w.head }
func (w *scales) WriteHeader(status int) { w.status = status }

func (w *scales) Write(b []byte) (int, error) {
	w.bytes += int64(len(b))
	return len(b), nil
}

func bench(b *testing.B, path func(s *Sim) string) {
	b.Helper()
	s := New(Config{Projects: large, Seed: 1, Anchor: noon, Now: func() time.Time { return noon }, Limits: Limits{Off: true}})
	target := base + path(s)
	b.ReportAllocs()
	for b.Loop() {
		w := scales{head: http.Header{}}
		s.ServeHTTP(&w, request("GET", target, ""))
		if w.status != http.StatusOK {
			b.Fatalf("%s = %d", target, w.status)
		}
		b.SetBytes(w.bytes)
	}
}

func BenchmarkListPage(b *testing.B) {
	bench(b, func(*Sim) string { return "/projects?limit=400" })
}

func BenchmarkSearch(b *testing.B) {
	bench(b, func(*Sim) string { return "/projects?limit=400&search=acme-analytics-7" })
}

func BenchmarkProject(b *testing.B) {
	bench(b, func(s *Sim) string { return "/projects/" + s.fleet.id(1000) })
}

func BenchmarkConsumption(b *testing.B) {
	for _, c := range [][3]string{
		{"daily", "2026-09-22T00:00:00Z", "2026-11-20T00:00:00Z"},
		{"hourly", "2026-11-18T14:00:00Z", "2026-11-20T14:00:00Z"},
		{"monthly", "2025-12-01T00:00:00Z", "2026-12-01T00:00:00Z"},
	} {
		b.Run(c[0], func(b *testing.B) {
			bench(b, func(s *Sim) string {
				return consumption(s, "projects", c[0], c[1], c[2], fmt.Sprintf("&limit=100&cursor=%s", s.fleet.id(200_000)))
			})
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(Config{Projects: large, Seed: 1, Anchor: noon})
	}
}
