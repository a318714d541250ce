package handlers

import (
	"context"
	"net/http"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// usage is the first tab: charts and table of a range, for a meter.
func (p tenantPages) usage(c echo.Context) error {
	q, err := queryOf(c, "range", "metric", "view")
	if err != nil {
		return err
	}
	choice, err := pages.ParseUsageChoice(q.Values)
	if err != nil {
		return err
	}
	v, err := p.visit(c)
	if err != nil {
		return err
	}
	in, err := p.usageInput(c.Request().Context(), v, choice)
	if err != nil {
		return err
	}
	if !choice.Table {
		if in.Charts, err = usageCharts(v, in); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, pages.TenantUsagePage(pages.NewTenantUsage(v.reader, in)))
}

// usageInput reads the range: days, from the project's first on, or twelve months.
func (p tenantPages) usageInput(ctx context.Context, v visit, choice pages.UsageChoice) (in pages.UsageInput, err error) {
	t := v.detail.Tenant
	in = pages.UsageInput{Tenant: v.input, Choice: choice}
	in.Tenant.Refresh = liveURL(t.ID)
	in.From, in.To = choice.Range.Days(t.Period, v.now)
	in.From = max(in.From, min(fleet.DayOf(t.CreatedAt), in.To))
	if choice.Range != pages.Months12 {
		in.Days, err = p.db.UsageDays(ctx, t.Local, in.From, in.To)
		return in, err
	}
	months, err := p.db.UsageMonths(ctx, t.Local, in.From.Month(), in.To.Month())
	for _, m := range months {
		in.Months = append(in.Months, pages.MonthUsage{Month: m.Month, Usage: m.Usage, DaysKnown: m.DaysKnown})
	}
	return in, err
}
