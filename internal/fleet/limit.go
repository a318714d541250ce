package fleet

import (
	"database/sql/driver"
	"fmt"
	"math/bits"
	"strconv"
)

// A Limit is a cap on a meter, or unlimited. Its zero value is unlimited, and
// no number is: Neon's 0 is translated at the border, once.
type Limit struct {
	cap int64
	set bool
}

// Unlimited is the absence of a cap.
var Unlimited = Limit{}

// Cap is a limit of n, which must be above 0; 0 and less are no cap anybody
// can mean, and come back as Unlimited, as Neon reads them (FACTS §3).
func Cap(n int64) Limit {
	if n <= 0 {
		return Unlimited
	}
	return Limit{cap: n, set: true}
}

// Get is the cap and whether there is one.
func (l Limit) Get() (n int64, capped bool) { return l.cap, l.set }

// Unlimited says that there is no cap.
func (l Limit) Unlimited() bool { return !l.set }

// Neon is the limit as Neon's quota wants it: 0 for unlimited.
func (l Limit) Neon() int64 { return l.cap }

// Scan reads a nullable column: NULL is unlimited.
func (l *Limit) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*l = Unlimited
	case int64:
		*l = Cap(v)
	default:
		return fmt.Errorf("limit: cannot read %T", src)
	}
	return nil
}

// Value writes NULL for unlimited.
func (l Limit) Value() (driver.Value, error) {
	if !l.set {
		return nil, nil
	}
	return l.cap, nil
}

// A Share is a figure against its limit in per mille, or one of two words.
// As an integer it is also the sort key of lists: -1 unlimited, -2 unknown.
type Share int64

// The two shares that are no number.
const (
	ShareUnlimited Share = -1
	ShareUnknown   Share = -2
)

// ShareOf is used against l in per mille, half up. An unlimited meter is
// unlimited even where the figure is unknown.
func ShareOf(used Amount, l Limit) Share {
	n, known := used.Get()
	switch {
	case !l.set:
		return ShareUnlimited
	case !known:
		return ShareUnknown
	}
	// 128 bits between: a petabyte times 1000 still is no overflow.
	hi, lo := bits.Mul64(uint64(max(n, 0)), 1000)
	lo, carry := bits.Add64(lo, uint64(l.cap)/2, 0)
	hi += carry
	if hi >= uint64(l.cap) {
		return Share(1<<53 - 1)
	}
	q, _ := bits.Div64(hi, lo, uint64(l.cap))
	return Share(min(q, 1<<53-1))
}

// Known says whether the share is a number.
func (s Share) Known() bool { return s >= 0 }

// Percent is the share with one decimal, as files have it: "84.3"; for the two
// words "unlimited" and "".
func (s Share) Percent() string {
	switch {
	case s == ShareUnlimited:
		return "unlimited"
	case s < 0:
		return ""
	}
	return strconv.FormatInt(int64(s)/10, 10) + "." + strconv.FormatInt(int64(s)%10, 10)
}

// Whole is the share in whole percent for pages, cut, so that 100 % always
// means reached.
func (s Share) Whole() int { return int(max(s, 0)) / 10 }

// Band is how near the limits a tenant is, for colours, chips and counts.
type Band int

// The bands by worst meter. A tenant without a known share is Calm.
const (
	Calm Band = iota // below 50 %
	Half             // 50 to below 80 %
	Near             // 80 to below 100 %
	Over             // 100 % and above
)

// Band of a share.
func (s Share) Band() Band {
	switch {
	case s >= 1000:
		return Over
	case s >= 800:
		return Near
	case s >= 500:
		return Half
	}
	return Calm
}

// Worst is the meter with the highest known share. Where none is known, ok is
// false and the share says unlimited if every meter is, else unknown.
func Worst(shares Shares5) (m Meter, s Share, ok bool) {
	s = ShareUnlimited
	for i, x := range shares {
		switch {
		case x.Known() && (!ok || x > s):
			m, s, ok = Meter(i), x, true
		case !ok && x == ShareUnknown:
			s = ShareUnknown
		}
	}
	return m, s, ok
}

// Shares5 are the shares of the five meters.
type Shares5 = [meterCount]Share

// Shares are the five figures against the five limits.
func Shares(f Figures, l Limits) (s Shares5) {
	for i := range s {
		s[i] = ShareOf(f[i], l[i])
	}
	return s
}
