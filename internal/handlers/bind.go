package handlers

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// bindForm reads a form into in. Forms only: echo's own Bind takes JSON too
// and matches names without regard to case. The path's values come last, so
// that no body can move them.
func bindForm(c echo.Context, in any) error {
	r := c.Request()
	if kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); r.ContentLength != 0 && (err != nil || kind != echo.MIMEApplicationForm && kind != echo.MIMEMultipartForm) {
		return echo.ErrUnsupportedMediaType
	}
	values, err := c.FormParams()
	if errors.Is(err, echo.ErrStatusRequestEntityTooLarge) {
		return echo.ErrStatusRequestEntityTooLarge
	}
	if err != nil {
		return fleet.Because(err, fleet.Invalid, "That form could not be read. Open the page again and send it once more.")
	}
	for _, list := range values {
		for i := range list {
			list[i] = fleet.CleanText(list[i])
		}
	}
	b := &echo.DefaultBinder{}
	if err := b.BindBody(c, in); err != nil {
		return fleet.Because(err, fleet.Invalid, "That form could not be read. Open the page again and send it once more.")
	}
	if err := b.BindPathParams(c, in); err != nil {
		return fleet.Because(err, fleet.Invalid, "That address could not be read.")
	}
	return nil
}

// tenantOf is the tenant's id of the address.
func tenantOf(c echo.Context) fleet.TenantID { return fleet.TenantID(fleet.CleanText(c.Param("id"))) }

// redirect leads on after a POST.
func redirect(c echo.Context, to string) error {
	if isHTMX(c) {
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// localPath is where a form may send the browser next: an address of our own,
// or def.
func localPath(s, def string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.Contains(s, "\\") {
		return def
	}
	return s
}
