package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"neonfleet/internal/config"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/usagesync"
)

const aboutSync = `Syncs now and says how it goes. Beside a running dashboard it asks that one
for the sync and follows it. Exit 0 only when everything was complete.`

func syncCommand(ctx context.Context, p process) error {
	set := flags(p, "sync", aboutSync)
	full := set.Bool("full", false, "all four steps for every tenant, today's hours included")
	if err := parse(set, p.args, 0); err != nil {
		return err
	}
	cfg, err := config.Load(p.getenv, config.Sync)
	if err != nil {
		return exit(2, err)
	}
	d, err := open(ctx, cfg, p, newLog(cfg, p.stderr))
	if err != nil {
		return err
	}
	return errors.Join(d.syncOnce(ctx, *full), d.store.Close())
}

// syncOnce syncs itself where it gets the lease, and follows whoever has it.
func (d *dashboard) syncOnce(ctx context.Context, full bool) error {
	began := time.Now()
	last, err := d.lastRun(ctx)
	if err != nil {
		return err
	}
	err = d.sync.lead(ctx)
	if usagesync.Follower(err) {
		err = d.follow(ctx, full, last)
	} else if err == nil {
		err = d.syncHere(ctx, full)
	}
	if err != nil {
		return err
	}
	return d.printRuns(ctx, last, began)
}

func (d *dashboard) lastRun(ctx context.Context) (int64, error) {
	runs, err := d.store.SyncRuns(ctx, 1)
	if err != nil || len(runs) == 0 {
		return 0, err
	}
	return runs[0].ID, nil
}

// syncHere syncs in this process, with progress beside it.
func (d *dashboard) syncHere(ctx context.Context, full bool) error {
	working, stop := context.WithCancel(ctx)
	rest := make(chan struct{})
	go func() {
		defer close(rest)
		go d.sync.KeepLead(working, neon.SystemClock{})
		d.showProgress(working)
	}()
	err := d.sync.Once(ctx, "shell", full)
	stop()
	<-rest
	resigning, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, d.sync.Resign(resigning))
}

// errIncomplete is what a sync that somebody else ran ended with.
var errIncomplete = errors.New("the sync was not complete")

// follow asks the process that syncs for a sync, and waits for its end.
func (d *dashboard) follow(ctx context.Context, full bool, last int64) error {
	fmt.Fprintln(d.out.stderr, "A running dashboard syncs; following it.")
	err := d.store.Update(ctx, func(tx *db.DB) error {
		by := fleet.Actor{Email: "shell"}
		if err := tx.RequestSync(ctx, by, full, time.Now()); err != nil {
			return err
		}
		_, err := tx.AppendAudit(ctx, fleet.AuditEntry{At: time.Now(), By: by, Action: "start sync", Outcome: fleet.Done})
		return err
	})
	if err != nil {
		return err
	}
	want := []fleet.Step{fleet.Sweep, fleet.Recent}
	if full {
		want = append(want, fleet.Settle, fleet.Counters)
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go d.showProgress(watching)
	for clock := (neon.SystemClock{}); clock.Wait(ctx, 300*time.Millisecond) == nil; {
		done, err := d.ended(ctx, want, last)
		if done || err != nil {
			return err
		}
		if err := d.sync.lead(ctx); err == nil { // whoever was followed has stopped
			return d.syncHere(ctx, full)
		} else if !usagesync.Follower(err) {
			return err
		}
	}
	return ctx.Err()
}

// ended says whether the wish was taken up and a run of each step has ended.
func (d *dashboard) ended(ctx context.Context, want []fleet.Step, last int64) (bool, error) {
	if _, waiting, err := d.store.PendingSyncRequest(ctx); err != nil || waiting {
		return false, err
	}
	runs, err := d.store.SyncRuns(ctx, 50)
	if err != nil {
		return false, err
	}
	allowed, err := d.store.ConsumptionAllowed(ctx)
	if err != nil {
		return false, err
	}
	for _, step := range want {
		if step == fleet.Recent && !allowed {
			continue
		}
		run, ok := newest(runs, step, last)
		if !ok || run.Finished.IsZero() {
			return false, nil
		}
		if !run.Complete {
			return false, fmt.Errorf("%w: %s: %s", errIncomplete, run.Step.Title(), run.Problem)
		}
	}
	return true, nil
}

func newest(runs []fleet.SyncRun, step fleet.Step, after int64) (fleet.SyncRun, bool) {
	for _, r := range runs {
		if r.Step == step && r.ID > after {
			return r, true
		}
	}
	return fleet.SyncRun{}, false
}

// printRuns says on standard output what was done.
func (d *dashboard) printRuns(ctx context.Context, last int64, began time.Time) error {
	runs, err := d.store.SyncRuns(ctx, 50)
	if err != nil {
		return err
	}
	for i := len(runs) - 1; i >= 0; i-- {
		if r := runs[i]; r.ID > last && !r.Finished.IsZero() {
			fmt.Fprintf(d.out.stdout, "%-20s %7d rows  %5d calls  %s\n", r.Step.Title(), r.Rows, r.Calls, r.Problem)
		}
	}
	fmt.Fprintf(d.out.stdout, "complete in %s\n", time.Since(began).Round(100*time.Millisecond))
	return nil
}
