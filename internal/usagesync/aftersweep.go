package usagesync

import (
	"context"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// missingAtOnce bounds how many projects a sweep asks for alone: should a list
// suddenly be empty, the answer comes piece by piece instead of in 300,000 calls.
const missingAtOnce = 500

// turnPeriods begins the next period of whose is over, and lets sizes of
// branches go that are too old to go by.
func (s *step) turnPeriods(ctx context.Context) error {
	now := s.Now()
	if err := inPages(ctx, 0, func(after int64) (int64, bool, error) {
		return s.DB.PeriodsPage(ctx, now, after, storePage)
	}); err != nil {
		return err
	}
	return inPages(ctx, 0, func(int64) (int64, bool, error) {
		done, err := s.DB.ExpirePage(ctx, now, storePage)
		return 0, done, err
	})
}

// A verdict is what Neon says of a project that the list left out.
type verdict struct {
	id   fleet.TenantID
	gone bool
}

// findMissing asks for each project that the whole sweep did not see. Only one
// that answers 404 too is missing: a list alone proves nothing (FACTS §1). Whom
// Neon cannot answer for now stays as it is and is asked for by the next sweep;
// this one has seen the whole list and is complete. Should there be more than
// can be asked for, the next sweep begins behind them.
func (s *step) findMissing(ctx context.Context) error {
	candidates, err := s.DB.MissingCandidates(ctx, s.Began, s.askedAlone, missingAtOnce)
	if err != nil {
		return err
	}
	verdicts, failed := readEach(ctx, s, candidates, func(ctx context.Context, id string) (verdict, error) {
		_, err := s.neon.Projects.Get(ctx, id)
		if neon.IsNotFound(err) {
			return verdict{fleet.TenantID(id), true}, nil
		}
		return verdict{id: fleet.TenantID(id)}, err
	})
	if err := s.markMissing(ctx, verdicts); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed != nil {
		s.Log.Warn("could not ask for all projects that the list left out", "count", len(candidates), "err", failed)
	}
	s.askedAlone = 0
	if len(candidates) == missingAtOnce {
		s.askedAlone = candidates[len(candidates)-1].Local
	}
	return s.DB.SaveMark(ctx, s.mark(listedAll, 0), 0)
}

func (s *step) markMissing(ctx context.Context, verdicts []verdict) error {
	var gone []fleet.TenantID
	for _, v := range verdicts {
		if v.gone {
			gone = append(gone, v.id)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	s.Log.Warn("projects are gone from Neon", "count", len(gone), "first", gone[0])
	ctx, done := page(ctx)
	defer done()
	return s.DB.MarkMissing(ctx, gone, s.Now())
}

// total is the number of tenants, for progress.
func (s *step) total(ctx context.Context) (int64, error) {
	counts, err := s.DB.PlanCounts(ctx)
	if err != nil {
		return 0, err
	}
	total := int64(0)
	for _, c := range counts {
		total += int64(c.Tenants)
	}
	return total, nil
}
