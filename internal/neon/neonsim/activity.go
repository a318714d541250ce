package neonsim

// A run is a time in which a compute ran without a pause.
type run struct{ from, to int64 }

// lastRun is the last time before or at an instant in which a branch's compute
// ran, or that of any branch. A run that still goes on ends later. It is false
// if there never was one.
func (p *project) lastRun(branch string, at int64) (run, bool) {
	return p.current(at).latest(branch, at)
}

// latest is lastRun for who has the current books open: earlier periods are
// opened only where nothing ran in this one.
func (l *ledger) latest(branch string, at int64) (run, bool) {
	p := l.p
	got, found := p.lastBurst(branch, at)
	last := min(at, p.end()-1)
	if p.lastDay < int32(last/day) {
		last = int64(p.lastDay)*day + day - 1
	}
	for last >= p.created {
		if last < l.start {
			l = p.ledger(last, last+1)
		}
		if r, ok := l.lastRun(branch, last); ok {
			if !found || r.to > got.to {
				got = r
			}
			return got, true
		}
		last = l.start - 1
	}
	return got, found
}

func (p *project) lastBurst(branch string, at int64) (run, bool) {
	var got run
	for _, b := range p.Bursts {
		if b.From <= at && (branch == "" || branch == b.Branch) && b.To > got.to {
			got = run{from: b.From, to: b.To}
		}
	}
	return got, got.to != 0
}

// lastRun looks through the ledger's spans, the last one first.
func (l *ledger) lastRun(branch string, at int64) (run, bool) {
	for i := len(l.spans) - 1; i >= 0; i-- {
		s := &l.spans[i]
		if branch != "" && len(only(s.parts, branch)) == 0 {
			continue
		}
		for d := int32((min(at, s.to-1)) / day); d >= int32(s.from/day); d-- {
			if r, ok := l.lastRunOn(d, s, at); ok {
				return r, true
			}
		}
	}
	return run{}, false
}

// lastRunOn is the last run on a day that begins at or before an instant. An
// end by lock or nap shortens it; the end of the ledger does not.
func (l *ledger) lastRunOn(d int32, s *span, at int64) (run, bool) {
	total := l.day(d)
	if total[active] == 0 {
		return run{}, false
	}
	if l.split == nil || l.splitDay != d {
		l.split, l.splitDay = l.p.split(d, total), d
	}
	start := int64(d) * day
	for h := min(int64(23), (at-start)/hour); h >= 0; h-- {
		from, to := l.split.window(h)
		from, to = max(start+from, s.from), start+to
		if s.to <= at {
			to = min(to, s.to)
		}
		if from < to && from <= at {
			return run{from: from, to: to}, true
		}
	}
	return run{}, false
}
