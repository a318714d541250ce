package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neonfleet/internal/fleet"
)

// A selection is a filter in the store's numbers. kinds is what facet counts,
// the rest only the rows know.
type selection struct {
	kinds  kinds
	ranges []keyRange
	tags   []string
	words  []string // folded
}

// kinds are the values of each kind that are meant; nil means all, an empty
// list none.
type kinds struct {
	plans, regions, states, bands []int64
	flags                         int64
}

// A keyRange bounds a column that tenants can be sorted by, both ends
// included. covered says that other conditions hold for the same tenants only,
// and that the range merely shortens a walk along its column.
type keyRange struct {
	column  string
	lo, hi  int64
	covered bool
}

// topKey is above every share and time.
const topKey = int64(1<<53 - 1)

// selection translates a filter. A plan that does not exist is Invalid; a part
// of a region that no region has means nobody.
func (d *DB) selection(ctx context.Context, f fleet.Filter, now time.Time) (selection, error) {
	s := selection{tags: f.Tags, kinds: kinds{flags: int64(f.Is)}}
	for _, id := range f.Plans {
		no, err := d.planNo(ctx, id)
		if fleet.KindOf(err) == fleet.NotFound {
			return s, fleet.Errorf(fleet.Invalid, "plan=%s: there is no such plan.", id)
		}
		if err != nil {
			return s, err
		}
		s.kinds.plans = append(s.kinds.plans, no)
	}
	if len(f.Regions) > 0 {
		_, regions, err := d.numbers(ctx, false)
		if err != nil {
			return s, err
		}
		s.kinds.regions = regionsWith(regions, f.Regions)
	}
	for _, state := range f.States {
		s.kinds.states = append(s.kinds.states, int64(state))
	}
	for _, r := range f.Shares {
		s.addShare(r)
	}
	s.addIdle(f.IdleMin, f.IdleMax, now)
	for _, w := range f.Words {
		if w = fleet.FoldName(strings.TrimSpace(w)); w != "" {
			s.words = append(s.words, w)
		}
	}
	return s, nil
}

func regionsWith(regions numbering[string], parts []string) []int64 {
	list := []int64{}
	for no, id := range regions.id {
		if slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(id, strings.ToLower(part)) }) {
			list = append(list, no)
		}
	}
	slices.Sort(list)
	return list
}

// addShare bounds a meter. The worst meter's range is also one of bands, which
// facet counts; where the ends are bands' ends it is nothing else. No meter is
// above the worst, so that every range bounds the worst from below: all sort
// indexes have the band and need no look at the row to leave most tenants out.
func (s *selection) addShare(r fleet.ShareRange) {
	k := keyRange{column: shareColumn[r.Meter], lo: max(0, int64(r.Min)), hi: min(topKey, int64(r.Max))}
	first, last := fleet.Share(k.lo).Band(), fleet.Over
	if r.Worst {
		k.column, last = "max_pm", fleet.Share(max(0, k.hi)).Band()
		// Band 0 has the unlimited and unknown too, so it never is the range.
		k.covered = first > fleet.Calm && fleet.Share(k.lo-1).Band() < first && (k.hi == topKey || fleet.Share(k.hi+1).Band() > last)
	}
	s.ranges = append(s.ranges, k)
	if !r.Worst {
		s.ranges = append(s.ranges, keyRange{column: "max_pm", lo: k.lo, hi: topKey, covered: true})
	}
	if first > fleet.Calm || r.Worst {
		s.narrowBands(first, last)
	}
}

func (s *selection) narrowBands(first, last fleet.Band) {
	bands := []int64{}
	for b := first; b <= last; b++ {
		if s.kinds.bands == nil || slices.Contains(s.kinds.bands, int64(b)) {
			bands = append(bands, int64(b))
		}
	}
	s.kinds.bands = bands
}

func (s *selection) addIdle(least, most time.Duration, now time.Time) {
	if least == 0 && most == 0 {
		return
	}
	k := keyRange{column: "last_active_at", lo: 0, hi: topKey}
	if least > 0 {
		k.hi = now.Add(-least).Unix()
	}
	if most > 0 {
		k.lo = now.Add(-most).Unix()
	}
	s.ranges = append(s.ranges, k)
}

// fuzzy is how many conditions there are that facet cannot count.
func (s selection) fuzzy() int {
	n := len(s.words)
	if len(s.tags) > 0 {
		n++
	}
	for _, r := range s.ranges {
		if !r.covered {
			n++
		}
	}
	return n
}

// where writes the conditions on t. span, if any, is a range that is seen to
// elsewhere: by the part of the index that is walked.
func (s selection) where(d *dialect, a *args, span string) string {
	conds := []string{s.kinds.where("t")}
	for _, r := range s.ranges {
		if !r.covered && r.column != span {
			conds = append(conds, fmt.Sprintf("t.%s BETWEEN %d AND %d", r.column, r.lo, r.hi))
		}
	}
	if len(s.tags) > 0 {
		conds = append(conds, "EXISTS (SELECT 1 FROM tenant_tag x WHERE x.tenant = t.id AND x.tag IN ("+s.tagList(a)+"))")
	}
	for _, w := range s.words {
		word := a.add(w)
		conds = append(conds, "("+d.contains("t.name_key", word)+" OR "+d.contains("t.project_id", word)+
			" OR EXISTS (SELECT 1 FROM tenant_detail r WHERE r.tenant = t.id AND "+d.contains("r.search_key", word)+"))")
	}
	return strings.Join(conds, " AND ")
}

func (s selection) tagList(a *args) string {
	list := make([]string, len(s.tags))
	for i, tag := range s.tags {
		list[i] = a.add(tag)
	}
	return strings.Join(list, ", ")
}

// where writes the conditions on the columns that tenant and facet share.
func (k kinds) where(table string) string {
	conds := []string{table + ".state <> 6"}
	in := func(column string, list []int64) {
		switch {
		case len(list) > 0:
			conds = append(conds, table+"."+column+" IN ("+intList(list)+")")
		case list != nil:
			conds = append(conds, "1 = 0")
		}
	}
	in("plan", k.plans)
	in("region", k.regions)
	in("state", k.states)
	in("band", k.bands)
	if k.flags != 0 {
		conds = append(conds, fmt.Sprintf("%s.flags & %d = %d", table, k.flags, k.flags))
	}
	return strings.Join(conds, " AND ")
}

// match says the same of a facet row.
func (k kinds) match(f facetKey) bool {
	in := func(list []int64, n int64) bool { return list == nil || slices.Contains(list, n) }
	return in(k.plans, f.plan) && in(k.regions, f.region) && in(k.states, int64(f.state)) && in(k.bands, int64(f.band)) &&
		int64(f.flags)&k.flags == k.flags
}

// isAll says that no kind narrows anything.
func (k kinds) isAll() bool {
	return k.plans == nil && k.regions == nil && k.states == nil && k.bands == nil && k.flags == 0
}
