package pages

import (
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// UsageInput is the usage tab.
type UsageInput struct {
	Tenant TenantInput
	Choice UsageChoice
	From   fleet.Day // of the range, both included
	To     fleet.Day
	Charts []ui.Chart
	Days   []fleet.DayUsage // newest last; for the table of days
	Months []MonthUsage     // for twelve months, newest last
}

// MonthUsage is a tenant's month.
type MonthUsage struct {
	Month     fleet.Month
	Usage     fleet.Usage
	DaysKnown int
}

// TenantUsage is the usage tab of a tenant.
type TenantUsage struct {
	Frame   layout.Frame
	Head    TenantHead
	Ranges  []ui.Link
	Metrics []ui.Link
	Switch  ui.Link // from chart to table and back
	CSV     string
	Charts  []ui.Chart
	Table   *ui.Table // nil: the charts are shown
}

// NewTenantUsage is the usage tab.
func NewTenantUsage(r Reader, in UsageInput) TenantUsage {
	t := in.Tenant.Tenant
	m := TenantUsage{Frame: r.tenantFrame(t, UsageTab), Head: newTenantHead(r, in.Tenant, UsageTab), Charts: in.Charts,
		CSV: TenantUsageCSVURL(t.ID, in.From, in.To)}
	for _, one := range Ranges() {
		c := in.Choice
		c.Range = one
		m.Ranges = append(m.Ranges, ui.Link{Label: one.Title(), URL: TenantUsageURL(t.ID, c), Current: one == in.Choice.Range || (one == ThisPeriod && in.Choice.Range == "")})
	}
	for _, one := range fleet.Meters() {
		c := in.Choice
		c.Meter = one
		m.Metrics = append(m.Metrics, ui.Link{Label: shortTitle(one), URL: TenantUsageURL(t.ID, c), Current: one == in.Choice.Meter})
	}
	c := in.Choice
	c.Table = !c.Table
	m.Switch = ui.Link{Label: "As table", URL: TenantUsageURL(t.ID, c)}
	if in.Choice.Table {
		m.Switch.Label, m.Table = "As chart", new(usageTable(in))
	}
	return m
}

// usageTable has the five meters by day, or by month for twelve months.
func usageTable(in UsageInput) ui.Table {
	t := ui.Table{Caption: "Usage by day", Empty: "Nothing is known of these days."}
	byMonth := in.Choice.Range == Months12
	first := "Day"
	if byMonth {
		first, t.Caption, t.Empty = "Month", "Usage by month", "Nothing is known of these months."
	}
	t.Head = []ui.Cell{{Text: ui.Plain(first)}}
	for _, m := range fleet.Meters() {
		t.Head = append(t.Head, ui.Cell{Text: ui.Plain(m.Title()), Num: true})
	}
	if byMonth {
		t.Head = append(t.Head, ui.Cell{Text: ui.Plain("Days known"), Num: true})
		for i := len(in.Months) - 1; i >= 0; i-- {
			t.Rows = append(t.Rows, monthRow(in.Months[i]))
		}
		return t
	}
	t.Head = append(t.Head, ui.Cell{Text: ui.Plain("Final")})
	for i := len(in.Days) - 1; i >= 0; i-- {
		t.Rows = append(t.Rows, dayRow(in.Days[i]))
	}
	return t
}

func dayRow(d fleet.DayUsage) []ui.Cell {
	row := append([]ui.Cell{{Text: ui.Plain(d.Day.String())}}, usageCells(d.Usage, "No complete answer of Neon covers this day.")...)
	if d.Final {
		return append(row, ui.Cell{Text: ui.Plain("yes"), Muted: true})
	}
	return append(row, ui.Cell{Text: ui.Text{Words: "not yet", Title: "Neon's figures arrive late; a day is final once a settle a day later has covered it."}, Muted: true})
}

func monthRow(m MonthUsage) []ui.Cell {
	row := append([]ui.Cell{{Text: ui.Plain(m.Month.String())}}, usageCells(m.Usage, "No day of this month is known.")...)
	return append(row, ui.Cell{Text: ui.Plain(fleet.Thousands(int64(m.DaysKnown)) + " of " + fleet.Thousands(int64(fleet.MonthDays(m.Month)))), Num: true, Muted: true})
}

func usageCells(u fleet.Usage, why string) (list []ui.Cell) {
	for _, m := range fleet.Meters() {
		list = append(list, ui.Cell{Text: ui.Amount(m, DailyOf(m, u), why), Num: true})
	}
	return list
}

// DailyOf is a meter's figure of a row: of storage the day's peak, of transfer
// public and private together.
func DailyOf(m fleet.Meter, u fleet.Usage) fleet.Amount {
	switch m {
	case fleet.Compute:
		return u[fleet.ComputeCUSeconds]
	case fleet.Active:
		return u[fleet.ActiveSeconds]
	case fleet.Storage:
		return u[fleet.StoragePeakBytes]
	case fleet.Transfer:
		return u.Transfer()
	case fleet.Written:
		return u[fleet.WrittenBytes]
	}
	return fleet.Unknown
}
