package neonsim

// between is what the project used between two instants.
func (l *ledger) between(a, b int64) flows { return l.used(a, b, "") }

// branch is what one branch used.
func (l *ledger) branch(id string, a, b int64) flows { return l.used(a, b, id) }

func (l *ledger) used(a, b int64, branch string) flows {
	var sum flows
	if a >= b {
		return sum
	}
	for i := range l.spans {
		s := &l.spans[i]
		if s.to <= a || s.from >= b {
			continue
		}
		parts := s.parts
		if branch != "" {
			parts = only(parts, branch)
		}
		sum.add(l.sum(max(a, s.from), min(b, s.to), parts))
	}
	sum.add(l.bursts(a, b, branch))
	return sum
}

func only(parts []part, branch string) []part {
	var got []part
	for _, p := range parts {
		if p.Branch == branch {
			got = append(got, p)
		}
	}
	return got
}

// sum is what parts of the project would use between two instants, if nothing
// stopped them.
func (l *ledger) sum(a, b int64, parts []part) flows {
	var sum flows
	whole := len(parts) == 1 && parts[0].Lo == 0 && parts[0].Hi == 1000
	for a < b && len(parts) > 0 {
		d := int32(a / day)
		start := int64(d) * day
		end := min(b, start+day)
		if whole {
			sum.add(l.shown(d, end-start).minus(l.shown(d, a-start)))
		} else {
			to, from := l.shown(d, end-start), l.shown(d, a-start)
			for _, p := range parts {
				sum.add(to.scaled(p.Lo, p.Hi).minus(from.scaled(p.Lo, p.Hi)))
			}
		}
		a = end
	}
	return sum
}

// shown is what the meters of a day would show at a second of it.
func (l *ledger) shown(d int32, second int64) flows {
	total := l.day(d)
	switch {
	case second <= 0 || total == flows{}:
		return flows{}
	case second >= day:
		return total
	}
	if l.split == nil || l.splitDay != d {
		l.split, l.splitDay = l.p.split(d, total), d
	}
	return l.split.at(second)
}

func (l *ledger) day(d int32) flows {
	if i := int(d - l.first); i >= 0 && i < len(l.days) {
		return l.days[i]
	}
	return l.p.use(d)
}

// bursts is what computes used that the API woke: of one branch, or of all.
func (l *ledger) bursts(a, b int64, branch string) flows {
	var sum flows
	for _, burst := range l.p.Bursts {
		seconds := min(b, burst.To) - max(a, burst.From)
		if seconds <= 0 || branch != "" && branch != burst.Branch {
			continue
		}
		from, to := max(a, burst.From)-burst.From, min(b, burst.To)-burst.From
		sum[active] += seconds
		sum[compute] += burst.MilliCU*to/1000 - burst.MilliCU*from/1000
	}
	return sum
}

// kept are the byte-hours of storage between two instants.
func (l *ledger) kept(a, b int64) kept {
	a, b = max(a, l.p.created), min(b, l.p.end(), l.now)
	var sum kept
	for a < b {
		d := int32(a / day)
		start := int64(d) * day
		end := min(b, start+day)
		sum.add(l.p.keptOn(d, a-start, end-start))
		a = end
	}
	return sum
}

// counters are the period's figures as Neon shows them now.
type counters struct {
	period  period
	used    flows
	storage int64 // byte-hours
}

func (l *ledger) counters() counters {
	got := counters{period: l.p.periodAt(l.now, l.now), used: l.shownNow()}
	if asOf := figuresAsOf(l.now); asOf > got.period.start {
		kept := l.kept(got.period.start, asOf)
		got.storage = kept.root + kept.child + kept.history
	}
	return got
}

// shownNow are the period's meters as Neon shows them now, without storage.
func (l *ledger) shownNow() flows {
	start := l.p.periodAt(l.now, l.now).start
	return l.between(start, figuresAsOf(l.now))
}
