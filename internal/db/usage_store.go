package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"neonfleet/internal/fleet"
)

// store writes the days that changed, and their differences to the months and
// to the fleet's sums by the plan of each day.
func (b *dayBook) store(ctx context.Context, tx *DB) error {
	if len(b.now) == 0 {
		return nil
	}
	keys := sortedKeys(b.now, compareDays)
	if err := b.storeDays(ctx, tx, keys); err != nil {
		return err
	}
	if err := b.storeMonths(ctx, tx, keys); err != nil {
		return err
	}
	return b.storeFleet(ctx, tx, keys)
}

func compareDays(a, b dayKey) int {
	return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.day, b.day))
}

func (b *dayBook) storeDays(ctx context.Context, tx *DB, keys []dayKey) error {
	rows := make([][]any, len(keys))
	for i, k := range keys {
		r := b.now[k]
		rows[i] = append(amounts([]any{k.tenant, int64(k.day)}, r.usage[:]), r.settled)
	}
	err := tx.insertRows(ctx, `INSERT INTO usage_day (tenant, day, `+usageColumns+`, settled)`, `ON CONFLICT (tenant, day) DO UPDATE SET `+
		setExcluded(usageColumns+", settled"), rows)
	if err != nil {
		return fmt.Errorf("store daily usage: %w", err)
	}
	return nil
}

type monthKey struct {
	month  fleet.Month
	tenant int64
}

type monthDelta struct {
	usage          fleet.Usage
	known, settled int64
}

// storeMonths adds the differences to the months. A month whose billed figures
// come from a monthly answer keeps them.
func (b *dayBook) storeMonths(ctx context.Context, tx *DB, keys []dayKey) error {
	deltas := map[monthKey]monthDelta{}
	for _, k := range keys {
		old, now := b.old[k], b.now[k]
		mk := monthKey{k.day.Month(), k.tenant}
		d := deltas[mk]
		for m := range d.usage {
			d.usage[m] = monthStep(fleet.Metric(m), d.usage[m], old.usage[m], now.usage[m])
		}
		d.known += truth(now.complete()) - truth(old.complete())
		d.settled += truth(now.settled == 1) - truth(old.settled == 1)
		deltas[mk] = d
	}
	groups := map[metricSet][][]any{}
	for _, mk := range sortedKeys(deltas, compareMonths) {
		d := deltas[mk]
		set, learned := setOf(d.usage)
		groups[set] = append(groups[set], append(amounts([]any{int64(mk.month), mk.tenant}, learned), d.known, d.settled))
	}
	for _, set := range sortedKeys(groups, cmp.Compare[metricSet]) {
		columns := strings.Join(append([]string{"month, tenant"}, append(set.columns(), "days_known, days_settled")...), ", ")
		if err := tx.insertRows(ctx, `INSERT INTO usage_month (`+columns+`)`, monthConflict(set), groups[set]); err != nil {
			return fmt.Errorf("store monthly usage: %w", err)
		}
	}
	return nil
}

// A metricSet says which metrics a statement is about, a bit each: those that
// nothing was learned of are left out of it.
type metricSet uint

func setOf(u fleet.Usage) (set metricSet, known []fleet.Amount) {
	for m, a := range u {
		if a.Known() {
			set |= 1 << m
			known = append(known, a)
		}
	}
	return set, known
}

func (s metricSet) columns() (list []string) {
	for i, c := range strings.Split(usageColumns, ", ") {
		if s&(1<<i) != 0 {
			list = append(list, c)
		}
	}
	return list
}

func compareMonths(a, b monthKey) int {
	return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(a.tenant, b.tenant))
}

// monthStep is what a changed day does to its month: the difference for sums,
// the value itself for the storage peak; nothing where nothing was learned.
func monthStep(m fleet.Metric, sum, old, now fleet.Amount) fleet.Amount {
	n, known := now.Get()
	if !known || old == now {
		return sum
	}
	if !m.Sums() {
		return sum.Max(now)
	}
	return sum.Add(fleet.Of(n - old.Or(0)))
}

// monthConflict adds what is new to the month that is there.
func monthConflict(of metricSet) string {
	var sets []string
	for i, c := range strings.Split(usageColumns, ", ") {
		if of&(1<<i) == 0 {
			continue
		}
		sum := fmt.Sprintf("coalesce(usage_month.%[1]s + excluded.%[1]s, usage_month.%[1]s, excluded.%[1]s)", c)
		switch {
		case !fleet.Metric(i).Sums():
			sum = fmt.Sprintf("CASE WHEN usage_month.%[1]s >= excluded.%[1]s OR excluded.%[1]s IS NULL THEN usage_month.%[1]s ELSE excluded.%[1]s END", c)
		case i < fleet.BilledCount:
			sum = fmt.Sprintf("CASE WHEN usage_month.whole <> 0 THEN usage_month.%s ELSE %s END", c, sum)
		}
		sets = append(sets, c+" = "+sum)
	}
	for _, c := range []string{"days_known", "days_settled"} {
		sets = append(sets, fmt.Sprintf("%[1]s = CASE WHEN usage_month.whole <> 0 THEN usage_month.%[1]s ELSE usage_month.%[1]s + excluded.%[1]s END", c))
	}
	return "ON CONFLICT (month, tenant) DO UPDATE SET " + strings.Join(sets, ", ")
}

type fleetKey struct {
	day  fleet.Day
	plan int64
}

// fleetDelta are tenants, cu_n, known, active_n, storage_n, written_n and then
// the eleven sums.
type fleetDelta [6 + fleet.MetricCount]int64

const fleetColumns = `tenants, cu_n, known, active_n, storage_n, written_n, ` + usageColumns

// storeFleet adds the differences to the fleet's days, each to the plan that
// the tenant had on that day, so that late figures land where they belong.
func (b *dayBook) storeFleet(ctx context.Context, tx *DB, keys []dayKey) error {
	ids := make([]int64, 0, len(keys))
	for _, k := range keys {
		ids = append(ids, k.tenant) // keys ascend by tenant
	}
	spans, err := tx.planSpans(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	deltas := map[fleetKey]fleetDelta{}
	for _, k := range keys {
		fk := fleetKey{k.day, planOn(spans[k.tenant], k.day).plan}
		old, had := b.old[k]
		d := deltas[fk]
		if had {
			d.add(old.usage, -1)
		}
		d.add(b.now[k].usage, 1)
		deltas[fk] = d
	}
	var rows [][]any
	for _, fk := range sortedKeys(deltas, func(a, b fleetKey) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.plan, b.plan)) }) {
		d := deltas[fk]
		if d == (fleetDelta{}) {
			continue
		}
		row := []any{int64(fk.day), fk.plan}
		for _, n := range d {
			row = append(row, n)
		}
		rows = append(rows, row)
	}
	var sets []string
	for _, c := range strings.Split(fleetColumns, ", ") {
		sets = append(sets, fmt.Sprintf("%[1]s = fleet_day.%[1]s + excluded.%[1]s", c))
	}
	if err := tx.insertRows(ctx, `INSERT INTO fleet_day (day, plan, `+fleetColumns+`)`,
		`ON CONFLICT (day, plan) DO UPDATE SET `+strings.Join(sets, ", "), rows); err != nil {
		return fmt.Errorf("store the fleet's day: %w", err)
	}
	return nil
}

func (d *fleetDelta) add(u fleet.Usage, sign int64) {
	d[0] += sign
	for i, m := range [...]fleet.Metric{fleet.ComputeCUSeconds, fleet.RootByteHours, fleet.ActiveSeconds, fleet.StoragePeakBytes, fleet.WrittenBytes} {
		d[1+i] += sign * truth(u[m].Known())
	}
	for m, a := range u {
		d[6+m] += sign * a.Or(0)
	}
}

// amounts appends figures as arguments of a statement.
func amounts(args []any, list []fleet.Amount) []any {
	for _, a := range list {
		args = append(args, a)
	}
	return args
}

// setExcluded is "a = excluded.a, …".
func setExcluded(columns string) string {
	names := strings.Split(columns, ", ")
	for i, c := range names {
		names[i] = c + " = excluded." + c
	}
	return strings.Join(names, ", ")
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
