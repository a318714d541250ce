package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"neonfleet/internal/fleet"
)

// A standing is what the roll-ups count of one tenant: facet by kind,
// fleet_sum by plan, seen_day by its last activity.
type standing struct {
	Plan, Region int64 // numbers
	State        fleet.State
	Band         fleet.Band
	Flags        fleet.Flags
	LastActive   int64 // unix seconds, 0 never
	Used         fleet.Figures
}

// A tally gathers what a transaction changes in the roll-ups, so that a page
// of 400 tenants touches each of their rows once. Its zero value is empty.
type tally struct {
	facets map[facetKey]int64
	sums   map[sumKey]sumDelta
	seen   map[fleet.Day]int64
}

type (
	facetKey struct {
		plan, region int64
		state        fleet.State
		band         fleet.Band
		flags        fleet.Flags
	}
	sumKey struct {
		plan  int64
		meter fleet.Meter
	}
	sumDelta struct{ known, total int64 }
)

// leave takes away a tenant as it was, enter adds it as it is now. A deleted
// tenant counts nowhere.
func (t *tally) leave(s standing) { t.count(s, -1) }

func (t *tally) enter(s standing) { t.count(s, 1) }

func (t *tally) count(s standing, sign int64) {
	if s.State == fleet.StateGone {
		return
	}
	if t.facets == nil {
		t.facets, t.sums, t.seen = map[facetKey]int64{}, map[sumKey]sumDelta{}, map[fleet.Day]int64{}
	}
	t.facets[facetKey{s.Plan, s.Region, s.State, s.Band, s.Flags}] += sign
	t.seen[seenDay(s.LastActive)] += sign
	for m, used := range s.Used {
		if n, known := used.Get(); known {
			k := sumKey{s.Plan, fleet.Meter(m)}
			d := t.sums[k]
			t.sums[k] = sumDelta{d.known + sign, d.total + sign*n}
		}
	}
}

func seenDay(lastActive int64) fleet.Day {
	if lastActive == 0 {
		return 0
	}
	return fleet.DayOf(time.Unix(lastActive, 0))
}

// store writes the differences, in one order everywhere, so that two writers
// on Postgres wait for each other instead of deadlocking.
func (t *tally) store(ctx context.Context, tx *DB) error {
	for _, k := range sortedKeys(t.facets, compareFacets) {
		if n := t.facets[k]; n != 0 {
			if _, err := tx.q.ExecContext(ctx, `INSERT INTO facet (plan, region, state, band, flags, n) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (plan, region, state, band, flags) DO UPDATE SET n = facet.n + excluded.n`,
				k.plan, k.region, int64(k.state), int64(k.band), int64(k.flags), n); err != nil {
				return fmt.Errorf("store counts: %w", err)
			}
		}
	}
	for _, k := range sortedKeys(t.sums, compareSums) {
		if d := t.sums[k]; d != (sumDelta{}) {
			if _, err := tx.q.ExecContext(ctx, `INSERT INTO fleet_sum (plan, meter, known, total) VALUES ($1, $2, $3, $4)
				ON CONFLICT (plan, meter) DO UPDATE SET known = fleet_sum.known + excluded.known, total = fleet_sum.total + excluded.total`,
				k.plan, int64(k.meter), d.known, d.total); err != nil {
				return fmt.Errorf("store the fleet's sums: %w", err)
			}
		}
	}
	for _, day := range sortedKeys(t.seen, cmp.Compare[fleet.Day]) {
		if n := t.seen[day]; n != 0 {
			if _, err := tx.q.ExecContext(ctx, `INSERT INTO seen_day (day, n) VALUES ($1, $2)
				ON CONFLICT (day) DO UPDATE SET n = seen_day.n + excluded.n`, int64(day), n); err != nil {
				return fmt.Errorf("store days of activity: %w", err)
			}
		}
	}
	return nil
}

func sortedKeys[K comparable, V any](m map[K]V, order func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, order)
	return keys
}

func compareFacets(a, b facetKey) int {
	return cmp.Or(cmp.Compare(a.plan, b.plan), cmp.Compare(a.region, b.region), cmp.Compare(a.state, b.state),
		cmp.Compare(a.band, b.band), cmp.Compare(a.flags, b.flags))
}

func compareSums(a, b sumKey) int {
	return cmp.Or(cmp.Compare(a.plan, b.plan), cmp.Compare(a.meter, b.meter))
}

// rebuildRollups counts everything anew: after a bulk load, and in tests as
// the oracle of what is kept step by step.
func (d *DB) rebuildRollups(ctx context.Context) error {
	return d.Update(ctx, func(tx *DB) error {
		for _, q := range append([]string{
			`DELETE FROM facet`, `DELETE FROM fleet_sum`, `DELETE FROM seen_day`,
			`INSERT INTO facet (plan, region, state, band, flags, n)
				SELECT plan, region, state, band, flags, count(*) FROM tenant WHERE state < 6 GROUP BY plan, region, state, band, flags`,
			`INSERT INTO seen_day (day, n) SELECT ` + tx.dialect().day("last_active_at") + `, count(*) FROM tenant WHERE state < 6 GROUP BY 1`,
		}, sumQueries()...) {
			if _, err := tx.q.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("recount the fleet: %w", err)
			}
		}
		return nil
	})
}

func sumQueries() (queries []string) {
	for _, m := range fleet.Meters() {
		queries = append(queries, fmt.Sprintf(`INSERT INTO fleet_sum (plan, meter, known, total)
			SELECT plan, %d, count(%[2]s), CAST(sum(%[2]s) AS BIGINT) FROM tenant WHERE state < 6 AND %[2]s IS NOT NULL GROUP BY plan`, int(m), usedColumn[m]))
	}
	return queries
}
