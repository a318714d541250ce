package handlers

import (
	"context"
	"errors"
	"net/http"

	"neonfleet/internal/auth"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// errSignedOut refuses a file or a part of a page to somebody without a session.
var errSignedOut = errors.New("not signed in")

// forbidden refuses an action to a role.
type forbidden struct{ action fleet.Action }

func (f *forbidden) Error() string { return "the role may not " + string(f.action) }

// statusOf is the one place that knows which error is which status.
func statusOf(err error) int {
	if errors.Is(err, errSignedOut) {
		return http.StatusUnauthorized
	}
	if _, ok := errors.AsType[*forbidden](err); ok {
		return http.StatusForbidden
	}
	if _, ok := errors.AsType[*auth.Paused](err); ok {
		return http.StatusTooManyRequests
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok {
		return e.Code
	}
	switch fleet.KindOf(err) {
	case fleet.Invalid:
		return http.StatusBadRequest
	case fleet.NotFound:
		return http.StatusNotFound
	case fleet.Conflict:
		return http.StatusConflict
	case fleet.Forbidden:
		return http.StatusForbidden
	case fleet.Upstream:
		return http.StatusBadGateway
	case fleet.Unavailable:
		return http.StatusServiceUnavailable
	case fleet.Internal:
	}
	if errors.Is(err, context.Canceled) { // the browser has left, or the dashboard stops
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// messageOf is the sentence for people; "" where there is none.
func messageOf(err error) string {
	if e, ok := errors.AsType[*fleet.Error](err); ok {
		return e.Message
	}
	return ""
}

// fail shows an error: its message for people if it has one, never its cause,
// which is for the log. Files, probes and parts of pages get a line of text.
func (s *site) fail(err error, c echo.Context) {
	status := statusOf(err)
	if isFile(c) || isProbe(c.Request().URL.Path) || status == http.StatusUnauthorized {
		s.failText(c, status, messageOf(err))
		return
	}
	if shown := render(c, status, pages.FailurePage(s.failure(c, status, err))); shown != nil && !c.Response().Committed {
		s.failText(c, status, messageOf(err))
	}
}

// failure is the page of an error. Where even the reader cannot be made out
// (the store is gone), it is a page for nobody.
func (s *site) failure(c echo.Context, status int, err error) pages.Failure {
	reader, readerErr := s.reader(c)
	if readerErr != nil {
		who, _ := staffOf(c)
		reader = pages.Reader{Email: who.Email, Role: who.Role, Now: s.Now(), Path: pathOf(c)}
	}
	if f, ok := errors.AsType[*forbidden](err); ok {
		return pages.NewForbidden(reader, f.action, s.admins(c), requestID(c))
	}
	return pages.NewFailure(reader, status, messageOf(err), requestID(c))
}

// failText says what is wrong in a line of text, for scripts.
func (s *site) failText(c echo.Context, status int, message string) {
	switch {
	case status == http.StatusUnauthorized:
		message = "Sign in first."
	case message == "":
		message = http.StatusText(status) + "."
	}
	c.Response().Header().Del(echo.HeaderContentDisposition)
	if err := c.String(status, message+" Request "+requestID(c)+".\n"); err != nil {
		s.Log.WarnContext(c.Request().Context(), "answer failed", "err", err, "request", requestID(c))
	}
}

// shownAdmins is how many administrators a page names.
const shownAdmins = 3

// admins are who can be asked for what a role does not allow: the first few.
func (s *site) admins(c echo.Context) (list []string) {
	all, err := s.DB.StaffList(c.Request().Context())
	if err != nil {
		return nil // the page then says "an administrator"
	}
	for _, who := range all {
		if who.Role == fleet.Admin && !who.Disabled && len(list) < shownAdmins {
			list = append(list, who.Email)
		}
	}
	return list
}
