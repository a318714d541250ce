package db

import (
	"context"
	"fmt"
)

// Where tenants are collected from instead of walking a whole index. Measured
// at 300,000: collecting costs about 1 µs a tenant; walking, 51 steps times
// the fleet over the matches.
const (
	// fewMax is how many are collected and sorted, whatever the order is.
	fewMax = 3000
	// someMax holds where several conditions meet: each alone may be common
	// and all together match nobody, which a walk would find out last.
	someMax = countMax
)

// A source writes where tenants (t) come from into a query.
type source func(d *dialect, a *args) string

// A plan says where the tenants that match are looked for.
type plan struct {
	from  source
	few   bool   // worth collecting
	total int    // tenants of the kinds that are meant
	words source // candidates of the words, where there are words
	size  int    // of from, as far as it was counted
}

func (p plan) none() bool { return p.total == 0 }

// plan looks for the narrowest condition. What the facets and the indexes
// cannot say in a fraction of a millisecond is not asked.
func (d *DB) plan(ctx context.Context, sel selection) (p plan, err error) {
	counts, err := d.facetRows(ctx)
	if err != nil {
		return p, err
	}
	for _, c := range counts {
		if sel.kinds.match(c.facetKey) {
			p.total += c.n
		}
	}
	most, conditions := fewMax, sel.fuzzy()
	if !sel.kinds.isAll() {
		conditions++
	}
	if conditions > 1 {
		most = someMax
	}
	if p.total <= most {
		p.few = true
		p.from = func(d *dialect, _ *args) string { return d.byKind(sel.kinds.where("facet")) }
		return p, nil
	}
	return p, d.planFuzzy(ctx, sel, &p, most)
}

// planFuzzy tries the conditions that facet knows nothing about. Where none is
// narrow enough, from is the narrowest all the same.
func (d *DB) planFuzzy(ctx context.Context, sel selection, p *plan, most int) (err error) {
	if len(sel.words) > 0 {
		all, err := d.planWords(ctx, sel, p)
		if err != nil || all {
			p.few = all
			return err
		}
	}
	if len(sel.tags) > 0 {
		p.from = func(d *dialect, a *args) string {
			return d.among("SELECT DISTINCT tenant FROM tenant_tag WHERE tag IN (" + sel.tagList(a) + ")")
		}
		var a args
		if p.size, err = d.countTo(ctx, "tenant_tag WHERE tag IN ("+sel.tagList(&a)+")", a); err != nil {
			return err
		}
		if p.size <= most {
			p.few = true
			return nil
		}
	}
	return d.planRanges(ctx, sel, p, most)
}

// planWords looks the words up. Where they are too common for that, from is
// still everybody that has them.
func (d *DB) planWords(ctx context.Context, sel selection, p *plan) (all bool, err error) {
	ids, all, err := d.candidates(ctx, sel.words)
	if err != nil {
		return false, err
	}
	arg, err := list(d, ids)
	if err != nil {
		return false, err
	}
	p.words = func(d *dialect, a *args) string { return d.among(d.listed(a.add(arg))) }
	p.from = p.words
	if !all {
		p.size = countMax + 1
		p.from = func(d *dialect, a *args) string {
			return d.among("SELECT DISTINCT tenant FROM (" + d.having(sel.words, a) + ") h")
		}
	}
	return all, nil
}

// planRanges counts each range along its own index, with the kinds that it
// covers, and no further than needed to know whether it is narrow.
func (d *DB) planRanges(ctx context.Context, sel selection, p *plan, most int) error {
	for _, r := range sel.ranges {
		if r.covered {
			continue
		}
		src := func(d *dialect, _ *args) string { return d.walk(indexOf(r.column)) }
		n, err := d.countTo(ctx, fmt.Sprintf("%s WHERE t.%s BETWEEN %d AND %d AND %s", d.dialect().walk(indexOf(r.column)),
			r.column, r.lo, r.hi, sel.kinds.where("t")), nil)
		if err != nil {
			return err
		}
		if p.from == nil || n < p.size {
			p.size, p.from = n, src
		}
		if n <= most {
			p.few = true
			return nil
		}
	}
	return nil
}

// countTo counts rows of a source, but not further than one above countMax.
func (d *DB) countTo(ctx context.Context, source string, a args) (n int, err error) {
	err = d.q.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 AS one FROM %s LIMIT %d) x", source, countMax+1), a...).Scan(&n)
	return n, err
}

// count is the number of tenants that match where they are too many to
// collect: exact for kinds, as far as countMax for one tag or range, and at
// least those among the first tenants of the narrowest condition for more.
func (d *DB) count(ctx context.Context, p plan, sel selection) (n int, more bool, err error) {
	var a args
	switch {
	case sel.fuzzy() == 0:
		return p.total, false, nil
	case sel.fuzzy() == 1 && len(sel.tags) > 0:
		n, err = d.countTo(ctx, p.from(d.dialect(), &a)+" WHERE "+sel.where(d.dialect(), &a, ""), a)
		return min(n, countMax), n > countMax, err
	case sel.fuzzy() == 1 && len(sel.words) == 0: // the range was counted with the kinds
		return min(p.size, countMax), p.size > countMax, nil
	}
	from := p.from
	if len(sel.words) > 0 {
		from = p.words
	}
	source := from(d.dialect(), &a)
	err = d.q.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT CASE WHEN %s THEN 1 ELSE 0 END AS hit FROM %s LIMIT %d) x WHERE hit = 1",
		sel.where(d.dialect(), &a, ""), source, tryMax), a...).Scan(&n)
	return n, true, err
}
