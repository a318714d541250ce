package handlers

import (
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// foundTenants is how many tenants the palette shows.
const foundTenants = 8

// findPages answer the palette, and do its work without scripts.
type findPages struct {
	db     *db.DB
	reader readerOf
	now    func() time.Time
}

func (p findPages) show(c echo.Context) error {
	q, err := queryOf(c, "q")
	if err != nil {
		return err
	}
	words, err := q.one("q")
	if err != nil {
		return err
	}
	words = strings.TrimSpace(words)
	var tenants []fleet.Tenant
	more := false
	if words != "" {
		tenants, more, err = p.db.FindTenants(c.Request().Context(), strings.Fields(words), foundTenants, p.now())
		if err != nil {
			return err
		}
	}
	plans, err := p.db.Plans(c.Request().Context())
	if err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	m := pages.NewFind(reader, words, tenants, plans, more)
	return renderPart(c, http.StatusOK, pages.FindPage(m), pages.FindPart(m))
}
