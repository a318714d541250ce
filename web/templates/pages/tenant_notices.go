package pages

import (
	"cmp"
	"strconv"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/ui"
)

// tenantNotices say why the database is down and until when, and what is about
// to happen to it: the question support is asked.
func tenantNotices(r Reader, in TenantInput) []ui.Notice {
	var list []ui.Notice
	if n := downNotice(r, in); n.Text != "" {
		list = append(list, n)
	}
	if n := paceNotice(in); n.Text != "" {
		list = append(list, n)
	}
	t := in.Tenant
	if t.Flags.Has(fleet.Drifted) {
		list = append(list, ui.Notice{Tone: ui.Warn, Text: "Settings at Neon differ from the plan's.", Link: ui.Link{Label: "See the difference", URL: TenantLimitsURL(t.ID)}})
	}
	if t.Flags.Has(fleet.NotApplied) {
		list = append(list, ui.Notice{Tone: ui.Warn, Text: "A change of this tenant is not yet applied at Neon.", Link: ui.Link{Label: "See the difference", URL: TenantLimitsURL(t.ID)}})
	}
	if t.Flags.Has(fleet.NoPlan) {
		list = append(list, ui.Notice{Tone: ui.Info, Text: "Unassigned: no plan carries exactly this project's settings.", Link: ui.Link{Label: "What is in the way", URL: TenantLimitsURL(t.ID)}})
	}
	for _, text := range in.Notes {
		list = append(list, ui.Notice{Tone: ui.Info, Text: text})
	}
	return list
}

func downNotice(r Reader, in TenantInput) ui.Notice {
	switch t := in.Tenant; t.State {
	case fleet.StateQuotaReached:
		return ui.Notice{Tone: ui.Bad, Text: quotaWords(r, in)}
	case fleet.StateStorageFull:
		return ui.Notice{Tone: ui.Bad, Text: "Neon refuses writes: storage has reached its limit" + figureWords(r, in, fleet.Storage) +
			". Computes run and reading works. It lasts until data is deleted or the limit is raised."}
	case fleet.StateSuspended:
		return ui.Notice{Tone: ui.Warn, Text: suspendedWords(r, in)}
	case fleet.StateMissing:
		return ui.Notice{Tone: ui.Bad, Text: "Its project is gone from Neon: a complete sweep did not list it and Neon answered 404. Last seen " +
			r.at(t.SyncedAt).Words + "; the figures are from then."}
	}
	return ui.Notice{}
}

func quotaWords(r Reader, in TenantInput) string {
	m, ok := fleet.Circumstances{Quota: in.Tenant.Shares}.QuotaMeter()
	if !ok {
		return "Stopped by Neon: a quota was reached when its counters were last read. It starts again when " + periodEnd(in.Tenant.Period) + " or the limit is raised."
	}
	return "Stopped by Neon: the limit of " + lower(m.Title()) + " is reached" + figureWords(r, in, m) +
		". No connection is accepted until " + periodEnd(in.Tenant.Period) + " or the limit is raised above its use."
}

// figureWords is " (1,512 of 1,500 CU-h, as of 14:45)".
func figureWords(r Reader, in TenantInput, m fleet.Meter) string {
	n, known := usedOf(in.Tenant, m).Get()
	if !known {
		return ""
	}
	words := " (" + m.Format(n) + " of " + m.FormatLimit(in.Tenant.Limits[m])
	if at := in.Readings[m].At; !at.IsZero() {
		words += ", as of " + r.at(at).Words
	}
	return words + ")"
}

func periodEnd(p fleet.Period) string {
	if p.IsZero() {
		return "the billing period ends"
	}
	return "the billing period ends on " + p.End.UTC().Format("2 January, 15:04") + "\u00a0UTC"
}

func suspendedWords(r Reader, in TenantInput) string {
	s := in.Suspension
	words := "Suspended by " + cmp.Or(s.By, "staff")
	if !in.StateSince.IsZero() {
		words += " since " + r.at(in.StateSince).Words
	}
	until := "until somebody resumes it"
	if !s.Until.IsZero() {
		until = "until " + ui.Exact(s.Until, nil)
	}
	words += ", " + until + "."
	if s.Reason != "" {
		words += " Reason: " + s.Reason
	}
	return words
}

// paceNotice warns of the meter that runs out first inside the period.
func paceNotice(in TenantInput) ui.Notice {
	if s := in.Tenant.State; s != fleet.StateActive && s != fleet.StateIdle {
		return ui.Notice{}
	}
	first, out := fleet.Meter(-1), time.Time{}
	for _, m := range fleet.Meters() {
		if f := in.Forecasts[m]; f != nil && !f.Out.IsZero() && (out.IsZero() || f.Out.Before(out)) {
			first, out = m, f.Out
		}
	}
	if out.IsZero() {
		return ui.Notice{}
	}
	text := "On the current pace this tenant uses up its " + lower(first.Title()) + " on " + out.UTC().Format("2 January")
	if days := fleet.DayOf(in.Tenant.Period.End).Sub(fleet.DayOf(out)); days > 0 && first.Resets() {
		text += ", " + plural(days, "day") + " before the period ends"
	}
	return ui.Notice{Tone: ui.Warn, Text: text + ". An estimate."}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// lower is a title inside a sentence: "compute time".
func lower(title string) string { return fleet.FoldName(title) }
