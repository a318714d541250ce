package neonsim

// The meters that run while computes run. Egress by the private network is kept
// apart from what comes in by it: the project's transfer counter has the first
// only, the consumption history both (FACTS §8).
const (
	active  = iota // seconds
	compute        // CU-seconds
	written        // bytes, and so the rest
	public
	privateOut
	privateIn
	meters
)

// Flows are amounts of each meter.
type flows [meters]int64

func (f *flows) add(g flows) {
	for i := range f {
		f[i] += g[i]
	}
}

func (f flows) minus(g flows) flows {
	for i := range f {
		f[i] -= g[i]
	}
	return f
}

// scaled are the per mille from lo to hi of the amounts. Neighbouring shares
// add up exactly, because each is a difference of two rounded amounts.
func (f flows) scaled(lo, hi int64) flows {
	for i, v := range f {
		f[i] = v*hi/1000 - v*lo/1000
	}
	return f
}

// transfer is what the project's counter calls data transfer.
func (f flows) transfer() int64 { return f[public] + f[privateOut] }

// reached says whether one of the quotas that stop computes is used up.
func (q quota) reached(f flows) bool {
	return q.Active > 0 && f[active] >= q.Active || q.Compute > 0 && f[compute] >= q.Compute ||
		q.Written > 0 && f[written] >= q.Written || q.Transfer > 0 && f.transfer() >= q.Transfer
}

// stops says whether one of the quotas can stop computes at all.
func (q quota) stops() bool { return q.Active > 0 || q.Compute > 0 || q.Written > 0 || q.Transfer > 0 }

// use is what a project would use on a day if nothing stopped it.
func (f *facts) use(d int32) flows {
	if d < f.firstDay || d > f.lastDay {
		return flows{}
	}
	r := mix2(f.hash, uint64(d))
	week := f.profile.week[(d+4)%7]
	if int64(r%1000) >= f.chance*min(week, 1000)/1000 {
		return flows{}
	}
	growth := min(1000+f.growth*int64(d-f.firstDay)/365, 2500)
	seconds := f.base * int64(650+r>>10%700) / 1000 * week / 1000 * growth / 1000
	seconds = min(seconds, f.profile.most)
	cu := min(f.milliCU*int64(900+r>>24%200)/1000, f.mostCU)
	bytes := int64(500 + r>>36%1000)
	return flows{
		active: seconds, compute: seconds * cu / 1000, written: seconds * f.written * bytes / 1000,
		public:     seconds * f.public * bytes / 1000,
		privateOut: seconds * f.privOut * bytes / 1000, privateIn: seconds * f.privIn * bytes / 1000,
	}
}

// A daySplit divides a day's amounts among its hours, and an hour's among its
// seconds. Whatever the cuts, the parts add up to the day, exactly: each amount
// is a difference of what the meter shows at two instants.
type daySplit struct {
	total flows
	shown [25]flows // the meters at each full hour
	phase int64
}

// split divides a day.
func (f *facts) split(d int32, total flows) *daySplit {
	s := &daySplit{total: total, phase: f.phase}
	weights := f.weights(d, total[active])
	var sum, upTo int64
	for _, w := range weights {
		sum += w
	}
	for h, w := range weights {
		upTo += w
		for m, v := range total {
			s.shown[h+1][m] = v * upTo / sum
		}
	}
	return s
}

// weights say how much of a day falls to each of its hours. Little use sits in
// a few hours in a row: one visit, not 24.
func (f *facts) weights(d int32, seconds int64) [24]int64 {
	r := mix2(f.hash^golden, uint64(d))
	var got [24]int64
	if seconds < 2*hour && f.profile != steady {
		length := int(seconds/1500) + 1
		from := min(f.visit(r), 24-length)
		for h := from; h < from+length; h++ {
			got[h] = 1
		}
		return got
	}
	for h := range got {
		got[h] = f.profile.hours[f.local(h)]
		if f.profile != steady {
			got[h] *= int64(jitterLeast + r>>(2*h)%4)
		}
	}
	return got
}

// visit is the hour in which a short visit begins: one in which its people are
// usually there.
func (f *facts) visit(r uint64) int {
	for i := range 24 {
		h := (int(r%24) + i) % 24
		if f.profile.hours[f.local(h)] >= 5 || f.profile == steady {
			return h
		}
	}
	return 0
}

func (f *facts) local(h int) int { return (h + f.place.zone + 24) % 24 }

// window is when in hour h the computes run, as seconds of the day. They run in
// one go.
func (s *daySplit) window(h int64) (from, to int64) {
	seconds := s.shown[h+1][active] - s.shown[h][active]
	from = h*hour + s.phase*(hour-seconds)/1000
	return from, from + seconds
}

// at is what the meters of the day show at a second of it.
func (s *daySplit) at(second int64) flows {
	if second >= day {
		return s.total
	}
	h := second / hour
	got := s.shown[h]
	if second%hour == 0 {
		return got
	}
	from, to := s.window(h)
	part, whole := max(0, min(second, to)-from), to-from
	if whole == 0 { // amounts too small for a second of activity
		part, whole = second%hour, hour
	}
	for m := range got {
		got[m] += (s.shown[h+1][m] - s.shown[h][m]) * part / whole
	}
	return got
}
