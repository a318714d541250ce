package handlers

import (
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// What people choose for themselves, and the keys it is kept under.
const (
	prefTheme   = "theme"
	prefZone    = "zone"
	prefColumns = "columns"
)

// themeCookie tells the theme before somebody has signed in.
const themeCookie = "theme"

// reader is who looks at a page, with what they chose, and how fresh the store is.
func (s *site) reader(c echo.Context) (pages.Reader, error) {
	r := pages.Reader{Now: s.Now(), Path: c.Request().URL.RequestURI()}
	if cookie, err := c.Cookie(themeCookie); err == nil {
		r.Theme = layout.ParseTheme(cookie.Value)
	}
	who, ok := staffOf(c)
	if !ok {
		return r, nil
	}
	r.Email, r.Role = who.Email, who.Role
	ctx := c.Request().Context()
	prefs, err := s.DB.Preferences(ctx, who.ID)
	if err != nil {
		return r, err
	}
	prefer(&r, prefs)
	counts, err := s.DB.PlanCounts(ctx)
	if err != nil {
		return r, err
	}
	plans, err := s.DB.Plans(ctx)
	if err != nil {
		return r, err
	}
	r.Tenants, r.Plans = fleet.Of(tenantsIn(counts)), fleet.Of(int64(len(plans)))
	if r.Sync, err = s.syncHealth(c); err != nil {
		return r, err
	}
	r.Flash, err = takeFlash(c, s.Desk.Sessions)
	return r, err
}

// prefer takes over what somebody chose; what no longer means anything is left.
func prefer(r *pages.Reader, prefs map[string]string) {
	if t, ok := prefs[prefTheme]; ok {
		r.Theme = layout.ParseTheme(t)
	}
	if zone, err := time.LoadLocation(prefs[prefZone]); err == nil {
		r.Zone = zone
	}
	if keys := prefs[prefColumns]; keys != "" {
		r.Columns = pages.ParseColumns(strings.Split(keys, ","))
	}
}

func tenantsIn(counts map[fleet.PlanID]db.PlanCount) (n int64) {
	for _, c := range counts {
		n += int64(c.Tenants)
	}
	return n
}

func (s *site) syncHealth(c echo.Context) (pages.SyncHealth, error) {
	fresh, err := s.DB.Freshness(c.Request().Context())
	if err != nil {
		return pages.SyncHealth{}, err
	}
	h := pages.SyncHealth{Every: s.Sync.Every}
	if sweep, ok := fresh.Complete[fleet.Sweep]; ok {
		h.At = sweep.Started
	}
	if fresh.Failed != nil {
		h.Problem = fresh.Failed.Problem
	}
	return h, nil
}

// setThemeCookie remembers the theme for the page to sign in.
func setThemeCookie(c echo.Context, theme layout.Theme, secure bool) {
	c.SetCookie(&http.Cookie{Name: themeCookie, Value: string(theme), Path: "/", MaxAge: 365 * 24 * 3600,
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
