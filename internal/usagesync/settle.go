package usagesync

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

const (
	// backfillDays is how far back Neon gives days: 60, less a margin because
	// times are rounded (FACTS §8).
	backfillDays = 59
	// backfillMonths is this month and the 11 before: 12 back from the first of
	// a month would be over a year, and refused with 406 (FACTS §8).
	backfillMonths = 11
	// settleDays is how many days a nightly settle covers at least: late
	// figures arrive within hours.
	settleDays = 3
	// settleHour is when the night's settle may begin, UTC.
	settleHour = 2
	// staleSettle is how long after its beginning a settle is gone on with.
	staleSettle = 20 * time.Hour
)

// A settlePlan is what a settle covers; kept with its record.
type settlePlan struct {
	From, To fleet.Day // both included
	Months   bool      // the months before too
}

// A settlePlace is where a settle stands.
type settlePlace struct {
	No     int64 // of db.BeginSettle
	Phase  settlePhase
	Cursor string `json:",omitempty"` // Neon's, in days and months
	After  int64  `json:",omitempty"` // local id, while marking
}

type settlePhase string

const (
	settlingDays   settlePhase = "days"
	settlingMonths settlePhase = "months"
	marking        settlePhase = "final"
)

// planSettle says what the next settle covers: everything Neon still has at
// the first start, else the days since the last final one.
func (s *Syncer) planSettle(ctx context.Context) (settlePlan, error) {
	fresh, err := s.DB.Freshness(ctx)
	if err != nil {
		return settlePlan{}, err
	}
	today := fleet.DayOf(s.Now())
	p := settlePlan{From: today.Add(-backfillDays), To: today.Add(-1), Months: true}
	if through := fresh.SettledThrough; through != 0 && through >= p.From.Add(-1) {
		p.From, p.Months = min(through.Add(1), today.Add(-settleDays)), false
	}
	return p, nil
}

// settle pages through the whole organization for the last days, so that
// storage, history and late figures are complete and days can be final.
func (s *Syncer) settle(ctx context.Context, reason string) error {
	plan, err := s.planSettle(ctx)
	if err != nil {
		return err
	}
	params, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("encode the settle's plan: %w", err)
	}
	st, err := s.beginFresh(ctx, fleet.Settle, reason, string(params), staleSettle)
	if err != nil {
		return err
	}
	return st.end(ctx, st.runSettle(ctx))
}

func (s *step) runSettle(ctx context.Context) error {
	var plan settlePlan
	if err := json.Unmarshal([]byte(s.Params), &plan); err != nil {
		return fmt.Errorf("saved plan of the settle: %w", err)
	}
	place, err := s.settlePlace(ctx, plan)
	if err != nil {
		return err
	}
	err = s.readSettle(ctx, plan, &place)
	if neon.StatusOf(err) == http.StatusForbidden {
		err = s.forbidden(ctx, err)
	} else if err == nil {
		err = s.closeSettle(ctx, place)
	}
	if err != nil {
		return err
	}
	return s.prune(ctx)
}

// readSettle reads the days, and at the first start the months before.
func (s *step) readSettle(ctx context.Context, plan settlePlan, place *settlePlace) error {
	total, err := s.total(ctx)
	if err != nil {
		return err
	}
	if plan.Months {
		total *= 2 // each tenant's days, then its months
	}
	if place.Phase == settlingDays {
		if err := s.settleDays(ctx, plan, place, total); err != nil {
			return err
		}
	}
	if place.Phase == settlingMonths {
		return s.settleMonths(ctx, place, total)
	}
	return nil
}

// settlePlace is where the settle stands; a new one begins at its first day.
func (s *step) settlePlace(ctx context.Context, plan settlePlan) (place settlePlace, err error) {
	if s.Cursor != "" {
		err = json.Unmarshal([]byte(s.Cursor), &place)
		return place, err
	}
	no, err := s.DB.BeginSettle(ctx, plan.From, plan.To, s.Now())
	if err != nil {
		return place, err
	}
	place = settlePlace{No: no, Phase: settlingDays}
	return place, s.DB.SaveMark(ctx, s.placeMark(place, 0), 0)
}

func (s *step) placeMark(place settlePlace, total int64) db.SyncMark {
	cursor, err := json.Marshal(place)
	if err != nil {
		panic("usagesync: a settle's place cannot be encoded: " + err.Error()) // impossible: numbers and strings
	}
	return s.mark(string(cursor), total)
}

func (s *step) settleDays(ctx context.Context, plan settlePlan, place *settlePlace, total int64) error {
	next := settlingMonths
	if !plan.Months {
		next = marking
	}
	query := neon.ConsumptionQuery{From: plan.From.Start(), To: plan.To.End(), Granularity: neon.Daily, Cursor: place.Cursor}
	return s.settlePages(ctx, query, place, next, total, func(ctx context.Context, mark db.SyncMark, got []db.TenantUsage) error {
		return s.DB.UsagePage(ctx, db.UsagePage{SyncMark: mark, At: s.Now(), From: query.From, To: query.To, Settle: place.No, Tenants: got})
	})
}

func (s *step) settleMonths(ctx context.Context, place *settlePlace, total int64) error {
	this := fleet.MonthOf(s.Began)
	first := this.Add(-backfillMonths)
	query := neon.ConsumptionQuery{From: first.Start(), To: this.Start(), Granularity: neon.Monthly, Cursor: place.Cursor}
	return s.settlePages(ctx, query, place, marking, total, func(ctx context.Context, mark db.SyncMark, got []db.TenantUsage) error {
		return s.DB.MonthPage(ctx, db.MonthPage{SyncMark: mark, At: s.Now(), From: first, To: this.Add(-1), Settle: place.No, Tenants: got})
	})
}

// settlePages walks the organization's consumption from the saved place on,
// gives each page to keep with where it stands after it, and leaves place at
// the next phase.
func (s *step) settlePages(ctx context.Context, query neon.ConsumptionQuery, place *settlePlace, next settlePhase, total int64,
	keep func(ctx context.Context, mark db.SyncMark, got []db.TenantUsage) error) error {
	for p, err := range s.neon.Consumption.Projects(ctx, query) {
		if err != nil {
			return s.forgetRefused(ctx, fmt.Errorf("read usage of the organization: %w", err))
		}
		if place.Cursor = p.Next; p.Last {
			place.Phase, place.Cursor = next, ""
		}
		storing, done := page(ctx)
		err = keep(storing, s.placeMark(*place, total), s.believable(p.Items))
		done()
		if err != nil {
			return err
		}
		if err := s.turns.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}
