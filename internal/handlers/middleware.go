package handlers

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/static"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// policy lets a page use our own files and nothing else: no inline script or
// style, no frame, no foreign form.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxBody bounds what a form may send.
const maxBody = "1M"

// identify gives the request an id of our own; a client's is not believed.
func (s *site) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()[:13]
		c.Request().Header.Del(echo.HeaderXRequestID)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		c.Set(keyRequestID, id)
		return next(c)
	}
}

// logLine writes one line a request, at the level its status deserves.
func (s *site) logLine(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		defer func() {
			if cause := recover(); cause != nil { // a broken download: net/http ends the connection
				s.Log.WarnContext(c.Request().Context(), "answer broken off", "path", c.Request().URL.Path, "took", time.Since(began), "request", requestID(c))
				panic(cause)
			}
		}()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		r, w := c.Request(), c.Response()
		attrs := []any{"method", r.Method, "path", r.URL.Path, "status", w.Status, "bytes", w.Size,
			"took", time.Since(began).Round(10 * time.Microsecond), "ip", c.RealIP(), "request", requestID(c)}
		if who, ok := staffOf(c); ok {
			attrs = append(attrs, "staff", who.Email)
		}
		switch {
		case w.Status >= 500:
			s.Log.ErrorContext(r.Context(), "request", append(attrs, "err", err)...)
		case strings.HasPrefix(r.URL.Path, static.Prefix) || r.URL.Path == "/healthz":
			s.Log.DebugContext(r.Context(), "request", attrs...)
		default:
			s.Log.InfoContext(r.Context(), "request", attrs...)
		}
		return nil
	}
}

// recover turns a panic into an error page. http.ErrAbortHandler goes on: it is
// how a download that failed midway breaks instead of ending short.
func (s *site) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // a panic value, by identity as net/http does
				panic(cause)
			}
			s.Log.ErrorContext(c.Request().Context(), "panic", "cause", cause, "request", requestID(c), "stack", string(debug.Stack()))
			s.fail(fmt.Errorf("panic: %v", cause), c)
		}()
		return next(c)
	}
}

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
		if s.BaseURL.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(c.Request().URL.Path, static.Prefix) {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

// compress packs pages at the lowest level: higher ones double the time for an
// eighth of the size. Static files are packed already.
func (s *site) compress(next echo.HandlerFunc) echo.HandlerFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Level: 1, MinLength: 1024, Skipper: func(c echo.Context) bool {
		return strings.HasPrefix(c.Request().URL.Path, static.Prefix)
	}})(next)
}

func (s *site) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return middleware.BodyLimit(maxBody)(next)
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

// trustProxies believes X-Forwarded-For and -Proto from the networks named,
// and from nobody else.
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

// suffixed is the folder of the routes that answer as a file. No address of a
// browser begins with it.
const suffixed = "/-csv"

// takeSuffix sends /tenants.csv to the route /-csv/tenants: echo knows no
// suffix after a parameter.
func takeSuffix(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if strings.HasPrefix(u.Path, suffixed) {
			return echo.ErrNotFound
		}
		if path, ok := strings.CutSuffix(u.Path, ".csv"); ok && !strings.HasPrefix(path, static.Prefix) {
			v := *u
			v.Path, v.RawPath = suffixed+path, ""
			c.Request().URL = &v
		}
		return next(c)
	}
}
