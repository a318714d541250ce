package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// A visit is one thing somebody looks at: what it asks the store, which page
// it is, and, where there is such a thing, the engine's own statements for it.
type visit struct {
	name  string
	store func(ctx context.Context) error
	path  string // over HTTP; "" where it is part of other pages
	raw   []string
}

// A group is visits that one goal is for.
type group struct {
	name   string
	goal   goal // milliseconds
	visits []visit
}

var (
	listGoal     = goal{must: 50, aim: 5, unit: "ms"}
	tenantGoal   = goal{must: 50, aim: 10, unit: "ms"}
	overviewGoal = goal{must: 100, aim: 10, unit: "ms"}
)

// filters are narrow and wide ones, of each kind, and several at once.
var filters = []string{"plan:pro region:eu used:>80", "plan:pro", "region:eu", "state:idle", "state:suspended", "is:drift", "tag:vip", "tag:beta",
	"used:>73", "compute:>50 idle:>30d", "idle:>30d"}

// searches are by part of a name: common, rare, short, two at once, with a
// filter, and one that nobody has.
var searches = map[string][]string{
	"search, common word":      {"acme", "shop", "tenant", "prod"},
	"search, rare word":        {"", "cust_01234", "zzqx", "nosuchname"}, // the first is a name of the fleet
	"search, one letter":       {"a", "q", "7"},
	"search, several, filters": {"acme shop", "prod plan:pro", "acme region:eu used:>50", "tenant state:idle"},
}

func searchNames() []string {
	return []string{"search, common word", "search, rare word", "search, one letter", "search, several, filters"}
}

// sorts are all orders in both directions, or every so many-th of them.
func (s scale) sorts() (list []fleet.Sort) {
	for i, by := range sorts() {
		if i%s.every == 0 {
			list = append(list, by)
		}
	}
	return list
}

func sorts() (list []fleet.Sort) {
	for _, by := range fleet.SortKeys() {
		list = append(list, fleet.Sort{By: by, Descending: true}, fleet.Sort{By: by})
	}
	return list
}

// someSorts are a meter, a text and a time; in a small run only the first.
func (s scale) someSorts() []fleet.Sort {
	list := []fleet.Sort{{By: fleet.ByWorst, Descending: true}, {By: fleet.ByName}, {By: fleet.BySeen, Descending: true}}
	if s.every > 1 {
		return list[:1]
	}
	return list
}

// groups are everything that is read, made for a store that is filled.
func (s *subject) groups(ctx context.Context, size scale) (list []group, err error) {
	for _, of := range []func(context.Context, scale) ([]group, error){s.plainLists, s.filteredLists, s.searchLists, s.otherPages} {
		part, err := of(ctx, size)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	return list, nil
}

// list is a page of the list as the page asks for it: rows, number and facets.
func (s *subject) list(q string, by fleet.Sort, after string) (visit, error) {
	f, err := fleet.ParseQuery(q)
	if err != nil {
		return visit{}, err
	}
	v := visit{name: by.String(), path: "/tenants?" + url.Values{"q": {q}, "sort": {by.String()}, "after": {after}}.Encode()}
	if q != "" {
		v.name = q + " by " + v.name
	}
	query := db.ListQuery{Filter: f, Sort: by, Per: perPage, After: after, Now: dbtest.Now()}
	v.store = func(ctx context.Context) error {
		if _, err := s.Tenants(ctx, query); err != nil {
			return err
		}
		_, err := s.Facets(ctx, f, dbtest.Now())
		return err
	}
	return v, nil
}

// plainLists are the whole fleet in every order, near and far.
func (s *subject) plainLists(ctx context.Context, size scale) ([]group, error) {
	near := group{name: "list, first page, any sort", goal: listGoal}
	away := group{name: fmt.Sprintf("list, page %s, any sort", thousands(int64(size.far))), goal: listGoal}
	for _, by := range size.sorts() {
		v, err := s.list("", by, "")
		if err != nil {
			return nil, err
		}
		v.raw = s.pageSQL(by, nil)
		near.visits = append(near.visits, v)
		after, last, err := s.cursor(ctx, "", by, size.far-1)
		if err != nil {
			return nil, err
		}
		if v, err = s.list("", by, after); err != nil {
			return nil, err
		}
		if key := keySQL(by.By, last); key[0] != '-' { // behind the numbers come unlimited and unknown, a walk of their own
			v.raw = s.pageSQL(by, &last)
		}
		away.visits = append(away.visits, v)
	}
	return []group{near, away}, nil
}

// cursor is where a page ends: the address of the next one, and its last row.
func (s *subject) cursor(ctx context.Context, q string, by fleet.Sort, pages int) (after string, last fleet.Tenant, err error) {
	f, err := fleet.ParseQuery(q)
	if err != nil {
		return "", last, err
	}
	const stride = 100 // pages in one query
	for pages > 0 {
		n := min(pages, stride)
		p, err := s.Tenants(ctx, db.ListQuery{Filter: f, Sort: by, Per: n * perPage, After: after, Now: dbtest.Now()})
		if err != nil {
			return "", last, err
		}
		if p.Next == "" {
			return after, last, nil // the last page there is
		}
		after, last = p.Next, p.Rows[len(p.Rows)-1]
		pages -= n
	}
	return after, last, nil
}

func (s *subject) filteredLists(ctx context.Context, size scale) ([]group, error) {
	near, away := group{name: "list, filtered, first page, any sort", goal: listGoal}, group{name: "list, filtered, far page", goal: listGoal}
	for _, q := range filters {
		for _, by := range size.sorts() {
			v, err := s.list(q, by, "")
			if err != nil {
				return nil, err
			}
			near.visits = append(near.visits, v)
		}
		for _, by := range size.someSorts() {
			after, _, err := s.cursor(ctx, q, by, size.far-1)
			if err != nil {
				return nil, err
			}
			v, err := s.list(q, by, after)
			if err != nil {
				return nil, err
			}
			away.visits = append(away.visits, v)
		}
	}
	return []group{near, away}, nil
}

func (s *subject) searchLists(ctx context.Context, size scale) (list []group, err error) {
	var rare string
	if err := s.Raw().QueryRowContext(ctx, `SELECT substr(project_id, length(project_id) - 5) FROM tenant WHERE id = 1234`).Scan(&rare); err != nil {
		return nil, err
	}
	for _, name := range searchNames() {
		g := group{name: name, goal: listGoal}
		for _, q := range searches[name] {
			if q == "" {
				q = rare
			}
			for _, by := range size.someSorts() {
				v, err := s.list(q, by, "")
				if err != nil {
					return nil, err
				}
				if q == rare && by.By == fleet.ByWorst {
					v.raw = s.searchSQL(rare)
				}
				g.visits = append(g.visits, v)
			}
		}
		list = append(list, g)
	}
	return list, nil
}

// otherPages are chips, tenants' own pages and the overview.
func (s *subject) otherPages(ctx context.Context, _ scale) ([]group, error) {
	facets := func(ctx context.Context) error { _, err := s.Facets(ctx, fleet.Filter{}, dbtest.Now()); return err }
	chips := group{name: "counts and chips", goal: listGoal, visits: []visit{{name: "chips", store: facets, raw: chipsSQL()}}}
	one, err := s.tenantVisits(ctx)
	if err != nil {
		return nil, err
	}
	home := group{name: "overview", goal: overviewGoal, visits: []visit{{name: "overview", store: s.overview, path: "/", raw: overviewSQL()}}}
	return []group{chips, one, home}, nil
}

func (s *subject) overview(ctx context.Context) error {
	now := dbtest.Now()
	if _, err := s.Overview(ctx, now); err != nil {
		return err
	}
	first, last := fleet.MonthPeriod(now).Days()
	if _, err := s.FleetDays(ctx, first, last); err != nil {
		return err
	}
	_, err := s.Attention(ctx, 8, now)
	return err
}

// tenantVisits are the pages of a few tenants from all over the fleet, with
// the charts of 30 days.
func (s *subject) tenantVisits(ctx context.Context) (group, error) {
	g := group{name: "tenant page without Neon, 30 days", goal: tenantGoal}
	p, err := s.Tenants(ctx, db.ListQuery{Sort: fleet.Sort{By: fleet.ByActive, Descending: true}, Per: 2000, Now: dbtest.Now()})
	if err != nil {
		return g, err
	}
	today := fleet.DayOf(dbtest.Now())
	for t := range slices.Chunk(p.Rows, max(1, len(p.Rows)/20)) {
		t := t[0]
		g.visits = append(g.visits, visit{name: string(t.ID), path: "/tenants/" + url.PathEscape(string(t.ID)) + "/usage?range=30d", raw: s.tenantSQL(t),
			store: func(ctx context.Context) error {
				if _, err := s.Detail(ctx, t.ID, dbtest.Now()); err != nil {
					return err
				}
				_, err := s.UsageDays(ctx, t.Local, today.Add(-29), today)
				return err
			}})
	}
	return g, nil
}
