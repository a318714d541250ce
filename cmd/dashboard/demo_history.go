package main

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/neon/neonsim"
)

const (
	// historyDays is how far back a first start reads Neon's days.
	historyDays = 59
	// countedDays is for how many of the last days the demo reads counters:
	// a call for each active project and day.
	countedDays = 3
	// settledDays is how often the usage of the days lived through is read:
	// all of them at once, while Neon still has them.
	settledDays = 45
)

// makeHistory lives through the days that Neon would have forgotten: the
// simulator's clock begins days ago, the dashboard reads what there is, and
// then a sweep a day up to now, so that older days are really remembered. A
// later start catches up in the same way.
func (d *dashboard) makeHistory(ctx context.Context, sim *neonsim.Sim) error {
	if err := d.sync.Lead(ctx); err != nil {
		return err
	}
	for day := 0; ; day++ {
		left := time.Since(sim.Now())
		if left < time.Minute {
			break
		}
		if err := d.live(ctx, day%settledDays == 0, left < countedDays*24*time.Hour); err != nil {
			return fmt.Errorf("the day of %s: %w", sim.Now().Format(time.DateOnly), err)
		}
		sim.Advance(min(24*time.Hour, time.Since(sim.Now())))
	}
	if err := d.live(ctx, true, true); err != nil {
		return err
	}
	return d.sync.Once(ctx, "demo", false)
}

// live is one day of the demo's history.
func (d *dashboard) live(ctx context.Context, settled, counted bool) error {
	if _, err := d.client.Auth.Get(ctx); err != nil { // brings the simulator's time
		return err
	}
	if err := d.sync.SweepNow(ctx, "demo"); err != nil {
		return err
	}
	if settled {
		if err := d.sync.Settle(ctx, "demo"); err != nil {
			return err
		}
	}
	if !counted {
		return nil
	}
	return d.sync.Counters(ctx, "demo", false)
}
