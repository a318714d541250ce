package neonsim

// A profile is when people use a project: how much in each hour of their day,
// and on each day of their week.
type profile struct {
	hours [24]int64
	week  [7]int64 // per mille, Sunday first
	// most seconds of a day so that no hour gets more than its 3600, with the
	// jitter of daySplit
	most int64
}

const (
	jitterLeast = 12
	jitterMost  = 15
)

func newProfile(hours [24]int64, week [7]int64) *profile {
	var sum, top int64
	for _, w := range hours {
		sum += w
		top = max(top, w)
	}
	return &profile{hours: hours, week: week, most: hour * (jitterLeast*(sum-top) + jitterMost*top) / (jitterMost * top)}
}

var (
	office  = newProfile([24]int64{0, 0, 0, 0, 0, 0, 1, 3, 7, 10, 10, 10, 8, 8, 10, 10, 9, 7, 4, 2, 1, 1, 0, 0}, [7]int64{200, 1000, 1050, 1050, 1000, 900, 250})
	evening = newProfile([24]int64{2, 1, 1, 0, 0, 0, 1, 2, 3, 3, 3, 4, 5, 5, 4, 4, 5, 7, 9, 10, 10, 10, 8, 4}, [7]int64{1200, 850, 850, 850, 900, 1000, 1250})
	nightly = newProfile([24]int64{0, 2, 10, 10, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, [7]int64{1000, 1000, 1000, 1000, 1000, 1000, 1000})
	steady  = &profile{hours: [24]int64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, week: [7]int64{1000, 1000, 1000, 1000, 1000, 1000, 1000}, most: day}
)

// Habits are how a project is used.
type habits struct {
	chance  int64 // per mille: is there any use on a day
	base    int64 // seconds of such a day
	growth  int64 // per mille a year
	profile *profile
	phase   int64 // per mille: where in the hour its activity sits
	milliCU int64 // average size while running
	mostCU  int64 // thousandths, too
	written int64 // bytes per active second, and the same for the transfers
	public  int64
	privOut int64
	privIn  int64
}

func habitsOf(f *facts) habits {
	r := mix2(f.hash, uint64(saltUse))
	h := habits{
		growth: between(r, -150, 800), phase: int64(r >> 12 % 1000), profile: office,
		mostCU: int64(sizes[f.tier].MaxCU * 1000),
	}
	switch r >> 24 % 10 {
	case 0, 1, 2, 3:
		h.profile = evening
	case 4:
		h.profile = nightly
	}
	h.chance, h.base = rhythm(f.tier, f.cast, r>>32)
	if h.base > 16000 {
		h.profile = steady
	}
	h.rates(f, mix2(f.hash, uint64(saltRates)))
	return h
}

// rhythm is how often a project is used, and for how many seconds of a day.
func rhythm(t tier, c Cast, r uint64) (chance, base int64) {
	switch c {
	case Rare:
		return between(r, 30, 160), between(r>>10, 600, 5400)
	case Gone:
		return between(r, 200, 700), between(r>>10, 600, 5400)
	case AtLimit:
		if t == free {
			return 1000, between(r>>10, 18000, 42000)
		}
		return 1000, between(r>>10, 40000, 70000)
	case Abuser:
		return 1000, day
	case Busy:
		return 990, [...]int64{between(r>>10, 4000, 8500), between(r>>10, 30000, 80000), day}[t]
	case Regular, Full:
		lo, hi := [...]int64{1500, 5000, 20000}[t], [...]int64{6500, 15000, 70000}[t]
		return between(r, 700, 960), between(r>>10, lo, hi)
	}
	return 0, 0
}

// rates decides how large the computes run and how much they write and send.
func (h *habits) rates(f *facts, r uint64) {
	h.milliCU = [...]int64{250, between(r, 300, 1100), between(r, 1100, 5500)}[f.tier]
	h.written = between(r>>10, 300, 3000) * [...]int64{1, 6, 40}[f.tier]
	h.public = between(r>>20, 500, 12000) * [...]int64{1, 3, 20}[f.tier]
	switch {
	case f.cast == AtLimit && f.tier == pro:
		h.public = between(r>>30, 60*kB, 120*kB)
	case f.cast == Abuser && r>>40%2 == 0:
		h.public *= 60
	case f.cast == Abuser && r>>41%2 == 0:
		h.written *= 25
	case f.cast == Full:
		h.written *= 2
	}
	if f.tier == enterprise && r>>44%4 == 0 { // joined to a private network
		h.privOut, h.privIn = h.public/3, h.public/5
	}
}
