package pages

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/ui"
)

func columnHeads(columns []Column, q TenantQuery) []ColumnHead {
	heads := []ColumnHead{headOf("Tenant", fleet.ByName, q)}
	for _, w := range columnWords {
		if slices.Contains(columns, w.column) {
			heads = append(heads, headOf(w.title, w.sort, q))
		}
	}
	return heads
}

// headOf sorts by the key, or turns the order round where it holds already.
// Names begin ascending, everything else with the most.
func headOf(title string, key fleet.SortKey, q TenantQuery) ColumnHead {
	h := ColumnHead{Title: title}
	if key == "" {
		return h
	}
	h.ID = "by-" + string(key)
	next := fleet.Sort{By: key, Descending: key != fleet.ByName}
	if now := q.sort(); now.By == key {
		next.Descending = !now.Descending
		h.Sort, h.Mark = "ascending", "↑"
		if now.Descending {
			h.Sort, h.Mark = "descending", "↓"
		}
	}
	q = q.fromStart()
	q.Sort = next
	h.URL = TenantsURL(q)
	return h
}

func columnChoices(chosen []Column) (list []ColumnChoice) {
	for _, w := range columnWords {
		list = append(list, ColumnChoice{Key: string(w.column), Title: w.title, Chosen: slices.Contains(chosen, w.column)})
	}
	return list
}

func newTenantRow(r Reader, t fleet.Tenant, names map[fleet.PlanID]string) TenantRow {
	row := TenantRow{Name: cmp.Or(t.Name, string(t.ID)), ID: string(t.ID), URL: TenantURL(t.ID), State: ui.StateBadge(t.State),
		Flags: ui.FlagBadges(t.Flags), Plan: planName(t, names)}
	row.Which, row.Worst = worstMeter(t, r.Now)
	for _, w := range columnWords {
		if slices.Contains(r.columns(), w.column) {
			row.Cells = append(row.Cells, tenantCell(r, w.column, t, row))
		}
	}
	return row
}

func planName(t fleet.Tenant, names map[fleet.PlanID]string) string {
	if t.Plan == fleet.Unassigned {
		return ""
	}
	return cmp.Or(names[t.Plan], string(t.Plan))
}

// worstMeter is the meter with the highest known share, and its name.
func worstMeter(t fleet.Tenant, now time.Time) (string, ui.Meter) {
	m, s, ok := t.Worst()
	switch {
	case ok:
		return m.Title(), ui.MeterOf(m, t, now, "")
	case s == fleet.ShareUnlimited:
		return "", ui.Meter{Kind: ui.MeterUnlimited, Title: "Every meter is unlimited"}
	}
	return "", ui.Meter{Kind: ui.MeterUnknown, Title: "No meter has been read yet"}
}

func tenantCell(r Reader, c Column, t fleet.Tenant, row TenantRow) TenantCell {
	cell := TenantCell{Column: c}
	if m, ok := c.meter(); ok {
		cell.Meter = new(ui.MeterOf(m, t, r.Now, whyUnknown(m)))
		return cell
	}
	switch c {
	case ColWorst:
		cell.Meter, cell.Label = &row.Worst, row.Which
	case ColSeen:
		cell.When = new(r.ago(t.LastActive))
	case ColCreated:
		cell.When = new(ui.Date(t.CreatedAt))
	case ColRegion:
		cell.Text = ui.Plain(t.Region)
	case ColOwner:
		cell.Text = ui.Plain(t.Owner)
	case ColTags:
		cell.Text = ui.Plain(strings.Join(t.Tags, ", "))
	}
	return cell
}

// whyUnknown is the reason why a meter has no figure.
func whyUnknown(m fleet.Meter) string {
	switch m {
	case fleet.Written:
		return "Neon gives it only for single projects; this one has not been read yet."
	case fleet.Storage:
		return "Neon reports no size for a project that is quite new."
	}
	return "No reading of this period has covered it yet."
}
