package usagesync

import (
	"context"
	"net/http"
	"sync"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"

	"golang.org/x/sync/errgroup"
)

const (
	// roundSize is how many projects of a queue are read before their answers
	// are stored together.
	roundSize = 40
	// atOnce is how many calls wait in the budget at once. The sweep waits with
	// one beside them, and so gets its fifth of 600 a minute: its 120.
	atOnce = 4
	// mostRefused is how many projects of a round Neon may fail to answer for,
	// without a single answer, before it is Neon that fails.
	mostRefused = 8
	// restsFor is how long a project that was not answered for is left alone, so
	// that it does not stand at the head of a queue for ever.
	restsFor = time.Hour
)

// readEach reads every project of the list, a few at once, and returns the
// answers in the list's order. One project's trouble is not everybody's: it is
// left out and rests. An error ends the round, with what was read before it.
func readEach[T any](ctx context.Context, s *step, list []db.Due, read func(ctx context.Context, id string) (T, error)) ([]T, error) {
	answers := make([]*T, len(list))
	var tally refusals
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, d := range list {
		g.Go(func() error {
			if gctx.Err() != nil {
				return gctx.Err() // the round is over
			}
			answer, err := read(gctx, string(d.ID))
			if err == nil {
				answers[i] = &answer
				tally.answered()
				return nil
			}
			if gctx.Err() != nil || !ofOneProject(err) {
				return err
			}
			s.rest(d.ID, err)
			return tally.refused(err)
		})
	}
	err := g.Wait()
	var got []T
	for _, a := range answers {
		if a != nil {
			got = append(got, *a)
		}
	}
	return got, err
}

// ofOneProject says whether a failure may be the project's own: Neon answered
// about it, but not well. A refused key, a used-up limit and a dead line are
// everybody's.
func ofOneProject(err error) bool {
	switch neon.StatusOf(err) {
	case 0, http.StatusUnauthorized, http.StatusTooManyRequests:
		return false
	}
	return true
}

// refusals tell one project's trouble from Neon's.
type refusals struct {
	mu      sync.Mutex
	answers int
	failed  int
}

func (r *refusals) answered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers++
}

// refused returns err once nothing but failures came.
func (r *refusals) refused(err error) error {
	if neon.IsNotFound(err) {
		r.answered() // Neon works: it says that the project is gone
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed++; r.answers == 0 && r.failed >= mostRefused {
		return err
	}
	return nil
}

// A rest remembers whom Neon did not answer for, in this process.
type rest struct {
	mu    sync.Mutex
	until map[fleet.TenantID]time.Time
}

// rest leaves a project alone for a while. Whether one that is gone is missing
// is for the sweep to say.
func (s *Syncer) rest(id fleet.TenantID, why error) {
	if !neon.IsNotFound(why) {
		s.Log.Warn("Neon does not answer for a project; it is asked again in an hour", "project", id, "err", why)
	}
	s.resting.mu.Lock()
	defer s.resting.mu.Unlock()
	if s.resting.until == nil {
		s.resting.until = map[fleet.TenantID]time.Time{}
	}
	s.resting.until[id] = s.Now().Add(restsFor)
}

// asleep is how many projects rest now.
func (s *Syncer) asleep() int {
	s.resting.mu.Lock()
	defer s.resting.mu.Unlock()
	for id, until := range s.resting.until {
		if !s.Now().Before(until) {
			delete(s.resting.until, id)
		}
	}
	return len(s.resting.until)
}

// awake leaves out those that rest, and from size on the others.
func (s *Syncer) awake(list []db.Due, size int) (ready []db.Due) {
	s.resting.mu.Lock()
	defer s.resting.mu.Unlock()
	for _, d := range list {
		if s.Now().Before(s.resting.until[d.ID]) {
			continue
		}
		if ready = append(ready, d); len(ready) == size {
			break
		}
	}
	return ready
}
