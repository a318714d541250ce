package pages

import (
	"cmp"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// TenantInput is what every tab of a tenant shows above its own part.
type TenantInput struct {
	Tenant     fleet.Tenant
	Plan       string    // the plan's name; "" unassigned
	StateSince time.Time // zero: not known
	Suspension Suspension
	Readings   [5]Reading         // where each meter's figure comes from, by fleet.Meter
	Forecasts  [5]*fleet.Forecast // nil: none (yet)
	Notes      []string           // sentences on figures that disagree: "The project's own counter says …"
	Live       bool               // the figures were read from Neon for this page
	LiveWhy    string             // why they could not be, a sentence; "" nobody tried
	Refresh    string             // address that answers with TenantTop read live; "" none
}

// A Suspension is why staff stopped a tenant.
type Suspension struct {
	By     string // e-mail address
	Reason string
	Until  time.Time // zero: until somebody resumes it
}

// A Source is where a figure comes from (design.md §4).
type Source int

// The sources.
const (
	NoSource        Source = iota
	FromDays               // sum of the days of Neon's consumption
	FromSweep              // the list of projects
	FromCounter            // the project's own counter, which its quota sees
	FromBranch             // the largest branch
	FromDifferences        // differences of the project's counter
)

// Title is the source in words.
func (s Source) Title() string {
	return [...]string{"", "sum of the days", "sweep", "project's counter", "largest branch", "differences of the counter"}[s]
}

// A Reading is a figure's source and age.
type Reading struct {
	Source  Source
	At      time.Time // when it was read
	Through time.Time // what it covers, up to the last full hour; zero: the moment it was read
	Unknown string    // why there is no figure; "" there is, or the usual reason
}

// TenantHead is who a tenant is and how its database is.
type TenantHead struct {
	ID       string
	Name     string
	URL      string
	State    ui.Badge
	Since    ui.When
	Plan     string // "" unassigned
	PlanURL  string
	Flags    []ui.Badge
	Notices  []ui.Notice
	Period   string
	Age      string // how the figures were read
	AgeTone  string // class of the dot
	AgeWhen  ui.When
	Facts    []ui.Fact
	Meters   []TenantMeter
	Refresh  string
	Tabs     []ui.Link
	TagWords string
}

// A TenantMeter is a meter with all that is known about it.
type TenantMeter struct {
	Title    string
	Used     ui.Text
	Of       ui.Text // "of 10 GB, at most 31%"
	Meter    ui.Meter
	Left     string // "240 CU-h left"
	Resets   string // "resets 1 Dec"
	Forecast string
	Source   string
	Age      ui.When
}

// A TenantTab is a part of a tenant's page.
type TenantTab int

// The tabs.
const (
	UsageTab TenantTab = iota
	BranchesTab
	LimitsTab
	ActivityTab
)

var tabTitles = [...]string{"Usage", "Branches and computes", "Limits", "Activity"}

func newTenantHead(r Reader, in TenantInput, tab TenantTab) TenantHead {
	t := in.Tenant
	h := TenantHead{
		ID: string(t.ID), Name: cmp.Or(t.Name, string(t.ID)), URL: TenantURL(t.ID), State: ui.StateBadge(t.State), Since: r.at(in.StateSince),
		Plan: in.Plan, PlanURL: PlanURL(t.Plan), Flags: ui.FlagBadges(t.Flags), Period: periodWords(t.Period), Refresh: in.Refresh,
		Tabs: tenantTabs(t.ID, tab),
	}
	if in.StateSince.IsZero() {
		h.Since = ui.When{}
	}
	h.Age, h.AgeTone, h.AgeWhen = ageOf(r, in)
	h.Notices = tenantNotices(r, in)
	h.Facts = tenantFacts(r, t)
	for _, m := range fleet.Meters() {
		h.Meters = append(h.Meters, newTenantMeter(r, in, m))
	}
	return h
}

func tenantTabs(id fleet.TenantID, now TenantTab) []ui.Link {
	urls := []string{TenantURL(id) + "/usage", TenantBranchesURL(id), TenantLimitsURL(id), TenantActivityURL(id)}
	var list []ui.Link
	for i, url := range urls {
		list = append(list, ui.Link{Label: tabTitles[i], URL: url, Current: TenantTab(i) == now})
	}
	return list
}

func (r Reader) tenantFrame(t fleet.Tenant, tab TenantTab) layout.Frame {
	return r.frame(cmp.Or(t.Name, string(t.ID))+" · "+tabTitles[tab], TenantListURL)
}

// periodWords is "Billing period 1 to 30 November 2026, resets 1 Dec 2026,
// 00:00 UTC." Periods are Neon's and therefore UTC, whatever the reader's zone.
func periodWords(p fleet.Period) string {
	if p.IsZero() {
		return "Neon has not said yet when the billing period ends."
	}
	start, last := p.Start.UTC(), p.End.UTC().Add(-time.Nanosecond)
	from := "2"
	if start.Month() != last.Month() {
		from = "2 January"
	}
	return "Billing period " + start.Format(from) + " to " + last.Format("2 January 2006") + ", resets " + p.End.UTC().Format("2 Jan 2006, 15:04") + "\u00a0UTC."
}

func ageOf(r Reader, in TenantInput) (words, tone string, when ui.When) {
	var at time.Time
	for _, reading := range in.Readings {
		if reading.At.After(at) {
			at = reading.At
		}
	}
	if at.IsZero() {
		at = in.Tenant.SyncedAt
	}
	when = r.ago(at)
	switch {
	case in.Live:
		return "Counters read live,", "dot ok", when
	case in.LiveWhy != "":
		return in.LiveWhy + " Figures as last seen,", "dot warn", when
	}
	tone = "dot ok"
	if r.Sync.stale(r.Now) {
		tone = "dot warn"
	}
	return "Figures as of " + r.at(at).Words + ",", tone, when
}

func tenantFacts(r Reader, t fleet.Tenant) []ui.Fact {
	var list []ui.Fact
	add := func(label, words, title string) {
		if words != "" {
			list = append(list, ui.Fact{Label: label, Text: ui.Text{Words: words, Title: title}})
		}
	}
	add("Region", t.Region, "")
	seen := r.ago(t.LastActive)
	add("Last active", seen.Words, seen.Exact)
	created := ui.Date(t.CreatedAt)
	if !t.CreatedAt.IsZero() {
		add("Created", created.Words, created.Exact)
	}
	add("Owner", t.Owner, "")
	add("Own reference", t.ExternalID, "")
	return list
}
