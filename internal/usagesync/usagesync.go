// Package usagesync keeps the store current with Neon: the sweep, the usage of
// the active, the settle and the counters (docs/architecture.md, "The sync").
// Each step saves its cursor with every page and resumes there after a stop;
// a page may come twice without harm.
package usagesync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// leaseFor is how long the right to sync outlives its holder, by the store's
// clock. Pages do not prolong it: Lead does, three times in that span.
const leaseFor = 30 * time.Second

// wholly are the parameters of a step that leaves out nobody.
const wholly = "whole"

// A Syncer brings what Neon knows into the store. Its steps run one beside the
// other (settle and counters take hours at 300,000 tenants, the sweep must not
// wait for them), but each only once at a time.
type Syncer struct {
	DB    *db.DB
	Neon  *neon.Client // of the sync's lane, with its organization
	Now   func() time.Time
	Every time.Duration // between the beginnings of two sweeps
	Keep  int           // days of daily figures
	Log   *slog.Logger
	Owner string // of the lease: a name of its own for each process

	turns      turns // the settle's place beside the usage of the active
	resting    rest  // projects that Neon does not answer for
	askedAlone int64 // behind which local id the next sweep asks for projects alone; of the sweep only
}

// Lead takes or prolongs the right to sync; its error says that another
// process has it.
func (s *Syncer) Lead(ctx context.Context) error {
	ok, err := s.DB.TakeSyncLease(ctx, s.Owner, leaseFor)
	if err != nil {
		return err
	}
	if !ok {
		return errFollower
	}
	return nil
}

// KeepLead prolongs the right to sync until ctx ends, and then gives it back.
// What cannot be prolonged is lost, and the pages of running steps are refused.
func (s *Syncer) KeepLead(ctx context.Context, clock neon.Clock) {
	for clock.Wait(ctx, leaseFor/3) == nil {
		if err := s.Lead(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errFollower) {
			s.Log.Warn("the right to sync could not be prolonged", "err", err)
		}
	}
}

// Resign gives the right to sync back, so that another process need not wait
// for its end.
func (s *Syncer) Resign(ctx context.Context) error { return s.DB.ReleaseSyncLease(ctx, s.Owner) }

var errFollower = errors.New("another process syncs")

// Follower says whether err is that another process has the right to sync.
func Follower(err error) bool { return errors.Is(err, errFollower) }

// A step is one of the four at work: its record, its cursor and what it has
// called since its last page.
type step struct {
	*Syncer
	db.StepStart
	name    fleet.Step
	counter *neon.Counter
	neon    *neon.Client // counting
	marked  struct{ calls, throttled int64 }
}

// begin begins a step, or goes on with one that was cut off. Only who leads
// may: the record and the cursor of a step are taken over with it.
func (s *Syncer) begin(ctx context.Context, name fleet.Step, reason, params string) (*step, error) {
	if err := s.Lead(ctx); err != nil {
		return nil, err
	}
	start, err := s.DB.BeginStep(ctx, s.Owner, name, reason, params, s.Now())
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", name, err)
	}
	counter := &neon.Counter{}
	return &step{Syncer: s, StepStart: start, name: name, counter: counter, neon: s.Neon.Counting(counter)}, nil
}

// beginFresh is begin, except that a step cut off longer than stale ago begins
// anew.
func (s *Syncer) beginFresh(ctx context.Context, name fleet.Step, reason, params string, stale time.Duration) (*step, error) {
	st, err := s.begin(ctx, name, reason, params)
	if err != nil || !st.Resumed || s.Now().Sub(st.Began) <= stale {
		return st, err
	}
	return s.beginAnew(ctx, st, "Cut off too long ago to go on with. Begun anew.", reason, params)
}

// beginWhole is beginFresh for a step that can leave out nobody. One that was
// cut off without that begins anew: going on with it would leave out some.
func (s *Syncer) beginWhole(ctx context.Context, name fleet.Step, reason string, whole bool, stale time.Duration) (*step, error) {
	params := ""
	if whole {
		params = wholly
	}
	st, err := s.beginFresh(ctx, name, reason, params, stale)
	if err != nil || !whole || st.Params == wholly {
		return st, err
	}
	return s.beginAnew(ctx, st, "Cut off, and begun anew for every tenant.", reason, params)
}

func (s *Syncer) beginAnew(ctx context.Context, st *step, why, reason, params string) (*step, error) {
	if err := s.DB.FailStep(ctx, st.Run, why, s.Now()); err != nil {
		return nil, err
	}
	if err := s.DB.ForgetStep(ctx, st.name); err != nil {
		return nil, err
	}
	return s.begin(ctx, st.name, reason, params)
}

// mark is where the step stands after a page, with the calls since the last.
func (s *step) mark(cursor string, total int64) db.SyncMark {
	calls, throttled := s.called()
	return db.SyncMark{Run: s.Run, Step: s.name, Cursor: cursor, Total: total, Calls: calls, Throttled: throttled}
}

// called are the calls since it was asked last.
func (s *step) called() (calls, throttled int64) {
	calls, throttled = s.counter.Calls()-s.marked.calls, s.counter.Throttled()-s.marked.throttled
	s.marked.calls += calls
	s.marked.throttled += throttled
	return calls, throttled
}

// end records how the step went and passes its error on. A stop of ours is no
// failure: the record stays open and the next process goes on with it. The
// outcome is written although ctx may have ended: it is what happened.
func (s *step) end(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if calls, throttled := s.called(); calls > 0 {
		if counted := s.DB.CountCalls(ctx, s.Run, calls, throttled); counted != nil {
			return errors.Join(err, counted)
		}
	}
	switch {
	case err == nil:
		return s.DB.CompleteStep(ctx, s.Run, s.Now())
	case errors.Is(err, context.Canceled), fleet.KindOf(err) == fleet.Conflict:
		return err
	}
	if failed := s.DB.FailStep(ctx, s.Run, problem(err), s.Now()); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// page is the context in which a page is stored: a stop that comes while a
// page is at work lets it finish, because its answer is paid for.
func page(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}
