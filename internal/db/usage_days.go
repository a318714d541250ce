package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// usageColumns are the columns of usage tables, one for each fleet.Metric in
// its order; the first billedColumns of them are consumption v2's.
const (
	usageColumns  = `cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h, active_s, storage_b, written_b`
	billedColumns = `cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h`
)

type dayKey struct {
	tenant int64
	day    fleet.Day
}

// dayRow is a row of usage_day; settled is 1 for final.
type dayRow struct {
	usage   fleet.Usage
	settled int64
}

// A dayBook holds the daily rows of a page as they were and as they become.
// Since it knows the difference, months and the fleet's sums stay exact,
// whatever comes twice or is corrected.
type dayBook struct {
	from fleet.Day // days before are not kept day by day any more, and not touched
	old  map[dayKey]dayRow
	now  map[dayKey]dayRow
}

// dayBook reads the daily rows of these tenants between two days, both
// included. Every row that is to be changed must be among them.
func (d *DB) dayBook(ctx context.Context, ids []int64, from, to fleet.Day) (*dayBook, error) {
	pruned, err := d.prunedBefore(ctx)
	if err != nil {
		return nil, err
	}
	b := &dayBook{from: max(from, pruned), old: make(map[dayKey]dayRow, len(ids)), now: map[dayKey]dayRow{}}
	if len(ids) == 0 || to < b.from {
		return b, nil
	}
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT tenant, day, `+usageColumns+`, settled FROM usage_day WHERE tenant `+d.in(1)+` AND day BETWEEN $2 AND $3`,
		arg, int64(b.from), int64(to))
	if err != nil {
		return nil, fmt.Errorf("read daily usage: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var k dayKey
		var r dayRow
		u := &r.usage
		if err := rows.Scan(&k.tenant, &k.day, &u[0], &u[1], &u[2], &u[3], &u[4], &u[5], &u[6], &u[7], &u[8], &u[9], &u[10], &r.settled); err != nil {
			return nil, fmt.Errorf("read daily usage: %w", err)
		}
		b.old[k] = r
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read daily usage: %w", err)
	}
	return b, nil
}

// row is a day as it stands now.
func (b *dayBook) row(k dayKey) dayRow {
	if r, ok := b.now[k]; ok {
		return r
	}
	return b.old[k]
}

// put notes what a day becomes. Days no longer kept are left alone.
func (b *dayBook) put(k dayKey, r dayRow) {
	if k.day < b.from {
		return
	}
	if old, ok := b.old[k]; ok && old == r {
		delete(b.now, k)
		return
	}
	b.now[k] = r
}

// peak raises the highest storage of a day.
func (b *dayBook) peak(k dayKey, gauge fleet.Amount) {
	if !gauge.Known() {
		return
	}
	r := b.row(k)
	r.usage[fleet.StoragePeakBytes] = r.usage[fleet.StoragePeakBytes].Max(gauge)
	b.put(k, r)
}

// A rise is how a counter moved between two readings.
type rise struct {
	diff fleet.Amount // unknown where either reading is
	same bool         // it did not move at all
	from time.Time
	to   time.Time
}

// riseOf compares two readings of a counter. One below its last value began
// again at 0.
func riseOf(last, now fleet.Amount, from, to time.Time) rise {
	a, had := last.Get()
	b, has := now.Get()
	if !had || !has {
		return rise{from: from, to: to}
	}
	if b < a {
		return rise{diff: now, from: from, to: to}
	}
	return rise{fleet.Of(b - a), a == b, from, to}
}

// count books a rise. It belongs to the day of the later reading only if both
// lie in that day or the one before; a counter that stood still says of every
// day since that it is a known 0 (design.md §4). days are those it touched.
func (b *dayBook) count(tenant int64, m fleet.Metric, r rise) (days []fleet.Day) {
	if !r.diff.Known() || (r.same && !r.to.After(r.from)) { // or the same answer, come twice
		return nil
	}
	first, last := fleet.DayOf(r.from), fleet.DayOf(r.to)
	switch {
	case r.same && first < last:
		for day := max(first.Add(1), b.from); day <= last; day = day.Add(1) {
			days = append(days, day)
		}
	case last.Sub(first) <= 1:
		days = []fleet.Day{last}
	}
	for _, day := range days {
		k := dayKey{tenant, day}
		row := b.row(k)
		row.usage[m] = row.usage[m].Add(r.diff)
		b.put(k, row)
	}
	return days
}

// countActive books active time, and where a day saw none at all a compute of
// 0 with it: quiet are the days whose compute is known by that.
func (b *dayBook) countActive(tenant int64, r rise) (quiet []fleet.Day) {
	for _, day := range b.count(tenant, fleet.ActiveSeconds, r) {
		k := dayKey{tenant, day}
		row := b.row(k)
		if !r.same || row.usage[fleet.ComputeCUSeconds].Known() || row.usage[fleet.ActiveSeconds] != fleet.Of(0) {
			continue
		}
		row.usage[fleet.ComputeCUSeconds] = fleet.Of(0)
		b.put(k, row)
		quiet = append(quiet, day)
	}
	return quiet
}

// complete says whether a complete answer of consumption v2 covered the day.
func (r dayRow) complete() bool { return r.usage[fleet.RootByteHours].Known() }
