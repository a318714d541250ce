package charts

import (
	"math"
	"strconv"
	"strings"

	"neonfleet/internal/fleet"
)

// A Unit says what a chart's numbers count, and so how they are written.
type Unit int

// The units of our figures.
const (
	CUSeconds Unit = iota // written as CU-hours
	Seconds               // written as hours, or minutes where all are below one
	Bytes                 // kB to PB, 10^3 each
	ByteHours             // GB-hours and their like
	Hours                 // of child branches
	Count                 // of tenants, calls, ...
)

// UnitOf is the unit of a limit meter.
func UnitOf(m fleet.Meter) Unit {
	switch m {
	case fleet.Compute:
		return CUSeconds
	case fleet.Active:
		return Seconds
	}
	return Bytes
}

// UnitOfMetric is the unit of a day's figure.
func UnitOfMetric(m fleet.Metric) Unit {
	switch m {
	case fleet.ComputeCUSeconds:
		return CUSeconds
	case fleet.ActiveSeconds:
		return Seconds
	case fleet.RootByteHours, fleet.ChildByteHours, fleet.HistoryByteHours, fleet.SnapshotByteHours:
		return ByteHours
	case fleet.BranchHours:
		return Hours
	}
	return Bytes
}

// A scale writes all numbers of one chart alike: one unit, one precision.
type scale struct {
	div      float64 // raw units in one of the scale's
	unit     string  // "CU-h"; may be empty
	word     string  // "CU-hours"; may be empty
	decimals int
	whole    bool // parts of one make no sense
}

// scaleFor is the scale in which the largest number of a chart reads well.
func (u Unit) scaleFor(largest int64) scale {
	var s scale
	switch u {
	case CUSeconds:
		s = scale{div: 3600, unit: "CU-h", word: "CU-hours"}
	case Seconds:
		s = scale{div: 3600, unit: "h", word: "hours"}
		if largest > 0 && largest < 3600 {
			s = scale{div: 60, unit: "min", word: "minutes"}
		}
	case Bytes:
		s = byteScale(largest)
	case ByteHours:
		s = byteScale(largest)
		s.unit, s.word = s.unit+"-h", s.unit+"-hours"
	case Hours:
		s = scale{div: 1, unit: "h", word: "hours", whole: true}
	case Count:
		s = scale{div: 1, whole: true}
	}
	s.decimals = precision(float64(largest)/s.div, s.whole)
	return s
}

func byteScale(largest int64) scale {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	i, div := 0, 1.0
	if largest == 0 {
		i, div = 2, 1e6 // an axis from 0 to 1 byte would look precise and say nothing
	}
	for float64(largest)/div >= 999.5 && i < len(units)-1 {
		i, div = i+1, div*1000
	}
	return scale{div: div, unit: units[i], word: units[i], whole: i == 0}
}

// precision is the number of decimals of a chart whose largest number is n.
func precision(n float64, whole bool) int {
	switch {
	case whole, n >= 99.95, n == 0:
		return 0
	case n >= 0.995:
		return 1
	case n >= 0.1:
		return 2
	}
	return 3
}

// number is n without its unit: "1,260", "3.1", "<0.1" for a little, "0" for
// none.
func (s scale) number(n int64) string {
	if n <= 0 {
		return "0"
	}
	v := float64(n) / s.div
	if least := math.Pow(10, -float64(s.decimals)); v < least/2 {
		return "<" + strconv.FormatFloat(least, 'f', s.decimals, 64)
	}
	return decimal(v, s.decimals)
}

// short is n with its unit for labels and tables: "1,260 CU-h".
func (s scale) short(n int64) string { return withUnit(s.number(n), s.unit) }

// long is n with its unit in words: "1,260 CU-hours".
func (s scale) long(n int64) string { return withUnit(s.number(n), s.word) }

func withUnit(number, unit string) string {
	if unit == "" {
		return number
	}
	return number + "\u00a0" + unit
}

// decimal is v with its decimals and with commas between thousands.
func decimal(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		return whole + "." + rest
	}
	return whole
}
