package neon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
)

// maxMessage bounds what of a foreign message is passed on, in characters.
const maxMessage = 500

// An Error is a call that failed: Neon refused, could not be reached, or
// answered something unusable. Decide by Status first, Code second; Message is
// for people (FACTS §1, errors). It never contains the key or a page's markup.
type Error struct {
	Status    int    // HTTP status; 0 if there was no answer
	Code      string // Neon's code, often empty
	Message   string
	RequestID string // Neon's id of the request, for its support
	Method    string
	Route     string // the definition's path, such as /projects/{project_id}
	Tries     int

	// Foreign: the body was not Neon's own error, as when a proxy answers with
	// a page. A foreign 404 says nothing about a project.
	Foreign bool
	// Lost: the request may have been carried out although it failed. Look
	// before sending it again; there is no idempotency key (FACTS §1).
	Lost bool
	Err  error // the cause where there is one: the network's, the context's, the decoder's

	cut bool // the body of a good answer ended too early
}

// Error says what was called, what came back, and how often it was tried.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "neon: %s %s: ", e.Method, e.Route)
	if e.Status != 0 {
		fmt.Fprintf(&b, "%s: ", strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	b.WriteString(e.Message)
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, ", tried %d times", e.Tries)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, ", request %s", e.RequestID)
	}
	return b.String()
}

// Unwrap returns the cause, such as context.Canceled.
func (e *Error) Unwrap() error { return e.Err }

// StatusOf returns the HTTP status of a failed call, 0 if there was no answer
// or err is no *Error.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// IsNotFound reports whether Neon itself said that the thing is not there, or
// not for this key (FACTS §12.11). A proxy's 404 page does not count.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusNotFound && !e.Foreign
}

// IsLost reports whether the request may have been carried out although the
// call failed: look before trying again.
func IsLost(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Lost
}

// refusal is every body a refusal may have: the general one, and those of
// transfers (FACTS §1), which name limits, projects or reasons instead.
type refusal struct {
	RequestID string `json:"request_id"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Limits    []struct{ Name, Expected, Actual string }
	Projects  []struct{ ID, Integration string }
	Reasons   []struct{ Message, Code string }
}

// text returns what the refusal says, for people.
func (r refusal) text() string {
	parts := []string{}
	if r.Message != "" {
		parts = append(parts, r.Message)
	}
	for _, l := range r.Limits {
		parts = append(parts, fmt.Sprintf("limit %s: expected %s, actual %s", l.Name, l.Expected, l.Actual))
	}
	for _, p := range r.Projects {
		parts = append(parts, fmt.Sprintf("project %s has the integration %s", p.ID, p.Integration))
	}
	for _, s := range r.Reasons {
		parts = append(parts, s.Message)
	}
	return strings.Join(parts, "; ")
}

// readRefusal fills e from the body of an answer of 300 and more.
func (e *Error) readRefusal(body []byte, key string) {
	var r refusal
	err := json.Unmarshal(body, &r)
	text := r.text()
	e.Foreign = err != nil || text == "" && r.Code == "" && r.RequestID == ""
	e.Code, e.Message = tidy(r.Code, key), tidy(text, key)
	if r.RequestID != "" {
		e.RequestID = tidy(r.RequestID, key)
	}
	switch {
	case e.Status < http.StatusBadRequest:
		e.Message = "redirects are not followed"
	case e.Foreign && len(body) == 0:
		e.Message = "the answer has no body"
	case e.Foreign:
		e.Message = fmt.Sprintf("the answer is not Neon's JSON but %d bytes of something else, such as a proxy's page", len(body))
	case e.Message == "":
		e.Message = "no reason given"
	}
}

// tidy makes foreign text fit for a line of a log: bounded, without control
// characters, and without our key, should a server echo it.
func tidy(s, key string) string {
	s = strings.ReplaceAll(s, key, redacted)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > maxMessage {
		s = string(r[:maxMessage]) + "…"
	}
	return strings.TrimSpace(s)
}
