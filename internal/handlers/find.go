package handlers

import (
	"context"
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
	words := strings.TrimSpace(q.Get("q"))
	if err := checkLength("q", words); err != nil {
		return err
	}
	tenants, more, err := p.tenants(c.Request().Context(), words)
	if err != nil {
		return err
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

// tenants with all of the words; without a word there are none to choose from.
func (p findPages) tenants(ctx context.Context, words string) ([]fleet.Tenant, bool, error) {
	if words == "" {
		return nil, false, nil
	}
	f := fleet.Filter{Words: strings.Fields(words)}
	if err := checkConditions(f); err != nil {
		return nil, false, err
	}
	return p.db.FindTenants(ctx, f.Words, foundTenants, p.now())
}
