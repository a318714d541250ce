package neonsim

// A Cast is the part a project plays in the fleet: what its owner does with it.
type Cast uint8

// The parts. About seven in ten projects do nothing on a given day, many of
// them for ever: that is what a platform's fleet looks like.
const (
	Never   Cast = iota // created and never connected to
	Gone                // used for a while, and never again
	Rare                // a day now and then
	Regular             // most days
	Busy                // every day, near what its plan allows
	AtLimit             // reaches a quota in the middle of the month
	Abuser              // reaches it within days: runs day and night, or sends like a mirror
	Full                // its storage is at the limit
)

// castOdds are parts per thousand of each tier, in the order of the parts.
var castOdds = [...][8]uint64{
	free:       {100, 360, 300, 185, 30, 10, 5, 10},
	pro:        {30, 150, 300, 350, 140, 15, 5, 10},
	enterprise: {10, 50, 140, 400, 400, 0, 0, 0},
}

func castOf(t tier, hash uint64) Cast {
	r := mix2(hash, uint64(saltCast)) % 1000
	for c, odds := range castOdds[t] {
		if r < odds {
			return Cast(c)
		}
		r -= odds
	}
	return Never
}

// Facts are what the seed says about a project. They never change; what a
// client changes is kept in project.
type facts struct {
	index    int
	hash     uint64
	id       string
	created  int64 // unix seconds
	tier     tier
	cast     Cast
	firstDay int32 // days since 1970
	lastDay  int32 // of use
	// planChange is when Neon began a new billing period in the middle of a month,
	// because the plan changed; 0 for most.
	planChange int64
	place      *place
	pgVersion  int
	habits
	storage
}

// forEver is a last day of use that never comes.
const forEver = 1 << 30

func (f *fleet) facts(index int) facts {
	hash := f.hash(index)
	t := tierOf(hash)
	return f.factsAs(index, f.createdAt(index), t, castOf(t, hash))
}

// madeFacts are those of a project that a client made: its owner is only
// trying it out.
func (f *fleet) madeFacts(index int, created int64, where *place, version int) facts {
	got := f.factsAs(index, created, free, Rare)
	got.place, got.pgVersion = where, version
	got.lastDay = forEver
	return got
}

func (f *fleet) factsAs(index int, created int64, t tier, c Cast) facts {
	hash := f.hash(index)
	got := facts{
		index: index, hash: hash, id: f.id(index), created: created, tier: t, cast: c,
		firstDay: int32(created / day), place: placeOf(hash), pgVersion: versionOf(hash),
	}
	got.lastDay = f.lastDay(&got)
	got.planChange = f.planChange(&got)
	got.habits = habitsOf(&got)
	got.storage = storageOf(&got, f.anchor)
	return got
}

// lastDay is the last day of use, which only some projects have.
func (f *fleet) lastDay(p *facts) int32 {
	r := mix2(p.hash, uint64(saltEnd))
	switch p.cast {
	case Never:
		return p.firstDay - 1
	case Gone:
		age := f.anchor/day - int64(p.firstDay)
		return p.firstDay + int32(between(r, 0, max(60, age*4/5)))
	}
	return forEver
}

// planChange is the instant of a change of Neon's plan, to the second, so that
// a day belongs to two billing periods. One project in 250 has one.
func (f *fleet) planChange(p *facts) int64 {
	r := mix2(p.hash, uint64(saltPlanChange))
	at := f.anchor + between(r>>10, -45*day, 20*day)
	if r%250 != 3 || at <= p.created+day {
		return 0
	}
	return at
}
