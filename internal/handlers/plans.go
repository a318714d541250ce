package handlers

import (
	"net/http"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// planPages show the plans.
type planPages struct {
	db     *db.DB
	reader readerOf
}

func (p planPages) list(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	plans, err := p.db.Plans(c.Request().Context())
	if err != nil {
		return err
	}
	counts, err := p.db.PlanCounts(c.Request().Context())
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, pages.PlanListPage(pages.NewPlanList(reader, withCounts(plans, counts))))
}

func (p planPages) one(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	plan, err := p.db.Plan(c.Request().Context(), fleet.PlanID(fleet.CleanText(c.Param("id"))))
	if err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	counts, err := p.db.PlanCounts(c.Request().Context())
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, pages.OnePlanPage(pages.NewOnePlan(reader, planCount(plan, counts))))
}

// withCounts are all plans with their tenants, and last those without one.
func withCounts(plans []fleet.Plan, counts map[fleet.PlanID]db.PlanCount) []pages.PlanCount {
	list := make([]pages.PlanCount, 0, len(plans)+1)
	for _, p := range plans {
		list = append(list, planCount(p, counts))
	}
	return append(list, planCount(fleet.Plan{ID: fleet.Unassigned}, counts))
}

func planCount(p fleet.Plan, counts map[fleet.PlanID]db.PlanCount) pages.PlanCount {
	n := counts[p.ID]
	return pages.PlanCount{Plan: p, Tenants: int64(n.Tenants), Above80: fleet.Of(int64(n.Near))}
}
