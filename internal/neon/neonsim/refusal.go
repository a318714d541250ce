package neonsim

import (
	"fmt"
	"net/http"
)

// A refusal is an answer in the shape of Neon's errors.
type refusal struct {
	status  int
	code    string
	message string
	body    any // instead of code and message
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.code, r.message) }

// answer is what the client gets: some refusals have a body of their own
// (FACTS §1).
func (r *refusal) answer(requestID string) any {
	if r.body != nil {
		return r.body
	}
	return wireError{RequestID: requestID, Code: r.code, Message: r.message}
}

func refuse(status int, code, format string, args ...any) error {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "", format, args...)
}

func notFound(what, id string) error {
	return refuse(http.StatusNotFound, "", "%s %q not found", what, id)
}

// errBusy is the answer while operations run: nothing was done, and it is safe
// to send the same again (FACTS §1).
var errBusy = &refusal{status: http.StatusLocked, message: "project already has running conflicting operations, scheduling of new ones is prohibited"}

// errNoRoute is what Neon says to paths it does not know.
var errNoRoute = &refusal{status: http.StatusNotFound, message: "this route does not exist"}

// errKey is the answer without a valid key.
var errKey = &refusal{status: http.StatusUnauthorized, message: "supplied credentials do not pass authentication"}

// errRate is the answer when a bucket is empty. Retry-After is not documented,
// and so not sent (FACTS §1).
var errRate = &refusal{status: http.StatusTooManyRequests, message: "rate limit exceeded, please try again later"}

// errOrg is the answer when a personal key names no organization (FACTS §1).
var errOrg = &refusal{status: http.StatusBadRequest, message: "org_id is required, you can find it on your organization settings page"}
