package neonsim

import (
	"testing"
	"time"
)

// everyKind goes through a few projects of every part and plan.
func everyKind(t *testing.T, check func(t *testing.T, p *project)) {
	t.Helper()
	f := newFleet(11, 6000, noon)
	seen := map[[2]uint8]int{}
	for i := range f.born {
		p := f.grow(i, noon.Unix())
		kind := [2]uint8{uint8(p.tier), uint8(p.cast)}
		special := len(p.Branches) > 2 || p.planChange != 0 && p.planChange < noon.Unix()
		if seen[kind]++; seen[kind] > 6 && !special {
			continue
		}
		check(t, p)
	}
}

func TestLedger_hoursAddUpToDaysAndCounters(t *testing.T) {
	now := noon.Unix()
	everyKind(t, func(t *testing.T, p *project) {
		l := p.ledger(now-70*day, now)
		start := p.periodAt(now, now).start
		var hours, days flows
		for at := start; at < figuresAsOf(now); at += hour {
			hours.add(l.between(at, min(at+hour, figuresAsOf(now))))
		}
		for at := start; at < figuresAsOf(now); at = at/day*day + day {
			days.add(l.between(at, min(at/day*day+day, figuresAsOf(now))))
		}
		if shown := l.shownNow(); hours != shown || days != shown {
			t.Errorf("%s: hours %v, days %v, counters %v", p.id, hours, days, shown)
		}
		if again := p.ledger(now, now).shownNow(); again != l.shownNow() {
			t.Errorf("%s: a ledger of the month says %v, one of 70 days %v", p.id, again, l.shownNow())
		}
	})
}

func TestLedger_storageAddsUpWhateverTheCuts(t *testing.T) {
	now := noon.Unix()
	everyKind(t, func(t *testing.T, p *project) {
		l := p.ledger(now-40*day, now)
		from := max(p.created, now-40*day)
		var sum kept
		for at := from; at < now; at += 5000 {
			sum.add(l.kept(at, min(at+5000, now)))
		}
		if whole := l.kept(from, now); sum != whole {
			t.Errorf("%s: pieces %v, whole %v", p.id, sum, whole)
		}
	})
}

func TestLedger_branchesAddUpToTheProject(t *testing.T) {
	now := noon.Unix()
	everyKind(t, func(t *testing.T, p *project) {
		l := p.ledger(now-40*day, now)
		var sum, child = flows{}, int64(0)
		for i := range p.Branches {
			b := &p.Branches[i]
			sum.add(l.branch(b.ID, now-40*day, now))
			if b.Parent != "" {
				child += l.keptBy(b, max(p.created, now-40*day), now)
			}
		}
		if whole := l.between(now-40*day, now); sum != whole {
			t.Errorf("%s: branches %v, project %v", p.id, sum, whole)
		}
		if whole := l.kept(now-40*day, now); child != whole.child {
			t.Errorf("%s: child branches %d byte-hours, project %d", p.id, child, whole.child)
		}
	})
}

func TestLedger_noHourHasMoreThanItsSeconds(t *testing.T) {
	now := noon.Unix() / hour * hour
	everyKind(t, func(t *testing.T, p *project) {
		l := p.ledger(now-20*day, now)
		for at := now - 20*day; at < now; at += hour {
			used := l.between(at, at+hour)
			if used[active] < 0 || used[active] > hour || used[compute] < 0 || used[written] < 0 || used[public] < 0 {
				t.Fatalf("%s: hour %s used %v", p.id, stamp(at), used)
			}
			if most := float64(used[active])*56 + 1; float64(used[compute]) > most {
				t.Fatalf("%s: %d CU-seconds in %d seconds", p.id, used[compute], used[active])
			}
		}
	})
}

func TestLedger_nothingIsUsedBeforeTheProjectExists(t *testing.T) {
	now := noon.Unix()
	everyKind(t, func(t *testing.T, p *project) {
		l := p.ledger(p.created-3*day, now)
		if used := l.between(p.created-3*day, p.created); used != (flows{}) {
			t.Errorf("%s used %v before its creation", p.id, used)
		}
		if stored := l.kept(p.created-3*day, p.created); stored != (kept{}) {
			t.Errorf("%s stored %v before its creation", p.id, stored)
		}
	})
}

func TestQuota_bitesAfterItsLagUntilThePeriodEnds(t *testing.T) {
	f := newFleet(2, 4000, noon)
	found := 0
	for i := range f.born {
		p := f.grow(i, noon.Unix())
		l := p.ledger(noon.Unix(), noon.Unix())
		if !l.locked || p.cast != AtLimit || p.tier != free || p.Updated != p.created {
			continue
		}
		found++
		start := monthOf(noon.Unix()).start
		atLock, q := l.between(start, l.lockedAt), p.quota()
		if !q.reached(atLock) {
			t.Errorf("%s: locked at %s with %v of %+v", p.id, stamp(l.lockedAt), atLock, q)
		}
		if before := l.between(start, l.lockedAt-2*tick); q.reached(before) {
			t.Errorf("%s: reached more than half an hour before it was locked", p.id)
		}
		if after := l.between(l.lockedAt, noon.Unix()); after != (flows{}) {
			t.Errorf("%s: used %v while locked", p.id, after)
		}
		nextMonth := monthOf(noon.Unix()).end
		if next := p.ledger(nextMonth, nextMonth+2*day); next.between(nextMonth, nextMonth+2*day)[active] == 0 {
			t.Errorf("%s: still locked in the next month", p.id)
		}
	}
	if found < 5 {
		t.Errorf("only %d projects at their limit", found)
	}
}

func TestQuota_liftsAtOnceWhenRaised(t *testing.T) {
	s := start(t, Config{Projects: 2000, Seed: 1})
	id := one(t, s, func(c Casting) bool { return c.Cast == Abuser && c.Plan == "free" && !c.Drifted })
	endpoint := get[struct{ Endpoints []wireEndpoint }](t, s, "/projects/"+id+"/endpoints").Endpoints[0]
	if endpoint.State != "idle" {
		t.Fatalf("an abuser's compute is %s on the 20th, want idle", endpoint.State)
	}
	start := want(t, s, 422, "POST", "/projects/"+id+"/endpoints/"+endpoint.ID+"/start", "")
	if got := into[wireError](t, start); got.Code == "" {
		t.Errorf("start over quota: %+v, want a code", got)
	}
	want(t, s, 200, "PATCH", "/projects/"+id, `{"project":{"settings":{"quota":{"active_time_seconds":0,"compute_time_seconds":0,"written_data_bytes":0,"data_transfer_bytes":0,"logical_size_bytes":512000000}}}}`)
	before := get[projectAnswer](t, s, "/projects/"+id).Project
	s.Advance(2 * time.Hour)
	after := get[projectAnswer](t, s, "/projects/"+id).Project
	if used := after.Active - before.Active; used < 5000 || used > 7200 {
		t.Errorf("in two hours after the quota was lifted %d seconds were used, want nearly 7200", used)
	}
}

func TestQuota_loweredBelowUseBitesSoon(t *testing.T) {
	s := start(t, Config{Projects: 2000, Seed: 1})
	id := one(t, s, func(c Casting) bool { return c.Cast == Busy && c.Plan == "enterprise" })
	want(t, s, 200, "PATCH", "/projects/"+id, `{"project":{"settings":{"quota":{"active_time_seconds":1}}}}`)
	s.Advance(time.Hour)
	locked := get[projectAnswer](t, s, "/projects/"+id).Project
	s.Advance(24 * time.Hour)
	later := get[projectAnswer](t, s, "/projects/"+id).Project
	if later.Active != locked.Active {
		t.Errorf("used %d more seconds a day after the lock", later.Active-locked.Active)
	}
	s.Advance(10*24*time.Hour + 12*time.Hour) // into the next month: the trick's hole
	next := get[projectAnswer](t, s, "/projects/"+id).Project
	if next.Active == 0 || next.Active > 3600 {
		t.Errorf("in the new period %d seconds were used, want some until the quota is seen", next.Active)
	}
}

func TestStorage_stopsAtItsLimit(t *testing.T) {
	s := start(t, Config{Projects: 3000, Seed: 1})
	id := one(t, s, func(c Casting) bool { return c.Cast == Full && c.Plan == "free" && !c.Drifted })
	p, _ := s.lookup(id, noon.Unix())
	limit := p.quota().Logical
	if got := p.size(int32(noon.Unix()/day) + 100); got < limit || got > limit+limit/100 {
		t.Errorf("size = %d, want a little over the limit of %d", got, limit)
	}
	want(t, s, 200, "PATCH", "/projects/"+id, `{"project":{"settings":{"quota":{"logical_size_bytes":5000000000}}}}`)
	s.Advance(10 * 24 * time.Hour)
	root := get[branchList](t, s, "/projects/"+id+"/branches?sort_by=created_at&sort_order=asc").Branches[0]
	if *root.LogicalSize <= limit+limit/100 {
		t.Errorf("ten days after the limit was raised the branch has %d bytes still", *root.LogicalSize)
	}
}
