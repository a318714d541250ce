package neonsim

import (
	"strings"
)

type projectList struct {
	Projects     []wireListItem      `json:"projects"`
	Unavailable  []string            `json:"unavailable_project_ids,omitempty"`
	Pagination   *wirePagination     `json:"pagination,omitempty"`
	Applications map[string][]string `json:"applications"`
	Integrations map[string][]string `json:"integrations"`
}

// A listing is what a list of projects was asked for.
type listing struct {
	limit       int
	after       position
	search      string
	timeout     int // milliseconds
	recoverable bool
	org         string // as projects have it
}

// listProjects is a page of projects, newest first. The last page has a cursor
// too, and an empty one none (FACTS §1).
func listProjects(c *call) (any, error) {
	if err := c.org(false); err != nil {
		return nil, err
	}
	l, err := c.listing()
	if err != nil {
		return nil, err
	}
	list := projectList{Projects: []wireListItem{}, Applications: map[string][]string{}, Integrations: map[string][]string{}}
	last := ""
	for index := range c.sim.newest(c.second(), l.after) {
		if !l.wants(c.sim, index, c.second()) {
			continue
		}
		p := c.sim.at(index, c.second())
		last = p.id
		if c.sim.tooSlow(p, c.second(), l.timeout) {
			list.Unavailable = append(list.Unavailable, p.id)
		} else {
			list.Projects = append(list.Projects, c.sim.listItem(p, c.second()))
		}
		if len(list.Projects)+len(list.Unavailable) == l.limit {
			break
		}
	}
	if last != "" {
		list.Pagination = &wirePagination{Cursor: last}
	}
	return list, nil
}

func (c *call) listing() (l listing, err error) {
	if l.limit, err = c.number("limit", 10, 1, 400); err != nil {
		return l, err
	}
	if l.timeout, err = c.number("timeout", 30000, 100, 30000); err != nil {
		return l, err
	}
	if l.recoverable, err = c.flag("recoverable"); err != nil {
		return l, err
	}
	l.org = c.wanted()
	l.search = strings.ToLower(c.queries.Get("search"))
	l.after, err = c.projectCursor()
	return l, err
}

// projectCursor is the place behind the last project of the page before. It may
// have been deleted since.
func (c *call) projectCursor() (position, error) {
	cursor := c.queries.Get("cursor")
	if cursor == "" {
		return position{}, nil
	}
	p, ok := c.sim.lookup(cursor, c.second())
	if !ok {
		return position{}, badRequest("invalid cursor %q", cursor)
	}
	return c.sim.positionOf(p.index), nil
}

func (l *listing) wants(s *Sim, index int, now int64) bool {
	if s.orgOf(index) != l.org || l.search != "" && !s.matches(index, l.search) {
		return false
	}
	deleted := s.deletedAt(index, now)
	return l.recoverable == (deleted != 0) && (deleted == 0 || now < deleted+recovery)
}

// tooSlow says whether a project could not be loaded in the time that the list
// was given. Only the busiest are slow, now and then, and never for more than
// six seconds (FACTS §1, unavailable_project_ids).
func (s *Sim) tooSlow(p *project, now int64, timeout int) bool {
	if s.slow[p.id] {
		return true
	}
	if p.cast != Abuser && p.cast != Busy {
		return false
	}
	r := mix2(p.hash^uint64(now/600), uint64(saltSlow))
	return r%8 == 0 && int64(timeout) < between(r>>8, 300, 6000)
}

func getProject(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	return projectAnswer{Project: c.sim.wireProject(p, c.second(), true)}, nil
}

type projectAnswer struct {
	Project    wireProject      `json:"project"`
	Operations *[]wireOperation `json:"operations,omitempty"`
	Branches   *[]wireBranch    `json:"branches,omitempty"`
}

// deleteProject deletes softly: for seven days it can be had back.
func deleteProject(c *call) (any, error) {
	p, err := c.idleProject()
	if err != nil {
		return nil, err
	}
	for i := range p.Branches {
		if b := &p.Branches[i]; b.Protected && b.exists(c.second()) {
			return nil, refuse(422, "", "cannot delete project with protected branches")
		}
	}
	p.Deleted, p.Updated = c.second(), c.second()
	c.sim.keep(p)
	return projectAnswer{Project: c.sim.wireProject(p, c.second(), false)}, nil
}

// recoverProject undoes a deletion. What lay between is a time without use.
func recoverProject(c *call) (any, error) {
	id := c.values["project_id"]
	p, ok := c.sim.lookup(id, c.second())
	if !ok || !p.recoverable(c.second()) || p.Org != "" && !c.seesOther(p.Org) {
		return nil, notFound("recoverable project", id)
	}
	last := p.stintAt(p.Deleted)
	p.Log = append(p.Log, stint{At: p.Deleted, Quota: last.Quota, Retention: last.Retention})
	p.Deleted, p.Updated = 0, c.second()
	p.mark(c.second())
	c.sim.keep(p)
	branches := c.sim.wireBranches(p, c.at)
	return projectAnswer{Project: c.sim.wireProject(p, c.second(), true), Branches: &branches}, nil
}
