package usagesync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/observe"
)

// usage reads the consumption of those who were active since their last
// reading, 100 at a time in local order; of everybody where whole is set. One
// call covers yesterday and today up to the last full hour.
func (s *Syncer) usage(ctx context.Context, reason string, whole bool) error {
	allowed, err := s.DB.ConsumptionAllowed(ctx)
	if err != nil || !allowed {
		return err
	}
	st, err := s.beginWhole(ctx, fleet.Recent, reason, whole, staleSweep)
	if err != nil {
		return err
	}
	s.turns.usage(true)
	defer s.turns.usage(false)
	return st.end(ctx, st.runUsage(ctx))
}

func (s *step) runUsage(ctx context.Context) error {
	after, err := localOf(s.Cursor)
	if err != nil {
		return err
	}
	queue := s.DB.DueUsage
	if s.Params == wholly {
		queue = s.DB.AllTenants
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		due, err := queue(ctx, after, neon.MaxConsumptionIDs)
		if err != nil || len(due) == 0 {
			return err
		}
		after = due[len(due)-1].Local
		if err := s.usageOf(ctx, due, after); err != nil {
			return s.forbidden(ctx, err)
		}
		s.turns.usagePage()
	}
}

// usageOf reads and stores the recent hours of up to 100 tenants.
func (s *step) usageOf(ctx context.Context, due []db.Due, after int64) error {
	now := s.Now().UTC()
	to := now.Truncate(time.Hour)
	from := fleet.DayOf(now).Add(-1).Start()
	ids := make([]string, len(due))
	for i, d := range due {
		ids[i] = string(d.ID)
	}
	var got []db.TenantUsage
	query := neon.ConsumptionQuery{From: from, To: to, Granularity: neon.Hourly, ProjectIDs: ids}
	for p, err := range s.neon.Consumption.Projects(ctx, query) {
		if err != nil {
			return fmt.Errorf("read usage: %w", err)
		}
		got = append(got, s.believable(p.Items)...)
	}
	ctx, done := page(ctx)
	defer done()
	return s.DB.UsagePage(ctx, db.UsagePage{SyncMark: s.mark(strconv.FormatInt(after, 10), 0), At: now, From: from, To: to, Tenants: got})
}

// forbidden remembers that Neon's plan has no consumption figures: from then
// on compute and transfer come from the projects' own counters. It is no
// failure. A proxy's 403 says nothing about the plan.
func (s *step) forbidden(ctx context.Context, err error) error {
	e, ok := errors.AsType[*neon.Error](err)
	if !ok || e.Status != http.StatusForbidden || e.Foreign {
		return err
	}
	s.Log.Warn("Neon's plan has no consumption figures; compute and transfer come from each project's own counters", "err", err)
	return s.DB.SetConsumptionAllowed(context.WithoutCancel(ctx), false)
}

// believable are the figures of an answer in our words. A project whose figures
// make no sense is left out, as if Neon had not named it: what it used stays
// unknown, and the others are not held up by it.
func (s *step) believable(items []neon.ProjectConsumption) []db.TenantUsage {
	list := make([]db.TenantUsage, 0, len(items))
	for _, p := range items {
		u, err := observe.Usage(p)
		if err != nil {
			s.Log.Warn("figures that make no sense were left out", "project", p.ProjectID, "err", err)
			continue
		}
		list = append(list, u)
	}
	return list
}

// localOf reads a cursor that is a local id; "" is the beginning.
func localOf(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("saved cursor %q: %w", cursor, err)
	}
	return n, nil
}
