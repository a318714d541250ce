package handlers

import (
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// defaultDays is how many days a usage file has if nobody says.
const defaultDays = 30

// file is every tenant that matches, on all pages of the list.
func (p tenantListPages) file(c echo.Context) error {
	choice, err := chosen(c, "bom")
	if err != nil {
		return err
	}
	bom, err := wantsBOM(c)
	if err != nil {
		return err
	}
	if err := p.export(c); err != nil {
		return err
	}
	attach(c, "tenants-"+fleet.DayOf(p.now()).String()+".csv")
	return p.broken(c, p.db.TenantCSV(c.Request().Context(), c.Response(), db.CSVQuery{Filter: choice.filter, Sort: choice.query.Sort, BOM: bom, Now: p.now()}))
}

// export writes into the audit log that somebody took the list along.
func (p tenantListPages) export(c echo.Context) error {
	_, err := p.db.AppendAudit(c.Request().Context(), fleet.AuditEntry{At: p.system(), By: actor(c), Action: "export tenants",
		Detail: c.Request().URL.RawQuery, Outcome: fleet.Done})
	return err
}

// wantsBOM reads ?bom=1, for spreadsheets that need to be told of UTF-8.
func wantsBOM(c echo.Context) (bool, error) {
	v, err := params{c.QueryParams()}.choice("bom", "0", "1")
	return v == "1", err
}

// usageFile are a tenant's days as a file.
func (p tenantPages) usageFile(c echo.Context) error {
	q, err := queryOf(c, "from", "to", "bom")
	if err != nil {
		return err
	}
	bom, err := wantsBOM(c)
	if err != nil {
		return err
	}
	now := p.now()
	detail, err := p.db.Detail(c.Request().Context(), fleet.TenantID(c.Param("id")), now)
	if err != nil {
		return err
	}
	from, to, err := span(q, fleet.DayOf(now))
	if err != nil {
		return err
	}
	if _, err := p.db.AppendAudit(c.Request().Context(), fleet.AuditEntry{At: p.system(), By: actor(c), Action: "export usage",
		Target: string(detail.Tenant.ID), Detail: from.String() + " to " + to.String(), Outcome: fleet.Done}); err != nil {
		return err
	}
	attach(c, "usage-"+string(detail.Tenant.ID)+"-"+from.String()+"-"+to.String()+".csv")
	return p.broken(c, p.db.UsageCSV(c.Request().Context(), c.Response(), db.UsageQuery{Tenant: detail.Tenant.ID, From: from, To: to, BOM: bom}))
}

// span are the days of from and to, both included: the last 30 to today if
// nobody says; a later to means today.
func span(q params, today fleet.Day) (from, to fleet.Day, err error) {
	if to, err = dayOr(q, "to", today); err != nil {
		return 0, 0, err
	}
	to = min(to, today)
	if from, err = dayOr(q, "from", to.Add(1-defaultDays)); err != nil {
		return 0, 0, err
	}
	if from > to {
		return 0, 0, fleet.Errorf(fleet.Invalid, "from=%s lies after to=%s.", from, to)
	}
	return from, to, nil
}

func dayOr(q params, name string, def fleet.Day) (fleet.Day, error) {
	text, err := q.one(name)
	if err != nil || text == "" {
		return def, err
	}
	day, err := fleet.ParseDay(text)
	if err != nil {
		return 0, fleet.Errorf(fleet.Invalid, "%s=%s is no day; write it like 2026-11-03.", name, text)
	}
	return day, nil
}

// breaker ends a download that failed midway; see (*site).broken.
type breaker func(c echo.Context, err error) error
