package handlers

import (
	"context"
	"net/http"
	"time"

	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// The addresses that a supervisor asks.
const (
	aliveURL = "/healthz"
	readyURL = "/readyz"
)

// readyWithin is how long the store may take to answer a probe.
const readyWithin = 2 * time.Second

func isProbe(path string) bool { return path == aliveURL || path == readyURL }

// alive answers while the process does.
func (s *site) alive(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready answers 200 when pages can be served: the store answers. Neon may be
// down; the pages do not need it.
func (s *site) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyWithin)
	defer cancel()
	if err := s.DB.Ping(ctx); err != nil {
		return fleet.Because(err, fleet.Unavailable, "The store does not answer.")
	}
	return c.String(http.StatusOK, "ready\n")
}
