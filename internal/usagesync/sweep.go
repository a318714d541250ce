package usagesync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/observe"
)

// listTimeout is how long Neon may gather a page; what it cannot load by then
// comes as unavailable (FACTS §1).
const listTimeout = 20 * time.Second

// staleSweep is how long after its beginning a sweep is gone on with: an older
// one says little of now.
const staleSweep = time.Hour

// sweep reads everybody: settings, storage, active time, last activity. At its
// end it turns periods that are over and looks for projects that are gone.
func (s *Syncer) sweep(ctx context.Context, reason string) error {
	st, err := s.beginFresh(ctx, fleet.Sweep, reason, "", staleSweep)
	if err != nil {
		return err
	}
	return st.end(ctx, st.runSweep(ctx))
}

// Where a sweep stands: in Neon's list behind a cursor, or past its end.
const (
	listedTo  = "at:"
	listedAll = "listed"
)

func (s *step) runSweep(ctx context.Context) error {
	if s.Cursor != listedAll {
		if err := s.sweepPages(ctx); err != nil {
			return err
		}
	}
	if err := s.turnPeriods(ctx); err != nil {
		return err
	}
	return s.findMissing(ctx)
}

func (s *step) sweepPages(ctx context.Context) error {
	total, err := s.total(ctx)
	if err != nil {
		return err
	}
	query := neon.ProjectQuery{Cursor: strings.TrimPrefix(s.Cursor, listedTo), Limit: 400, Timeout: listTimeout}
	for p, err := range s.neon.Projects.Pages(ctx, query) {
		if err != nil {
			return s.forgetRefused(ctx, fmt.Errorf("list projects: %w", err))
		}
		if err := s.storeSweep(ctx, p, total); err != nil {
			return err
		}
	}
	return nil
}

// forgetRefused drops a cursor that Neon will never accept again, and a range
// of days that has become too old for it (406, FACTS §8), so that the next
// attempt begins anew instead of failing for ever.
func (s *step) forgetRefused(ctx context.Context, err error) error {
	switch status := neon.StatusOf(err); {
	case status == http.StatusBadRequest, status == http.StatusNotAcceptable, errors.Is(err, neon.ErrCursorLoop):
		return errors.Join(err, s.DB.ForgetStep(context.WithoutCancel(ctx), s.name))
	}
	return err
}

func (s *step) storeSweep(ctx context.Context, p neon.ProjectPage, total int64) error {
	ctx, done := page(ctx)
	defer done()
	listed := make([]db.SweepProject, len(p.Items))
	for i, item := range p.Items {
		listed[i] = observe.Listed(item)
	}
	place := listedTo + p.Next
	if p.Last {
		place = listedAll
	}
	_, err := s.DB.SweepPage(ctx, db.SweepPage{SyncMark: s.mark(place, total), At: s.Now(),
		Projects: listed, Unavailable: observe.IDs(p.Unavailable)})
	return err
}
