// Package fleet is the domain of Neon Fleet: its words, its rules, and nothing
// that talks to a network, a database or a browser.
package fleet

import (
	"errors"
	"fmt"
)

// Kind says to the program what sort of failure an Error is.
type Kind int

// The kinds of failure somebody can act on. Internal is everything else.
const (
	Internal    Kind = iota
	Invalid          // what was asked cannot be: bad input, a rule refuses
	NotFound         // the thing named is not there
	Conflict         // somebody else changed it meanwhile, or it exists already
	Forbidden        // the person's role does not allow it
	Upstream         // Neon refused, failed or did not answer
	Unavailable      // our own side cannot serve it now
)

// An Error has a kind for the program and a message for the person: one or two
// sentences that say what is wrong and what to do. Only Message reaches a page.
type Error struct {
	Kind    Kind
	Message string
	Err     error // the cause, for the log; may be nil
}

// Error is the text for logs: message and cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a kind with a message for people.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Because is Errorf with a cause for the log.
func Because(err error, kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Err: err}
}

// KindOf is the kind of the first Error in err's chain; Internal if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
