package pages

import (
	"slices"
	"strings"

	"neonfleet/internal/fleet"
)

// A Column is a column of the list of tenants that a person may choose. The
// name is always there.
type Column string

// The columns, by the keys that forms and the store use.
const (
	ColPlan     Column = "plan"
	ColState    Column = "state"
	ColWorst    Column = "worst"
	ColCompute  Column = "compute"
	ColActive   Column = "active"
	ColStorage  Column = "storage"
	ColTransfer Column = "transfer"
	ColWritten  Column = "written"
	ColSeen     Column = "seen"
	ColRegion   Column = "region"
	ColCreated  Column = "created"
	ColOwner    Column = "owner"
	ColTags     Column = "tags"
)

var columnWords = []struct {
	column Column
	title  string
	sort   fleet.SortKey // "" cannot be sorted by
	usual  bool
}{
	{ColPlan, "Plan", "", true},
	{ColState, "State", "", true},
	{ColWorst, "Worst meter", fleet.ByWorst, false},
	{ColCompute, "Compute", fleet.ByCompute, true},
	{ColActive, "Active time", fleet.ByActive, false},
	{ColStorage, "Storage", fleet.ByStorage, true},
	{ColTransfer, "Transfer", fleet.ByTransfer, true},
	{ColWritten, "Written", fleet.ByWritten, true},
	{ColSeen, "Last active", fleet.BySeen, true},
	{ColRegion, "Region", "", true},
	{ColCreated, "Created", fleet.ByCreated, false},
	{ColOwner, "Owner", "", false},
	{ColTags, "Tags", "", false},
}

// ParseColumns reads what a form or the store holds, in the order of the list;
// what is no column is left out. None at all are the usual ones.
func ParseColumns(keys []string) (list []Column) {
	for _, w := range columnWords {
		if slices.Contains(keys, string(w.column)) {
			list = append(list, w.column)
		}
	}
	return list
}

// UsualColumns are the columns of somebody who never chose.
func UsualColumns() (list []Column) {
	for _, w := range columnWords {
		if w.usual {
			list = append(list, w.column)
		}
	}
	return list
}

// meter is the meter that a column shows.
func (c Column) meter() (fleet.Meter, bool) { return fleet.ParseMeter(string(c)) }

// shortTitle is a meter's name where there is little room: "Compute".
func shortTitle(m fleet.Meter) string {
	title, _, _ := strings.Cut(m.Title(), " ")
	return title
}

func (r Reader) columns() []Column {
	if len(r.Columns) == 0 {
		return UsualColumns()
	}
	return r.Columns
}
