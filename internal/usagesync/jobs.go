package usagesync

import (
	"context"
	"errors"
	"sync"
	"time"

	"neonfleet/internal/fleet"
)

// Jobs are the steps as they come back by the clock: each asks the store
// whether it is due, runs, and keeps out of its own way.
type Jobs struct {
	*Syncer
	sweeping, settling, counting sync.Mutex
	triedSweep, triedSettle      time.Time // guarded by the mutex of the step
	counted                      time.Time
}

// retrySettle is how long after a failed settle the next one is tried.
const retrySettle = 10 * time.Minute

// Sweep runs a sweep and the usage of the active if they are due: the time has
// come, somebody asked, or one was cut off. What somebody asked for as a whole
// is followed by a settle and the counters.
func (j *Jobs) Sweep(ctx context.Context) error {
	if !j.sweeping.TryLock() {
		return nil
	}
	defer j.sweeping.Unlock()
	request, asked, err := j.DB.TakeSyncRequest(ctx)
	if err != nil {
		return err
	}
	reason := "schedule"
	if asked {
		reason = request.By.Email
	} else if due, err := j.sweepDue(ctx); err != nil || !due {
		return err
	}
	j.triedSweep = j.Now()
	if err := j.sweepAndUsage(ctx, reason, request.Whole); err != nil {
		return err
	}
	if !request.Whole {
		return nil
	}
	return errors.Join(j.Settle(ctx, reason), j.Counters(ctx, reason, true))
}

func (j *Jobs) sweepAndUsage(ctx context.Context, reason string, whole bool) error {
	if err := j.sweep(ctx, reason); err != nil {
		return err
	}
	return j.usage(ctx, reason, whole)
}

func (j *Jobs) sweepDue(ctx context.Context) (bool, error) {
	if !j.triedSweep.IsZero() {
		since := j.Now().Sub(j.triedSweep)
		return since >= j.Every || since < 0, nil // below 0: the clock was set back
	}
	fresh, err := j.DB.Freshness(ctx)
	if err != nil {
		return false, err
	}
	age, ok := fresh.Age(fleet.Sweep, j.Now())
	return !ok || age >= j.Every || age < 0 || fresh.Failed != nil, nil
}

// NightlySettle settles once a night, and at once where nothing ever was.
func (j *Jobs) NightlySettle(ctx context.Context) error {
	due, reason, err := j.settleDue(ctx)
	if err != nil || !due {
		return err
	}
	return j.Settle(ctx, reason)
}

// Settle runs a settle now, unless one runs.
func (j *Jobs) Settle(ctx context.Context, reason string) error {
	if !j.settling.TryLock() {
		return nil
	}
	defer j.settling.Unlock()
	j.triedSettle = j.Now()
	return j.settle(ctx, reason)
}

func (j *Jobs) settleDue(ctx context.Context) (due bool, reason string, err error) {
	if !j.settling.TryLock() {
		return false, "", nil
	}
	tried := j.triedSettle
	j.settling.Unlock()
	now := j.Now().UTC()
	if since := now.Sub(tried); !tried.IsZero() && since >= 0 && since < retrySettle {
		return false, "", nil
	}
	fresh, err := j.DB.Freshness(ctx)
	if err != nil {
		return false, "", err
	}
	if _, swept := fresh.Complete[fleet.Sweep]; !swept {
		return false, "", nil // whose usage it is, only a sweep knows
	}
	last, ok := fresh.Complete[fleet.Settle]
	if !ok {
		return true, "first start", nil
	}
	night := fleet.DayOf(now).Start().Add(settleHour * time.Hour)
	return !now.Before(night) && last.Started.Before(night), "schedule", nil
}

// SpareCounters reads counters with what is left of the budget.
func (j *Jobs) SpareCounters(ctx context.Context) error {
	fresh, err := j.DB.Freshness(ctx)
	if err != nil {
		return err
	}
	if _, swept := fresh.Complete[fleet.Sweep]; !swept {
		return nil
	}
	return j.Counters(ctx, "schedule", false)
}

// Counters runs the counters now, unless they run, or ran just now.
func (j *Jobs) Counters(ctx context.Context, reason string, whole bool) error {
	if !j.counting.TryLock() {
		return nil
	}
	defer j.counting.Unlock()
	if since := j.Now().Sub(j.counted); !whole && !j.counted.IsZero() && since >= 0 && since < j.Every {
		return nil
	}
	defer func() { j.counted = j.Now() }()
	return j.counters(ctx, reason, whole)
}

// Once runs everything that is due in the foreground: a sweep and the usage of
// the active, or with whole all four steps for every tenant.
func (j *Jobs) Once(ctx context.Context, reason string, whole bool) error {
	if err := j.sweepAndUsage(ctx, reason, whole); err != nil {
		return err
	}
	fresh, err := j.DB.Freshness(ctx)
	if err != nil {
		return err
	}
	if _, settled := fresh.Complete[fleet.Settle]; whole || !settled {
		if err := j.settle(ctx, reason); err != nil {
			return err
		}
	}
	if !whole {
		return nil
	}
	return j.counters(ctx, reason, true)
}
