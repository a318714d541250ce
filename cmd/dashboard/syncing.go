package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"neonfleet/internal/config"
	"neonfleet/internal/db"
	"neonfleet/internal/neon"
	"neonfleet/internal/scheduler"
	"neonfleet/internal/usagesync"
)

// How often each job asks the store whether it is due.
const (
	askSweep    = time.Second
	askSettle   = 10 * time.Second
	askCounters = 5 * time.Second
	tidyEvery   = 10 * time.Minute
	countEvery  = 10 * time.Second
	knownFor    = 30 * time.Second // a replica that says nothing for so long is gone
)

// syncing is the sync of this process, and its turns.
type syncing struct {
	*usagesync.Jobs
	cfg      config.Config
	budget   *neon.Budget
	replicas atomic.Int64 // dashboards on this store, this one included
}

func newSyncing(cfg config.Config, store *db.DB, client *neon.Client, now func() time.Time, log *slog.Logger) *syncing {
	owner := fmt.Sprintf("%d-%s", os.Getpid(), rand.Text()[:8])
	return &syncing{cfg: cfg, budget: client.Budget(), Jobs: &usagesync.Jobs{Syncer: &usagesync.Syncer{
		DB: store, Neon: client.In(neon.Sync), Now: now, Every: cfg.SyncEvery, Keep: cfg.KeepDays, Log: log, Owner: owner}}}
}

// jobs are the sync's steps and the housekeeping, all only where the lead is.
func (s *syncing) jobs() []scheduler.Job {
	jobs := []scheduler.Job{
		{Name: "sweep and usage", Every: askSweep, Run: s.Sweep, Leader: s.lead},
		{Name: "settle", Every: askSettle, Run: s.NightlySettle, Leader: s.lead},
		{Name: "counters", Every: askCounters, Run: s.SpareCounters, Leader: s.lead},
		{Name: "tidy", Every: tidyEvery, Run: s.tidy, Leader: s.lead},
	}
	if s.cfg.Database.Postgres() {
		jobs = append(jobs, scheduler.Job{Name: "count replicas", Every: countEvery, Run: s.count})
	}
	return jobs
}

// count makes this process known and counts the others, who share what the
// one that syncs leaves.
func (s *syncing) count(ctx context.Context) error {
	n, err := s.DB.Replicas(ctx, s.Owner, knownFor)
	s.replicas.Store(int64(n))
	return err
}

// lead asks for the right to sync. On Postgres the ceilings follow: whoever
// leads leaves the others their calls, and each of them has its part.
func (s *syncing) lead(ctx context.Context) error {
	err := s.Lead(ctx)
	if s.cfg.Database.Postgres() {
		if err == nil {
			s.budget.SetCeiling(s.cfg.RequestsPerMinute-followerCalls, s.cfg.ConsumptionPerMinute)
		} else if usagesync.Follower(err) {
			others := max(int(s.replicas.Load())-1, 1)
			s.budget.SetCeiling(max(followerCalls/others, 1), 1)
		}
	}
	return err
}

// tidy drops sessions and throttles that are over.
func (s *syncing) tidy(ctx context.Context) error {
	if _, err := s.DB.SweepSessions(ctx, time.Now()); err != nil {
		return err
	}
	_, err := s.DB.SweepTries(ctx, time.Now())
	return err
}
