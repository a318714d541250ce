package usagesync

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/observe"

	"golang.org/x/sync/errgroup"
)

const (
	// roundSize is how many projects of a queue are read before their answers
	// are stored together.
	roundSize = 40
	// atOnce is how many calls wait in the budget at once. The sweep waits with
	// one beside them, and so gets its fifth of 600 a minute: its 120.
	atOnce = 4
	// endpointsHold and branchesHold are how old a reading may be. Every
	// project's computes are read at least once in 24 hours (design.md §4).
	endpointsHold = 20 * time.Hour
	branchesHold  = 12 * time.Hour
	// countersFor bounds a run of the counters, so that its record ends.
	countersFor = 15 * time.Minute
)

// counters reads, with whatever budget is left, projects' own counters (of the
// active, oldest reading first), branches of those near their storage limit,
// and everybody's computes. With whole it reads all of that of every tenant.
func (s *Syncer) counters(ctx context.Context, reason string, whole bool) error {
	st, err := s.beginFresh(ctx, fleet.Counters, reason, strconv.FormatBool(whole), staleSettle)
	if err != nil {
		return err
	}
	if st.Params == "true" {
		return st.end(ctx, st.runWholeCounters(ctx))
	}
	return st.end(ctx, st.runCounters(ctx))
}

// runWholeCounters reads every tenant in local order, from the saved place on.
func (s *step) runWholeCounters(ctx context.Context) error {
	after, err := localOf(s.Cursor)
	if err != nil {
		return err
	}
	for {
		list, err := s.DB.AllTenants(ctx, after, roundSize)
		if err != nil || len(list) == 0 {
			return err
		}
		s.Cursor = strconv.FormatInt(after, 10)
		for _, read := range []func(context.Context, []db.Due) error{s.readCounters, s.readBranches, s.readEndpoints} {
			if err := read(ctx, list); err != nil {
				return err
			}
		}
		after = list[len(list)-1].Local
	}
}

// A round is a queue of projects and what is read of each.
type round struct {
	due  func(ctx context.Context) ([]db.Due, error)
	read func(ctx context.Context, list []db.Due) error
}

func (s *step) runCounters(ctx context.Context) error {
	began := s.Now()
	var branches, endpoints int64
	rounds := []round{
		{func(ctx context.Context) ([]db.Due, error) { return s.DB.DueCounters(ctx, roundSize) }, s.readCounters},
		{func(ctx context.Context) ([]db.Due, error) {
			return onward(&branches)(s.DB.DueBranches(ctx, began.Add(-branchesHold), branches, roundSize))
		}, s.readBranches},
		{func(ctx context.Context) ([]db.Due, error) {
			return onward(&endpoints)(s.DB.DueEndpoints(ctx, began.Add(-endpointsHold), endpoints, roundSize))
		}, s.readEndpoints},
	}
	tried := map[fleet.TenantID]bool{} // of the counters: who does not answer stays the oldest
	for worked := true; worked && s.Now().Sub(began) < countersFor; {
		worked = false
		for i, r := range rounds {
			due, err := r.due(ctx)
			if err != nil {
				return err
			}
			if i == 0 {
				due = untried(due, tried)
			}
			if len(due) == 0 {
				continue
			}
			worked = true
			if err := r.read(ctx, due); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// onward moves a queue's place behind what it gave.
func onward(after *int64) func([]db.Due, error) ([]db.Due, error) {
	return func(list []db.Due, err error) ([]db.Due, error) {
		if len(list) > 0 {
			*after = list[len(list)-1].Local
		}
		return list, err
	}
}

func untried(list []db.Due, tried map[fleet.TenantID]bool) (fresh []db.Due) {
	for _, d := range list {
		if !tried[d.ID] {
			tried[d.ID] = true
			fresh = append(fresh, d)
		}
	}
	return fresh
}

func (s *step) readCounters(ctx context.Context, list []db.Due) error {
	got, err := readEach(ctx, list, func(ctx context.Context, id string) (db.ProjectCounters, error) {
		p, err := s.neon.Projects.Get(ctx, id)
		c := observe.Counters(p)
		c.At = s.Now()
		return c, err
	})
	if err != nil {
		return fmt.Errorf("read counters: %w", err)
	}
	ctx, done := page(ctx)
	defer done()
	return s.DB.CountersPage(ctx, s.mark(s.Cursor, 0), got)
}

func (s *step) readBranches(ctx context.Context, list []db.Due) error {
	got, err := readEach(ctx, list, func(ctx context.Context, id string) (db.LargestBranch, error) {
		size, err := observe.LargestBranch(ctx, s.neon, id)
		return db.LargestBranch{ID: fleet.TenantID(id), At: s.Now(), Size: size}, err
	})
	if err != nil {
		return fmt.Errorf("read branches: %w", err)
	}
	ctx, done := page(ctx)
	defer done()
	return s.DB.BranchesPage(ctx, s.mark(s.Cursor, 0), got)
}

func (s *step) readEndpoints(ctx context.Context, list []db.Due) error {
	got, err := readEach(ctx, list, func(ctx context.Context, id string) (db.ProjectEndpoints, error) {
		endpoints, err := s.neon.Endpoints.List(ctx, id)
		return db.ProjectEndpoints{ID: fleet.TenantID(id), At: s.Now(), Endpoints: observe.Endpoints(endpoints)}, err
	})
	if err != nil {
		return fmt.Errorf("read computes: %w", err)
	}
	ctx, done := page(ctx)
	defer done()
	return s.DB.EndpointsPage(ctx, s.mark(s.Cursor, 0), got)
}

// readEach reads every project of the list, a few at once, in the list's
// order. A project that is gone is left out: whether it is missing is for the
// sweep to say. Any other failure ends the round; what came before it is kept.
func readEach[T any](ctx context.Context, list []db.Due, read func(ctx context.Context, id string) (T, error)) ([]T, error) {
	answers := make([]*T, len(list))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, d := range list {
		g.Go(func() error {
			answer, err := read(gctx, string(d.ID))
			if neon.IsNotFound(err) {
				return nil
			}
			if err != nil {
				return err
			}
			answers[i] = &answer
			return nil
		})
	}
	err := g.Wait()
	var got []T
	for _, a := range answers {
		if a != nil {
			got = append(got, *a)
		}
	}
	if len(got) > 0 && ctx.Err() == nil && neon.StatusOf(err) >= 500 {
		err = nil // one project's trouble is not everybody's; the next round comes to it again
	}
	return got, err
}
