package pages

import (
	"slices"
	"strings"

	"neonfleet/internal/fleet"
)

// TenantCounts are the numbers on the chips, of the tenants that the query
// means without the chips' own part of it. Unknown ones are not shown.
type TenantCounts struct {
	All, Over, Above80, QuotaReached, Suspended, Drifted, Idle30 fleet.Amount
}

// A quick view is a chip: a qualifier, or a state.
type quick struct {
	title string
	token string // in the search box
	state fleet.State
	count func(TenantCounts) fleet.Amount
}

var quicks = []quick{
	{"Over limit", "used:>=100", 0, func(c TenantCounts) fleet.Amount { return c.Over }},
	{"Above 80%", "used:>=80", 0, func(c TenantCounts) fleet.Amount { return c.Above80 }},
	{"Quota reached", "", fleet.StateQuotaReached, func(c TenantCounts) fleet.Amount { return c.QuotaReached }},
	{"Suspended", "", fleet.StateSuspended, func(c TenantCounts) fleet.Amount { return c.Suspended }},
	{"Drift", "is:drift", 0, func(c TenantCounts) fleet.Amount { return c.Drifted }},
	{"Idle 30 days", "idle:>30d", 0, func(c TenantCounts) fleet.Amount { return c.Idle30 }},
}

// WithoutChips is the query without what the chips put into it: the chips'
// counts are of the tenants it means.
func (q TenantQuery) WithoutChips() TenantQuery {
	q = q.fromStart()
	var words []string
	for _, w := range strings.Fields(q.Q) {
		if !slices.ContainsFunc(quicks, func(c quick) bool { return c.token == w }) {
			words = append(words, w)
		}
	}
	if len(words) != len(strings.Fields(q.Q)) {
		q.Q = strings.Join(words, " ")
	}
	q.States = slices.DeleteFunc(slices.Clone(q.States), func(s fleet.State) bool {
		return slices.ContainsFunc(quicks, func(c quick) bool { return c.token == "" && c.state == s })
	})
	return q
}

func (c quick) holds(q TenantQuery) bool {
	if c.token == "" {
		return slices.Contains(q.States, c.state)
	}
	return slices.Contains(strings.Fields(q.Q), c.token)
}

func (c quick) put(q TenantQuery) TenantQuery {
	if c.token == "" {
		q.States = append(slices.Clone(q.States), c.state)
	} else {
		q.Q = strings.TrimSpace(q.Q + " " + c.token)
	}
	return q
}

// A Chip is a quick view on the list; an active one leads back out of it.
type Chip struct {
	Label  string
	Count  string
	URL    string
	Active bool
	Off    bool // shows a cross: the link takes it away
}

func newChips(q TenantQuery, counts TenantCounts) []Chip {
	base := q.WithoutChips()
	list := []Chip{{Label: "All", Count: chipCount(counts.All), URL: TenantsURL(base), Active: true}}
	for _, c := range quicks {
		chip := Chip{Label: c.title, Count: chipCount(c.count(counts)), URL: TenantsURL(c.put(base))}
		if c.holds(q) {
			list[0].Active, chip.Active, chip.Off, chip.URL = false, true, true, TenantsURL(base)
		}
		list = append(list, chip)
	}
	return list
}

func chipCount(a fleet.Amount) string {
	n, known := a.Get()
	if !known {
		return ""
	}
	return fleet.Thousands(n)
}
