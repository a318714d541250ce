package ui

import "neonfleet/internal/fleet"

// A Badge is a dot with a word, or a word alone.
type Badge struct {
	Words string
	Tone  Tone
	Plain bool // without the dot
	Title string
}

// A Tone is a meaning with a colour.
type Tone string

// The tones.
const (
	Neutral Tone = ""
	Good    Tone = "ok"
	Info    Tone = "info"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

func (b Badge) class() string {
	c := "badge"
	if b.Plain {
		c += " plain"
	}
	if b.Tone != "" {
		c += " " + string(b.Tone)
	}
	return c
}

// StateBadge is a tenant's state; list, page, file and address use its word.
func StateBadge(s fleet.State) Badge {
	b := Badge{Words: s.Title()}
	switch s {
	case fleet.StateActive:
		b.Tone, b.Title = Good, "Used within its suspend timeout"
	case fleet.StateIdle:
		b.Title = "Scaled to zero; wakes on the next connection"
	case fleet.StateQuotaReached:
		b.Tone, b.Title = Bad, "Stopped by Neon until the period ends or the limit is raised"
	case fleet.StateStorageFull:
		b.Tone, b.Title = Bad, "Computes run, writes fail"
	case fleet.StateSuspended:
		b.Tone, b.Title = Warn, "Stopped by staff"
	case fleet.StateMissing:
		b.Tone, b.Title = Bad, "Its project is gone from Neon"
	}
	return b
}

// FlagBadges are the flags beside the state, but for "unassigned", which
// stands where the plan would.
func FlagBadges(f fleet.Flags) (list []Badge) {
	if f.Has(fleet.Drifted) {
		list = append(list, Badge{Words: "Drift", Tone: Warn, Plain: true, Title: "Settings at Neon differ from the plan's, and no pending change explains it"})
	}
	if f.Has(fleet.NotApplied) {
		list = append(list, Badge{Words: "Not applied", Tone: Warn, Plain: true, Title: "A change is not yet applied at Neon"})
	}
	if f.Has(fleet.Overridden) {
		list = append(list, Badge{Words: "Overridden", Tone: Info, Plain: true, Title: "Has limits of its own"})
	}
	return list
}
