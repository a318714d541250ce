package handlers

import (
	"net/http"
	"strings"

	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

type looksInput struct {
	Theme string `form:"theme"`
	Zone  string `form:"zone"`
	Back  string `form:"back"`
}

// theme is the button at the foot of every page.
func (p accountPages) theme(c echo.Context) error {
	var in looksInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	if err := p.keepTheme(c, layout.ParseTheme(in.Theme)); err != nil {
		return err
	}
	return redirect(c, localPath(in.Back, pages.AccountURL))
}

// preferences is the form on the account's page.
func (p accountPages) preferences(c echo.Context) error {
	var in looksInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	in.Zone = strings.TrimSpace(in.Zone)
	if problem := zoneProblem(in.Zone); problem != "" {
		return p.page(c, http.StatusUnprocessableEntity, pages.AccountInput{Zone: in.Zone, ZoneProblem: problem})
	}
	if err := p.keep(c, prefZone, in.Zone); err != nil {
		return err
	}
	if err := p.keepTheme(c, layout.ParseTheme(in.Theme)); err != nil {
		return err
	}
	return p.done(c, "Saved.")
}

// keepTheme stores the theme, and in a cookie for the page to sign in.
func (p accountPages) keepTheme(c echo.Context, theme layout.Theme) error {
	if err := p.keep(c, prefTheme, string(theme)); err != nil {
		return err
	}
	c.SetCookie(&http.Cookie{Name: themeCookie, Value: string(theme), Path: "/", MaxAge: 365 * 24 * 3600, //nolint:gosec // Secure follows BASE_URL, as the session's does
		Secure: p.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return nil
}

type columnsInput struct {
	Column []string `form:"column"`
	Reset  string   `form:"reset"`
	Back   string   `form:"back"`
}

// columns of the list of tenants. None at all are the usual ones.
func (p accountPages) columns(c echo.Context) error {
	var in columnsInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	var keys []string
	if in.Reset == "" {
		for _, column := range pages.ParseColumns(in.Column) {
			keys = append(keys, string(column))
		}
	}
	if err := p.keep(c, prefColumns, strings.Join(keys, ",")); err != nil {
		return err
	}
	return redirect(c, localPath(in.Back, pages.TenantListURL))
}
