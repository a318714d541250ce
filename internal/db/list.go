package db

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neonfleet/internal/fleet"
)

// A ListQuery says which page of which list.
type ListQuery struct {
	Filter        fleet.Filter
	Sort          fleet.Sort // zero: worst meter first
	Per           int        // rows of a page; 0 means 50
	After, Before string     // cursors of an earlier page; at most one
	Now           time.Time
}

// A TenantPage is a page of the list.
type TenantPage struct {
	Rows       []fleet.Tenant
	Next, Prev string // cursors for After and Before; "" where there is nothing
	Total      int    // tenants that match
	More       bool   // Total is only how far was counted
}

const (
	defaultPer = 50

	// countMax is how far is counted what facet does not know.
	countMax = 10_000
)

// Tenants is a page of the tenants that match, in order, with their number. A
// cursor that is damaged or belongs to another order is Invalid.
func (d *DB) Tenants(ctx context.Context, q ListQuery) (TenantPage, error) {
	o, err := orderOf(q.Sort)
	if err != nil {
		return TenantPage{}, err
	}
	from, backward, err := o.start(q)
	if err != nil {
		return TenantPage{}, err
	}
	sel, err := d.selection(ctx, q.Filter, q.Now)
	if err != nil {
		return TenantPage{}, err
	}
	if q.Per <= 0 {
		q.Per = defaultPer
	}
	found, err := d.page(ctx, sel, o, from, backward, q.Per+1)
	if err != nil {
		return TenantPage{}, fmt.Errorf("list tenants: %w", err)
	}
	p := TenantPage{Total: found.total, More: found.more}
	further := len(found.entries) > q.Per
	list := found.entries[:min(len(found.entries), q.Per)]
	if backward {
		slices.Reverse(list)
	}
	if len(list) > 0 {
		if further || backward {
			p.Next = o.cursor(list[len(list)-1])
		}
		if (further && backward) || (from != nil && !backward) {
			p.Prev = o.cursor(list[0])
		}
	}
	p.Rows, err = d.tenantsAt(ctx, list, q.Now)
	return p, err
}

// start is the place a page begins after, in walking direction.
func (o order) start(q ListQuery) (from *entry, backward bool, err error) {
	if q.After != "" && q.Before != "" {
		return nil, false, fleet.Errorf(fleet.Invalid, "after and before cannot both be given.")
	}
	parameter, cursor := "after", q.After
	if q.Before != "" {
		parameter, cursor, backward = "before", q.Before, true
	}
	if cursor == "" {
		return nil, false, nil
	}
	e, err := o.place(parameter, cursor)
	if err != nil {
		return nil, false, err
	}
	return &e, backward, nil
}

// found is a page's places, in walking direction, and the number of all.
type found struct {
	entries []entry
	total   int
	more    bool
}

// page finds limit places from a place on: by collecting all that match and
// sorting them where they are few, else by walking along the order's index.
func (d *DB) page(ctx context.Context, sel selection, o order, from *entry, backward bool, limit int) (found, error) {
	o = o.within(sel)
	if backward {
		o = o.reversed()
	}
	p, err := d.plan(ctx, sel)
	if err != nil || p.none() {
		return found{}, err
	}
	if p.few {
		list, err := d.collect(ctx, p, sel, o)
		if err != nil {
			return found{}, err
		}
		return found{window(list, o, from, limit), len(list), false}, nil
	}
	var entries []entry
	if sel.fuzzy() == 0 {
		entries, err = d.walk(ctx, d.walkAll(o), sel, o, from, limit)
	} else {
		entries, err = d.walkTrying(ctx, p, sel, o, from, limit)
	}
	if err != nil {
		return found{}, err
	}
	total, more, err := d.count(ctx, p, sel)
	return found{entries, max(total, len(entries)), more}, err
}

func window(list []entry, o order, from *entry, limit int) []entry {
	slices.SortFunc(list, o.compare)
	if from != nil {
		i, here := slices.BinarySearchFunc(list, *from, o.compare)
		if here {
			i++
		}
		list = list[i:]
	}
	return list[:min(len(list), limit)]
}

// collect reads the places of all that match, from where the plan says.
func (d *DB) collect(ctx context.Context, p plan, sel selection, o order) ([]entry, error) {
	var a args
	query := "SELECT t.id, t." + o.column + " FROM " + p.from(d.dialect(), &a) + " WHERE " + sel.where(d.dialect(), &a, "")
	return d.readEntries(ctx, o, query, a)
}
