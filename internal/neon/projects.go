package neon

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"time"
)

const (
	routeProjects = "/projects"
	routeProject  = "/projects/{project_id}"
)

// Projects lists, reads and changes projects.
type Projects struct{ c *Client }

// MaxProjectPage is the most projects Neon gives at once.
const MaxProjectPage = 400

// ProjectQuery says which projects to list. It must stay the same from page to
// page, but for Cursor.
type ProjectQuery struct {
	Org         string // the client's organization if empty
	Cursor      string // where an earlier walk stood: ProjectPage.Next
	Limit       int    // 1 to 400; 0: 400
	Search      string // part of a name or id
	Recoverable bool   // the deleted ones that can still be recovered
	// Timeout is how long Neon may take, 100 ms to 30 s; 0: Neon's choice.
	// Projects it could not load in time are in ProjectPage.Unavailable.
	Timeout time.Duration
}

// A ProjectPage is one page of the list.
type ProjectPage struct {
	Items       []ProjectItem
	Unavailable []string // ids that Neon could not load now: unknown, not deleted
	Next        string   // cursor of the next page; empty when Last
	Last        bool     // the walk is complete with this page
}

type projectsAnswer struct {
	Projects    list[ProjectItem] `json:"projects"`
	Unavailable []string          `json:"unavailable_project_ids"`
	cursorPage
}

func (a *projectsAnswer) complete() error {
	for _, p := range a.Projects.items {
		if err := lacks("id of a project", p.ID); err != nil {
			return err
		}
	}
	return a.Projects.complete("projects")
}

// Pages walks through the projects, page by page. A short page is not the end:
// unavailable projects shorten it (FACTS §1, paging). The walk ends after a page
// with Last, or with an error; ErrCursorLoop if Neon's cursor goes round.
func (s Projects) Pages(ctx context.Context, q ProjectQuery) iter.Seq2[ProjectPage, error] {
	return walk(q.Cursor, func(cursor string) (ProjectPage, step, error) {
		q.Cursor = cursor
		a, err := s.list(ctx, q)
		if err != nil {
			return ProjectPage{}, step{}, err
		}
		page := ProjectPage{Items: a.Projects.items, Unavailable: a.Unavailable}
		return page, step{cursor: a.Pagination.Cursor, end: len(page.Items)+len(page.Unavailable) == 0}, nil
	}, func(page *ProjectPage, next string, last bool) { page.Next, page.Last = next, last })
}

func (s Projects) list(ctx context.Context, q ProjectQuery) (projectsAnswer, error) {
	if q.Timeout != 0 && (q.Timeout < 100*time.Millisecond || q.Timeout > 30*time.Second) {
		return projectsAnswer{}, fmt.Errorf("neon: list projects: timeout %s: want 100ms to 30s", q.Timeout)
	}
	org := cmp.Or(q.Org, s.c.org)
	if org != "" {
		if err := checkIDs("organization", org); err != nil {
			return projectsAnswer{}, err
		}
	}
	var v query
	v.text("org_id", org)
	v.number("limit", min(cmp.Or(q.Limit, MaxProjectPage), MaxProjectPage))
	v.text("cursor", q.Cursor)
	v.text("search", q.Search)
	v.flag("recoverable", q.Recoverable)
	v.number("timeout", int(q.Timeout.Milliseconds()))
	return call[projectsAnswer](ctx, s.c, get(routeProjects).with(v.values))
}

type projectAnswer struct {
	Project Project `json:"project"`
}

func (a *projectAnswer) complete() error { return lacks("project", a.Project.ID) }

// Get reads one project, counters and period included.
func (s Projects) Get(ctx context.Context, id string) (Project, error) {
	a, err := call[projectAnswer](ctx, s.c, get(routeProject, id))
	return a.Project, err
}

// Create makes a project. After an error with IsLost look for it by name before
// trying again: a second sending makes a second paid project.
func (s Projects) Create(ctx context.Context, p ProjectCreate) (ProjectCreated, error) {
	p.OrgID = cmp.Or(p.OrgID, s.c.org)
	if p.OrgID != "" {
		if err := checkIDs("organization", p.OrgID); err != nil {
			return ProjectCreated{}, err
		}
	}
	return call[ProjectCreated](ctx, s.c, post(map[string]any{"project": p}, routeProjects))
}

type projectOperations struct {
	projectAnswer
	Operations []Operation `json:"operations"`
}

// Update changes a project and returns it with the work this began. The
// returned project has no period and no counters to go by; Get has.
func (s Projects) Update(ctx context.Context, id string, u ProjectUpdate) (Project, []Operation, error) {
	a, err := call[projectOperations](ctx, s.c, patch(map[string]any{"project": u}, routeProject, id))
	return a.Project, a.Operations, err
}

// Delete deletes a project; it can be recovered for 7 days. Neon refuses while
// a branch is protected.
func (s Projects) Delete(ctx context.Context, id string) (Project, error) {
	a, err := call[projectAnswer](ctx, s.c, remove(routeProject, id))
	return a.Project, err
}

// Recover brings a deleted project back with its branches; its connection
// strings work again.
func (s Projects) Recover(ctx context.Context, id string) (Project, []Branch, error) {
	type recovered struct {
		projectAnswer
		Branches []Branch `json:"branches"`
	}
	a, err := call[recovered](ctx, s.c, post(nil, routeProject+"/recover", id))
	return a.Project, a.Branches, err
}

// URIQuery says which connection string is wanted. Database and Role are
// required; Branch and Endpoint default to Neon's choice.
type URIQuery struct {
	Branch, Endpoint, Database, Role string
	Pooled                           bool
}

// ConnectionURI returns a connection string, password included.
func (s Projects) ConnectionURI(ctx context.Context, id string, q URIQuery) (Secret, error) {
	var v query
	v.text("database_name", q.Database)
	v.text("role_name", q.Role)
	v.text("branch_id", q.Branch)
	v.text("endpoint_id", q.Endpoint)
	v.flag("pooled", q.Pooled)
	if q.Database == "" || q.Role == "" {
		return "", fmt.Errorf("neon: connection string of %s: database and role are required", id)
	}
	for _, part := range []string{q.Branch, q.Endpoint} {
		if part != "" && !validID(part) {
			return "", checkIDs("branch or endpoint", part)
		}
	}
	a, err := call[uriAnswer](ctx, s.c, get(routeProject+"/connection_uri", id).with(v.values))
	return a.URI, err
}

type uriAnswer struct {
	URI Secret `json:"uri"`
}

func (a *uriAnswer) complete() error { return lacks("uri", a.URI.Reveal()) }
