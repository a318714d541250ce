package usagesync

import (
	"cmp"
	"context"
	"sync"
	"time"

	"neonfleet/internal/fleet"
)

// Jobs are the steps as they come back by the clock: each asks the store
// whether it is due, runs, and keeps out of its own way.
type Jobs struct {
	*Syncer
	sweeping, settling, counting     sync.Mutex
	triedSweep, triedSettle, counted time.Time // each guarded by the mutex of its step
}

// retrySettle is how long after a failed settle the next one is tried.
const retrySettle = 10 * time.Minute

// Sweep runs a sweep and the usage of the active if they are due: the time has
// come, or somebody asked. Who asked for a whole sync gets both for every
// tenant now, and the settle and the counters at their next turn: those take
// hours, and sweeps go on beside them.
func (j *Jobs) Sweep(ctx context.Context) error {
	if !j.sweeping.TryLock() {
		return nil
	}
	defer j.sweeping.Unlock()
	reason, whole, due, err := j.sweepWanted(ctx)
	if err != nil || !due {
		return err
	}
	j.triedSweep = j.Now()
	return j.sweepAndUsage(ctx, reason, whole)
}

// sweepWanted says whether a sweep is due, and why.
func (j *Jobs) sweepWanted(ctx context.Context) (reason string, whole, due bool, err error) {
	_, asked, err := j.DB.PendingSyncRequest(ctx) // to take one up is a write; most of the time there is none
	if err != nil {
		return "", false, false, err
	}
	if !asked {
		due, err = j.sweepDue(ctx)
		return "schedule", false, due, err
	}
	request, asked, err := j.DB.TakeSyncRequest(ctx)
	if err != nil || !asked {
		return "", false, false, err
	}
	reason = cmp.Or(request.By.Email, "staff")
	if request.Whole {
		err = j.wantWhole(ctx, reason)
	}
	return reason, request.Whole, true, err
}

func (j *Jobs) sweepAndUsage(ctx context.Context, reason string, whole bool) error {
	if err := j.sweep(ctx, reason); err != nil {
		return err
	}
	return j.usage(ctx, reason, whole)
}

// sweepDue asks this process's own memory first, so that a failure is tried
// again after Every and not at once, and then the store: another process may
// have swept meanwhile.
func (j *Jobs) sweepDue(ctx context.Context) (bool, error) {
	if since := j.Now().Sub(j.triedSweep); !j.triedSweep.IsZero() && since >= 0 && since < j.Every {
		return false, nil // below 0 the clock was set back
	}
	fresh, err := j.DB.Freshness(ctx)
	if err != nil {
		return false, err
	}
	age, ok := fresh.Age(fleet.Sweep, j.Now())
	return !ok || age >= j.Every || age < 0 || fresh.Failed != nil, nil
}

// NightlySettle settles once a night, at once where nothing ever was, and when
// somebody asked for a whole sync.
func (j *Jobs) NightlySettle(ctx context.Context) error {
	if !j.settling.TryLock() {
		return nil
	}
	defer j.settling.Unlock()
	due, reason, err := j.settleDue(ctx)
	if err != nil || !due {
		return err
	}
	j.triedSettle = j.Now()
	return j.settle(ctx, reason)
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
	fresh, err := j.DB.Freshness(ctx)
	if err != nil {
		return false, "", err
	}
	if _, swept := fresh.Complete[fleet.Sweep]; !swept {
		return false, "", nil // whose usage it is, only a sweep knows
	}
	if reason, wanted, err := j.takeWish(ctx, fleet.Settle); err != nil || wanted {
		return wanted, reason, err
	}
	now := j.Now().UTC()
	if since := now.Sub(j.triedSettle); !j.triedSettle.IsZero() && since >= 0 && since < retrySettle {
		return false, "", nil
	}
	last, ok := fresh.Complete[fleet.Settle]
	if !ok {
		return true, "first start", nil
	}
	night := fleet.DayOf(now).Start().Add(settleHour * time.Hour)
	return !now.Before(night) && last.Started.Before(night), "schedule", nil
}

// SpareCounters reads counters with what is left of the budget, or everybody's
// when somebody asked for a whole sync.
func (j *Jobs) SpareCounters(ctx context.Context) error {
	if !j.counting.TryLock() {
		return nil
	}
	defer j.counting.Unlock()
	fresh, err := j.DB.Freshness(ctx)
	if err != nil {
		return err
	}
	if _, swept := fresh.Complete[fleet.Sweep]; !swept {
		return nil
	}
	reason, whole, err := j.takeWish(ctx, fleet.Counters)
	if err != nil {
		return err
	}
	return j.countersDue(ctx, cmp.Or(reason, "schedule"), whole)
}

// Counters runs the counters now, unless they run, or had nothing left to read
// just now.
func (j *Jobs) Counters(ctx context.Context, reason string, whole bool) error {
	if !j.counting.TryLock() {
		return nil
	}
	defer j.counting.Unlock()
	return j.countersDue(ctx, reason, whole)
}

// countersDue rests for Every once the queues are empty; while there is work
// the next run follows at once, so that no budget is left lying.
func (j *Jobs) countersDue(ctx context.Context, reason string, whole bool) error {
	if since := j.Now().Sub(j.counted); !whole && !j.counted.IsZero() && since >= 0 && since < j.Every {
		return nil
	}
	more, err := j.counters(ctx, reason, whole)
	j.counted = j.Now()
	if more {
		j.counted = time.Time{}
	}
	return err
}

// SweepNow runs a sweep alone, in the foreground.
func (j *Jobs) SweepNow(ctx context.Context, reason string) error { return j.sweep(ctx, reason) }

// Usage reads the usage of the active, or of everybody, in the foreground.
func (j *Jobs) Usage(ctx context.Context, reason string, whole bool) error {
	return j.usage(ctx, reason, whole)
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
	_, err = j.counters(ctx, reason, true)
	return err
}
