package usagesync

import (
	"context"

	"neonfleet/internal/fleet"
)

const (
	// storePage is how many tenants a set-based step of the store takes at once.
	storePage = 400
	// keepRuns is how many records of runs are kept: some days of sweeps.
	keepRuns = 5000
)

// closeSettle makes the settled days final: first those of an earlier settle
// that was cut off while doing so and is no longer gone on with.
func (s *step) closeSettle(ctx context.Context, place settlePlace) error {
	if err := s.DB.SetConsumptionAllowed(ctx, true); err != nil {
		return err
	}
	if err := s.DB.CompleteSettle(ctx, place.No); err != nil {
		return err
	}
	for {
		no, ok, err := s.DB.UnmarkedSettle(ctx)
		if err != nil || !ok {
			return err
		}
		from := settlePlace{No: place.No, Phase: marking}
		if no == place.No {
			from.After = place.After
		}
		if err := s.markFinal(ctx, no, from); err != nil {
			return err
		}
	}
}

// markFinal closes the days of a settle in pages; place is where this one is.
func (s *step) markFinal(ctx context.Context, no int64, place settlePlace) error {
	return inPages(ctx, place.After, func(after int64) (int64, bool, error) {
		next, done, err := s.DB.FinalPage(ctx, no, after, storePage)
		if err != nil || done {
			return next, done, err
		}
		if no == place.No {
			place.After = next
		}
		return next, false, s.DB.SaveMark(ctx, s.placeMark(place, 0), 0)
	})
}

// prune lets go what is kept long enough: daily figures, and records of runs.
func (s *step) prune(ctx context.Context) error {
	oldest := fleet.DayOf(s.Now()).Add(-s.Keep)
	if err := inPages(ctx, 0, func(after int64) (int64, bool, error) {
		return s.DB.PruneDays(ctx, oldest, after, storePage)
	}); err != nil {
		return err
	}
	return s.DB.PruneRuns(ctx, keepRuns)
}

// inPages calls do from a local id on until it says done.
func inPages(ctx context.Context, after int64, do func(after int64) (next int64, done bool, err error)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, done, err := do(after)
		if err != nil || done {
			return err
		}
		after = next
	}
}
