// Package ui has the parts that several pages use.
package ui

import (
	"strconv"
	"time"

	"neonfleet/internal/fleet"
)

// A Meter is usage against a limit, as a bar with a percentage. The notch is
// how much of the billing period has passed: a fill that is short of it is on
// pace. Colour is never the only sign; the number and the title say it too.
type Meter struct {
	Kind    MeterKind
	Fill    int    // 0–100
	Pace    int    // 0–100, -1 none
	Percent string // "84%"
	Used    string // shown beside ∞
	Title   string
}

// MeterKind is how a meter looks.
type MeterKind string

// The kinds of meters.
const (
	MeterCalm      MeterKind = ""
	MeterNear      MeterKind = "warn" // 80 to below 100 %
	MeterOver      MeterKind = "over" // 100 % and above
	MeterUnlimited MeterKind = "unlimited"
	MeterUnknown   MeterKind = "unknown"
)

// MeterOf is a tenant's meter m at the moment now. why says why the figure is
// unknown, if it is.
func MeterOf(m fleet.Meter, t fleet.Tenant, now time.Time, why string) Meter {
	used, limit, share := t.Used[m], t.Limits[m], t.Shares[m]
	if m == fleet.Storage && t.StorageOfBranch.Known() {
		used = t.StorageOfBranch // the share is of the largest branch then
	}
	n, known := used.Get()
	switch {
	case share == fleet.ShareUnlimited && known:
		return Meter{Kind: MeterUnlimited, Used: m.Format(n), Title: m.Title() + ": " + m.Format(n) + ", unlimited"}
	case share == fleet.ShareUnlimited:
		return Meter{Kind: MeterUnlimited, Title: m.Title() + ": unlimited. " + why}
	case !share.Known() || !known:
		return Meter{Kind: MeterUnknown, Title: m.Title() + ": unknown. " + why}
	}
	out := Meter{Fill: min(share.Whole(), 100), Pace: pace(m, t.Period, now), Percent: percent(share), Kind: kindOf(share)}
	out.Title = m.Title() + ": " + m.Format(n) + " of " + m.FormatLimit(limit) + out.words()
	return out
}

// percent is a share in whole percent, "84%".
func percent(s fleet.Share) string { return strconv.Itoa(s.Whole()) + "%" }

// PercentOf is a share in whole percent, ∞ or the dash.
func PercentOf(s fleet.Share) Text {
	switch {
	case s == fleet.ShareUnlimited:
		return Text{Words: "∞", Title: "Unlimited"}
	case !s.Known():
		return Unknown("Not read yet")
	}
	return Text{Words: percent(s)}
}

func kindOf(s fleet.Share) MeterKind {
	switch s.Band() {
	case fleet.Near:
		return MeterNear
	case fleet.Over:
		return MeterOver
	}
	return MeterCalm
}

// pace is the passed part of the period in percent. Storage is a level and has
// no pace; neither has a period that is over or not known.
func pace(m fleet.Meter, p fleet.Period, now time.Time) int {
	if !m.Resets() || p.IsZero() || !p.Contains(now) {
		return -1
	}
	return int(p.Passed(now) * 100)
}

// words are what the colour says, inside a sentence: ", near the limit".
func (m Meter) words() string {
	switch m.Kind {
	case MeterNear:
		return ", near the limit"
	case MeterOver:
		return ", at or over the limit"
	}
	return ""
}

// Label is what the colour says, for those who do not see it: "Near limit", or "".
func (m Meter) Label() string {
	switch m.Kind {
	case MeterNear:
		return "Near limit"
	case MeterOver:
		return "Limit reached"
	}
	return ""
}

func (m Meter) class() string {
	if m.Kind == MeterCalm {
		return "meter"
	}
	return "meter " + string(m.Kind)
}

func (m Meter) fill() string  { return "fill w" + strconv.Itoa(m.Fill) }
func (m Meter) notch() string { return "pace p" + strconv.Itoa(m.Pace) }
