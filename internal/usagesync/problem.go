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
	case errors.Is(err, context.DeadlineExceeded):
		return "Neon did not answer in time. The next sync goes on where this one stopped."
	case !fromNeon && fleet.KindOf(err) != fleet.Internal:
		return message(err)
	case !fromNeon:
		return "Neon could not be reached, or the store failed; the log has the cause. The next sync goes on where this one stopped."
	}
	return fmt.Sprintf("%s (%s)", statusWords(e.Status), said(e))
}

func statusWords(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "Neon does not accept the key. Check NEON_API_KEY, or make a new one."
	case status == http.StatusForbidden:
		return "Neon does not allow this with the organization's plan or this key. `dashboard doctor` says which."
	case status == http.StatusNotFound:
		return "Neon does not know the organization, or the key may not see it. Check NEON_ORG_ID."
	case status == http.StatusTooManyRequests:
		return "Neon's rate limit is used up, by others too. Lower NEON_REQUESTS_PER_MINUTE if it goes on."
	case status >= 500:
		return "Neon failed. The next sync goes on where this one stopped."
	case status == 0:
		return "Neon could not be reached. The next sync goes on where this one stopped."
	}
	return "Neon refused."
}

func said(e *neon.Error) string {
	text := fmt.Sprintf("%d", e.Status)
	if e.Status == 0 {
		text = "no answer"
	}
	if e.Message != "" {
		text += ": " + fleet.CleanText(e.Message)
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
