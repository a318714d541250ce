package pages

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// TenantListInput is what the list of tenants shows.
type TenantListInput struct {
	Query   TenantQuery
	Tenants []fleet.Tenant
	Total   int64 // matches on all pages
	AtLeast bool  // there are more than Total: "10,000+"
	Counts  TenantCounts
	Plans   []fleet.Plan // for names and the choice
	Regions []string
	Prev    string      // cursor of the page before, "" none
	Next    string      // cursor of the next page, "" none
	First   *FirstSweep // not nil while the first sweep runs
	Hints   []string    // sentences on a search that finds nothing: "There is no region “mars”; …"
}

// FirstSweep is how far the very first reading of the organization is.
type FirstSweep struct {
	Read    int64
	Total   int64         // 0 unknown
	Left    time.Duration // 0 unknown
	Problem string        // why it does not go on, a sentence; "" it does
}

// TenantList is the page with the list of tenants.
type TenantList struct {
	Frame   layout.Frame
	Query   TenantQuery
	Plans   []ui.Option
	Regions []ui.Option
	Sorts   []ui.Option
	Count   string // "12,408 tenants"
	Synced  ui.When
	Chips   []Chip
	Clear   string // address without any filter; "" nothing to clear
	Columns []ColumnHead
	Choices []ColumnChoice
	Rows    []TenantRow
	Pager   ui.Pager
	CSV     string
	Nothing *ui.Empty // shown instead of the table: the first sweep
	Hints   []string
	Plain   string // the list's own address, to come back to
}

// ColumnHead is a head of the list.
type ColumnHead struct {
	Title string
	URL   string // sorts by it; "" it cannot be sorted by
	Sort  string // aria-sort; "" another column is sorted by
	Mark  string // "↓", "↑"
	ID    string
	Num   bool
}

// ColumnChoice is a box of the form that chooses columns.
type ColumnChoice struct {
	Key    string
	Title  string
	Chosen bool
}

// TenantRow is a line of the list.
type TenantRow struct {
	Name  string
	ID    string
	URL   string
	State ui.Badge
	Flags []ui.Badge
	Plan  string
	Cells []TenantCell
	Worst ui.Meter // for cards on a phone
	Which string   // the worst meter's name
}

// TenantCell is one of the chosen columns of a line; exactly one part is set.
type TenantCell struct {
	Column Column
	Meter  *ui.Meter
	When   *ui.When
	Text   ui.Text
	Label  string // the worst meter's name
}

// NewTenantList is the list of tenants as the reader chose to see it. The part
// that htmx swaps is TenantPanel.
func NewTenantList(r Reader, in TenantListInput) TenantList {
	m := TenantList{
		Frame: r.frame("Tenants", TenantListURL), Query: in.Query, Count: countOf(in), Synced: r.ago(r.Sync.At),
		Chips: newChips(in.Query, in.Counts), Plans: planOptions(in.Plans, in.Query.Plan), Regions: regionOptions(in.Regions, in.Query.Region),
		Sorts: sortOptions(in.Query), Columns: columnHeads(r.columns(), in.Query), Choices: columnChoices(r.columns()),
		CSV: TenantsCSVURL(in.Query), Pager: newTenantPager(in), Hints: in.Hints, Plain: TenantsURL(in.Query),
	}
	if in.Query.narrowed() {
		m.Clear = TenantsURL(TenantQuery{Sort: in.Query.Sort, Per: in.Query.Per})
	}
	switch {
	case in.Total > 0 || len(in.Hints) > 0 || in.Query.narrowed():
	case in.First != nil:
		m.Nothing = new(firstSweep(*in.First))
	default:
		m.Nothing = &ui.Empty{Title: "No tenants yet", Progress: -1, Action: ui.Link{Label: "See the sync", URL: SyncURL},
			Text: "Your organization has no projects at Neon. Each one becomes a tenant with the sweep after it was made."}
	}
	names := planNames(in.Plans)
	for _, t := range in.Tenants {
		m.Rows = append(m.Rows, newTenantRow(r, t, names))
	}
	return m
}

func countOf(in TenantListInput) string {
	n := fleet.Thousands(in.Total)
	switch {
	case in.AtLeast:
		return n + "+ tenants"
	case in.Total == 1:
		return "1 tenant"
	}
	return n + " tenants"
}

func firstSweep(f FirstSweep) ui.Empty {
	e := ui.Empty{Title: "No tenants yet", Progress: 0, Action: ui.Link{Label: "See the sync", URL: SyncURL}}
	switch {
	case f.Problem != "":
		e.Text, e.Bad, e.Progress = "The first sweep of your organization has not succeeded. "+f.Problem, true, -1
	case f.Total > 0:
		e.Text = "The first sweep is reading your organization: " + fleet.Thousands(f.Read) + " of " + fleet.Thousands(f.Total) + " projects" + leftWords(f.Left) + "."
		e.Progress = int(min(100, f.Read*100/f.Total))
	default:
		e.Text, e.Progress = "The first sweep is reading your organization: "+fleet.Thousands(f.Read)+" projects so far. The page fills as they arrive.", -1
	}
	return e
}

func leftWords(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return ", about " + ui.Span(d) + " left"
}

func planNames(plans []fleet.Plan) map[fleet.PlanID]string {
	names := map[fleet.PlanID]string{}
	for _, p := range plans {
		names[p.ID] = p.Name
	}
	return names
}

func planOptions(plans []fleet.Plan, chosen string) []ui.Option {
	list := []ui.Option{{Value: "", Label: "All plans", Selected: chosen == ""}}
	for _, p := range plans {
		list = append(list, ui.Option{Value: string(p.ID), Label: p.Name, Selected: string(p.ID) == chosen})
	}
	return append(list, ui.Option{Value: "none", Label: "Unassigned", Selected: chosen == "none"})
}

func regionOptions(regions []string, chosen string) []ui.Option {
	list := []ui.Option{{Value: "", Label: "All regions", Selected: chosen == ""}}
	if chosen != "" && !slices.Contains(regions, chosen) {
		list = append(list, ui.Option{Value: chosen, Label: chosen, Selected: true}) // a part of a region's id, typed into the address
	}
	for _, id := range regions {
		list = append(list, ui.Option{Value: id, Label: id, Selected: id == chosen})
	}
	return list
}

func sortOptions(q TenantQuery) []ui.Option {
	list := []ui.Option{
		{Value: "", Label: "Worst meter"}, {Value: "name", Label: "By name"}, {Value: "-compute", Label: "Most compute"},
		{Value: "-active", Label: "Most active time"}, {Value: "-storage", Label: "Most storage"}, {Value: "-transfer", Label: "Most transfer"},
		{Value: "-written", Label: "Most written"}, {Value: "-seen", Label: "Last active"}, {Value: "-created", Label: "Newest"},
	}
	now, found := "", false
	if q.sort() != defaultSort {
		now = q.sort().String()
	}
	for i := range list {
		list[i].Selected = list[i].Value == now
		found = found || list[i].Selected
	}
	if !found { // the other direction of one of them, from a column's head
		list = append(list, ui.Option{Value: now, Label: "By " + strings.TrimPrefix(now, "-") + ", turned round", Selected: true})
	}
	return list
}

func newTenantPager(in TenantListInput) ui.Pager {
	q := in.Query.fromStart()
	p := ui.Pager{Note: fleet.Thousands(int64(len(in.Tenants))) + " of " + countOf(in), Swap: "#tenants"}
	if in.Prev != "" {
		prev := q
		prev.Before = in.Prev
		p.First, p.Prev = TenantsURL(q), TenantsURL(prev)
	}
	if in.Next != "" {
		next := q
		next.After = in.Next
		p.Next = TenantsURL(next)
	}
	for _, n := range PerChoices() {
		per := q
		per.Per = n
		p.Per = append(p.Per, ui.Link{Label: strconv.Itoa(n), URL: TenantsURL(per), Current: n == in.Query.per()})
	}
	return p
}
