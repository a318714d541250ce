package neonsim

// A stint is a time in which the same quotas held and the same branches ran.
// The log of a project is its stints, oldest first; each lasts until the next.
type stint struct {
	At        int64  `json:"at"`
	Quota     quota  `json:"quota"`
	Retention int32  `json:"retention"`
	Parts     []part `json:"parts"`
}

// A part is the per mille of a project's use, from Lo to Hi, that one branch
// has. Parts of disabled computes are missing: nobody uses them.
type part struct {
	Branch string `json:"branch"`
	Lo     int64  `json:"lo"`
	Hi     int64  `json:"hi"`
}

func (p *project) stintAt(at int64) *stint {
	for i := len(p.Log) - 1; i > 0; i-- {
		if p.Log[i].At <= at {
			return &p.Log[i]
		}
	}
	return &p.Log[0]
}

// quota is what Neon enforces now.
func (p *project) quota() quota {
	if p.Quota == nil {
		return quota{}
	}
	return p.Quota.enforced()
}

// mark begins a new stint: after every change of quotas, retention, branches or
// computes.
func (p *project) mark(at int64) {
	next := stint{At: at, Quota: p.quota(), Retention: p.Retention, Parts: p.parts(at)}
	if n := len(p.Log); n > 0 && p.Log[n-1].At >= at {
		next.At = p.Log[n-1].At
		p.Log = p.Log[:n-1]
	}
	p.Log = append(p.Log, next)
}

// parts divides the use among the branches that can be used now. What a branch
// without compute would have had is the main one's.
func (p *project) parts(at int64) []part {
	parts := make([]part, 0, 1)
	root := p.mainAt(at)
	give := func(branch string, lo, hi int64) {
		has, enabled := p.served(branch)
		if !has && branch != root {
			has, enabled = p.served(root)
			branch = root
		}
		if !has || !enabled || lo == hi {
			return
		}
		if n := len(parts); n > 0 && parts[n-1].Branch == branch && parts[n-1].Hi == lo {
			parts[n-1].Hi = hi
			return
		}
		parts = append(parts, part{Branch: branch, Lo: lo, Hi: hi})
	}
	var lo int64
	for i := range p.Branches {
		b := &p.Branches[i]
		owner := b.ID
		if !b.exists(at) || owner == root {
			owner = root
		}
		give(owner, lo, lo+b.Share)
		lo += b.Share
	}
	give(root, lo, 1000)
	return parts
}

// served says whether a branch has a compute, and whether one is enabled.
func (p *project) served(branch string) (has, enabled bool) {
	for i := range p.Endpoints {
		if e := &p.Endpoints[i]; e.Branch == branch && e.Deleted == 0 {
			has = true
			enabled = enabled || !e.Disabled
		}
	}
	return has, enabled
}
