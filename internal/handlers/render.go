package handlers

import (
	"bytes"

	"neonfleet/web/templates/pages"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// readerOf says who looks at a page, and how; see (*site).reader.
type readerOf func(c echo.Context) (pages.Reader, error)

// render writes a page, into memory first: one that fails is an error page, not
// half a page.
func render(c echo.Context, status int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(c.Request().Context(), &b); err != nil {
		return err
	}
	return c.HTMLBlob(status, b.Bytes())
}

// renderPart sends htmx the part it swaps, and everybody else the page.
func renderPart(c echo.Context, status int, page, part templ.Component) error {
	c.Response().Header().Add(echo.HeaderVary, "HX-Request")
	if isHTMX(c) {
		return render(c, status, part)
	}
	return render(c, status, page)
}
