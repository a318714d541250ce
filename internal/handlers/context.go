package handlers

import (
	"net/http"
	"strings"

	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// What the middleware leaves for handlers in echo's context.
const (
	keyRequestID = "request id"
	keyFile      = "file" // the address ended in .csv
	keyStaff     = "staff"
	keySession   = "session"
)

func requestID(c echo.Context) string {
	id, _ := c.Get(keyRequestID).(string) // empty before identify ran
	return id
}

// isFile says that a file was asked for, which scripts fetch too.
func isFile(c echo.Context) bool {
	file, _ := c.Get(keyFile).(bool)
	return file
}

// staffOf is who is signed in.
func staffOf(c echo.Context) (fleet.Staff, bool) {
	who, ok := c.Get(keyStaff).(fleet.Staff)
	return who, ok
}

// sessionOf is the session of who is signed in, else the zero one.
func sessionOf(c echo.Context) fleet.Session {
	session, _ := c.Get(keySession).(fleet.Session)
	return session
}

// actor is who acts, for what is changed and written down: nobody before
// somebody has signed in, but from an address.
func actor(c echo.Context) fleet.Actor {
	who, _ := staffOf(c)
	return fleet.Actor{ID: who.ID, Email: who.Email, Role: who.Role, Address: c.RealIP(), RequestID: requestID(c)}
}

// isHTMX says that the page wants a part of itself, not a whole page. A
// restored history entry always wants the whole.
func isHTMX(c echo.Context) bool {
	h := c.Request().Header
	return h.Get("HX-Request") == "true" && h.Get("HX-History-Restore-Request") != "true"
}

// isStream says that the browser listens for server-sent events.
func isStream(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/event-stream")
}

// isPage says that somebody looks at a whole page, not a script at a part.
func isPage(c echo.Context) bool {
	return c.Request().Method == http.MethodGet && !isHTMX(c) && !isStream(c) && !isFile(c)
}
