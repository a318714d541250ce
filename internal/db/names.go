package db

import (
	"context"
	"fmt"
	"sync"

	"neonfleet/internal/fleet"
)

// names are the numbers that rows carry instead of the ids of plans and
// regions. An id never changes its number, so what was read once holds; a
// number or id that is not here makes both tables be read again.
type names struct {
	mu      sync.Mutex
	plans   numbering[fleet.PlanID]
	regions numbering[string]
}

// numbering is one table of ids and their numbers, never changed once made.
type numbering[ID comparable] struct {
	id map[int64]ID
	no map[ID]int64
}

// numbers gives both tables. fresh says that the caller missed something in
// the ones it had. A transaction reads for itself and keeps nothing: what it
// sees may be rolled back, and its numbers given to others.
func (d *DB) numbers(ctx context.Context, fresh bool) (plans numbering[fleet.PlanID], regions numbering[string], err error) {
	if !d.tx {
		d.names.mu.Lock()
		defer d.names.mu.Unlock()
		if !fresh && d.names.plans.id != nil {
			return d.names.plans, d.names.regions, nil
		}
	}
	if plans, err = readNumbering[fleet.PlanID](ctx, d.q, `SELECT no, id FROM plan`); err != nil {
		return plans, regions, fmt.Errorf("read plan numbers: %w", err)
	}
	plans.id[0], plans.no[fleet.Unassigned] = fleet.Unassigned, 0
	if regions, err = readNumbering[string](ctx, d.q, `SELECT no, id FROM region`); err != nil {
		return plans, regions, fmt.Errorf("read region numbers: %w", err)
	}
	if !d.tx {
		d.names.plans, d.names.regions = plans, regions
	}
	return plans, regions, nil
}

func readNumbering[ID ~string](ctx context.Context, q querier, query string) (numbering[ID], error) {
	n := numbering[ID]{id: map[int64]ID{}, no: map[ID]int64{}}
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return n, err
	}
	defer rows.Close()
	for rows.Next() {
		var no int64
		var id string
		if err := rows.Scan(&no, &id); err != nil {
			return n, err
		}
		n.id[no], n.no[ID(id)] = ID(id), no
	}
	return n, rows.Err()
}

// planNo is the number rows carry for a plan; 0 is Unassigned. A plan that
// does not exist is NotFound.
func (d *DB) planNo(ctx context.Context, id fleet.PlanID) (int64, error) {
	for _, fresh := range []bool{false, true} {
		plans, _, err := d.numbers(ctx, fresh)
		if err != nil {
			return 0, err
		}
		if no, ok := plans.no[id]; ok {
			return no, nil
		}
	}
	return 0, fleet.Errorf(fleet.NotFound, "There is no plan %q.", id)
}

// decoder turns the numbers of rows back into ids, reading them anew once
// when it meets one it does not know: another replica may have added it.
type decoder struct {
	d       *DB
	plans   numbering[fleet.PlanID]
	regions numbering[string]
}

func (d *DB) decoder(ctx context.Context) (*decoder, error) {
	plans, regions, err := d.numbers(ctx, false)
	if err != nil {
		return nil, err
	}
	return &decoder{d, plans, regions}, nil
}

func (n *decoder) ids(ctx context.Context, planNo, regionNo int64) (plan fleet.PlanID, region string, err error) {
	plan, okPlan := n.plans.id[planNo]
	region, okRegion := n.regions.id[regionNo]
	if okPlan && okRegion {
		return plan, region, nil
	}
	if n.plans, n.regions, err = n.d.numbers(ctx, true); err != nil {
		return "", "", err
	}
	return n.plans.id[planNo], n.regions.id[regionNo], nil
}
