package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"neonfleet/internal/auth"
	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

func TestStatusOf_knowsEveryKind(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		status  int
		message string
	}{
		"invalid":     {fleet.Errorf(fleet.Invalid, "No."), http.StatusBadRequest, "No."},
		"not found":   {fleet.Errorf(fleet.NotFound, "No."), http.StatusNotFound, "No."},
		"conflict":    {fleet.Errorf(fleet.Conflict, "No."), http.StatusConflict, "No."},
		"forbidden":   {fleet.Errorf(fleet.Forbidden, "No."), http.StatusForbidden, "No."},
		"upstream":    {fleet.Errorf(fleet.Upstream, "No."), http.StatusBadGateway, "No."},
		"unavailable": {fleet.Errorf(fleet.Unavailable, "No."), http.StatusServiceUnavailable, "No."},
		"wrapped":     {fmt.Errorf("list tenants: %w", fleet.Because(errors.New("secret"), fleet.Invalid, "No.")), http.StatusBadRequest, "No."},
		"ours":        {errors.New("secret"), http.StatusInternalServerError, ""},
		"no route":    {echo.ErrNotFound, http.StatusNotFound, ""},
		"echo's own":  {echo.NewHTTPError(http.StatusTeapot, "secret"), http.StatusTeapot, ""},
		"signed out":  {errSignedOut, http.StatusUnauthorized, ""},
		"the role":    {&forbidden{fleet.SyncNow}, http.StatusForbidden, ""},
		"paused":      {fleet.Because(&auth.Paused{}, fleet.Invalid, "Wait."), http.StatusTooManyRequests, "Wait."},
		"gone":        {fmt.Errorf("list: %w", context.Canceled), http.StatusServiceUnavailable, ""},
		"too late":    {fmt.Errorf("list: %w", context.DeadlineExceeded), http.StatusInternalServerError, ""},
	} {
		if got := statusOf(c.err); got != c.status {
			t.Errorf("%s: status %d, want %d", name, got, c.status)
		}
		if got := messageOf(c.err); got != c.message {
			t.Errorf("%s: message %q, want %q", name, got, c.message)
		}
	}
}

func TestEventOf_keepsTheLinesOfAPart(t *testing.T) {
	if got, want := eventOf("progress", "<p>a\r\nb\rc\nd</p>"), "event: progress\ndata: <p>a\ndata: b\ndata: c\ndata: d</p>\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
