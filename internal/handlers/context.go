package handlers

import (
	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// What the middleware leaves for handlers in echo's context.
const (
	keyRequestID = "request id"
	keyStaff     = "staff"
	keySession   = "session"
)

func requestID(c echo.Context) string {
	id, _ := c.Get(keyRequestID).(string) //nolint:revive // empty before identify ran
	return id
}

// staffOf is who is signed in.
func staffOf(c echo.Context) (fleet.Staff, bool) {
	who, ok := c.Get(keyStaff).(fleet.Staff)
	return who, ok
}

// actor is who acts, for what is changed and written down.
func actor(c echo.Context) fleet.Actor {
	who, _ := staffOf(c) //nolint:revive // nobody before sign-in: the zero actor
	return fleet.Actor{ID: who.ID, Email: who.Email, Role: who.Role, Address: c.RealIP(), RequestID: requestID(c)}
}
