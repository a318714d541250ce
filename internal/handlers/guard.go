package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"neonfleet/web/static"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// session finds out who sends the request. Whoever they are, the route decides
// whether that is enough. Static files and probes are for anybody.
func (s *site) session(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if path := c.Request().URL.Path; strings.HasPrefix(path, static.Prefix) || isProbe(path) {
			return next(c)
		}
		visit, ok, err := s.Desk.Sessions.Visit(c.Request())
		if err != nil {
			return err
		}
		if ok {
			c.Set(keyStaff, visit.Staff)
			c.Set(keySession, visit.Session)
		}
		return next(c)
	}
}

// guard lets a route answer only those who may do what it needs: deny by
// default. A part of a page is no place for the form to sign in, and a script
// must not mistake it for data: both are refused instead, and our own script
// reloads the page.
func (s *site) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r.needs == anybody {
			return r.handle(c)
		}
		who, ok := staffOf(c)
		switch {
		case !ok && (isFile(c) || isHTMX(c) || isStream(c)):
			return errSignedOut
		case !ok:
			return redirect(c, loginFor(c.Request()))
		case !who.Role.May(r.needs):
			return &forbidden{r.needs}
		}
		return r.handle(c)
	}
}

// loginFor is the page to sign in, which leads back to where somebody wanted.
// What was sent with a form is lost; there is no way back to that.
func loginFor(r *http.Request) string {
	u := r.URL
	if r.Method == http.MethodPost || u.Path == pages.HomeURL && u.RawQuery == "" {
		return pages.LoginURL
	}
	return pages.LoginURL + "?next=" + url.QueryEscape(u.RequestURI())
}
