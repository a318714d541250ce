package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// Billed are the eight figures of consumption v2, in the order of
// fleet.Metric. In a complete answer a metric left out is 0 (FACTS §8).
type Billed [fleet.BilledCount]int64

// A UsageBucket is one timeframe of an answer: an hour, a day or a month.
type UsageBucket struct {
	Start  time.Time
	Billed Billed
}

// A UsagePeriod are the buckets of one of Neon's billing periods.
type UsagePeriod struct {
	Start   time.Time
	End     time.Time // zero while it is open
	Plan    string    // Neon's plan, which prices follow
	Buckets []UsageBucket
}

// TenantUsage is one project of an answer. Without buckets it used nothing; a
// project that is not in the answer at all is unknown.
type TenantUsage struct {
	ID      fleet.TenantID
	Periods []UsagePeriod
}

// A UsagePage is a page of consumption v2, hourly or daily.
type UsagePage struct {
	SyncMark
	At       time.Time // when Neon answered
	From, To time.Time // what the answer covers, as Neon rounds it; To is the first moment it does not
	Settle   int64     // of BeginSettle, or 0
	Tenants  []TenantUsage
}

// UsagePage stores a page of consumption with its cursor. Each day that begins
// in the page's range is put, not added: what comes twice changes nothing, and
// a correction replaces. A day that To cuts off is put as far as it goes,
// unless it is known further already. Projects without a tenant are left out.
func (d *DB) UsagePage(ctx context.Context, p UsagePage) error {
	err := d.Update(ctx, func(tx *DB) error {
		u := &usage{page: p}
		if err := u.read(ctx, tx); err != nil {
			return err
		}
		u.work()
		if err := u.store(ctx, tx); err != nil {
			return err
		}
		return tx.mark(ctx, p.SyncMark, len(p.Tenants))
	})
	if err != nil {
		return fmt.Errorf("store a page of usage: %w", err)
	}
	return nil
}

// A usage is a page at work.
type usage struct {
	page    UsagePage
	settle  settle
	answers map[fleet.TenantID]TenantUsage
	before  []tenantRow
	rows    []tenantRow
	days    *dayBook
	parts   *partBook
}

func (u *usage) read(ctx context.Context, tx *DB) (err error) {
	if u.page.Settle != 0 {
		if u.settle, err = tx.settle(ctx, u.page.Settle); err != nil {
			return err
		}
	}
	u.answers = make(map[fleet.TenantID]TenantUsage, len(u.page.Tenants))
	ids := make([]fleet.TenantID, 0, len(u.page.Tenants))
	for _, t := range u.page.Tenants {
		ids = append(ids, t.ID)
		u.answers[t.ID] = t
	}
	if u.before, err = tx.tenantsOf(ctx, ids); err != nil {
		return err
	}
	u.rows = append([]tenantRow(nil), u.before...)
	first, last := u.covered()
	if u.days, err = tx.dayBook(ctx, localIDs(u.rows), first, last); err != nil {
		return err
	}
	u.parts, err = tx.partBook(ctx, localIDs(u.rows), first, last)
	return err
}

// covered are the first and the last day that begin in the page's range.
func (u *usage) covered() (first, last fleet.Day) {
	first = fleet.DayOf(u.page.From)
	if first.Start().Before(u.page.From) {
		first = first.Add(1)
	}
	return first, fleet.DayOf(u.page.To.Add(-time.Nanosecond))
}

// work puts the days of every tenant in the answer.
func (u *usage) work() {
	first, last := u.covered()
	for i := range u.rows {
		r := &u.rows[i]
		byDay := u.parts.take(r.id, u.answers[r.project], u.page.To)
		for day := max(first, r.createdDay(), u.days.from); day <= last; day = day.Add(1) {
			if day.End().After(u.page.To) && r.facts.usageAt > u.page.To.Unix() {
				continue // known further already
			}
			u.putDay(r.id, day, byDay[day])
		}
		r.facts.usageAt = max(r.facts.usageAt, u.page.To.Unix())
	}
}

func (u *usage) putDay(tenant int64, day fleet.Day, parts []usagePart) {
	k := dayKey{tenant, day}
	row := u.days.row(k)
	var sum Billed
	for _, p := range parts {
		for m, n := range p.billed {
			sum[m] += n
		}
	}
	for m, n := range sum {
		row.usage[m] = fleet.Of(n)
	}
	if row.settled != 1 && u.settle.finals(day) && !day.End().After(u.page.To) {
		row.settled = -u.settle.no
	}
	u.days.put(k, row)
	u.parts.put(k, parts)
}

// store writes days and parts, then what of the tenants hangs on them.
func (u *usage) store(ctx context.Context, tx *DB) error {
	if err := u.days.store(ctx, tx); err != nil {
		return err
	}
	if err := u.parts.store(ctx, tx); err != nil {
		return err
	}
	return tx.refresh(ctx, u.before, u.rows, u.page.At)
}

// refresh brings everything of the tenants up to date that follows from their
// days, and saves them.
func (d *DB) refresh(ctx context.Context, before, rows []tenantRow, now time.Time) error {
	pointers := make([]*tenantRow, len(rows))
	need := map[int64]bool{}
	for i := range rows {
		pointers[i] = &rows[i]
		need[rows[i].facts.settings] = true
	}
	book := newSettingsBook()
	if err := book.need(ctx, d, need); err != nil {
		return err
	}
	if err := d.sumPeriods(ctx, pointers); err != nil {
		return err
	}
	for _, r := range pointers {
		r.derive(book.byNo[r.facts.settings], r.kind.state == fleet.StateMissing, now)
	}
	if err := d.foresee(ctx, pointers, book, now); err != nil {
		return err
	}
	return d.saveTenants(ctx, before, rows)
}
