package usagesync

import (
	"context"
	"fmt"

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

// findMissing asks for each project that the whole sweep did not see. Only one
// that answers 404 too is missing: a list alone proves nothing (FACTS §1).
func (s *step) findMissing(ctx context.Context) error {
	candidates, err := s.DB.MissingCandidates(ctx, s.Began, 0, missingAtOnce)
	if err != nil {
		return err
	}
	var gone []fleet.TenantID
	for _, c := range candidates {
		_, err := s.neon.Projects.Get(ctx, string(c.ID))
		switch {
		case neon.IsNotFound(err):
			gone = append(gone, c.ID)
		case err != nil:
			return fmt.Errorf("ask for %s, which the list left out: %w", c.ID, err)
		}
	}
	if len(gone) > 0 {
		s.Log.Warn("projects are gone from Neon", "count", len(gone), "first", gone[0])
		if err := s.DB.MarkMissing(ctx, gone, s.Now()); err != nil {
			return err
		}
	}
	return s.DB.SaveMark(ctx, s.mark(listedAll, 0), 0)
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
