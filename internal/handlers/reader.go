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

// reader is who looks at a page, with what they chose, and how fresh the store
// is. A part of a page has no navigation and costs no counts.
func (s *site) reader(c echo.Context) (r pages.Reader, err error) {
	r = pages.Reader{Now: s.Now(), Path: pathOf(c)}
	if cookie, err := c.Cookie(themeCookie); err == nil {
		r.Theme = layout.ParseTheme(cookie.Value)
	}
	who, ok := staffOf(c)
	if !ok {
		return r, nil
	}
	r.Email, r.Role = who.Email, who.Role
	prefs, err := s.DB.Preferences(c.Request().Context(), who.ID)
	if err != nil {
		return r, err
	}
	prefer(&r, prefs)
	if r.Sync, err = s.syncHealth(c); err != nil {
		return r, err
	}
	if isHTMX(c) {
		return r, nil
	}
	if err := s.countParts(c, &r); err != nil {
		return r, err
	}
	r.Flash, err = takeFlash(c, s.Desk.Sessions)
	return r, err
}

// countParts are the numbers in the navigation.
func (s *site) countParts(c echo.Context, r *pages.Reader) error {
	counts, err := s.DB.PlanCounts(c.Request().Context())
	if err != nil {
		return err
	}
	plans, err := s.DB.Plans(c.Request().Context())
	if err != nil {
		return err
	}
	r.Tenants, r.Plans = fleet.Of(tenantsIn(counts)), fleet.Of(int64(len(plans)))
	return nil
}

// pathOf is the page's address, to come back to; "" where a form was sent,
// since nobody can go back to that.
func pathOf(c echo.Context) string {
	if c.Request().Method == http.MethodPost {
		return ""
	}
	return c.Request().URL.RequestURI()
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
