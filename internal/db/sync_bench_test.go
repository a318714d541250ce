package db_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// BenchmarkSync measures pages of a sync on a fleet of its own, which they
// change: BENCH_TENANTS (5,000) with 30 days, in local order, which is Neon's
// order as the sync asks.
func BenchmarkSync(b *testing.B) {
	n := 5000
	if s := os.Getenv("BENCH_TENANTS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatalf("BENCH_TENANTS: %v", err)
		}
	}
	url := os.Getenv("BENCH_SYNC_URL")
	if url == "" {
		url = "sqlite://" + filepath.Join(b.TempDir(), "fleet.db")
	}
	s := &syncBench{store: dbtest.Open(b, url), now: dbtest.Now()}
	if err := dbtest.Generate(b.Context(), s.store, n, 30, 1); err != nil {
		b.Fatal(err)
	}
	for t := range dbtest.Fleet(n, 1) {
		s.projects = append(s.projects, projectOf(t))
	}
	for s.at < n { // once through, as the first sweep of a day
		if err := s.sweep(b, 0); err != nil {
			b.Fatal(err)
		}
	}
	measure(b, "sweep, 400 tenants, none changed", func() error { return s.sweep(b, 0) })
	measure(b, "sweep, 400 tenants, 30 % changed", func() error { return s.sweep(b, 3) })
	measure(b, "usage, 100 tenants × 3 days, 30 % active", func() error { return s.usage(b, 3, 0) })
	no, err := s.store.BeginSettle(b.Context(), fleet.DayOf(s.now).Add(-3), fleet.DayOf(s.now).Add(-1), s.now.AddDate(0, 0, 1))
	if err != nil {
		b.Fatal(err)
	}
	measure(b, "settle, 100 tenants × 3 days", func() error { return s.usage(b, 10, no) })
	measure(b, "usage, 100 tenants × 3 days, nothing new", func() error { return s.usage(b, 0, 0) })
	measure(b, "final, 1,000 tenants", func() error {
		next, _, err := s.store.FinalPage(b.Context(), no, s.final, 1000)
		s.final = next
		return err
	})
	measure(b, "queue of usage, 100 tenants", func() error {
		_, err := s.store.DueUsage(b.Context(), int64(n/2), 100)
		return err
	})
}

type syncBench struct {
	store    *db.DB
	projects []db.SweepProject
	now      time.Time
	at       int // next tenant
	round    int64
	final    int64
}

func projectOf(t db.Loaded) db.SweepProject {
	s := fleet.Settings{Limits: t.Limits, Computes: t.Computes}
	s.Computes.Suspend = t.Suspend
	return db.SweepProject{ID: t.ID, Name: t.Name, Region: t.Region, PgVersion: 17, CreatedAt: t.CreatedAt, LastActive: t.LastActive, Settings: s,
		ActiveSeconds: t.Used[fleet.Active], StorageBytes: t.Used[fleet.Storage], PeriodEnd: t.Period.End, HistorySeconds: 86400}
}

// page is the next size tenants, from the beginning again after the last.
func (s *syncBench) page(size int) []db.SweepProject {
	if s.at >= len(s.projects) {
		s.at = 0
		s.round++
		s.now = s.now.Add(5 * time.Minute)
	}
	list := s.projects[s.at:min(len(s.projects), s.at+size)]
	s.at += size
	return list
}

// sweep changes so many of ten.
func (s *syncBench) sweep(b *testing.B, ofTen int) error {
	list := s.page(400)
	for i := range list {
		if p := &list[i]; i%10 < ofTen && !p.LastActive.IsZero() {
			p.LastActive = s.now.Add(-time.Minute)
			p.ActiveSeconds = p.ActiveSeconds.Add(fleet.Of(60))
			if i%3 == 0 {
				p.StorageBytes = p.StorageBytes.Add(fleet.Of(50_000))
			}
		}
	}
	_, err := s.store.SweepPage(b.Context(), db.SweepPage{At: s.now, Projects: list})
	return err
}

// usage reads three days of 100 tenants, so many of ten with other figures.
func (s *syncBench) usage(b *testing.B, ofTen int, settle int64) error {
	today := fleet.DayOf(s.now)
	p := db.UsagePage{At: s.now, From: today.Add(-2).Start(), To: s.now.Truncate(time.Hour), Settle: settle}
	if settle != 0 {
		p.From, p.To = today.Add(-3).Start(), today.Start()
	}
	month := fleet.MonthPeriod(s.now)
	for i, t := range s.page(100) {
		var buckets []db.UsageBucket
		for d := range 3 {
			n := int64(0)
			if i%10 < ofTen {
				n = s.round + int64(i) + 1
			}
			buckets = append(buckets, db.UsageBucket{Start: fleet.DayOf(p.From).Add(d).Start(), Billed: db.Billed{
				fleet.ComputeCUSeconds: n * 100, fleet.RootByteHours: 24e8 + n, fleet.HistoryByteHours: 24e7, fleet.PublicBytes: n * 1e5}})
		}
		p.Tenants = append(p.Tenants, db.TenantUsage{ID: t.ID, Periods: []db.UsagePeriod{{Start: month.Start, Plan: "scale_v3", Buckets: buckets}}})
	}
	return s.store.UsagePage(b.Context(), p)
}
