package main

import (
	"context"
	"errors"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// A writer stores pages of a sync one after another without a pause: sweeps
// with three tenants of ten changed, and usage.
type writer struct {
	store    *db.DB
	projects []db.SweepProject
	now      time.Time
	at       int   // of projects
	round    int64 // through all of them
	written  int   // tenants
	spent    time.Duration
}

// flatOut are the readers' times at rest and while the writer works.
type flatOut struct {
	rest, busy times
	rate       float64 // tenants written a second
}

// besideWriter measures readers beside a writer that runs flat out.
func besideWriter(ctx context.Context, s *subject, who *browser, paths []string, projects []db.SweepProject, spell time.Duration) (f flatOut, err error) {
	w := &writer{store: s.DB, projects: projects, now: dbtest.Now().AddDate(0, 0, 2)}
	for w.round == 0 { // once through, as the first sweep of a day
		if err := w.sweep(ctx); err != nil {
			return f, err
		}
	}
	if f.rest, err = readFor(ctx, who, paths, spell); err != nil {
		return f, err
	}
	w.written, w.spent = 0, 0
	writing, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- w.run(writing) }()
	f.busy, err = readFor(ctx, who, paths, spell)
	stop()
	if ended := <-done; !errors.Is(ended, context.Canceled) {
		err = errors.Join(err, ended)
	}
	f.rate = float64(w.written) / w.spent.Seconds()
	return f, err
}

func (w *writer) run(ctx context.Context) error {
	began := time.Now()
	defer func() { w.spent = time.Since(began) }()
	for {
		for _, write := range []func(context.Context) error{w.sweep, w.usage, w.usage, w.usage, w.usage} {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := write(context.WithoutCancel(ctx)); err != nil { // a page that was begun ends
				return err
			}
		}
	}
}

// page is the next tenants, from the beginning again after the last.
func (w *writer) page(size int) []db.SweepProject {
	if w.at >= len(w.projects) {
		w.at = 0
		w.round++
		w.now = w.now.Add(5 * time.Minute)
	}
	list := w.projects[w.at:min(len(w.projects), w.at+size)]
	w.at += size
	w.written += len(list)
	return list
}

func (w *writer) sweep(ctx context.Context) error {
	list := w.page(400)
	for i := range list {
		if p := &list[i]; i%10 < 3 && !p.LastActive.IsZero() {
			p.LastActive = w.now.Add(-time.Minute)
			p.ActiveSeconds = p.ActiveSeconds.Add(fleet.Of(60))
			p.StorageBytes = p.StorageBytes.Add(fleet.Of(50_000))
		}
	}
	_, err := w.store.SweepPage(ctx, db.SweepPage{At: w.now, Projects: list})
	return err
}

// usage is two days of 100 tenants, all with new figures.
func (w *writer) usage(ctx context.Context) error {
	p := db.UsagePage{At: w.now, From: fleet.DayOf(w.now).Add(-1).Start(), To: w.now.Truncate(time.Hour)}
	month := fleet.MonthPeriod(w.now)
	for i, t := range w.page(100) {
		n := w.round*100 + int64(i) + 1
		var buckets []db.UsageBucket
		for d := range 2 {
			buckets = append(buckets, db.UsageBucket{Start: fleet.DayOf(p.From).Add(d).Start(), Billed: db.Billed{
				fleet.ComputeCUSeconds: n * 100, fleet.RootByteHours: 24e8 + n, fleet.HistoryByteHours: 24e7, fleet.PublicBytes: n * 1e5}})
		}
		p.Tenants = append(p.Tenants, db.TenantUsage{ID: t.ID, Periods: []db.UsagePeriod{{Start: month.Start, Plan: "scale_v3", Buckets: buckets}}})
	}
	return w.store.UsagePage(ctx, p)
}
