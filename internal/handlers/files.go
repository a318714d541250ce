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

// headOnly says that only the headers were asked for: a file need not be
// written for that, and nobody took it along.
func headOnly(c echo.Context) bool { return c.Request().Method == http.MethodHead }
