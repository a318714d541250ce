package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// session finds out who sends the request. Whoever they are, the route decides
// whether that is enough.
func (s *site) session(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
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

// guard lets a route answer only those who may do what it needs: deny by default.
func (s *site) guard(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r.needs == anybody {
			return r.handle(c)
		}
		who, ok := staffOf(c)
		switch {
		case !ok && (r.file() || isHTMX(c)): // a part of a page is no place for the form: our script reloads the page
			return errSignedOut
		case !ok:
			return redirect(c, loginFor(c.Request().URL))
		case !who.Role.May(r.needs):
			return &forbidden{r.needs}
		}
		return r.handle(c)
	}
}

// loginFor is the page to sign in, which leads back to where somebody wanted.
func loginFor(u *url.URL) string {
	if u.Path == pages.HomeURL && u.RawQuery == "" {
		return pages.LoginURL
	}
	return pages.LoginURL + "?next=" + url.QueryEscape(u.RequestURI())
}

// errSignedOut refuses a file to somebody without a session: a script must not
// mistake a sign-in page for its data.
var errSignedOut = errors.New("not signed in")

// forbidden refuses an action to a role.
type forbidden struct{ action fleet.Action }

func (f *forbidden) Error() string { return "the role may not " + string(f.action) }

// statusOf is the one place that knows which error is which status.
func statusOf(err error) int {
	if errors.Is(err, errSignedOut) {
		return http.StatusUnauthorized
	}
	if _, ok := errors.AsType[*forbidden](err); ok {
		return http.StatusForbidden
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok {
		return e.Code
	}
	switch fleet.KindOf(err) {
	case fleet.Invalid:
		return http.StatusBadRequest
	case fleet.NotFound:
		return http.StatusNotFound
	case fleet.Conflict:
		return http.StatusConflict
	case fleet.Forbidden:
		return http.StatusForbidden
	case fleet.Upstream:
		return http.StatusBadGateway
	case fleet.Unavailable:
		return http.StatusServiceUnavailable
	case fleet.Internal:
	}
	return http.StatusInternalServerError
}
