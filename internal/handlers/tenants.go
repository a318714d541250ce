package handlers

import (
	"context"
	"net/http"
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
}

// show is the list, or its page of an error. While somebody types, what is not
// (yet) a right search is said in the list's place.
func (p tenantListPages) show(c echo.Context) error {
	err := p.list(c)
	if fleet.KindOf(err) == fleet.Invalid && isHTMX(c) {
		return p.refuse(c, err)
	}
	return err
}

func (p tenantListPages) list(c echo.Context) error {
	choice, _, err := chosen(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page, err := p.db.Tenants(ctx, db.ListQuery{Filter: choice.filter, Sort: choice.query.Sort, Per: choice.query.Per,
		After: choice.query.After, Before: choice.query.Before, Now: p.now()})
	if err != nil {
		return err
	}
	in := pages.TenantListInput{Query: choice.query, Tenants: page.Rows, Total: int64(page.Total), AtLeast: page.More, Prev: page.Prev, Next: page.Next}
	if err := p.surround(ctx, choice, &in); err != nil {
		return err
	}
	return p.render(c, http.StatusOK, in)
}

func (p tenantListPages) render(c echo.Context, status int, in pages.TenantListInput) error {
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	m := pages.NewTenantList(reader, in)
	return renderPart(c, status, pages.TenantListPage(m), pages.TenantPanel(m))
}

// refuse is the list without rows and with what is wrong instead.
func (p tenantListPages) refuse(c echo.Context, problem error) (err error) {
	in := pages.TenantListInput{Query: pages.TenantQuery{Q: fleet.CleanText(c.QueryParam("q"))}, Hints: []string{messageOf(problem)}}
	if in.Plans, err = p.db.Plans(c.Request().Context()); err != nil {
		return err
	}
	if in.Regions, err = p.db.Regions(c.Request().Context()); err != nil {
		return err
	}
	return p.render(c, http.StatusUnprocessableEntity, in)
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

// counts are what the chips would bring, added to a query. Where the query
// bounds the same thing itself, or the store counts only roughly, there is none.
func (p tenantListPages) counts(ctx context.Context, base pages.TenantQuery) (n pages.TenantCounts, err error) {
	f, err := filterOf(base)
	if err != nil {
		return n, err
	}
	x, err := p.db.Facets(ctx, f, p.now())
	if err != nil || x.Loose {
		return n, err
	}
	of := func(n int) fleet.Amount { return fleet.Of(int64(n)) }
	if len(f.Shares) == 0 {
		n.Over, n.Above80 = of(x.Bands[fleet.Over]), of(x.Bands[fleet.Near]+x.Bands[fleet.Over])
		n.All = of(x.Bands[fleet.Calm] + x.Bands[fleet.Half] + x.Bands[fleet.Near] + x.Bands[fleet.Over])
	}
	if len(f.States) == 0 {
		n.QuotaReached, n.Suspended = of(x.States[fleet.StateQuotaReached]), of(x.States[fleet.StateSuspended])
	}
	if f.Is == 0 {
		n.Drifted = of(x.Flags[fleet.Drifted])
	}
	if !x.IdleMore && f.IdleMin == 0 && f.IdleMax == 0 {
		n.Idle30 = of(x.Idle)
	}
	return n, nil
}
