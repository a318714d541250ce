package db

import (
	"context"
	"fmt"
)

// A walk whose condition only the rows know looks at tryFirst tenants, then at
// four times as many, and gives up after tryMax, or twice what the narrowest
// condition has: then nearly nobody on this side of the order matches, and
// that condition's own tenants are sorted instead.
const (
	tryFirst = 256
	tryMax   = 5000
)

// walkAll is the whole fleet along the index of an order.
func (d *DB) walkAll(o order) source {
	return func(d *dialect, _ *args) string { return d.walk(o.index) }
}

// walk goes through a source in order, span by span, until limit are found.
func (d *DB) walk(ctx context.Context, src source, sel selection, o order, from *entry, limit int) (list []entry, err error) {
	for i, s := range o.spans {
		start, skip := o.startIn(i, from)
		if skip {
			continue
		}
		query, a := d.walkQuery(src, sel, o, s, start, limit-len(list))
		part, err := d.readEntries(ctx, o, query, a)
		if err != nil {
			return nil, err
		}
		if list = append(list, part...); len(list) >= limit {
			break
		}
	}
	return list, nil
}

func (d *DB) walkQuery(src source, sel selection, o order, s span, from *entry, limit int) (string, args) {
	var a args
	return fmt.Sprintf("SELECT t.id, t.%s FROM %s WHERE %s%s%s", o.column, src(d.dialect(), &a),
		o.bounds(s, from, &a), sel.where(d.dialect(), &a, o.column), o.by(s, limit)), a
}

// walkTrying goes along the order's index and looks at each row, as long as
// that is worth it.
func (d *DB) walkTrying(ctx context.Context, p plan, sel selection, o order, from *entry, limit int) (list []entry, err error) {
	seen, size := 0, tryFirst
	for i, s := range o.spans {
		start, skip := o.startIn(i, from)
		for more := !skip; more; {
			tried, err := d.try(ctx, sel, o, s, start, size)
			if err != nil {
				return nil, err
			}
			for _, t := range tried {
				if t.hit == 1 && len(list) < limit {
					list = append(list, t.entry)
				}
			}
			if len(list) >= limit {
				return list, nil
			}
			if more = len(tried) == size; more {
				start = &tried[size-1].entry
			}
			if seen += len(tried); seen >= max(tryMax, 2*p.size) {
				return d.walk(ctx, p.from, sel, o, from, limit)
			}
			size = min(4*size, tryMax)
		}
	}
	return list, nil
}

// A trial is a tenant that was looked at; hit is 1 where it matches.
type trial struct {
	entry
	hit int
}

// try looks at the next tenants of the right kinds.
func (d *DB) try(ctx context.Context, sel selection, o order, s span, from *entry, size int) (list []trial, err error) {
	var a args
	bounds := o.bounds(s, from, &a)
	query := fmt.Sprintf("SELECT t.id, t.%s, CASE WHEN %s THEN 1 ELSE 0 END FROM %s WHERE %s%s%s", o.column,
		sel.where(d.dialect(), &a, o.column), d.dialect().walk(o.index), bounds, sel.kinds.where("t"), o.by(s, size))
	rows, err := d.q.QueryContext(ctx, query, a...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t trial
		if err := rows.Scan(&t.id, o.key(&t.entry), &t.hit); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// startIn is where a walk from a place begins in a span: not at all in those
// that it has passed, at the place in its own, at the beginning after it.
func (o order) startIn(i int, from *entry) (start *entry, skip bool) {
	if from == nil {
		return nil, false
	}
	switch at := o.spanOf(*from); {
	case i < at:
		return nil, true
	case i == at:
		return from, false
	}
	return nil, false
}

// bounds are the conditions of a span, from a place on, each with its AND.
func (o order) bounds(s span, from *entry, a *args) string {
	lower, upper := "", ""
	if !o.text {
		lower, upper = fmt.Sprintf("t.%s >= %d AND ", o.column, s.lo), fmt.Sprintf("t.%s <= %d AND ", o.column, s.hi)
	}
	if from == nil {
		return lower + upper
	}
	key := any(from.num)
	if o.text {
		key = from.text
	}
	if s.desc {
		upper = fmt.Sprintf("(t.%s, t.id) < (%s, %s) AND ", o.column, a.add(key), a.add(from.id))
	} else {
		lower = fmt.Sprintf("(t.%s, t.id) > (%s, %s) AND ", o.column, a.add(key), a.add(from.id))
	}
	return lower + upper
}

// by is a span's order and how many are wanted.
func (o order) by(s span, limit int) string {
	direction := ""
	if s.desc {
		direction = " DESC"
	}
	return fmt.Sprintf(" ORDER BY t.%[1]s%[2]s, t.id%[2]s LIMIT %[3]d", o.column, direction, limit)
}

// key is where a query's sort column is read to.
func (o order) key(e *entry) any {
	if o.text {
		return &e.text
	}
	return &e.num
}

func (d *DB) readEntries(ctx context.Context, o order, query string, a args) (list []entry, err error) {
	rows, err := d.q.QueryContext(ctx, query, a...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.id, o.key(&e)); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
