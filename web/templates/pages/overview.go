package pages

import (
	"strconv"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// OverviewInput is the fleet at a glance, all of it from the store.
type OverviewInput struct {
	Tenants      int64
	WeekAgo      fleet.Amount // tenants a week ago
	ActiveToday  fleet.Amount
	QuotaReached int64
	StorageFull  int64
	Over         int64 // worst meter at 100 % and more
	Above80      int64
	Suspended    int64
	Missing      int64
	Drifted      int64
	Unassigned   int64
	OutIn48h     fleet.Amount  // tenants that reach a limit within 48 hours
	Used         fleet.Figures // the fleet's sums for the period to date

	Meter        fleet.Meter // of the chart
	AsTable      bool
	Chart        ui.Chart
	Days         []FleetDay // of the chart, oldest first; for the table
	Attention    []Attention
	AttentionAll int64 // how many need attention; the list is the worst of them
	Plans        []PlanCount
	Steps        []fleet.SyncRun // last run of each step
	Settled      fleet.Day       // 0: nothing is final yet
	Spent        int             // calls to Neon in the last minute
	Ceiling      int
	First        *FirstSweep // not nil while the first sweep runs
}

// FleetDay is a day of the fleet, by plan, in the order of OverviewInput.Plans.
type FleetDay struct {
	Day    fleet.Day
	ByPlan []fleet.Amount
}

// Attention is a tenant that somebody should look at, and why.
type Attention struct {
	Tenant fleet.Tenant
	Plan   string
	Why    string // a sentence
}

// Overview is the first page.
type Overview struct {
	Frame     layout.Frame
	Fresh     Fresh
	Now       bool // the reader may start a sync
	Figures   []ui.Figure
	Sums      []ui.Figure
	Metrics   []ui.Link
	Chart     ui.Chart
	Table     *ui.Table // nil: the chart is shown
	Switch    ui.Link
	CSV       string
	Attention []AttentionRow
	All       ui.Link // all that need attention; its label "" for none
	Plans     []PlanRow
	Sync      []ui.Fact
	Fill      int
	Spent     string
	Nothing   *ui.Empty // instead of everything: the first sweep
}

// AttentionRow is a line of those who need attention.
type AttentionRow struct {
	Name, URL, Plan, Why string
	Meter                ui.Meter
	Which                string
}

// NewOverview is the fleet at a glance.
func NewOverview(r Reader, in OverviewInput) Overview {
	m := Overview{Frame: r.frame("Overview", HomeURL), Fresh: r.fresh(), Now: r.may(fleet.SyncNow), Figures: fleetFigures(in), Sums: fleetSums(in),
		Chart: in.Chart, CSV: OverviewCSVURL(), Switch: ui.Link{Label: "Table", URL: OverviewURL(in.Meter, true)}, Sync: syncFacts(r, in)}
	if in.First != nil && in.Tenants == 0 {
		m.Nothing = new(firstSweep(*in.First))
	}
	for _, one := range fleet.Meters() {
		m.Metrics = append(m.Metrics, ui.Link{Label: shortTitle(one), URL: OverviewURL(one, in.AsTable), Current: one == in.Meter})
	}
	if in.AsTable {
		m.Switch = ui.Link{Label: "Chart", URL: OverviewURL(in.Meter, false)}
		m.Table = new(fleetTable(in))
	}
	for _, a := range in.Attention {
		row := AttentionRow{Name: a.Tenant.Name, URL: TenantURL(a.Tenant.ID), Plan: a.Plan, Why: a.Why}
		row.Which, row.Meter = worstMeter(a.Tenant, r.Now)
		m.Attention = append(m.Attention, row)
	}
	if in.AttentionAll > int64(len(in.Attention)) {
		m.All = ui.Link{Label: "Above 80%: all " + fleet.Thousands(in.Above80), URL: TenantsURL(TenantQuery{Q: "used:>=80"})}
	}
	for _, c := range in.Plans {
		m.Plans = append(m.Plans, newPlanRow(r, c))
	}
	if in.Ceiling > 0 {
		m.Fill = min(100, in.Spent*100/in.Ceiling)
		m.Spent = strconv.Itoa(m.Fill) + "% of " + fleet.Thousands(int64(in.Ceiling)) + " a minute"
	}
	return m
}

func fleetFigures(in OverviewInput) []ui.Figure {
	list := []ui.Figure{
		{Label: "Tenants", Value: ui.Plain(fleet.Thousands(in.Tenants)), URL: TenantListURL, Notes: weekNotes(in)},
		{Label: "Active today", Value: ui.Count(in.ActiveToday, "No sweep of today is complete yet."), URL: TenantsURL(TenantQuery{Q: "idle:<1d"}), Notes: shareNotes(in.ActiveToday, in.Tenants)},
		{Label: "At a limit", Value: ui.Plain(fleet.Thousands(in.Over)), URL: TenantsURL(TenantQuery{Q: "used:>=100"}),
			Notes: []string{fleet.Thousands(in.QuotaReached) + " stopped by Neon, " + fleet.Thousands(in.Above80) + " above 80%"}},
		{Label: "Suspended", Value: ui.Plain(fleet.Thousands(in.Suspended)), URL: TenantsURL(TenantQuery{States: []fleet.State{fleet.StateSuspended}}), Notes: missingNotes(in)},
		{Label: "Out within 48 hours", Value: ui.Count(in.OutIn48h, "Estimates need three days of a period."), Notes: []string{"at the pace of the last days"}},
		{Label: "Settings drifted", Value: ui.Plain(fleet.Thousands(in.Drifted)), URL: TenantsURL(TenantQuery{Q: "is:drift"}), Notes: []string{fleet.Thousands(in.Unassigned) + " without a plan"}},
	}
	return list
}

func weekNotes(in OverviewInput) []string {
	before, known := in.WeekAgo.Get()
	switch {
	case !known:
		return nil
	case before < in.Tenants:
		return []string{fleet.Thousands(in.Tenants-before) + " more than a week ago"}
	case before > in.Tenants:
		return []string{fleet.Thousands(before-in.Tenants) + " fewer than a week ago"}
	}
	return []string{"as many as a week ago"}
}

func shareNotes(part fleet.Amount, of int64) []string {
	n, known := part.Get()
	if !known || of == 0 {
		return nil
	}
	return []string{fleet.Decimal(float64(n)*100/float64(of)) + "% of the fleet"}
}

func missingNotes(in OverviewInput) []string {
	notes := []string{fleet.Thousands(in.StorageFull) + " with full storage"}
	if in.Missing > 0 {
		notes = append(notes, fleet.Thousands(in.Missing)+" missing at Neon")
	}
	return notes
}

// fleetSums are the sums of the period to date, one for each meter.
func fleetSums(in OverviewInput) (list []ui.Figure) {
	for _, m := range fleet.Meters() {
		note := "this period to date"
		if m == fleet.Storage {
			note = "now"
		}
		list = append(list, ui.Figure{Label: m.Title(), Value: ui.Amount(m, in.Used[m], whyUnknown(m)), Notes: []string{note}, Small: true})
	}
	return list
}

func fleetTable(in OverviewInput) ui.Table {
	t := ui.Table{Caption: in.Meter.Title() + " of the fleet by day and plan", Empty: "Nothing is known of this period yet.", Head: []ui.Cell{{Text: ui.Plain("Day")}}}
	for _, p := range in.Plans {
		name := p.Plan.Name
		if p.Plan.ID == fleet.Unassigned {
			name = "Unassigned"
		}
		t.Head = append(t.Head, ui.Cell{Text: ui.Plain(name), Num: true})
	}
	t.Head = append(t.Head, ui.Cell{Text: ui.Plain("Fleet"), Num: true})
	for i := len(in.Days) - 1; i >= 0; i-- {
		d := in.Days[i]
		row, sum := []ui.Cell{{Text: ui.Plain(d.Day.String())}}, fleet.Unknown
		for _, a := range d.ByPlan {
			row, sum = append(row, ui.Cell{Text: ui.Amount(in.Meter, a, "No complete answer of Neon covers this day."), Num: true}), sum.Add(a)
		}
		t.Rows = append(t.Rows, append(row, ui.Cell{Text: ui.Amount(in.Meter, sum, "No complete answer of Neon covers this day."), Num: true}))
	}
	return t
}

func syncFacts(r Reader, in OverviewInput) (list []ui.Fact) {
	for _, run := range in.Steps {
		at := cmpTime(run.Finished, run.Started)
		words := r.at(at).Words + ", " + fleet.Thousands(run.Rows) + " rows, " + plural(int(run.Calls), "call") + tookWords(run)
		list = append(list, ui.Fact{Label: run.Step.Title(), Text: ui.Text{Words: words, Title: ui.Exact(at, r.Zone)}})
	}
	settled := ui.Unknown("No day has been settled yet")
	if in.Settled != 0 {
		settled = ui.Text{Words: in.Settled.Short(), Title: "Figures up to this day are final"}
	}
	return append(list, ui.Fact{Label: "Settled through", Text: settled})
}
