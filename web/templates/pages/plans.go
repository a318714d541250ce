package pages

import (
	"strconv"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// PlanCount is a plan with the tenants on it. The zero plan id is nobody's:
// the unassigned.
type PlanCount struct {
	Plan    fleet.Plan
	Tenants int64
	Above80 fleet.Amount // worst meter at 80 % and more
}

// PlanList is the page with all plans.
type PlanList struct {
	Frame layout.Frame
	Money bool // prices are shown
	Plans []PlanRow
	Loose *PlanRow // the unassigned; nil: none
}

// PlanRow is a line of the plans.
type PlanRow struct {
	Name    string
	URL     string
	Version string
	Retired bool
	Limits  []ui.Text // by meter
	Sizes   string
	Suspend string
	Price   string // "" for those who may not see it
	Tenants string
	List    string // address of its tenants
	Above80 ui.Text
	Near    string // address of those above 80 %
}

// NewPlanList is the page with all plans; prices only for those who may see money.
func NewPlanList(r Reader, counts []PlanCount) PlanList {
	m := PlanList{Frame: r.frame("Plans", PlanListURL), Money: r.may(fleet.SeeMoney)}
	for _, c := range counts {
		row := newPlanRow(r, c)
		if c.Plan.ID == fleet.Unassigned {
			m.Loose = &row
			continue
		}
		m.Plans = append(m.Plans, row)
	}
	return m
}

func newPlanRow(r Reader, c PlanCount) PlanRow {
	p := c.Plan
	row := PlanRow{Name: p.Name, URL: PlanURL(p.ID), Version: strconv.Itoa(p.Version), Retired: p.Retired, Sizes: p.Settings.Computes.String(),
		Suspend: p.Settings.Computes.SuspendWords(), Tenants: fleet.Thousands(c.Tenants), Above80: ui.Count(c.Above80, "No plan, so no limit to compare with")}
	key := string(p.ID)
	if p.ID == fleet.Unassigned {
		row.Name, key = "Unassigned", "none"
	}
	row.List = TenantsURL(TenantQuery{Plan: key})
	row.Near = TenantsURL(TenantQuery{Plan: key, Q: "used:>=80"})
	for _, m := range fleet.Meters() {
		row.Limits = append(row.Limits, ui.LimitText(m, p.Settings.Limits[m]))
	}
	if r.may(fleet.SeeMoney) {
		row.Price = dollars(p.Price)
	}
	return row
}

// dollars has always two decimals: "$29.00".
func dollars(c fleet.Cents) string {
	sign := ""
	if c < 0 {
		sign, c = "−", -c
	}
	cents := strconv.Itoa(int(c % 100))
	if len(cents) == 1 {
		cents = "0" + cents
	}
	return sign + "$" + fleet.Thousands(int64(c/100)) + "." + cents
}

// OnePlan is a plan, to read.
type OnePlan struct {
	Frame   layout.Frame
	Plan    PlanRow
	Limits  []ui.Fact
	About   []ui.Fact
	Figures []ui.Figure
	Saved   ui.When
	ID      string
}

// NewOnePlan is a plan with the number of its tenants; its price only for
// those who may see money.
func NewOnePlan(r Reader, c PlanCount) OnePlan {
	m := OnePlan{Frame: r.frame(c.Plan.Name+" · Plans", PlanListURL), Plan: newPlanRow(r, c), Saved: r.ago(c.Plan.SavedAt), ID: string(c.Plan.ID)}
	for i, meter := range fleet.Meters() {
		m.Limits = append(m.Limits, ui.Fact{Label: meter.Title(), Text: m.Plan.Limits[i]})
	}
	m.About = []ui.Fact{
		{Label: "Size of computes", Text: ui.Plain(m.Plan.Sizes)},
		{Label: "Sleeps after", Text: ui.Plain(m.Plan.Suspend)},
	}
	m.Figures = []ui.Figure{
		{Label: "Tenants", Value: ui.Plain(m.Plan.Tenants), URL: m.Plan.List},
		{Label: "Above 80%", Value: m.Plan.Above80, URL: m.Plan.Near},
		{Label: "Version", Value: ui.Plain(m.Plan.Version)},
	}
	if m.Plan.Price != "" {
		m.Figures = append(m.Figures, ui.Figure{Label: "Price a month", Value: ui.Plain(m.Plan.Price)})
	}
	return m
}
