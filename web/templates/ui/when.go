package ui

import (
	"strconv"
	"time"

	"neonfleet/internal/fleet"
)

const nbsp = "\u00a0"

// A When is a moment as pages show it: short words, the exact moment to hover
// for, and the machine's form. Its zero value shows nothing.
type When struct {
	Words string
	Exact string // "20 Nov 2026, 14:45:10 UTC"; with a zone of the reader's, both
	ISO   string // RFC 3339 in UTC; "" where there is no moment
	Runs  bool   // the words are relative, and the browser keeps them true
}

// Ago is a moment by its distance: "4 min ago", "in 3 d", "never".
func Ago(t, now time.Time, zone *time.Location) When {
	if t.IsZero() {
		return When{Words: "never"}
	}
	w := When{Words: fleet.Ago(t, now), Exact: Exact(t, zone), ISO: t.UTC().Format(time.RFC3339), Runs: true}
	if t.Sub(now) >= time.Second { // less is two clocks that read the same moment
		w.Words, w.Runs = "in"+nbsp+Span(t.Sub(now)), false
	}
	return w
}

// At is a moment by the clock: "14:45" today, "19 Nov, 14:45" this year,
// "3 Feb 2025, 14:45" else, in the reader's zone.
func At(t, now time.Time, zone *time.Location) When {
	if t.IsZero() {
		return When{Words: "never"}
	}
	zone = orUTC(zone)
	local, today := t.In(zone), now.In(zone)
	layout := "2 Jan 2006, 15:04"
	switch {
	case local.Format(time.DateOnly) == today.Format(time.DateOnly):
		layout = "15:04"
	case local.Year() == today.Year():
		layout = "2 Jan, 15:04"
	}
	return When{Words: local.Format(layout), Exact: Exact(t, zone), ISO: t.UTC().Format(time.RFC3339)}
}

// Date is a moment by its UTC day: "1 Dec 2026". Periods and days are UTC.
func Date(t time.Time) When {
	if t.IsZero() {
		return When{Words: "never"}
	}
	return When{Words: t.UTC().Format("2 Jan 2006"), Exact: Exact(t, nil), ISO: t.UTC().Format(time.RFC3339)}
}

// Exact is the moment to the second, in the reader's zone and in UTC.
func Exact(t time.Time, zone *time.Location) string {
	utc := t.UTC().Format("2 Jan 2006, 15:04:05 UTC")
	local := t.In(orUTC(zone))
	if _, offset := local.Zone(); offset == 0 {
		return utc
	}
	return local.Format("2 Jan 2006, 15:04:05 MST") + " · " + utc
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// Span is a length of time in its largest unit: "6 h", "12 min", "3 d".
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + nbsp + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + nbsp + "min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + nbsp + "h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + nbsp + "d"
}
