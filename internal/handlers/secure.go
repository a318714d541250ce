package handlers

import (
	"net"
	"strings"

	"neonfleet/internal/fleet"
	"neonfleet/web/static"

	"github.com/labstack/echo/v4"
)

// policy lets a page use our own files and nothing else: no inline script or
// style, no frame, no foreign form, and no markup from scripts but through the
// one policy of app.js.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
	"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"

// secure sets the headers of every answer.
func (s *site) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if s.secureOnly() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(c.Request().URL.Path, static.Prefix) {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

// sameOrigin refuses changes that another site's page sends (CSRF).
func (s *site) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.cross.Check(c.Request()); err != nil {
			return fleet.Because(err, fleet.Forbidden, "This form was sent from another site, so nothing was done. Open the page here and send it again.")
		}
		return next(c)
	}
}

// trustProxies believes X-Forwarded-For from the networks named, and from
// nobody else. X-Forwarded-Proto is never asked: the public address says it.
func (s *site) trustProxies(e *echo.Echo) {
	e.IPExtractor = echo.ExtractIPDirect()
	if len(s.TrustedProxies) == 0 {
		return
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range s.TrustedProxies {
		ip := p.Addr().AsSlice()
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: ip, Mask: net.CIDRMask(p.Bits(), len(ip)*8)}))
	}
	e.IPExtractor = echo.ExtractIPFromXFFHeader(options...)
}
