package neonsim

import (
	"cmp"
	"slices"
	"time"
)

// remembered is how many days of starts and suspends the operations go back.
const remembered = 30

// operations are all of a project's, newest first: those that clients caused,
// and those that came of its being used.
func (p *project) operations(now time.Time) []operation {
	ops := append(p.lived(now.Unix()), p.Ops...)
	ops = slices.DeleteFunc(ops, func(o operation) bool { return o.Created > now.UnixNano() })
	slices.SortFunc(ops, func(a, b operation) int { return cmp.Compare(b.Created, a.Created) })
	return ops
}

// lived are the operations that the seed knows of: how the project came to be,
// when its compute woke and slept in the last weeks, and Neon's checks.
func (p *project) lived(now int64) []operation {
	root := p.Branches[0].ID
	var ops []operation
	if p.Made == nil {
		ops = append(ops, p.noted(createTimeline, root, "", p.created), p.noted(startCompute, root, p.Endpoints[0].ID, p.created+1))
	}
	first := max(p.created, now-remembered*day)
	l := p.ledger(first, now)
	for i := range l.spans {
		s := &l.spans[i]
		for d := int32(max(s.from, first) / day); d <= int32((s.to-1)/day); d++ {
			ops = append(ops, p.livedOn(l, s, d, now)...)
		}
	}
	for d := int32(first / day); d <= int32(now/day); d++ {
		if o, ok := p.check(d); ok {
			ops = append(ops, o)
		}
	}
	return ops
}

// livedOn are the first start and the last suspend of a day.
func (p *project) livedOn(l *ledger, s *span, d int32, now int64) []operation {
	run, ok := l.lastRunOn(d, s, min(now, s.to-1, int64(d)*day+day-1))
	if !ok {
		return nil
	}
	split := p.split(d, l.day(d))
	start := run.from
	for h := range int64(24) {
		if from, to := split.window(h); from < to {
			start = max(int64(d)*day+from, s.from)
			break
		}
	}
	branch := s.parts[len(s.parts)-1].Branch
	ops := []operation{p.noted(startCompute, branch, p.endpointOf(branch), min(start, run.from))}
	if run.to < now {
		ops = append(ops, p.noted(suspendCompute, branch, p.endpointOf(branch), run.to))
	}
	return ops
}

func (p *project) endpointOf(branch string) string {
	if e := p.writer(branch); e != nil {
		return e.ID
	}
	return ""
}

// writer is a branch's read-write compute, and nil if it has none.
func (p *project) writer(branch string) *endpoint {
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; e.Branch == branch && !e.ReadOnly && e.Deleted == 0 {
			return e
		}
	}
	return nil
}

// noted is an operation of the past, at a second.
func (p *project) noted(action, branch, endpoint string, second int64) operation {
	at := second*int64(time.Second) + int64(mix2(p.hash, uint64(second))%1e9)
	return operation{
		ID: uuid(mix2(p.hash^uint64(action[0])<<8^uint64(action[1]), uint64(at))), Action: action, Branch: branch, Endpoint: endpoint,
		Created: at, Begins: at, Ends: at + int64(lasts[action]),
	}
}
