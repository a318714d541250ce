package usagesync

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// problem is why a step failed, in words for people: cause, then remedy.
func problem(err error) string {
	e, fromNeon := errors.AsType[*neon.Error](err)
	switch {
	case errors.Is(err, neon.ErrCursorLoop):
		return "Neon's list turned in a circle. What was read is kept; the next sync begins the list anew."
	case errors.Is(err, neon.ErrIncomplete):
		return "Neon's answer was incomplete and was not used. The next sync asks again."
	case fromNeon && e.Status == 0 && errors.Is(err, context.DeadlineExceeded):
		return "Neon did not answer in time. The next sync goes on where this one stopped."
	case fromNeon:
		return fmt.Sprintf("%s (%s)", statusWords(e), said(e))
	case fleet.KindOf(err) != fleet.Internal:
		return message(err)
	}
	return "The store failed; the log has the cause. The next sync goes on where this one stopped."
}

func statusWords(e *neon.Error) string {
	switch status := e.Status; {
	case status == 0:
		return "Neon could not be reached. The next sync goes on where this one stopped."
	case status < 300:
		return "Neon's answer could not be used, and nothing was taken from it. The next sync asks again."
	case status >= 500:
		return "Neon failed. The next sync goes on where this one stopped."
	case status == http.StatusTooManyRequests:
		return "Neon's rate limit is used up, by others too. Lower NEON_REQUESTS_PER_MINUTE if it goes on."
	case e.Foreign:
		return "Something answered in Neon's place. Check NEON_API_URL, and proxies on the way."
	case status == http.StatusUnauthorized:
		return "Neon does not accept the key. Check NEON_API_KEY, or make a new one."
	case status == http.StatusForbidden:
		return "Neon does not allow this with the organization's plan or this key. `dashboard doctor` says which."
	case status == http.StatusNotFound:
		return "Neon does not know the organization, or the key may not see it. Check NEON_ORG_ID."
	}
	return "Neon refused. The next sync tries again."
}

// said is what came, as it came; without an answer the client's message says
// all there is.
func said(e *neon.Error) string {
	text := fleet.CleanText(e.Message)
	if e.Status != 0 {
		text = fmt.Sprintf("%d: %s", e.Status, text)
	}
	if e.RequestID != "" {
		text += ", request " + e.RequestID
	}
	return text
}

func message(err error) string {
	if e, ok := errors.AsType[*fleet.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
