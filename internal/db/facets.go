package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// Facets are the counts beside a list: for chips and selects. Each kind is
// counted as the filter without that kind, so that a choice says what it would
// bring.
type Facets struct {
	All      int // the whole fleet
	Plans    map[fleet.PlanID]int
	Regions  map[string]int
	States   map[fleet.State]int
	Bands    [4]int              // by fleet.Band
	Flags    map[fleet.Flags]int // by single flag
	Idle     int                 // no activity for IdleChip
	IdleMore bool                // Idle is only how far was counted

	// Loose says that words, tags, meters or idle time of the filter are left
	// out of the counts, because too many tenants match them.
	Loose bool
}

// IdleChip is the time without activity that has a chip of its own.
const IdleChip = 30 * 24 * time.Hour

// facetRow is a row of facet.
type facetRow struct {
	facetKey
	n int
}

// facetRows are all rows of facet: a few hundred.
func (d *DB) facetRows(ctx context.Context) ([]facetRow, error) {
	return d.readFacets(ctx, `SELECT plan, region, state, band, flags, n FROM facet WHERE n > 0 AND state <> 6`, nil)
}

func (d *DB) readFacets(ctx context.Context, query string, a args) (list []facetRow, err error) {
	rows, err := d.q.QueryContext(ctx, query, a...)
	if err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f facetRow
		if err := rows.Scan(&f.plan, &f.region, &f.state, &f.band, &f.flags, &f.n); err != nil {
			return nil, fmt.Errorf("read counts: %w", err)
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// Facets counts the tenants that match a filter by kind.
func (d *DB) Facets(ctx context.Context, f fleet.Filter, now time.Time) (Facets, error) {
	sel, err := d.selection(ctx, f, now)
	if err != nil {
		return Facets{}, err
	}
	rows, err := d.facetRows(ctx)
	if err != nil {
		return Facets{}, err
	}
	x := Facets{Plans: map[fleet.PlanID]int{}, Regions: map[string]int{}, States: map[fleet.State]int{}, Flags: map[fleet.Flags]int{}}
	for _, r := range rows {
		x.All += r.n
	}
	if sel.fuzzy() > 0 {
		narrow, ok, err := d.narrowFacets(ctx, sel)
		if err != nil {
			return Facets{}, err
		}
		if x.Loose = !ok; ok {
			rows = narrow
		}
	}
	names, err := d.decoder(ctx)
	if err != nil {
		return Facets{}, err
	}
	if err := x.count(ctx, rows, sel.kinds, names); err != nil {
		return Facets{}, err
	}
	x.Idle, x.IdleMore, err = d.countIdle(ctx, sel, now)
	return x, err
}

// narrowFacets counts by kind among the tenants that words, tags and ranges
// leave, if these are few enough to look at.
func (d *DB) narrowFacets(ctx context.Context, sel selection) (rows []facetRow, ok bool, err error) {
	sel.kinds = kinds{}
	p := plan{}
	if err := d.planFuzzy(ctx, sel, &p, someMax); err != nil || !p.few {
		return nil, false, err
	}
	var a args
	rows, err = d.readFacets(ctx, "SELECT t.plan, t.region, t.state, t.band, t.flags, count(*) FROM "+p.from(d.dialect(), &a)+
		" WHERE "+sel.where(d.dialect(), &a, "")+" GROUP BY t.plan, t.region, t.state, t.band, t.flags", a)
	return rows, err == nil, err
}

func (x *Facets) count(ctx context.Context, rows []facetRow, k kinds, names *decoder) error {
	noPlan, noRegion, noState, noBand, noFlag := k, k, k, k, k
	noPlan.plans, noRegion.regions, noState.states, noBand.bands, noFlag.flags = nil, nil, nil, nil, 0
	for _, r := range rows {
		plan, region, err := names.ids(ctx, r.plan, r.region)
		if err != nil {
			return err
		}
		if noPlan.match(r.facetKey) {
			x.Plans[plan] += r.n
		}
		if noRegion.match(r.facetKey) {
			x.Regions[region] += r.n
		}
		if noState.match(r.facetKey) {
			x.States[r.state] += r.n
		}
		if noBand.match(r.facetKey) {
			x.Bands[r.band] += r.n
		}
		if noFlag.match(r.facetKey) {
			for _, flag := range []fleet.Flags{fleet.Drifted, fleet.NotApplied, fleet.NoPlan, fleet.Overridden} {
				if r.flags.Has(flag) {
					x.Flags[flag] += r.n
				}
			}
		}
	}
	return nil
}

// countIdle counts who had no activity for IdleChip: from the roll-up where
// nothing else is asked, else as far as countMax.
func (d *DB) countIdle(ctx context.Context, sel selection, now time.Time) (n int, more bool, err error) {
	var others []keyRange
	for _, r := range sel.ranges {
		if r.column != "last_active_at" {
			others = append(others, r)
		}
	}
	cut := now.Add(-IdleChip).Unix()
	if sel.ranges = others; sel.kinds.isAll() && sel.fuzzy() == 0 {
		n, err = d.idleSince(ctx, cut)
		return n, false, err
	}
	sel.ranges = append(others, keyRange{column: "last_active_at", lo: 0, hi: cut})
	p, err := d.plan(ctx, sel)
	if err != nil || p.none() {
		return 0, false, err
	}
	if !p.few {
		n, more, err = d.count(ctx, p, sel)
		return n, more, err
	}
	var a args
	n, err = d.countTo(ctx, p.from(d.dialect(), &a)+" WHERE "+sel.where(d.dialect(), &a, ""), a)
	return min(n, countMax), n > countMax, err
}

// idleSince counts the fleet's tenants without activity since a moment: whole
// days from the roll-up, the rest of its day from the index.
func (d *DB) idleSince(ctx context.Context, moment int64) (n int, err error) {
	day := fleet.DayOf(time.Unix(moment, 0))
	var days, rest int
	err = d.q.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM seen_day WHERE day < $1`, int64(day)).Scan(&days)
	if err != nil {
		return 0, fmt.Errorf("count the idle: %w", err)
	}
	err = d.q.QueryRowContext(ctx, `SELECT count(*) FROM `+d.dialect().walk("tenant_seen")+` WHERE t.last_active_at BETWEEN $1 AND $2 AND t.state <> 6`,
		day.Start().Unix(), moment).Scan(&rest)
	if err != nil {
		return 0, fmt.Errorf("count the idle: %w", err)
	}
	return days + rest, nil
}
