package handlers

import (
	"errors"
	"net/http"
	"strings"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// fail shows an error: its message for people if it has one, never its cause.
// What is already on its way cannot be taken back; it is broken off instead.
func (s *site) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status := statusOf(err)
	if status == http.StatusInternalServerError {
		s.Log.ErrorContext(c.Request().Context(), "failed", "err", err, "path", c.Request().URL.Path, "request", requestID(c))
	}
	if strings.HasPrefix(c.Request().URL.Path, suffixed) {
		s.failFile(c, status, messageOf(err))
		return
	}
	if shown := render(c, status, pages.FailurePage(s.failure(c, status, err))); shown != nil {
		s.Log.ErrorContext(c.Request().Context(), "error page failed", "err", shown, "request", requestID(c))
		s.failFile(c, status, messageOf(err))
	}
}

// failure is the page of an error. Where even the reader cannot be made out
// (the store is gone), it is a page for nobody.
func (s *site) failure(c echo.Context, status int, err error) pages.Failure {
	reader, readerErr := s.reader(c)
	if readerErr != nil {
		who, _ := staffOf(c) //nolint:revive // nobody: the zero reader
		reader = pages.Reader{Email: who.Email, Role: who.Role, Now: s.Now(), Path: c.Request().URL.RequestURI()}
	}
	if f, ok := errors.AsType[*forbidden](err); ok {
		return pages.NewForbidden(reader, f.action, s.admins(c), requestID(c))
	}
	return pages.NewFailure(reader, status, messageOf(err), requestID(c))
}

// failFile says what is wrong in a line of text, for scripts.
func (s *site) failFile(c echo.Context, status int, message string) {
	if message == "" {
		message = http.StatusText(status) + "."
	}
	if status == http.StatusUnauthorized {
		message = "Sign in first."
	}
	if err := c.String(status, message+" Request "+requestID(c)+".\n"); err != nil {
		s.Log.WarnContext(c.Request().Context(), "answer failed", "err", err, "request", requestID(c))
	}
}

// messageOf is the sentence for people; "" where there is none.
func messageOf(err error) string {
	if e, ok := errors.AsType[*fleet.Error](err); ok {
		return e.Message
	}
	return ""
}

// admins are who can be asked for what a role does not allow: the first few.
func (s *site) admins(c echo.Context) (list []string) {
	all, err := s.DB.StaffList(c.Request().Context())
	if err != nil {
		return nil // the page then says "an administrator"
	}
	for _, who := range all {
		if who.Role == fleet.Admin && !who.Disabled && len(list) < 3 {
			list = append(list, who.Email)
		}
	}
	return list
}
