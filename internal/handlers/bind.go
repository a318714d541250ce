package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// bindForm reads a form into in. Forms only: echo's own Bind takes JSON too
// and matches names without regard to case. The path's values come last, so
// that no body can move them.
func bindForm(c echo.Context, in any) error {
	b := &echo.DefaultBinder{}
	if err := b.BindBody(c, in); err != nil {
		return fleet.Because(err, fleet.Invalid, "That form could not be read. Open the page again and send it once more.")
	}
	if err := b.BindPathParams(c, in); err != nil {
		return fleet.Because(err, fleet.Invalid, "That address could not be read.")
	}
	return nil
}

// params are the parameters of an address. A name that the page does not know
// is an error that names it, and never silently ignored.
type params struct{ url.Values }

func queryOf(c echo.Context, known ...string) (params, error) {
	values, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return params{}, fleet.Because(err, fleet.Invalid, "The part of the address after ? cannot be read.")
	}
	for name := range values {
		if !slices.Contains(known, name) {
			return params{}, fleet.Errorf(fleet.Invalid, "%s: this page has no such parameter. It knows %s.", name, strings.Join(known, ", "))
		}
	}
	return params{values}, nil
}

// one is a parameter that may come once.
func (p params) one(name string) (string, error) {
	if len(p.Values[name]) > 1 {
		return "", fleet.Errorf(fleet.Invalid, "%s: give it once.", name)
	}
	return fleet.CleanText(p.Get(name)), nil
}

// choice is a parameter that is one of a few words; the first is the default.
func (p params) choice(name string, words ...string) (string, error) {
	v, err := p.one(name)
	switch {
	case err != nil:
		return "", err
	case v == "":
		return words[0], nil
	case !slices.Contains(words, v):
		return "", fleet.Errorf(fleet.Invalid, "%s=%s: use one of %s.", name, v, strings.Join(words, ", "))
	}
	return v, nil
}

// isHTMX says that the page wants a part of itself, not a whole page. A
// restored history entry always wants the whole.
func isHTMX(c echo.Context) bool {
	h := c.Request().Header
	return h.Get("HX-Request") == "true" && h.Get("HX-History-Restore-Request") != "true"
}

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
