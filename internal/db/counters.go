package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// ProjectCounters is what GET /projects/{id} says of a project's own counters.
type ProjectCounters struct {
	ID       fleet.TenantID
	At       time.Time    // when Neon answered
	Active   fleet.Amount // active_time_seconds
	Compute  fleet.Amount // compute_time_seconds
	Transfer fleet.Amount // data_transfer_bytes
	Written  fleet.Amount // written_data_bytes
	Period   fleet.Period // zero where the answer has none (FACTS §2)
	NeonPlan string       // subscription type; "" leaves what is known
}

// CountersPage stores counters of a few projects with the step's cursor: what
// their quotas see, the period in Neon's own words, and the written data of the
// day as the difference to the last reading. Readings older than what is stored
// change nothing. A project that answers is not missing.
func (d *DB) CountersPage(ctx context.Context, m SyncMark, counters []ProjectCounters) error {
	if len(counters) == 0 {
		return d.SaveMark(ctx, m, 0)
	}
	err := d.Update(ctx, func(tx *DB) error {
		if err := tx.storeCounters(ctx, counters); err != nil {
			return err
		}
		return tx.mark(ctx, m, len(counters))
	})
	if err != nil {
		return fmt.Errorf("store counters: %w", err)
	}
	return nil
}

func (d *DB) storeCounters(ctx context.Context, counters []ProjectCounters) error {
	latest := make(map[fleet.TenantID]ProjectCounters, len(counters))
	now := counters[0].At
	ids := make([]fleet.TenantID, 0, len(counters))
	for _, c := range counters {
		ids = append(ids, c.ID)
		latest[c.ID] = c
		if c.At.After(now) {
			now = c.At
		}
	}
	before, err := d.tenantsOf(ctx, ids)
	if err != nil {
		return err
	}
	rows := append([]tenantRow(nil), before...)
	first := fleet.DayOf(now)
	for i := range rows {
		if r := &rows[i]; r.counter.at > 0 {
			first = min(first, fleet.DayOf(moment(r.counter.at)))
		}
		first = min(first, fleet.DayOf(latest[rows[i].project].At))
	}
	days, err := d.dayBook(ctx, localIDs(rows), first, fleet.DayOf(now))
	if err != nil {
		return err
	}
	allowed, err := d.ConsumptionAllowed(ctx)
	if err != nil {
		return err
	}
	for i := range rows {
		if c := latest[rows[i].project]; c.At.Unix() > rows[i].counter.at {
			rows[i].count(c, days, !allowed)
		}
	}
	if err := days.store(ctx, d); err != nil {
		return err
	}
	return d.refresh(ctx, before, rows, now)
}

// count takes a reading of the tenant's counters. forbidden says that there is
// no consumption v2: compute and transfer are then the counters' too.
func (r *tenantRow) count(c ProjectCounters, days *dayBook, forbidden bool) {
	if r.kind.state == fleet.StateMissing {
		r.kind.state = fleet.StateActive // it answers; what it really is follows
	}
	if !c.Period.IsZero() && c.Period.Contains(c.At) {
		r.turn(c.Period, c.At)
		r.about.periodRead = 1
	}
	if c.NeonPlan != "" {
		r.about.neonPlan = fleet.CleanText(c.NeonPlan)
	}
	days.count(r.id, fleet.WrittenBytes, r.rise(r.counter.written, c.Written, c.At))
	if forbidden {
		days.count(r.id, fleet.ComputeCUSeconds, r.rise(r.counter.compute, c.Compute, c.At))
	}
	r.counter = counterReading{c.At.Unix(), r.facts.start, c.Compute, c.Active, c.Transfer, c.Written}
	take := func(m fleet.Meter, a fleet.Amount) {
		if a.Known() {
			r.facts.used[m] = a
		}
	}
	take(fleet.Written, c.Written)
	take(fleet.Active, c.Active)
	if forbidden {
		take(fleet.Compute, c.Compute)
		take(fleet.Transfer, c.Transfer)
	}
}

// rise compares a counter with its last reading. At the start of a period,
// where Neon itself said when that was, and at the project's creation it was 0.
func (r *tenantRow) rise(last, now fleet.Amount, at time.Time) rise {
	if r.counter.at > 0 && (r.about.periodRead == 0 || r.counter.start == r.facts.start) {
		return riseOf(last, now, moment(r.counter.at), at)
	}
	if r.about.periodRead == 0 && r.created < r.facts.start {
		return rise{}
	}
	return riseOf(fleet.Of(0), now, time.Unix(max(r.facts.start, r.created), 0), at)
}

// A LargestBranch is the size of a project's largest branch: what the storage
// limit applies to (FACTS §3).
type LargestBranch struct {
	ID   fleet.TenantID
	At   time.Time
	Size fleet.Amount // logical size; unknown where no branch says it
}

// BranchesPage stores the sizes of largest branches with the step's cursor.
// For 24 hours they decide the storage share.
func (d *DB) BranchesPage(ctx context.Context, m SyncMark, sizes []LargestBranch) error {
	err := d.Update(ctx, func(tx *DB) error {
		latest := make(map[fleet.TenantID]LargestBranch, len(sizes))
		ids := make([]fleet.TenantID, 0, len(sizes))
		for _, b := range sizes {
			ids = append(ids, b.ID)
			latest[b.ID] = b
		}
		if err := tx.change(ctx, ids, func(r *tenantRow) time.Time {
			b := latest[r.project]
			if b.Size.Known() && b.At.Unix() >= r.branch.at {
				r.branch = branchReading{b.Size, b.At.Unix()}
			}
			return b.At
		}); err != nil {
			return err
		}
		return tx.mark(ctx, m, len(sizes))
	})
	if err != nil {
		return fmt.Errorf("store sizes of branches: %w", err)
	}
	return nil
}

// change changes tenants one by one, derives what follows, and saves them. do
// says as of when.
func (d *DB) change(ctx context.Context, ids []fleet.TenantID, do func(r *tenantRow) time.Time) error {
	before, err := d.tenantsOf(ctx, ids)
	if err != nil {
		return err
	}
	rows := append([]tenantRow(nil), before...)
	need := map[int64]bool{}
	for i := range rows {
		need[rows[i].facts.settings] = true
	}
	book := newSettingsBook()
	if err := book.need(ctx, d, need); err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		at := do(r)
		r.derive(book.byNo[r.facts.settings], r.kind.state == fleet.StateMissing, at)
	}
	return d.saveTenants(ctx, before, rows)
}
