package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"neonfleet/internal/fleet"
)

// A usagePart is what one of Neon's periods has of a day.
type usagePart struct {
	starts, ends int64 // of the period; ends 0: open
	plan         string
	billed       Billed
}

// A partBook holds days that Neon divides between periods, and the periods
// themselves. A tenant's day is put whole: parts it no longer has go.
type partBook struct {
	old     map[dayKey][]usagePart
	now     map[dayKey][]usagePart
	periods map[neonPeriod]int64 // and its end
}

type neonPeriod struct {
	tenant, starts int64
	plan           string
}

// partBook reads the divided days of these tenants between two days.
func (d *DB) partBook(ctx context.Context, ids []int64, from, to fleet.Day) (*partBook, error) {
	b := &partBook{now: map[dayKey][]usagePart{}, periods: map[neonPeriod]int64{}}
	var err error
	b.old, err = d.parts(ctx, ids, from, to)
	return b, err
}

func (d *DB) parts(ctx context.Context, ids []int64, from, to fleet.Day) (map[dayKey][]usagePart, error) {
	found := map[dayKey][]usagePart{}
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT tenant, day, starts, neon_plan, `+billedColumns+` FROM usage_part
		WHERE tenant `+d.in(1)+` AND day BETWEEN $2 AND $3 ORDER BY tenant, day, starts, neon_plan`, arg, int64(from), int64(to))
	if err != nil {
		return nil, fmt.Errorf("read divided days: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k dayKey
		var p usagePart
		b := &p.billed
		if err := rows.Scan(&k.tenant, &k.day, &p.starts, &p.plan, &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7]); err != nil {
			return nil, fmt.Errorf("read divided days: %w", err)
		}
		found[k] = append(found[k], p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read divided days: %w", err)
	}
	return found, nil
}

// take sorts a project's buckets by day and period. A bucket that stands twice
// in one period counts once.
func (b *partBook) take(tenant int64, u TenantUsage, to time.Time) map[fleet.Day][]usagePart {
	byDay := make(map[fleet.Day][]usagePart, 4)
	for _, p := range u.Periods {
		part := usagePart{starts: p.Start.Unix(), plan: fleet.CleanText(p.Plan)}
		if !p.End.IsZero() {
			part.ends = p.End.Unix()
		}
		b.periods[neonPeriod{tenant, part.starts, part.plan}] = part.ends
		var last time.Time
		buckets := slices.Clone(p.Buckets)
		slices.SortStableFunc(buckets, func(x, y UsageBucket) int { return x.Start.Compare(y.Start) })
		for i, bucket := range buckets {
			if (i > 0 && bucket.Start.Equal(last)) || !bucket.Start.Before(to) {
				continue
			}
			last = bucket.Start
			day := fleet.DayOf(bucket.Start)
			addBucket(byDay, day, part, bucket.Billed)
		}
	}
	return byDay
}

func addBucket(byDay map[fleet.Day][]usagePart, day fleet.Day, part usagePart, n Billed) {
	parts := byDay[day]
	at := slices.IndexFunc(parts, func(p usagePart) bool { return p.starts == part.starts && p.plan == part.plan })
	if at < 0 {
		at = len(parts)
		parts = append(parts, part)
	}
	for m := range n {
		parts[at].billed[m] += n[m]
	}
	byDay[day] = parts
}

// put notes a day's parts, where a period starts or ends within it; any other
// day is whole and needs none.
func (b *partBook) put(k dayKey, parts []usagePart) {
	start, end := k.day.Start().Unix(), k.day.End().Unix()
	divided := len(parts) > 1 || slices.ContainsFunc(parts, func(p usagePart) bool {
		return p.starts > start || (p.ends != 0 && p.ends < end)
	})
	if !divided {
		parts = nil
	}
	if len(parts) == 0 && len(b.old[k]) == 0 {
		return
	}
	for i := range parts {
		parts[i].ends = 0 // neon_period has it
	}
	slices.SortFunc(parts, func(x, y usagePart) int { return cmp.Or(cmp.Compare(x.starts, y.starts), cmp.Compare(x.plan, y.plan)) })
	if !slices.Equal(parts, b.old[k]) {
		b.now[k] = parts
	}
}

func (b *partBook) store(ctx context.Context, tx *DB) error {
	var rows [][]any
	for _, k := range sortedKeys(b.now, compareDays) {
		if _, err := tx.q.ExecContext(ctx, `DELETE FROM usage_part WHERE tenant = $1 AND day = $2`, k.tenant, int64(k.day)); err != nil {
			return fmt.Errorf("store divided days: %w", err)
		}
		for _, p := range b.now[k] {
			row := []any{k.tenant, int64(k.day), p.starts, p.plan}
			for _, n := range p.billed {
				row = append(row, n)
			}
			rows = append(rows, row)
		}
	}
	if err := tx.insertRows(ctx, `INSERT INTO usage_part (tenant, day, starts, neon_plan, `+billedColumns+`)`, "", rows); err != nil {
		return fmt.Errorf("store divided days: %w", err)
	}
	return b.storePeriods(ctx, tx)
}

func (b *partBook) storePeriods(ctx context.Context, tx *DB) error {
	order := func(x, y neonPeriod) int {
		return cmp.Or(cmp.Compare(x.tenant, y.tenant), cmp.Compare(x.starts, y.starts), cmp.Compare(x.plan, y.plan))
	}
	var rows [][]any
	for _, p := range sortedKeys(b.periods, order) {
		rows = append(rows, []any{p.tenant, p.starts, p.plan, b.periods[p]})
	}
	if err := tx.insertRows(ctx, `INSERT INTO neon_period (tenant, starts, neon_plan, ends)`,
		`ON CONFLICT (tenant, starts, neon_plan) DO UPDATE SET ends = excluded.ends WHERE neon_period.ends <> excluded.ends AND excluded.ends <> 0`, rows); err != nil {
		return fmt.Errorf("store Neon's periods: %w", err)
	}
	return nil
}
