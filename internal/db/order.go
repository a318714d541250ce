package db

import (
	"cmp"
	"slices"

	"neonfleet/internal/fleet"
)

// usedColumn and shareColumn are the columns of tenant that a meter has.
var (
	usedColumn  = [...]string{"cu_s", "active_s", "storage_b", "transfer_b", "written_b"}
	shareColumn = [...]string{"cu_pm", "active_pm", "storage_pm", "transfer_pm", "written_pm"}
)

// An order is a way through all tenants: along the index of a column, in one
// stretch or several.
type order struct {
	sort   fleet.Sort
	column string
	index  string
	text   bool // the column is a name, not a number
	spans  []span
}

// A span is a stretch of the column's index walked in one direction.
type span struct {
	lo, hi int64 // of a number
	desc   bool
}

// An entry is a tenant's place in an order.
type entry struct {
	id   int64
	num  int64
	text string
}

var sortIndex = map[fleet.SortKey]struct{ column, index string }{
	fleet.ByName:     {"name_key", "tenant_name"},
	fleet.ByCreated:  {"created_at", "tenant_created"},
	fleet.BySeen:     {"last_active_at", "tenant_seen"},
	fleet.ByWorst:    {"max_pm", "tenant_max"},
	fleet.ByCompute:  {"cu_pm", "tenant_cu"},
	fleet.ByActive:   {"active_pm", "tenant_active"},
	fleet.ByStorage:  {"storage_pm", "tenant_storage"},
	fleet.ByTransfer: {"transfer_pm", "tenant_transfer"},
	fleet.ByWritten:  {"written_pm", "tenant_written"},
}

// indexOf is the index that begins with a column.
func indexOf(column string) string {
	for _, x := range sortIndex {
		if x.column == column {
			return x.index
		}
	}
	return ""
}

// orderOf gives the way for a sort. Meters go by percent, then unlimited (-1),
// then unknown (-2) in both directions: descending that is one stretch,
// ascending three.
func orderOf(s fleet.Sort) (order, error) {
	if s.By == "" {
		s = fleet.Sort{By: fleet.ByWorst, Descending: true}
	}
	x, ok := sortIndex[s.By]
	if !ok {
		return order{}, fleet.Errorf(fleet.Invalid, "sort=%s: tenants cannot be sorted by that.", s)
	}
	o := order{sort: s, column: x.column, index: x.index, text: s.By == fleet.ByName}
	switch s.By {
	case fleet.ByName, fleet.ByCreated, fleet.BySeen:
		o.spans = []span{{0, topKey, s.Descending}}
	default:
		o.spans = []span{{-2, topKey, true}}
		if !s.Descending {
			o.spans = []span{{0, topKey, false}, {-1, -1, false}, {-2, -2, false}}
		}
	}
	return o, nil
}

// within cuts the spans to the ranges that the selection sets for the same
// column, so that the walk begins and ends where they do.
func (o order) within(s selection) order {
	for _, r := range s.ranges {
		if r.column != o.column {
			continue
		}
		var cut []span
		for _, p := range o.spans {
			if p.lo, p.hi = max(p.lo, r.lo), min(p.hi, r.hi); p.lo <= p.hi {
				cut = append(cut, p)
			}
		}
		o.spans = cut
	}
	return o
}

// reversed is the same way backward.
func (o order) reversed() order {
	o.spans = slices.Clone(o.spans)
	slices.Reverse(o.spans)
	for i := range o.spans {
		o.spans[i].desc = !o.spans[i].desc
	}
	return o
}

// spanOf is the span that has a place; len(spans) where none has.
func (o order) spanOf(e entry) int {
	for i, p := range o.spans {
		if o.text || (e.num >= p.lo && e.num <= p.hi) {
			return i
		}
	}
	return len(o.spans)
}

// compare says which of two places comes first. Ties go by id, in the
// direction of the span.
func (o order) compare(a, b entry) int {
	i, j := o.spanOf(a), o.spanOf(b)
	if i != j || i == len(o.spans) {
		return cmp.Compare(i, j)
	}
	c := cmp.Or(cmp.Compare(a.num, b.num), cmp.Compare(a.text, b.text), cmp.Compare(a.id, b.id))
	if o.spans[i].desc {
		return -c
	}
	return c
}
