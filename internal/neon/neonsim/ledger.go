package neonsim

import (
	"cmp"
	"slices"
)

// A ledger answers what a project used between any two instants of a range. It
// knows when the project ran and when a quota, a disabled compute or a
// deletion stopped it. Every figure that Neon reports is a sum from it, so that
// hours, days, months and counters agree.
type ledger struct {
	p     *project
	now   int64
	start int64 // from here on it knows
	first int32 // the day of days[0]
	days  []flows
	spans []span
	// lock is the quota that holds the project now, from lockedAt on.
	locked   bool
	lockedAt int64

	split    *daySplit // of splitDay, kept because hours are asked in order
	splitDay int32
}

// A span is a time in which computes ran, and whose use that was.
type span struct {
	from, to int64
	parts    []part
}

// ledger opens the books from an instant until now. The quotas need the whole
// period in which they began to count.
func (p *project) ledger(from, now int64) *ledger {
	until := min(now, p.end())
	start := max(p.periodAt(from, now).start, p.created)
	l := &ledger{p: p, now: now, start: start, first: int32(start / day), splitDay: -1}
	if start >= until {
		return l
	}
	l.days = make([]flows, int32((until-1)/day)-l.first+1)
	for i := range l.days {
		l.days[i] = p.use(l.first + int32(i))
	}
	for at := start; at < until; {
		period := p.periodAt(at, now)
		l.fill(max(period.start, p.created), min(period.end, until))
		at = period.end
	}
	return l
}

// current are the books of the period that runs, the present second included.
func (p *project) current(now int64) *ledger {
	l := p.ledger(now, now+1)
	l.now = now
	return l
}

// A stretch is a piece of a period in which nothing changed.
type stretch struct {
	from, to int64
	quota    quota
	parts    []part
}

// fill finds the spans of one period: what is used up is held until the
// period ends or the quota is raised.
func (l *ledger) fill(from, to int64) {
	var used flows
	l.locked = false
	for s := range l.stretches(from, to) {
		if l.locked && !s.quota.reached(used) {
			l.locked = false
		}
		if l.locked || len(s.parts) == 0 {
			continue
		}
		used = l.run(s, used)
	}
}

// run adds the span of one stretch, and ends it where a quota bites.
func (l *ledger) run(s stretch, used flows) flows {
	end := s.to
	if s.quota.stops() {
		if at, reached := l.reaches(s, used); reached && bitesAt(at) < end {
			end = max(bitesAt(at), s.from)
			l.locked, l.lockedAt = true, end
		}
		used.add(l.sum(s.from, end, s.parts))
		used.add(l.bursts(s.from, end, ""))
	}
	if end > s.from {
		l.spans = append(l.spans, span{from: s.from, to: end, parts: s.parts})
	}
	return used
}

// reaches finds the first instant of a stretch at which a quota is used up.
func (l *ledger) reaches(s stretch, used flows) (at int64, reached bool) {
	if s.quota.reached(used) {
		return s.from, true
	}
	for from := s.from; from < s.to; {
		to := min(s.to, from/day*day+day)
		next := used
		next.add(l.sum(from, to, s.parts))
		next.add(l.bursts(from, to, ""))
		if s.quota.reached(next) {
			return l.bisect(from, to, s, used), true
		}
		used, from = next, to
	}
	return 0, false
}

func (l *ledger) bisect(from, to int64, s stretch, used flows) int64 {
	lo, hi := from, to // reached at hi, not at lo
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		at := used
		at.add(l.sum(from, mid, s.parts))
		at.add(l.bursts(from, mid, ""))
		if s.quota.reached(at) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// stretches cuts a time at every change that matters.
func (l *ledger) stretches(from, to int64) func(yield func(stretch) bool) {
	p := l.p
	return func(yield func(stretch) bool) {
		cuts := p.cuts(from, to)
		for i, at := range cuts[:len(cuts)-1] {
			log := p.stintAt(at)
			s := stretch{from: at, to: cuts[i+1], quota: log.Quota, parts: p.awake(log.Parts, at)}
			if !yield(s) {
				return
			}
		}
	}
}

// cuts are the ends of a time and the instants in it at which something changed.
func (p *project) cuts(from, to int64) []int64 {
	if from >= to {
		return []int64{from}
	}
	cuts := append(make([]int64, 0, 4), from, to)
	cut := func(at int64) {
		if from < at && at < to {
			cuts = append(cuts, at)
		}
	}
	for i := range p.Log {
		cut(p.Log[i].At)
	}
	for _, n := range p.Naps {
		cut(n.From)
		cut(n.To)
	}
	if len(cuts) > 2 {
		slices.SortFunc(cuts, cmp.Compare)
		cuts = slices.Compact(cuts)
	}
	return cuts
}

// awake leaves out the branches whose computes were put to sleep at a time.
func (p *project) awake(parts []part, at int64) []part {
	for _, n := range p.Naps {
		if n.From <= at && at < n.To {
			parts = slices.DeleteFunc(slices.Clone(parts), func(x part) bool { return x.Branch == n.Branch })
		}
	}
	return parts
}
