package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// attach says that what follows is a CSV file of this name.
func attach(c echo.Context, name string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8; header=present")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
}

// broken ends a download that failed midway: the transfer breaks, so that
// nobody takes a short file for the whole. Before the first byte it is an
// error like any other.
func (s *site) broken(c echo.Context, err error) error {
	if err == nil || !c.Response().Committed {
		return err
	}
	s.Log.ErrorContext(c.Request().Context(), "download failed midway", "err", err, "path", c.Request().URL.Path, "request", requestID(c))
	panic(http.ErrAbortHandler)
}
