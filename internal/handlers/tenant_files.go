package handlers

import (
	"net/http"
	"strings"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// defaultDays is how many days a usage file has if nobody says.
const defaultDays = 30

// file is every tenant that matches, on all pages of the list.
func (p tenantListPages) file(c echo.Context) error {
	choice, q, err := chosen(c, "bom")
	if err != nil {
		return err
	}
	bom, err := q.bom()
	if err != nil {
		return err
	}
	now := p.now()
	attach(c, "tenants-"+fleet.DayOf(now).String()+".csv")
	if headOnly(c) {
		return c.NoContent(http.StatusOK)
	}
	_, query, _ := strings.Cut(pages.TenantsCSVURL(choice.query), "?")
	if _, err := p.db.AppendAudit(c.Request().Context(), fleet.AuditEntry{At: p.system(), By: actor(c), Action: "export tenants",
		Detail: query, Outcome: fleet.Done}); err != nil {
		return err
	}
	return p.db.TenantCSV(c.Request().Context(), c.Response(), db.CSVQuery{Filter: choice.filter, Sort: choice.query.Sort, BOM: bom, Now: now})
}

// usageFile are a tenant's days as a file.
func (p tenantPages) usageFile(c echo.Context) error {
	q, err := queryOf(c, "from", "to", "bom")
	if err != nil {
		return err
	}
	bom, err := q.bom()
	if err != nil {
		return err
	}
	now, ctx := p.now(), c.Request().Context()
	from, to, err := span(q, fleet.DayOf(now))
	if err != nil {
		return err
	}
	detail, err := p.db.Detail(ctx, tenantOf(c), now)
	if err != nil {
		return err
	}
	id := detail.Tenant.ID
	attach(c, "usage-"+string(id)+"-"+from.String()+"-"+to.String()+".csv")
	if headOnly(c) {
		return c.NoContent(http.StatusOK)
	}
	if _, err := p.db.AppendAudit(ctx, fleet.AuditEntry{At: p.system(), By: actor(c), Action: "export usage",
		Target: string(id), Detail: from.String() + " to " + to.String(), Outcome: fleet.Done}); err != nil {
		return err
	}
	return p.db.UsageCSV(ctx, c.Response(), db.UsageQuery{Tenant: id, From: from, To: to, BOM: bom})
}

// span are the days of from and to, both included: the last 30 to today if
// nobody says; a later to means today.
func span(q params, today fleet.Day) (from, to fleet.Day, err error) {
	if to, err = q.day("to", today); err != nil {
		return 0, 0, err
	}
	to = min(to, today)
	if from, err = q.day("from", to.Add(1-defaultDays)); err != nil {
		return 0, 0, err
	}
	if from > to {
		return 0, 0, fleet.Errorf(fleet.Invalid, "from=%s lies after to=%s.", from, to)
	}
	return from, to, nil
}
