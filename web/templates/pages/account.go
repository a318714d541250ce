package pages

import (
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// AccountInput is the reader's own account.
type AccountInput struct {
	Sessions        []Session
	PasswordProblem string // what is wrong with the password form just sent
	PasswordField   string // "current", "new" or "again": the field that is wrong
	ZoneProblem     string // what is wrong with the time zone just sent
	Zone            string // the time zone as typed; "" the reader's
	LastSignIn      time.Time
}

// A Session is one browser that is signed in.
type Session struct {
	ID      string // for revoking; never the cookie's own value
	Begun   time.Time
	Seen    time.Time
	Address string
	Browser string
	Current bool
}

// Account is the page of the own account.
type Account struct {
	Frame           layout.Frame
	Email, Role     string
	LastSignIn      ui.When
	Sessions        []SessionRow
	Others          bool // there are sessions beside this one
	PasswordProblem string
	PasswordField   string
	Themes          []ui.Option
	Zone            string
	ZoneProblem     string
	Zones           []string
	Columns         string // "Plan, State, …"
	OwnColumns      bool   // the reader chose some
	Back            string
}

// SessionRow is a line of the sessions.
type SessionRow struct {
	ID, Address, Browser string
	Begun, Seen          ui.When
	Current              bool
}

// commonZones are offered while somebody types; any IANA name is taken.
var commonZones = []string{"UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Europe/Athens",
	"Europe/Istanbul", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "America/Mexico_City",
	"Africa/Johannesburg", "Africa/Lagos", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul", "Australia/Sydney", "Pacific/Auckland"}

// NewAccount is the reader's own account.
func NewAccount(r Reader, in AccountInput) Account {
	m := Account{Frame: r.frame("Account", AccountURL), Email: r.Email, Role: r.Role.Title(), LastSignIn: r.ago(in.LastSignIn),
		PasswordProblem: in.PasswordProblem, PasswordField: in.PasswordField, Zone: r.zoneName(), ZoneProblem: in.ZoneProblem,
		Zones: commonZones, OwnColumns: len(r.Columns) > 0, Back: AccountURL}
	if in.Zone != "" {
		m.Zone = in.Zone
	}
	for _, t := range []layout.Theme{layout.System, layout.Light, layout.Dark} {
		m.Themes = append(m.Themes, ui.Option{Value: string(t), Label: t.Title(), Selected: t == r.Theme})
	}
	for _, s := range in.Sessions {
		m.Sessions = append(m.Sessions, SessionRow{ID: s.ID, Address: s.Address, Browser: s.Browser, Begun: r.ago(s.Begun), Seen: r.ago(s.Seen), Current: s.Current})
		m.Others = m.Others || !s.Current
	}
	m.Columns = columnTitles(r.columns())
	return m
}

func columnTitles(columns []Column) (words string) {
	for _, c := range columnChoices(columns) {
		if !c.Chosen {
			continue
		}
		if words != "" {
			words += ", "
		}
		words += c.Title
	}
	return words
}

// SignIn is the page to sign in.
type SignIn struct {
	Frame   layout.Frame
	Email   string // as typed
	Next    string // where to go after; "" the overview
	Problem string // "That address and password do not match. Four tries left before a pause of one minute."
	Hint    string // of the demo: which accounts there are
}

// NewSignIn is the page to sign in; the reader is nobody yet.
func NewSignIn(r Reader, email, next, problem string) SignIn {
	return SignIn{Frame: r.frame("Sign in", ""), Email: email, Next: next, Problem: problem}
}

// whoMay names the roles that may do something: "Support or Admin".
func whoMay(a fleet.Action) (words string) {
	roles := a.Who()
	for i, role := range roles {
		switch {
		case i > 0 && i == len(roles)-1:
			words += " or "
		case i > 0:
			words += ", "
		}
		words += role.Title()
	}
	return words
}
