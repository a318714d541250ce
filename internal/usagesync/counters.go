package usagesync

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/observe"
)

const (
	// endpointsRound is roundSize for computes: somewhat more than a third of
	// what the sweep leaves, so that everybody's are read within a day although
	// the two other queues always want something (performance.md §5).
	endpointsRound = 60
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
// more says that there was work left when its time was over.
func (s *Syncer) counters(ctx context.Context, reason string, whole bool) (more bool, err error) {
	st, err := s.beginWhole(ctx, fleet.Counters, reason, whole, staleSettle)
	if err != nil {
		return false, err
	}
	if st.Params == wholly {
		return false, st.end(ctx, st.runWholeCounters(ctx))
	}
	more, err = st.runCounters(ctx)
	return more, st.end(ctx, err)
}

// A round is a queue of projects and what is read of each.
type round struct {
	due  func(ctx context.Context) ([]db.Due, error)
	read func(ctx context.Context, list []db.Due, to string) error
}

// runCounters takes turns between the queues until they are empty or its time
// is over. It has no cursor: what was read is no longer due.
func (s *step) runCounters(ctx context.Context) (more bool, err error) {
	began := s.Now()
	rounds := s.rounds(began)
	for worked := true; worked; {
		if s.Now().Sub(began) >= countersFor {
			return true, nil
		}
		worked = false
		for _, r := range rounds {
			due, err := r.due(ctx)
			if err != nil {
				return false, err
			}
			if len(due) == 0 {
				continue
			}
			worked = true
			if err := r.read(ctx, due, ""); err != nil {
				return false, err
			}
		}
	}
	return false, ctx.Err()
}

// rounds are the three queues. A queue by local id goes on behind what it gave,
// and the counters' leaves out whom this run asked already: who does not answer
// stays due, and must not be asked for ever.
func (s *step) rounds(began time.Time) []round {
	tried := map[fleet.TenantID]bool{}
	return []round{
		{func(ctx context.Context) ([]db.Due, error) {
			list, err := s.DB.DueCounters(ctx, roundSize+s.asleep())
			return untried(s.awake(list, roundSize), tried), err
		}, s.readCounters},
		{s.onward(roundSize, func(ctx context.Context, after int64) ([]db.Due, error) {
			return s.DB.DueBranches(ctx, began.Add(-branchesHold), after, roundSize)
		}), s.readBranches},
		{s.onward(endpointsRound, func(ctx context.Context, after int64) ([]db.Due, error) {
			return s.DB.DueEndpoints(ctx, began.Add(-endpointsHold), after, endpointsRound)
		}), s.readEndpoints},
	}
}

// onward is a queue whose place moves behind what it gave.
func (s *step) onward(size int, next func(ctx context.Context, after int64) ([]db.Due, error)) func(context.Context) ([]db.Due, error) {
	after := int64(0)
	return func(ctx context.Context) ([]db.Due, error) {
		for {
			list, err := next(ctx, after)
			if err != nil || len(list) == 0 {
				return nil, err
			}
			after = list[len(list)-1].Local
			if ready := s.awake(list, size); len(ready) > 0 {
				return ready, nil
			}
		}
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

// runWholeCounters reads every tenant in local order, from the saved place on:
// behind which local id, and which of the three comes next there.
func (s *step) runWholeCounters(ctx context.Context) error {
	var after int64
	var part int
	if s.Cursor != "" {
		if _, err := fmt.Sscanf(s.Cursor, "%d/%d", &after, &part); err != nil {
			return fmt.Errorf("saved cursor %q: %w", s.Cursor, err)
		}
	}
	reads := []func(context.Context, []db.Due, string) error{s.readCounters, s.readBranches, s.readEndpoints}
	for {
		list, err := s.DB.AllTenants(ctx, after, roundSize)
		if err != nil || len(list) == 0 {
			return err
		}
		next := list[len(list)-1].Local
		for ; part < len(reads); part++ {
			to := fmt.Sprintf("%d/%d", after, part+1)
			if part == len(reads)-1 {
				to = strconv.FormatInt(next, 10) + "/0"
			}
			if err := reads[part](ctx, list, to); err != nil {
				return err
			}
		}
		after, part = next, 0
	}
}

func (s *step) readCounters(ctx context.Context, list []db.Due, to string) error {
	return readRound(ctx, s, "counters", list, to, func(ctx context.Context, id string) (db.ProjectCounters, error) {
		p, err := s.neon.Projects.Get(ctx, id)
		c := observe.Counters(p)
		c.At = s.Now()
		return c, err
	}, s.DB.CountersPage)
}

func (s *step) readBranches(ctx context.Context, list []db.Due, to string) error {
	return readRound(ctx, s, "branches", list, to, func(ctx context.Context, id string) (db.LargestBranch, error) {
		size, err := observe.LargestBranch(ctx, s.neon, id)
		return db.LargestBranch{ID: fleet.TenantID(id), At: s.Now(), Size: size}, err
	}, s.DB.BranchesPage)
}

func (s *step) readEndpoints(ctx context.Context, list []db.Due, to string) error {
	return readRound(ctx, s, "computes", list, to, func(ctx context.Context, id string) (db.ProjectEndpoints, error) {
		endpoints, err := s.neon.Endpoints.List(ctx, id)
		return db.ProjectEndpoints{ID: fleet.TenantID(id), At: s.Now(), Endpoints: observe.Endpoints(endpoints)}, err
	}, s.DB.EndpointsPage)
}

// readRound reads a list and stores the answers, also those that came before a
// failure or a stop: they are paid for. Only a whole round moves the cursor.
func readRound[T any](ctx context.Context, s *step, what string, list []db.Due, to string, read func(ctx context.Context, id string) (T, error),
	store func(ctx context.Context, m db.SyncMark, got []T) error) error {
	got, failed := readEach(ctx, s, list, read)
	if failed == nil {
		s.Cursor = to
	} else if failed = fmt.Errorf("read %s: %w", what, failed); len(got) == 0 {
		return failed
	}
	ctx, done := page(ctx)
	defer done()
	if err := store(ctx, s.mark(s.Cursor, 0), got); err != nil {
		return err
	}
	return failed
}
