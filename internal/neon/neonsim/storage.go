package neonsim

// fresh is the logical size of a new branch, as Neon reports it.
const fresh = 30_965_760

// Storage is how a project's data grows.
type storage struct {
	perDay int64 // bytes a day while it is used
}

// storageOf lets a project's data grow to a part of its plan's limit in two
// years, and that of a Full one to the limit within weeks.
func storageOf(f *facts, anchor int64) storage {
	r := mix2(f.hash, uint64(saltStorage))
	limit := quotas[f.tier].Logical
	if f.cast == Full {
		age := max(1, min(60, (anchor-f.created)/day))
		return storage{perDay: limit*11/10/age + 1}
	}
	share := between(r, 1, 25)
	if r>>10%5 == 0 {
		share = between(r>>16, 25, 95)
	}
	return storage{perDay: limit * share / 100 / 800}
}

// size is the logical size of the project's main branch on a day, in bytes. A
// restore counts from the next day.
func (p *project) size(d int32) int64 { return max(0, p.grown(d)+p.shifted(int64(d)*day-1)) }

// shifted is what restores until an instant have taken from the main branch's
// data, or given it.
func (p *project) shifted(at int64) int64 {
	var sum int64
	for _, s := range p.Shifts {
		if s.At <= at {
			sum += s.Bytes
		}
	}
	return sum
}

// shift lets the main branch have another size from now on.
func (p *project) shift(size, now int64) {
	bytes := size - p.grown(int32(now/day)) - p.shifted(now)
	p.Shifts = append(p.Shifts, step{At: now, Bytes: bytes})
}

// grown is the size as it would be without restores. At the storage limit writes fail, so that it stays there until the limit is
// raised (FACTS §3).
func (p *project) grown(d int32) int64 {
	var size int64
	for i := range p.Log {
		from := p.Log[i].At
		if i > 0 && from >= int64(d)*day { // a change counts from the next day
			break
		}
		until := d
		if i+1 < len(p.Log) {
			until = min(d, int32(p.Log[i+1].At/day))
		}
		grown := fresh + p.perDay*int64(max(0, min(until, p.lastDay)-p.firstDay))
		if most := p.Log[i].Quota.Logical; most > 0 {
			grown = min(grown, most+most/250)
		}
		size = max(size, grown)
	}
	return size
}

// past is the history kept on a day for restores, in bytes: what was written in
// the time that is kept.
func (p *project) past(d int32) int64 {
	keep := p.stintAt(int64(d) * day).Retention
	return p.use(d - 1)[written] * int64(keep) / day
}

// gauge is the project's synthetic storage size: the data and history of all
// branches, in bytes.
func (p *project) gauge(at int64) int64 {
	d := int32(at / day)
	sum := p.size(d) + p.past(d)
	for i := range p.Branches {
		if b := &p.Branches[i]; b.exists(at) && b.ID != p.mainAt(at) {
			sum += p.own(b, d)
		}
	}
	return sum
}

// kept are byte-hours of storage, by what they are billed as.
type kept struct{ root, child, history, snapshots int64 }

// keptOn are the byte-hours of one day from its second a to its second b.
func (p *project) keptOn(d int32, a, b int64) kept {
	start := int64(d) * day
	share := func(bytes, from, to int64) int64 {
		from, to = max(a, from-start), min(b, to-start)
		if from >= to {
			return 0
		}
		return bytes*to/hour - bytes*from/hour
	}
	end := start + day
	got := kept{history: share(p.past(d), start, end)}
	for i := range p.Branches {
		b := &p.Branches[i]
		bytes := share(p.own(b, d), b.Created, b.end())
		if b.Parent == "" {
			got.root += bytes
		} else {
			got.child += bytes
		}
	}
	for i := range p.Snapshots {
		s := &p.Snapshots[i]
		got.snapshots += share(s.Size, s.Created, s.end())
	}
	return got
}

func (k *kept) add(o kept) {
	k.root += o.root
	k.child += o.child
	k.history += o.history
	k.snapshots += o.snapshots
}

// branchHours are the hours of all child branches between two instants.
func (p *project) branchHours(a, b int64) int64 {
	var sum int64
	for i := range p.Branches {
		c := &p.Branches[i]
		from, to := max(a, c.Created), min(b, c.end())
		if c.Parent != "" && from < to {
			sum += (to-c.Created)/hour - (from-c.Created)/hour
		}
	}
	return sum
}
