// Package scheduler says when jobs run, not what they do.
package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
)

// A Job is work that comes back. It may run at any time and twice; it never
// runs beside itself: a turn that falls due while the last one still runs is
// left out.
type Job struct {
	Name  string // its name in logs, and the key of its lock
	Every time.Duration
	Run   func(ctx context.Context) error

	// Leader, if set, says whether this instance may run the job now; an error
	// means that another one does.
	Leader func(ctx context.Context) error
}

// Jobs are running jobs.
type Jobs struct{ cron gocron.Scheduler }

// stopWithin is how long Close waits for a job to come to rest.
const stopWithin = 30 * time.Second

// Start starts all jobs at once and lets them run until Close. What a job
// returns or panics with is logged; the job comes back at its next turn.
func Start(log *slog.Logger, jobs ...Job) (*Jobs, error) {
	cron, err := gocron.NewScheduler(gocron.WithLocation(time.UTC), gocron.WithStopTimeout(stopWithin))
	if err != nil {
		return nil, fmt.Errorf("make the scheduler: %w", err)
	}
	for _, j := range jobs {
		if err := add(cron, log, j); err != nil {
			return nil, errors.Join(fmt.Errorf("schedule %s: %w", j.Name, err), cron.Shutdown())
		}
	}
	cron.Start()
	return &Jobs{cron}, nil
}

func add(cron gocron.Scheduler, log *slog.Logger, j Job) error {
	options := []gocron.JobOption{
		gocron.WithName(j.Name),
		gocron.WithSingletonMode(gocron.LimitModeReschedule),
		gocron.WithStartAt(gocron.WithStartImmediately()),
		gocron.WithEventListeners(
			gocron.AfterJobRunsWithError(func(_ uuid.UUID, name string, err error) {
				if !errors.Is(err, context.Canceled) {
					log.Error("job failed", "job", name, "err", err)
				}
			}),
			gocron.AfterJobRunsWithPanic(func(_ uuid.UUID, name string, cause any) {
				log.Error("job panicked", "job", name, "panic", cause)
			}),
		),
	}
	if j.Leader != nil {
		options = append(options, gocron.WithDistributedJobLocker(leader(j.Leader)))
	}
	_, err := cron.NewJob(gocron.DurationJob(j.Every), gocron.NewTask(j.Run), options...)
	return err
}

// Close stops giving turns, cancels the context of what runs, and waits for it
// to come to rest.
func (j *Jobs) Close() error {
	if err := j.cron.Shutdown(); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// leader is gocron's lock by asking who leads. The lead outlasts the run, so
// there is nothing to unlock.
type leader func(ctx context.Context) error

// Lock refuses where another instance leads.
func (l leader) Lock(ctx context.Context, _ string) (gocron.Lock, error) {
	if err := l(ctx); err != nil {
		return nil, err
	}
	return held{}, nil
}

type held struct{}

// Unlock keeps the lead.
func (held) Unlock(context.Context) error { return nil }
