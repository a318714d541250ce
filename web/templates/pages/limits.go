package pages

import (
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// LimitsInput is the tab of limits.
type LimitsInput struct {
	Tenant   TenantInput
	Plan     *fleet.Plan    // nil: unassigned
	Desired  fleet.Desired  // what Neon should be set to; only with a plan
	Observed fleet.Observed // what it was last seen to be set to
	Plans    []fleet.Plan   // for what is in the way of an unassigned tenant
}

// TenantLimits is the tab of limits.
type TenantLimits struct {
	Frame   layout.Frame
	Head    TenantHead
	Plan    string // "" unassigned
	PlanURL string
	Age     ui.When
	Rows    []LimitRow
	Changes []string // the difference in sentences; of computes too
	Summary string
	InWay   []InTheWay // for the unassigned: each plan and what differs, the nearest first
	Unread  bool       // computes were not read yet
}

// LimitRow is a setting: the plan's, Neon's, and whether they differ.
type LimitRow struct {
	Title  string
	Plan   ui.Text
	Now    ui.Text
	Differ bool
	Note   string
}

// InTheWay is what stands between an unassigned tenant and a plan.
type InTheWay struct {
	Plan    string
	URL     string
	Changes []string
}

// NewTenantLimits is the tab of limits: what the plan says, what Neon enforces
// now, and the difference.
func NewTenantLimits(r Reader, in LimitsInput) TenantLimits {
	t := in.Tenant.Tenant
	m := TenantLimits{Frame: r.tenantFrame(t, LimitsTab), Head: newTenantHead(r, in.Tenant, LimitsTab), Age: r.ago(in.Observed.At),
		Rows: limitRows(in), Unread: in.Observed.Endpoints == nil}
	if in.Plan == nil {
		m.InWay = inTheWay(in.Plans, in.Observed.Settings)
		return m
	}
	m.Plan, m.PlanURL = in.Plan.Name, PlanURL(in.Plan.ID)
	for _, c := range fleet.Diff(in.Desired, in.Observed) {
		m.Changes = append(m.Changes, c.String())
	}
	m.Summary = "Neon is set to what the plan says."
	if n := len(m.Changes); n > 0 {
		m.Summary = plural(n, "setting") + " at Neon would have to change:"
	}
	return m
}

func limitRows(in LimitsInput) (rows []LimitRow) {
	now, want := in.Observed.Settings, in.Desired.Settings
	for _, meter := range fleet.Meters() {
		row := LimitRow{Title: meter.Title() + " limit", Plan: dash(), Now: ui.LimitText(meter, now.Limits[meter])}
		if in.Plan != nil {
			wanted := want.Limits[meter]
			if meter == fleet.Active && in.Desired.Suspended {
				row.Note = "While suspended Neon holds a lock of 1 s; resuming restores " + meter.FormatLimit(wanted) + "."
				wanted = fleet.Cap(fleet.SuspensionLock)
			}
			row.Plan, row.Differ = ui.LimitText(meter, want.Limits[meter]), now.Limits[meter] != wanted
		}
		rows = append(rows, row)
	}
	return append(rows,
		sizeRow(in, "Smallest compute", func(s fleet.Sizes) string { return s.Min.String() }),
		sizeRow(in, "Largest compute", func(s fleet.Sizes) string { return s.Max.String() }),
		sizeRow(in, "Sleeps after", fleet.Sizes.SuspendWords))
}

func sizeRow(in LimitsInput, title string, words func(fleet.Sizes) string) LimitRow {
	row := LimitRow{Title: title, Plan: dash(), Now: ui.Plain(words(in.Observed.Settings.Computes))}
	if in.Plan != nil {
		row.Plan = ui.Plain(words(in.Desired.Settings.Computes))
		row.Differ = row.Plan != row.Now
	}
	return row
}

func dash() ui.Text { return ui.Unknown("No plan, so nothing to compare with") }

// inTheWay lists the plans with what differs, the one with the least first.
func inTheWay(plans []fleet.Plan, have fleet.Settings) (list []InTheWay) {
	nearest, _ := fleet.NearestPlan(plans, have)
	for _, p := range plans {
		if p.Retired {
			continue
		}
		one := InTheWay{Plan: p.Name, URL: PlanURL(p.ID)}
		for _, c := range fleet.Diff(fleet.Desired{Settings: p.Settings}, fleet.Observed{Settings: have}) {
			one.Changes = append(one.Changes, c.String())
		}
		if p.ID == nearest.ID {
			list = append([]InTheWay{one}, list...)
		} else {
			list = append(list, one)
		}
	}
	return list
}
