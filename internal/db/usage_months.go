package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// monthsBack is how many months before the current one Neon tells of: "one
// year" counted from the first of a month is over the limit (FACTS §11).
const monthsBack = 11

// A MonthPage is a page of consumption v2, monthly.
type MonthPage struct {
	SyncMark
	At       time.Time   // when Neon answered
	From, To fleet.Month // what the answer covers, both included
	Settle   int64       // of BeginSettle; required
	Tenants  []TenantUsage
}

// MonthPage stores a page of monthly consumption with its cursor: for months
// that are over, of tenants whose days of it are not all known. Such a month
// keeps its eight billed figures from then on, whatever days come later.
func (d *DB) MonthPage(ctx context.Context, p MonthPage) error {
	if p.Settle == 0 {
		return fleet.Errorf(fleet.Invalid, "A page of months needs the settle it belongs to.")
	}
	err := d.Update(ctx, func(tx *DB) error {
		answers := make(map[fleet.TenantID]TenantUsage, len(p.Tenants))
		ids := make([]fleet.TenantID, 0, len(p.Tenants))
		for _, t := range p.Tenants {
			ids = append(ids, t.ID)
			answers[t.ID] = t
		}
		rows, err := tx.tenantsOf(ctx, ids)
		if err != nil {
			return err
		}
		old, err := tx.months(ctx, localIDs(rows), p.From, p.To)
		if err != nil {
			return err
		}
		parts := &partBook{periods: map[neonPeriod]int64{}}
		var changed [][]any
		for i := range rows {
			changed = append(changed, p.monthsOf(&rows[i], parts.take(rows[i].id, answers[rows[i].project], p.To.End()), old)...)
		}
		if err := tx.storeWholeMonths(ctx, changed); err != nil {
			return err
		}
		if err := parts.storePeriods(ctx, tx); err != nil {
			return err
		}
		return tx.mark(ctx, p.SyncMark, len(p.Tenants))
	})
	if err != nil {
		return fmt.Errorf("store a page of months: %w", err)
	}
	return nil
}

// monthRow is what is known of a month.
type monthRow struct {
	billed       Billed
	known, whole int64
}

func (d *DB) months(ctx context.Context, ids []int64, from, to fleet.Month) (map[monthKey]monthRow, error) {
	found := map[monthKey]monthRow{}
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT month, tenant, `+billedColumns+`, days_known, whole FROM usage_month
		WHERE month BETWEEN $2 AND $3 AND tenant `+d.in(1), arg, int64(from), int64(to))
	if err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k monthKey
		var r monthRow
		var a [fleet.BilledCount]fleet.Amount
		if err := rows.Scan(&k.month, &k.tenant, &a[0], &a[1], &a[2], &a[3], &a[4], &a[5], &a[6], &a[7], &r.known, &r.whole); err != nil {
			return nil, fmt.Errorf("read months: %w", err)
		}
		for m := range a {
			r.billed[m] = a[m].Or(0)
		}
		found[k] = r
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	return found, nil
}

// monthsOf are the rows of a tenant's months that the answer knows better.
func (p MonthPage) monthsOf(r *tenantRow, byDay map[fleet.Day][]usagePart, old map[monthKey]monthRow) (rows [][]any) {
	sums := map[fleet.Month]Billed{}
	for day, parts := range byDay {
		for _, part := range parts {
			sum := sums[day.Month()]
			for m, n := range part.billed {
				sum[m] += n
			}
			sums[day.Month()] = sum
		}
	}
	for month := max(p.From, r.createdDay().Month()); month <= p.To && !month.End().After(p.At); month = month.Add(1) {
		have := old[monthKey{month, r.id}]
		days := int64(fleet.DayOf(month.End()).Sub(max(month.First(), r.createdDay())))
		if have.whole == 0 && have.known >= days || have.whole != 0 && have.billed == sums[month] {
			continue
		}
		row := []any{int64(month), r.id}
		for _, n := range sums[month] {
			row = append(row, n)
		}
		rows = append(rows, append(row, days, p.Settle))
	}
	return rows
}

func (d *DB) storeWholeMonths(ctx context.Context, rows [][]any) error {
	if err := d.insertRows(ctx, `INSERT INTO usage_month (month, tenant, `+billedColumns+`, days_known, whole)`,
		`ON CONFLICT (month, tenant) DO UPDATE SET `+setExcluded(billedColumns+", days_known, whole"), rows); err != nil {
		return fmt.Errorf("store months: %w", err)
	}
	return nil
}
