package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// counterLag is how long after the start of a period a counter may still show
// the old one's value (FACTS §2: up to an hour).
const counterLag = time.Hour

// work brings every tenant of the page up to date, and makes rows of new ones.
func (s *sweep) work() {
	for i := range s.rows {
		if s.update(&s.rows[i]) {
			s.turned = append(s.turned, i)
		}
	}
	for _, id := range s.order {
		if _, ok := s.known[id]; !ok {
			s.fresh = append(s.fresh, s.newTenant(s.projects[id]))
		}
	}
}

// update is one tenant that is known already; turned says that its period is
// another one now.
func (s *sweep) update(r *tenantRow) (turned bool) {
	p := s.projects[r.project]
	if r.kind.state == fleet.StateGone {
		r.kind.state = fleet.StateActive // recovered; what it really is follows below
	}
	s.describe(r, p)
	turned = r.takePeriod(p.PeriodEnd, s.at)
	s.meter(r, p)
	settings := s.settings.byKey[settingsKey(p.Settings)]
	changed := r.facts.settings != settings
	r.facts.settings = settings
	r.derive(p.Settings, false, s.at)
	if changed {
		want := s.plans.settings[lastPlan(s.spans[r.id])]
		r.setDrift(want, fleet.Observed{Settings: p.Settings, Endpoints: s.endpoints[r.id]})
	}
	return turned
}

func (s *sweep) describe(r *tenantRow, p SweepProject) {
	r.name, r.created = p.Name, p.CreatedAt.Unix()
	r.kind.region = s.regions[p.Region]
	if !p.LastActive.IsZero() {
		r.seen = p.LastActive.Unix()
	}
	r.about.pgVersion, r.about.history = int64(p.PgVersion), p.HistorySeconds
	if p.NeonPlan != "" {
		r.about.neonPlan = p.NeonPlan
	}
}

// meter takes the two figures that the sweep brings, and books their days.
func (s *sweep) meter(r *tenantRow, p SweepProject) {
	if !s.lags(r, p) && p.ActiveSeconds.Known() {
		r.facts.used[fleet.Active] = p.ActiveSeconds
	}
	if p.StorageBytes.Known() {
		r.facts.used[fleet.Storage] = p.StorageBytes
	}
	last := r.sweep.active
	if p.ActiveSeconds != last {
		r.sweep = sweepReading{p.ActiveSeconds, s.at.Unix()}
	}
	if s.counted[r.id] {
		s.book(r, p, riseOf(last, p.ActiveSeconds, moment(r.synced), s.at))
	}
}

// book notes in the tenant's days what it was active for, and its storage.
func (s *sweep) book(r *tenantRow, p SweepProject, active rise) {
	for _, day := range s.days.countActive(r.id, active) {
		if !s.forbidden && !r.facts.used[fleet.Compute].Known() && r.period().Contains(day.Start()) {
			r.facts.used[fleet.Compute] = fleet.Of(0)
		}
	}
	s.days.peak(dayKey{r.id, fleet.DayOf(s.at)}, p.StorageBytes)
}

// lags says whether active_time still is the last period's: soon after the new
// one began, and not yet fallen.
func (s *sweep) lags(r *tenantRow, p SweepProject) bool {
	last, had := r.sweep.active.Get()
	now, _ := p.ActiveSeconds.Get()
	return had && last > 0 && now >= last && !r.facts.used[fleet.Active].Known() && s.at.Sub(r.period().Start) < counterLag
}

// newTenant is a project seen for the first time, on the plan whose settings
// it carries exactly, else unassigned.
func (s *sweep) newTenant(p SweepProject) tenantRow {
	r := tenantRow{project: p.ID, synced: s.at.Unix(), sweep: sweepReading{p.ActiveSeconds, s.at.Unix()}}
	s.describe(&r, p)
	r.takePeriod(p.PeriodEnd, s.at)
	r.facts.used[fleet.Active], r.facts.used[fleet.Storage] = p.ActiveSeconds, p.StorageBytes
	r.facts.settings = s.settings.byKey[settingsKey(p.Settings)]
	if plan, ok := s.plans.match(p.Settings); ok {
		r.kind.plan = plan.plan
	} else {
		r.kind.flags |= fleet.NoPlan
	}
	r.derive(p.Settings, false, s.at)
	return r
}

// store writes the page: days, then the tenants whose sums hang on them.
func (s *sweep) store(ctx context.Context, tx *DB) error {
	if err := tx.insertTenants(ctx, s.fresh); err != nil {
		return err
	}
	if err := s.storePlans(ctx, tx); err != nil {
		return err
	}
	s.firstDays()
	if err := s.days.store(ctx, tx); err != nil {
		return err
	}
	if err := s.sumTurned(ctx, tx); err != nil {
		return err
	}
	if err := tx.saveTenants(ctx, s.before, s.rows); err != nil {
		return err
	}
	arg, err := list(tx, localIDs(s.rows))
	if err != nil {
		return err
	}
	if _, err := tx.q.ExecContext(ctx, `UPDATE tenant SET synced_at = $1 WHERE id `+tx.in(2), s.at.Unix(), arg); err != nil {
		return fmt.Errorf("note who was seen: %w", err)
	}
	return nil
}

// storePlans notes the plan of new tenants from the day they were created on,
// or that they have none.
func (s *sweep) storePlans(ctx context.Context, tx *DB) error {
	rows := make([][]any, len(s.fresh))
	for i := range s.fresh {
		r := &s.fresh[i]
		plan, _ := s.plans.match(s.projects[r.project].Settings)
		rows[i] = []any{r.id, int64(r.createdDay()), plan.plan, plan.version}
	}
	if err := tx.insertRows(ctx, `INSERT INTO tenant_plan (tenant, from_day, plan, version)`, "", rows); err != nil {
		return fmt.Errorf("note the plans of new tenants: %w", err)
	}
	return nil
}

// firstDays begins the days of new tenants. A project created in this period
// had an active time of 0 then, which is as good as a reading.
func (s *sweep) firstDays() {
	for i := range s.fresh {
		r := &s.fresh[i]
		p := s.projects[r.project]
		if r.created >= r.facts.start && !p.CreatedAt.After(s.at) {
			s.days.countActive(r.id, riseOf(fleet.Of(0), p.ActiveSeconds, p.CreatedAt, s.at))
		}
		s.days.peak(dayKey{r.id, fleet.DayOf(s.at)}, p.StorageBytes)
	}
}

// sumTurned gives tenants in another period the sums of its days so far.
func (s *sweep) sumTurned(ctx context.Context, tx *DB) error {
	if s.forbidden || len(s.turned) == 0 {
		return nil
	}
	rows := make([]*tenantRow, len(s.turned))
	for n, i := range s.turned {
		rows[n] = &s.rows[i]
	}
	if err := tx.sumPeriods(ctx, rows); err != nil {
		return err
	}
	for _, r := range rows {
		r.derive(s.settings.byNo[r.facts.settings], false, s.at)
	}
	return nil
}

// noteUnavailable remembers whom Neon could not say anything about.
func (d *DB) noteUnavailable(ctx context.Context, ids []fleet.TenantID, at time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	arg, err := list(d, texts(ids))
	if err != nil {
		return err
	}
	if _, err := d.q.ExecContext(ctx, `INSERT INTO unavailable (tenant, at) SELECT id, CAST($1 AS BIGINT) FROM tenant WHERE project_id `+d.inTexts(2)+`
		ON CONFLICT (tenant) DO UPDATE SET at = excluded.at`, at.Unix(), arg); err != nil {
		return fmt.Errorf("note who is unavailable: %w", err)
	}
	return nil
}
