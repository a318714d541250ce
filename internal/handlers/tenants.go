package handlers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// tenantListPages show who there is.
type tenantListPages struct {
	db     *db.DB
	reader readerOf
	now    func() time.Time
	system func() time.Time // of the audit log
	broken breaker
}

// A listChoice is what the address of the list says, in the page's words and
// as the filter it means.
type listChoice struct {
	query  pages.TenantQuery
	filter fleet.Filter
}

var listParams = []string{"q", "plan", "region", "state", "sort", "per", "after", "before"}

// chosen reads the address. Plans and regions that come more than once become
// qualifiers of the search, where they mean the same.
func chosen(c echo.Context, more ...string) (listChoice, error) {
	p, err := queryOf(c, append(more, listParams...)...)
	if err != nil {
		return listChoice{}, err
	}
	var q pages.TenantQuery
	for name, field := range map[string]*string{"q": &q.Q, "after": &q.After, "before": &q.Before} {
		if *field, err = p.one(name); err != nil {
			return listChoice{}, err
		}
	}
	q.Q = strings.TrimSpace(q.Q)
	q.Plan = p.several("plan", &q.Q)
	q.Region = p.several("region", &q.Q)
	if err := chosenRest(p, &q); err != nil {
		return listChoice{}, err
	}
	f, err := filterOf(q)
	return listChoice{q, f}, err
}

// several is a parameter's one value; more than one go into the search.
func (p params) several(name string, q *string) string {
	values := slices.DeleteFunc(slices.Clone(p.Values[name]), func(v string) bool { return v == "" })
	if len(values) <= 1 {
		return fleet.CleanText(strings.Join(values, ""))
	}
	for _, v := range values {
		*q = strings.TrimSpace(*q + " " + name + `:"` + fleet.CleanText(strings.ReplaceAll(v, `"`, "")) + `"`)
	}
	return ""
}

func chosenRest(p params, q *pages.TenantQuery) error {
	for _, word := range p.Values["state"] {
		if word == "" {
			continue
		}
		s, ok := fleet.ParseState(word)
		if !ok {
			return fleet.Errorf(fleet.Invalid, "state=%s is no state. Use %v.", word, fleet.States())
		}
		if !slices.Contains(q.States, s) {
			q.States = append(q.States, s)
		}
	}
	sort, err := p.one("sort")
	if err != nil {
		return err
	}
	if q.Sort, err = fleet.ParseSort(sort); err != nil {
		return err
	}
	var sizes []string
	for _, n := range pages.PerChoices() {
		sizes = append(sizes, strconv.Itoa(n))
	}
	i := slices.Index(sizes, strconv.Itoa(pages.DefaultPer))
	per, err := p.choice("per", append([]string{sizes[i]}, slices.Delete(sizes, i, i+1)...)...)
	if err != nil {
		return err
	}
	q.Per, err = strconv.Atoi(per)
	return err
}

// filterOf is the filter that a query of the list means.
func filterOf(q pages.TenantQuery) (fleet.Filter, error) {
	f, err := fleet.ParseQuery(q.Q)
	if err != nil {
		return f, err
	}
	g := fleet.Filter{States: q.States}
	if q.Plan != "" {
		g.Plans = []fleet.PlanID{fleet.ParsePlanID(q.Plan)}
	}
	if q.Region != "" {
		g.Regions = []string{strings.ToLower(q.Region)}
	}
	return f.And(g), nil
}

func (p tenantListPages) show(c echo.Context) error {
	choice, err := chosen(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page, err := p.db.Tenants(ctx, db.ListQuery{Filter: choice.filter, Sort: choice.query.Sort, Per: choice.query.Per,
		After: choice.query.After, Before: choice.query.Before, Now: p.now()})
	if err != nil {
		return err
	}
	if page.Total == 1 && len(page.Rows) == 1 && c.QueryParam("q") != "" && c.Request().Header.Get("X-Open-Match") != "" {
		return redirect(c, pages.TenantURL(page.Rows[0].ID))
	}
	in := pages.TenantListInput{Query: choice.query, Tenants: page.Rows, Total: int64(page.Total), AtLeast: page.More, Prev: page.Prev, Next: page.Next}
	if err := p.surround(ctx, choice, &in); err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	m := pages.NewTenantList(reader, in)
	return renderPart(c, http.StatusOK, pages.TenantListPage(m), pages.TenantPanel(m))
}

// surround adds what stands around the rows: counts, choices, and what to say
// where there are none.
func (p tenantListPages) surround(ctx context.Context, choice listChoice, in *pages.TenantListInput) (err error) {
	if in.Plans, err = p.db.Plans(ctx); err != nil {
		return err
	}
	if in.Regions, err = p.db.Regions(ctx); err != nil {
		return err
	}
	if in.Counts, err = p.counts(ctx, choice.query.WithoutChips()); err != nil {
		return err
	}
	if len(in.Tenants) > 0 {
		return nil
	}
	in.Hints = hints(choice.filter, in.Plans, in.Regions)
	in.First, err = firstSweep(ctx, p.db, p.now())
	return err
}

func (p tenantListPages) counts(ctx context.Context, q pages.TenantQuery) (n pages.TenantCounts, err error) {
	f, err := filterOf(q)
	if err != nil {
		return n, err
	}
	x, err := p.db.Facets(ctx, f, p.now())
	if err != nil || x.Loose {
		return n, err
	}
	of := func(n int) fleet.Amount { return fleet.Of(int64(n)) }
	bands := x.Bands[fleet.Calm] + x.Bands[fleet.Half] + x.Bands[fleet.Near] + x.Bands[fleet.Over]
	n = pages.TenantCounts{All: of(bands), Over: of(x.Bands[fleet.Over]), Above80: of(x.Bands[fleet.Near] + x.Bands[fleet.Over]),
		QuotaReached: of(x.States[fleet.StateQuotaReached]), Suspended: of(x.States[fleet.StateSuspended]), Drifted: of(x.Flags[fleet.Drifted])}
	if !x.IdleMore {
		n.Idle30 = of(x.Idle)
	}
	return n, nil
}

// hints are sentences on a search that finds nothing.
func hints(f fleet.Filter, plans []fleet.Plan, regions []string) (list []string) {
	for _, part := range f.Regions {
		if !slices.ContainsFunc(regions, func(id string) bool { return strings.Contains(id, part) }) && len(regions) > 0 {
			list = append(list, fmt.Sprintf("There is no region “%s”; you have %s.", part, strings.Join(regions, ", ")))
		}
	}
	for _, word := range f.Words {
		if slices.ContainsFunc(plans, func(p fleet.Plan) bool {
			return strings.EqualFold(p.Name, word) || string(p.ID) == strings.ToLower(word)
		}) {
			list = append(list, fmt.Sprintf("To find tenants by plan, write plan:%s.", strings.ToLower(word)))
		}
	}
	return list
}

// firstSweep is how far the very first reading of the organization is; nil once
// one was complete.
func firstSweep(ctx context.Context, store *db.DB, now time.Time) (*pages.FirstSweep, error) {
	fresh, err := store.Freshness(ctx)
	if err != nil {
		return nil, err
	}
	if _, swept := fresh.Complete[fleet.Sweep]; swept {
		return nil, nil //nolint:nilnil // nothing to say, and no error
	}
	first := &pages.FirstSweep{}
	if fresh.Failed != nil && fresh.Failed.Step == fleet.Sweep {
		first.Problem = fresh.Failed.Problem
	}
	running, err := store.CurrentSync(ctx)
	for _, r := range running {
		if r.Step == fleet.Sweep {
			first.Read, first.Total, first.Problem = r.Rows, r.Total, ""
			if took := now.Sub(r.Started); r.Total > r.Rows && r.Rows > 0 && took > 0 {
				first.Left = took * time.Duration(r.Total-r.Rows) / time.Duration(r.Rows)
			}
		}
	}
	return first, err
}
