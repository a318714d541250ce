package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// A SweepProject is a project as the list of projects shows it.
type SweepProject struct {
	ID             fleet.TenantID
	Name           string
	Region         string
	PgVersion      int
	CreatedAt      time.Time
	LastActive     time.Time // zero: never, as far as this answer says
	Settings       fleet.Settings
	ActiveSeconds  fleet.Amount // active_time, period to date
	StorageBytes   fleet.Amount // synthetic_storage_size, a gauge
	PeriodEnd      time.Time    // quota_reset_at; zero where Neon does not say it
	HistorySeconds int64
	NeonPlan       string // subscription type; "" leaves what is known
}

// A SweepPage is one page of the list of projects.
type SweepPage struct {
	SyncMark
	At          time.Time // when Neon answered
	Projects    []SweepProject
	Unavailable []fleet.TenantID // Neon could not say anything about these: not missing
}

// SweepDone says what a page of the sweep did.
type SweepDone struct{ New, Changed, Recovered int }

// SweepPage stores a page of the sweep with its cursor. New projects become
// tenants, on the plan whose settings they carry exactly. A page that comes
// twice, or late, changes nothing.
func (d *DB) SweepPage(ctx context.Context, p SweepPage) (done SweepDone, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		s := &sweep{at: p.At}
		s.take(p.Projects)
		if err := s.read(ctx, tx); err != nil {
			return err
		}
		s.work()
		if err := s.store(ctx, tx); err != nil {
			return err
		}
		if err := tx.noteUnavailable(ctx, p.Unavailable, p.At); err != nil {
			return err
		}
		done = s.done()
		return tx.mark(ctx, p.SyncMark, len(p.Projects))
	})
	if err != nil {
		return SweepDone{}, fmt.Errorf("store a page of the sweep: %w", err)
	}
	return done, nil
}

// A sweep is a page at work: what came, and what is stored of it.
type sweep struct {
	at       time.Time
	projects map[fleet.TenantID]SweepProject
	order    []fleet.TenantID // as they came, each once

	plans     *planBook
	settings  *settingsBook
	regions   map[string]int64
	forbidden bool // no consumption v2
	days      *dayBook
	counted   map[int64]bool              // whose days are read, and may be changed
	spans     map[int64][]planSpan        // of those whose settings changed
	endpoints map[int64][]fleet.Endpoint  // of those too
	known     map[fleet.TenantID]struct{} // tenants already
	before    []tenantRow
	rows      []tenantRow
	fresh     []tenantRow
	turned    []int // rows whose period changed
}

// take keeps each project once, as it came last.
func (s *sweep) take(projects []SweepProject) {
	s.projects = make(map[fleet.TenantID]SweepProject, len(projects))
	for _, p := range projects {
		if _, twice := s.projects[p.ID]; !twice {
			s.order = append(s.order, p.ID)
		}
		p.Name = fleet.CleanText(p.Name)
		s.projects[p.ID] = p
	}
}

// read gets what is stored: plans, numbers, the tenants themselves, and of
// those with whom something moved their days.
func (s *sweep) read(ctx context.Context, tx *DB) (err error) {
	if s.plans, err = tx.planBook(ctx); err != nil {
		return err
	}
	if err := s.keepSettings(ctx, tx); err != nil {
		return err
	}
	if err := s.keepRegions(ctx, tx); err != nil {
		return err
	}
	allowed, err := tx.ConsumptionAllowed(ctx)
	if err != nil {
		return err
	}
	s.forbidden = !allowed
	if err := s.readTenants(ctx, tx); err != nil {
		return err
	}
	return s.readDays(ctx, tx)
}

func (s *sweep) keepSettings(ctx context.Context, tx *DB) error {
	s.settings = newSettingsBook()
	values := map[string]fleet.Settings{}
	for _, p := range s.projects {
		values[settingsKey(p.Settings)] = p.Settings
	}
	return s.settings.keep(ctx, tx, values)
}

func (s *sweep) keepRegions(ctx context.Context, tx *DB) error {
	_, known, err := tx.numbers(ctx, true)
	if err != nil {
		return err
	}
	var fresh [][]any
	asked := map[string]bool{}
	for _, id := range s.order {
		region := s.projects[id].Region
		if _, ok := known.no[region]; !ok && !asked[region] {
			asked[region] = true
			fresh = append(fresh, []any{region})
		}
	}
	if len(fresh) > 0 {
		if err := tx.insertRows(ctx, `INSERT INTO region (id)`, `ON CONFLICT (id) DO NOTHING`, fresh); err != nil {
			return fmt.Errorf("store regions: %w", err)
		}
		if _, known, err = tx.numbers(ctx, true); err != nil {
			return err
		}
	}
	s.regions = known.no
	return nil
}

// readTenants reads the tenants of the page, deleted ones too: a project can be
// recovered. Those that a later answer had already are left as they are.
func (s *sweep) readTenants(ctx context.Context, tx *DB) error {
	arg, err := list(tx, texts(s.order))
	if err != nil {
		return err
	}
	found, err := tx.tenantRows(ctx, `t.project_id `+tx.inTexts(1), arg)
	if err != nil {
		return err
	}
	s.known = make(map[fleet.TenantID]struct{}, len(found))
	var changed []int64
	for _, r := range found {
		s.known[r.project] = struct{}{}
		if r.synced > s.at.Unix() {
			continue
		}
		s.before = append(s.before, r)
		if s.settings.byKey[settingsKey(s.projects[r.project].Settings)] != r.facts.settings {
			changed = append(changed, r.id)
		}
	}
	s.rows = append([]tenantRow(nil), s.before...)
	if s.spans, err = tx.planSpans(ctx, changed); err != nil {
		return err
	}
	s.endpoints, err = tx.endpointsOf(ctx, changed)
	return err
}

// readDays reads the days since the last sweep of those with whom something
// moved. Where nothing did, an earlier sweep of the day said so already.
func (s *sweep) readDays(ctx context.Context, tx *DB) (err error) {
	var ids []int64
	s.counted = map[int64]bool{}
	today := fleet.DayOf(s.at)
	from := today
	for i := range s.before {
		if r := &s.before[i]; s.moved(r) {
			ids = append(ids, r.id)
			s.counted[r.id] = true
			from = min(from, fleet.DayOf(moment(r.synced)).Add(1))
		}
	}
	s.days, err = tx.dayBook(ctx, ids, from, today)
	return err
}

// moved says whether a tenant's days can change: something was counted, it is
// the first sweep of a day, or the first after a reading that changed.
func (s *sweep) moved(r *tenantRow) bool {
	p := s.projects[r.project]
	return r.sweep.active != p.ActiveSeconds || r.facts.used[fleet.Storage] != p.StorageBytes ||
		fleet.DayOf(moment(r.synced)) != fleet.DayOf(s.at) || r.sweep.at == r.synced
}

// done counts what the page did.
func (s *sweep) done() (d SweepDone) {
	d.New = len(s.fresh)
	for i := range s.rows {
		if s.rows[i] != s.before[i] {
			d.Changed++
		}
		if was := s.before[i].kind.state; was == fleet.StateMissing || was == fleet.StateGone {
			d.Recovered++
		}
	}
	return d
}
