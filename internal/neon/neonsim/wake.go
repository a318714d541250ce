package neonsim

// runs says whether a branch's compute is up at an instant.
func (p *project) runs(branch string, at int64) bool {
	r, ok := p.lastRun(branch, at)
	return ok && r.from <= at && at < r.to
}

// timeout is after how many seconds without work a compute is suspended.
func (e *endpoint) timeout() int64 {
	switch e.Size.Suspend {
	case 0:
		return 300
	case -1:
		return day // as good as never
	}
	return e.Size.Suspend
}

// wake lets a compute run for some seconds, on top of what its people use.
func (p *project) wake(e *endpoint, now, seconds int64) {
	p.Bursts = append(p.Bursts, burst{Endpoint: e.ID, Branch: e.Branch, From: now, To: now + seconds, MilliCU: milli(e.Size.MinCU)})
}

// sleep ends what runs on an endpoint now. Its people's next activity wakes it
// again.
func (p *project) sleep(e *endpoint, now int64) {
	p.endBursts(e, now)
	if r, ok := p.lastRun(e.Branch, now); ok && r.to > now {
		p.Naps = append(p.Naps, nap{Branch: e.Branch, From: now, To: r.to})
	}
}

func (p *project) endBursts(e *endpoint, now int64) {
	for i := range p.Bursts {
		if b := &p.Bursts[i]; b.Endpoint == e.ID && b.To > now {
			b.To = now
		}
	}
}
