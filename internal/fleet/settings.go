package fleet

import "time"

// DefaultSuspend is what a suspend timeout of 0 means at Neon (FACTS §5).
const DefaultSuspend Seconds = 300

// NeverSuspend is the timeout of a compute that Neon never scales to zero.
const NeverSuspend Seconds = -1

// Sizes are the compute settings: how small and large a compute may scale, and
// after how long without use it is scaled to zero.
type Sizes struct {
	Min, Max CU
	Suspend  Seconds // 0 is Neon's default, -1 never
}

// Same compares as Neon means it: suspend timeouts 0 and 300 are equal.
func (s Sizes) Same(o Sizes) bool {
	return s.Min == o.Min && s.Max == o.Max && s.Timeout() == o.Timeout()
}

// Timeout is the suspend timeout that holds, with Neon's default for 0.
func (s Sizes) Timeout() Seconds {
	if s.Suspend == 0 {
		return DefaultSuspend
	}
	return s.Suspend
}

// String is "0.25–2 CU", or "8 CU" for a fixed size.
func (s Sizes) String() string {
	if s.Min == s.Max {
		return s.Max.String()
	}
	return s.Min.Number() + "–" + s.Max.String()
}

// Settings are what Neon's project carries for a plan: its quota and the
// defaults of computes made later.
type Settings struct {
	Limits   Limits
	Computes Sizes
}

// Same says whether the difference between two settings is nothing.
func (s Settings) Same(o Settings) bool { return s.Limits == o.Limits && s.Computes.Same(o.Computes) }

// Desired is what Neon should be set to for a tenant.
type Desired struct {
	Settings  Settings
	Suspended bool // every endpoint disabled, and the active-time lock set
}

// Observed is what Neon was last seen to be set to.
type Observed struct {
	Settings  Settings
	Endpoints []Endpoint // nil where they were not read
	At        time.Time
}
