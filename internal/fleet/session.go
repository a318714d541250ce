package fleet

import "time"

// How long a session lasts: idle, and at most (interface.md, SESSION_KEY).
const (
	SessionIdle = 12 * time.Hour
	SessionLife = 7 * 24 * time.Hour
)

// A Session is one browser in which somebody is signed in.
type Session struct {
	Key       string // SHA-256 of the cookie's id in hex: names the session without being it
	Staff     StaffID
	Epoch     int64 // of the account when the session began
	Data      []byte
	CreatedAt time.Time
	SeenAt    time.Time // to a few minutes
	ExpiresAt time.Time
	Address   string
	Agent     string // what the browser calls itself
}

// Seen is the session used at now: good for another while, but never beyond
// its life.
func (s Session) Seen(now time.Time) Session {
	s.SeenAt, s.ExpiresAt = now, now.Add(SessionIdle)
	if end := s.CreatedAt.Add(SessionLife); s.ExpiresAt.After(end) {
		s.ExpiresAt = end
	}
	return s
}
