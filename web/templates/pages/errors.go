package pages

import (
	"net/http"
	"strings"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// Failure says what went wrong, what to do, and how to ask about it.
type Failure struct {
	Frame layout.Frame
	Alone bool // nobody is signed in
	Empty ui.Empty
	Also  ui.Link
}

// NewFailure is the page of a failed request. message is a fleet.Error's, the
// only text that may reach a page; "" takes what the status usually means.
func NewFailure(r Reader, status int, message, request string) Failure {
	title, usual := errorWords(status)
	if message == "" {
		message = usual
	}
	e := ui.Empty{Title: title, Text: message, Detail: "Request " + request, Progress: -1, Bad: status >= 500, Action: ui.Link{Label: "Back to the overview", URL: HomeURL}}
	if request == "" {
		e.Detail = ""
	}
	m := Failure{Frame: r.frame(title, ""), Alone: r.Email == "", Empty: e}
	if status >= 500 && strings.HasPrefix(r.Path, "/") {
		m.Empty.Action = ui.Link{Label: "Try again", URL: r.Path}
		m.Also = ui.Link{Label: "Overview", URL: HomeURL}
	}
	if m.Alone {
		m.Empty.Action = ui.Link{Label: "Sign in", URL: LoginURL}
	}
	return m
}

// NewForbidden is the page for somebody whose role may not do this, and says
// who can. admins are e-mail addresses of administrators, if there are any to name.
func NewForbidden(r Reader, action fleet.Action, admins []string, request string) Failure {
	message := "You are signed in as " + strings.ToLower(r.Role.Title()) + ". To " + string(action) + " takes the role " + whoMay(action) + "."
	if len(admins) > 0 {
		message += " Ask an administrator: " + strings.Join(admins, ", ") + "."
	} else {
		message += " Ask an administrator."
	}
	m := NewFailure(r, http.StatusForbidden, message, request)
	m.Empty.Title = "Not for your role"
	return m
}

func errorWords(status int) (title, usual string) {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return "That address cannot be right", "A part of it has a value that it cannot have."
	case http.StatusForbidden:
		return "Not allowed", "Ask an administrator."
	case http.StatusNotFound:
		return "Not found", "There is nothing at this address. It may have been deleted, or the address is mistyped."
	case http.StatusMethodNotAllowed:
		return "Not like this", "This address is there, but it cannot be used in this way."
	case http.StatusRequestEntityTooLarge:
		return "Too much at once", "A form here takes at most 1 MB. Nothing was done."
	case http.StatusUnsupportedMediaType:
		return "Not a form", "Pages here take what a form of theirs sends, and nothing else."
	case http.StatusConflict:
		return "Changed meanwhile", "Somebody else has changed it. Look again, then repeat what you did."
	case http.StatusTooManyRequests:
		return "Too many tries", "Wait a minute, then try again."
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return "Neon did not answer", "Neon refused, failed or is not reachable. Everything that is read from the store works; try again in a minute."
	case http.StatusServiceUnavailable:
		return "Not available just now", "The dashboard cannot do this at the moment. Try again in a minute."
	}
	return "Something went wrong", "The fault is the dashboard's. Try again; if it stays, tell whoever runs it, with the number below."
}
