package neonsim

import (
	"fmt"
	"slices"
	"strconv"
)

// grow makes a project as it stands at a time if no client ever changed it.
func (f *fleet) grow(index int, at int64) *project {
	p := &project{facts: f.facts(index)}
	p.Name = name(index, p.hash)
	p.Updated = p.created
	if deleted := f.deletedAt(index); deleted != 0 && deleted <= at {
		p.Deleted = deleted
	}
	p.Retention = retentions[p.tier]
	q, d := settingsOf(p.tier, p.hash)
	p.Quota, p.Defaults = &q, d
	f.unassigned(p)
	p.branchOut(f.anchor, at)
	p.mark(p.created)
	for i := 1; i < len(p.Branches); i++ {
		p.mark(p.Branches[i].Created)
	}
	f.drift(p, at)
	return p
}

// unassigned gives some projects settings that are no plan's: made by hand,
// left over from a trial, or locked by the trick of a quota of one second
// (FACTS §6).
func (f *fleet) unassigned(p *project) {
	r := mix2(p.hash^golden, uint64(saltSettings))
	if r%1000 >= 11 {
		return
	}
	switch r >> 10 % 4 {
	case 0:
		p.Quota = nil
	case 1:
		q := newQuotaSettings(quota{Active: 633600, Compute: 158400, Written: gB, Transfer: 500 * mB, Logical: 100 * mB}, 0)
		p.Quota = &q
	case 2:
		p.Defaults = newSizeSettings(size{MinCU: 0.5, MaxCU: 4, Suspend: 3600})
	case 3:
		*p.Quota = quotaSettings{Active: new(int64)}
		*p.Quota.Active = 1
	}
}

// drift lets a hand change a few projects that had a plan's settings: a quota,
// the defaults, or only a compute, which the list of projects does not show.
func (f *fleet) drift(p *project, at int64) {
	r := mix2(p.hash, uint64(saltDrift))
	when := f.anchor + between(r>>16, -60*day, 30*day)
	if r%1000 >= 16 || when > at || when <= p.created+hour {
		return
	}
	e := &p.Endpoints[0]
	switch r >> 10 % 6 {
	case 0:
		if p.Quota != nil {
			p.Quota.Logical = new(int64)
			*p.Quota.Logical = 3 * quotas[p.tier].Logical
		}
	case 1:
		if p.Quota != nil {
			p.Quota.Compute = new(int64)
		}
	case 2:
		bigger := *p.Defaults.MaxCU * 2
		p.Defaults.MaxCU = &bigger
	case 3:
		e.Size.MaxCU *= 2
		e.Updated = when
	case 4:
		e.Size.Suspend = 3600
		e.Updated = when
	case 5:
		e.Disabled = true
		e.Updated = when
	}
	p.Updated = when
	p.mark(when)
}

// branchOut gives a project its branches and computes as of a time: always a
// root with one compute, and some child branches where developers work.
func (p *project) branchOut(anchor, at int64) {
	r := mix2(p.hash, uint64(saltBranches))
	rootName := "main"
	if r%6 == 0 {
		rootName = "production" // made in the console
	}
	p.Branches = append(p.Branches, branch{
		ID: p.childID("br", 0), Name: rootName, Created: p.created, Updated: p.created, Default: true,
		Protected: r>>8%1000 < [...]uint64{0, 40, 300}[p.tier],
	})
	p.addEndpoint(0, p.created)
	p.addChildren(r>>20, anchor, at)
	p.addSnapshot(at)
}

func (p *project) addEndpoint(b int, at int64) {
	p.Endpoints = append(p.Endpoints, endpoint{
		ID: p.childID("ep", len(p.Endpoints)), Branch: p.Branches[b].ID, Size: p.Defaults.size(), Created: at, Updated: at,
	})
}

// addChildren adds the branches made by now, oldest first.
func (p *project) addChildren(r uint64, anchor, at int64) {
	if r%1000 >= [...]uint64{40, 180, 600}[p.tier] {
		return
	}
	n := between(r>>10, 1, [...]int64{1, 3, 8}[p.tier])
	var children []branch
	for i := range n {
		r := mix2(p.hash, uint64(saltBranches)+uint64(i)<<8)
		created := p.created + between(r, hour, max(30*day, anchor-p.created))
		if created > at {
			continue
		}
		names := []string{"dev", "staging", fmt.Sprintf("preview-%d", 1+r>>20%400), "feature/checkout", "qa", "load-test", "anna/try", "demo"}
		children = append(children, branch{
			ID: p.childID("br", int(i)+1), Name: names[(int(i)+int(r>>40%8))%8], Parent: p.Branches[0].ID,
			Created: created, Updated: created, Share: between(r>>30, 5, 60),
		})
	}
	slices.SortFunc(children, func(a, b branch) int { return int(a.Created - b.Created) })
	for _, c := range children {
		p.Branches = append(p.Branches, c)
		if mix2(p.hash, uint64(c.Created))%10 < 7 {
			p.addEndpoint(len(p.Branches)-1, c.Created)
		}
	}
}

// addSnapshot lets one in five paying projects have a snapshot.
func (p *project) addSnapshot(at int64) {
	r := mix2(p.hash, uint64(saltSnapshots))
	created := p.created + between(r>>8, 5*day, 300*day)
	if p.tier == free || r%5 != 0 || created > at {
		return
	}
	p.Snapshots = append(p.Snapshots, snapshot{
		ID: p.childID("snap", 0), Name: "before-migration", Branch: p.Branches[0].ID, Created: created,
		Size: fresh + p.perDay*(created/day-int64(p.firstDay)),
	})
}

// childID is the id of a branch, endpoint or snapshot: br-aged-salad-63768812.
func (p *project) childID(prefix string, n int) string {
	r := mix2(p.hash^uint64(len(prefix))<<40^uint64(prefix[0])<<32, uint64(saltBranchID)+uint64(n)<<8)
	return prefix + "-" + slug(r) + "-" + strconv.FormatUint(idSpace+r>>36%idSpace, 10)[1:]
}
