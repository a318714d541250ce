package neonsim

import (
	"cmp"
	"slices"
)

// consumptionPage are the projects of a page: those asked for, or all, created
// before the end of the window. Deleted ones are still there as long as they
// can be recovered; what Neon does with them is not documented.
func (c *call) consumptionPage(to int64) ([]*project, error) {
	limit, err := c.number("limit", 10, 1, 100)
	if err != nil {
		return nil, err
	}
	after, err := c.projectCursor()
	if err != nil {
		return nil, err
	}
	ids, err := c.projectIDs()
	if err != nil {
		return nil, err
	}
	var page []*project
	take := func(p *project) bool {
		if p.Org == c.wanted() && p.created < to && (p.exists(c.second()) || p.recoverable(c.second())) {
			page = append(page, p)
		}
		return len(page) < limit
	}
	if len(ids) > 0 {
		for _, p := range c.named(ids, after) {
			if !take(p) {
				break
			}
		}
		return page, nil
	}
	for index := range c.sim.newest(c.second(), after) {
		if !take(c.sim.at(index, c.second())) {
			break
		}
	}
	return page, nil
}

func (c *call) projectIDs() ([]string, error) {
	ids, err := c.list("project_ids")
	for _, id := range ids {
		if !idPattern.MatchString(id) {
			return nil, badRequest("parameter \"project_ids\" in query has an error: invalid id")
		}
	}
	return ids, err
}

// named are the projects of a list of ids, newest first, from behind a place.
// Ids of no project are passed over.
func (c *call) named(ids []string, after position) []*project {
	var got []*project
	seen := map[string]bool{}
	for _, id := range ids {
		p, ok := c.sim.lookup(id, c.second())
		if !ok || seen[id] || after.set && !after.before(p) {
			continue
		}
		seen[id] = true
		got = append(got, p)
	}
	slices.SortFunc(got, func(a, b *project) int {
		return cmp.Or(cmp.Compare(b.created, a.created), cmp.Compare(b.index, a.index))
	})
	return got
}

// before says whether a project comes behind the position.
func (at position) before(p *project) bool {
	return p.created < at.created || p.created == at.created && p.index < at.index
}
