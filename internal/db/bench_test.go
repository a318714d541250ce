package db_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// benchStore is a generated fleet of BENCH_TENANTS (2,000) with BENCH_DAYS
// (0): at 300,000 kept in BENCH_DIR, so that it is made once.
func benchStore(b *testing.B) *db.DB {
	b.Helper()
	n, days, dir := 2000, 0, b.TempDir()
	for name, value := range map[string]*int{"BENCH_TENANTS": &n, "BENCH_DAYS": &days} {
		if s := os.Getenv(name); s != "" {
			if _, err := fmt.Sscan(s, value); err != nil {
				b.Fatalf("%s: %v", name, err)
			}
		}
	}
	url := os.Getenv("BENCH_DATABASE_URL")
	if url == "" {
		if d := os.Getenv("BENCH_DIR"); d != "" {
			dir = d
		}
		url = "sqlite://" + filepath.Join(dir, fmt.Sprintf("fleet-%d-%d.db", n, days))
	}
	store := dbtest.Open(b, url)
	p, err := store.Tenants(b.Context(), db.ListQuery{Now: dbtest.Now()})
	if err != nil {
		b.Fatal(err)
	}
	if p.Total == 0 {
		at := time.Now()
		if err := dbtest.Generate(b.Context(), store, n, days, 1); err != nil {
			b.Fatal(err)
		}
		b.Logf("%d tenants, %d days made in %v", n, days, time.Since(at).Round(time.Millisecond))
	}
	return store
}

// cpu is what the process has used so far: the machine may be busy with others.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure runs one thing and reports its p50 and p95.
func measure(b *testing.B, name string, do func() error) {
	b.Run(name, func(b *testing.B) {
		var times []time.Duration
		before := cpu(b)
		for b.Loop() {
			at := time.Now()
			if err := do(); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(at))
		}
		b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(len(times)), "cpu-ms")
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
	})
}

func BenchmarkTenants(b *testing.B) {
	store := benchStore(b)
	list := func(q db.ListQuery) func() error {
		q.Now = dbtest.Now()
		return func() error { _, err := store.Tenants(b.Context(), q); return err }
	}
	for _, by := range fleet.SortKeys() {
		for _, s := range []fleet.Sort{{By: by}, {By: by, Descending: true}} {
			measure(b, "first page "+s.String(), list(db.ListQuery{Sort: s}))
		}
	}
	for _, query := range []string{"plan:pro region:eu used:>=80", "plan:pro region:eu used:>80", "used:>73", "state:suspended", "state:active", "state:idle", "is:drift", "tag:vip", "tag:beta",
		"idle:>30d", "compute:>95", "compute:>50 idle:>30d", "acme", "acme-forms-12", "prod", "a", "zq", "nosuchname", "4711", "cus_0001", "prod plan:pro", "acme crm"} {
		f, err := fleet.ParseQuery(query)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range []fleet.Sort{{By: fleet.ByWorst, Descending: true}, {By: fleet.ByWorst}, {By: fleet.ByName}, {By: fleet.BySeen}} {
			measure(b, query+" by "+s.String(), list(db.ListQuery{Filter: f, Sort: s}))
		}
	}
	f, err := fleet.ParseQuery("plan:pro")
	if err != nil {
		b.Fatal(err)
	}
	measure(b, "facets", func() error { _, err := store.Facets(b.Context(), fleet.Filter{}, dbtest.Now()); return err })
	measure(b, "facets plan:pro", func() error { _, err := store.Facets(b.Context(), f, dbtest.Now()); return err })
}

func BenchmarkTenantCSV(b *testing.B) {
	store := benchStore(b)
	for _, s := range []fleet.Sort{{}, {By: fleet.ByWorst, Descending: true}} {
		measure(b, "by "+s.String(), func() error {
			return store.TenantCSV(b.Context(), io.Discard, db.CSVQuery{Sort: s, Now: dbtest.Now()})
		})
	}
}
