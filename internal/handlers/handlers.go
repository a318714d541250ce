// Package handlers answers browsers: a file per page, every route on one
// screen (routes.go). A handler decodes, asks, shows.
package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/observe"

	"github.com/labstack/echo/v4"
)

// Deps are what the site is made of.
type Deps struct {
	DB   *db.DB
	Desk *auth.Desk
	Live *observe.Reader // what Neon says right now
	Sync SyncView
	Log  *slog.Logger
	Now  func() time.Time // decides days, periods and forecasts; sessions and the audit log go by the Desk's clock

	Stopping <-chan struct{} // closed when the server stops: streams end, other answers are finished; nil never

	BaseURL        *url.URL       // the public address
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Hint           string         // of the demo, on the page to sign in: which accounts there are
}

// SyncView is what pages ask of the sync and of the client it uses.
type SyncView struct {
	Every  time.Duration        // between sweeps
	Owner  string               // of the lease, as this process takes it
	Budget func() fleet.Budget  // what is spent of Neon's API, and on what
	Skew   func() time.Duration // our clock minus Neon's; 0 while not known, or where ours is Neon's
}

// site is the whole of the pages; each group is a small struct of its own.
type site struct {
	Deps
	cross *http.CrossOriginProtection
}

// New is the dashboard as an http.Handler; the error is about BaseURL.
func New(d Deps) (http.Handler, error) {
	s := &site{Deps: d, cross: http.NewCrossOriginProtection()}
	if err := s.cross.AddTrustedOrigin(d.BaseURL.Scheme + "://" + d.BaseURL.Host); err != nil {
		return nil, fmt.Errorf("trust the public address: %w", err)
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(discard{})
	e.HTTPErrorHandler = s.fail
	e.Binder = nil // pages bind by bindForm and queryOf only
	s.trustProxies(e)
	e.Pre(s.identify, s.logLine, s.recover, s.secure, takeSuffix)
	e.Use(s.compress, s.limitBody, s.sameOrigin, s.session)
	for _, r := range s.routes() {
		e.Add(r.method, r.path, s.guard(r)).Name = r.name()
		if r.method == http.MethodGet {
			e.Add(http.MethodHead, r.path, s.guard(r)).Name = "HEAD " + r.path // net/http leaves the body out
		}
	}
	return e, nil
}

// secureOnly says that browsers reach us by https: cookies are Secure then,
// whatever a proxy speaks to us.
func (s *site) secureOnly() bool { return s.BaseURL.Scheme == "https" }

// discard silences echo's own logger: every line is slog's.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
