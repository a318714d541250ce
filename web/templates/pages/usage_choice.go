package pages

import (
	"net/url"
	"time"

	"neonfleet/internal/fleet"
)

// A Range is a stretch of time that usage is shown for.
type Range string

// The ranges. ThisPeriod is Neon's billing period of the tenant.
const (
	ThisPeriod Range = "period"
	Days7      Range = "7d"
	Days30     Range = "30d"
	Days60     Range = "60d"
	Days90     Range = "90d"
	Months12   Range = "12m"
)

// Ranges are all of them, in the order of the chips.
func Ranges() []Range { return []Range{ThisPeriod, Days7, Days30, Days60, Days90, Months12} }

// Title is the range on its chip.
func (r Range) Title() string {
	switch r {
	case Days7:
		return "7 days"
	case Days30:
		return "30 days"
	case Days60:
		return "60 days"
	case Days90:
		return "90 days"
	case Months12:
		return "12 months"
	}
	return "This period"
}

// Days are the first and the last day of the range, both included; the last is
// today. Twelve months begin with the first day of the month eleven before.
func (r Range) Days(p fleet.Period, now time.Time) (from, to fleet.Day) {
	to = fleet.DayOf(now)
	switch r {
	case Days7:
		return to.Add(-6), to
	case Days30:
		return to.Add(-29), to
	case Days60:
		return to.Add(-59), to
	case Days90:
		return to.Add(-89), to
	case Months12:
		return to.Month().Add(-11).First(), to
	}
	if p.IsZero() {
		p = fleet.MonthPeriod(now)
	}
	from, _ = p.Days()
	return min(from, to), to
}

// UsageChoice is what the address of a usage page says. Its zero value is
// compute time in this period, drawn.
type UsageChoice struct {
	Range Range
	Meter fleet.Meter
	Table bool
}

// ParseUsageChoice reads range, metric and view; an Invalid error names what
// is wrong.
func ParseUsageChoice(v url.Values) (UsageChoice, error) {
	c := UsageChoice{Range: ThisPeriod}
	if s := v.Get("range"); s != "" {
		r, ok := parseRange(s)
		if !ok {
			return c, fleet.Errorf(fleet.Invalid, "range=%s is no range. Use one of %v.", s, Ranges())
		}
		c.Range = r
	}
	var err error
	c.Meter, c.Table, err = parseShown(v)
	return c, err
}

// ParseOverviewChoice reads metric and view of the overview's address.
func ParseOverviewChoice(v url.Values) (m fleet.Meter, table bool, err error) { return parseShown(v) }

func parseShown(v url.Values) (m fleet.Meter, table bool, err error) {
	if s := v.Get("metric"); s != "" {
		var ok bool
		if m, ok = fleet.ParseMeter(s); !ok {
			return m, false, fleet.Errorf(fleet.Invalid, "metric=%s is no meter. Use one of %v.", s, fleet.Meters())
		}
	}
	switch s := v.Get("view"); s {
	case "", "chart":
		return m, false, nil
	case "table":
		return m, true, nil
	default:
		return m, false, fleet.Errorf(fleet.Invalid, "view=%s is unknown. Use chart or table.", s)
	}
}

func parseRange(s string) (Range, bool) {
	for _, r := range Ranges() {
		if string(r) == s {
			return r, true
		}
	}
	return "", false
}

func (c UsageChoice) values() url.Values {
	v := url.Values{}
	if c.Range != "" && c.Range != ThisPeriod {
		v.Set("range", string(c.Range))
	}
	if c.Meter != fleet.Compute {
		v.Set("metric", c.Meter.String())
	}
	if c.Table {
		v.Set("view", "table")
	}
	return v
}
