package fleet

import (
	"strconv"
	"strings"
	"time"
)

// Bytes is a number of bytes; GB is 10^9 as on Neon's bills (FACTS §8).
type Bytes int64

// CUSeconds is compute time weighted by size: 2 CU for 1 s is 2 (FACTS §2).
type CUSeconds int64

// Seconds is wall-clock time.
type Seconds int64

// CU is a compute size in thousandths of a compute unit: 250 is 0.25 CU.
type CU int64

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// String is the size with one decimal below 100: "3.1 GB", "512 MB", "0 B".
func (b Bytes) String() string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	n, i := float64(b), 0
	for n >= 999.5 && i < len(units)-1 {
		n /= 1000
		i++
	}
	if i == 0 {
		return strconv.FormatInt(int64(b), 10) + nbsp + "B"
	}
	return Decimal(n) + nbsp + units[i]
}

// String is CU-hours: "1,260 CU-h", "0.4 CU-h".
func (c CUSeconds) String() string { return Decimal(float64(c)/3600) + nbsp + "CU-h" }

// String is hours, or minutes and seconds below one: "212 h", "12 min".
func (s Seconds) String() string {
	switch {
	case s >= 3600:
		return Decimal(float64(s)/3600) + nbsp + "h"
	case s >= 60:
		return Decimal(float64(s)/60) + nbsp + "min"
	}
	return strconv.FormatInt(int64(s), 10) + nbsp + "s"
}

// String is the size in units: "0.25 CU", "8 CU"; 0 is a default nobody set.
func (c CU) String() string {
	if c == 0 {
		return "unset"
	}
	return c.Number() + nbsp + "CU"
}

// Number is the size without its unit: "0.25".
func (c CU) Number() string { return strconv.FormatFloat(float64(c)/1000, 'f', -1, 64) }

// Float is the size as Neon's API has it.
func (c CU) Float() float64 { return float64(c) / 1000 }

// CUOf is a size of Neon's API, rounded to thousandths.
func CUOf(f float64) CU { return CU(f*1000 + 0.5) }

// Decimal is a number for people: one decimal below 100 (dropped if zero),
// none above, thousands apart by commas.
func Decimal(f float64) string {
	if f < 99.95 && f > -99.95 {
		return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
	}
	return Thousands(int64(f + 0.5))
}

// Thousands is n with commas: 12,408.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Ago is a moment before now in words: "4 min ago", "3 d ago"; "never" for the
// zero time.
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := now.Sub(t)
	switch {
	case d < 0:
		return "just now"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + nbsp + "s ago"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + nbsp + "min ago"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + nbsp + "h ago"
	}
	return strconv.Itoa(int(d.Hours()/24)) + nbsp + "d ago"
}
