package pages

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
)

// Find is what the palette finds, and the page that does its work without
// scripts.
type Find struct {
	Frame  layout.Frame
	Words  string
	Groups []HitGroup
	More   string // address of the list with all tenants that match; "" none
	None   bool
}

// HitGroup is a part of what was found.
type HitGroup struct {
	Title string
	Hits  []Hit
}

// A Hit is a place to go to. ID is its id in the palette.
type Hit struct {
	ID, Label, URL, Note, Key string
}

// NewFind is what words find: tenants as the store gave them (a handful), and
// the pages that the reader may see. more says that more tenants match.
// FindPart alone is the answer to the palette.
func NewFind(r Reader, words string, tenants []fleet.Tenant, plans []fleet.Plan, more bool) Find {
	m := Find{Frame: r.frame("Find", FindURL), Words: words}
	names := planNames(plans)
	var found []Hit
	for _, t := range tenants {
		found = append(found, Hit{Label: cmp.Or(t.Name, string(t.ID)), URL: TenantURL(t.ID), Note: tenantNote(t, names)})
	}
	m.add("Tenants", found)
	m.add("Plans", planHits(words, plans))
	m.add("Pages", r.pageHits(words))
	if more {
		m.More = TenantsURL(TenantQuery{Q: words})
		m.add("", []Hit{{Label: "All tenants that match", URL: m.More}})
	}
	m.None = len(m.Groups) == 0
	return m
}

func (m *Find) add(title string, hits []Hit) {
	if len(hits) == 0 {
		return
	}
	n := 0
	for _, g := range m.Groups {
		n += len(g.Hits)
	}
	for i := range hits {
		hits[i].ID = "hit-" + strconv.Itoa(n+i)
	}
	m.Groups = append(m.Groups, HitGroup{Title: title, Hits: hits})
}

// tenantNote is "Pro · 84%", or the state where it says more.
func tenantNote(t fleet.Tenant, names map[fleet.PlanID]string) string {
	note := cmp.Or(planName(t, names), "Unassigned")
	if t.State != fleet.StateActive {
		return note + " · " + strings.ToLower(t.State.Title())
	}
	if _, s, ok := t.Worst(); ok {
		note += " · " + strconv.Itoa(s.Whole()) + "%"
	}
	return note
}

func planHits(words string, plans []fleet.Plan) (hits []Hit) {
	if words == "" {
		return nil
	}
	for _, p := range plans {
		if strings.Contains(fleet.FoldName(p.Name), fleet.FoldName(words)) {
			hits = append(hits, Hit{Label: p.Name, URL: PlanURL(p.ID)})
		}
	}
	return hits[:min(len(hits), 5)]
}

func (r Reader) pageHits(words string) (hits []Hit) {
	for _, p := range places {
		if r.may(p.needs) && strings.Contains(fleet.FoldName(p.label), fleet.FoldName(words)) {
			hits = append(hits, Hit{Label: p.label, URL: p.url, Key: p.key})
		}
	}
	return slices.Clip(hits)
}
