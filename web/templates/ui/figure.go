package ui

import "neonfleet/internal/fleet"

// A Text is a piece of text that may stand for "unknown" or "unlimited": those
// two and zero must never look alike.
type Text struct {
	Words   string
	Title   string // to hover for: the reason, or more exact words
	Unknown bool
}

// Unknown is the dash with the reason why nobody knows.
func Unknown(why string) Text { return Text{Words: "–", Title: why, Unknown: true} }

// Plain is text as it is.
func Plain(words string) Text { return Text{Words: words} }

// Amount is a figure of a meter in human units, or the dash with the reason.
func Amount(m fleet.Meter, a fleet.Amount, why string) Text {
	n, known := a.Get()
	if !known {
		return Unknown(why)
	}
	return Text{Words: m.Format(n)}
}

// Count is a number with commas, or the dash with the reason.
func Count(a fleet.Amount, why string) Text {
	n, known := a.Get()
	if !known {
		return Unknown(why)
	}
	return Text{Words: fleet.Thousands(n)}
}

// LimitText is a cap in human units, or ∞.
func LimitText(m fleet.Meter, l fleet.Limit) Text {
	if l.Unlimited() {
		return Text{Words: "∞", Title: "Unlimited"}
	}
	return Text{Words: m.FormatLimit(l)}
}

// A Figure is one of a strip of figures.
type Figure struct {
	Label string
	Value Text
	Notes []string // small lines below
	URL   string   // "" none
	Small bool     // a little smaller, for long values
}

// A Cell is a cell of a plain table.
type Cell struct {
	Text
	Num   bool   // right-aligned digits
	URL   string // "" none
	Muted bool
}

// A Table is a plain table: what "show as table" gives.
type Table struct {
	Caption string // for people who cannot see it
	Head    []Cell
	Rows    [][]Cell
	Empty   string // shown in one row where there are none
}

func (c Cell) class() string {
	switch {
	case c.Num && c.Unknown:
		return "num unknown"
	case c.Num && c.Muted:
		return "num muted"
	case c.Num:
		return "num"
	case c.Muted:
		return "muted"
	}
	return ""
}
