package handlers

import (
	"net/http"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// accountPages are about the own account: sessions, password, how pages look.
type accountPages struct {
	db     *db.DB
	desk   *auth.Desk
	reader readerOf
	secure bool // cookies go by https only
}

func (p accountPages) show(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	return p.page(c, http.StatusOK, pages.AccountInput{})
}

// page is the account with what a form had to say.
func (p accountPages) page(c echo.Context, status int, in pages.AccountInput) error {
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	who, _ := staffOf(c)
	here := sessionOf(c)
	list, err := p.db.Sessions(c.Request().Context(), who.ID, p.desk.Now())
	if err != nil {
		return err
	}
	in.LastSignIn = who.LastSignIn
	for _, s := range list {
		in.Sessions = append(in.Sessions, pages.Session{ID: s.Key, Begun: s.CreatedAt, Seen: s.SeenAt,
			Address: s.Address, Browser: s.Agent, Current: s.Key == here.Key})
	}
	return render(c, status, pages.AccountPage(pages.NewAccount(reader, in)))
}

type passwordInput struct {
	Current string `form:"current"`
	New     string `form:"new"`
	Again   string `form:"again"`
}

// password changes the own one. Whoever changes it goes on here; every other
// session of the account ends.
func (p accountPages) password(c echo.Context) error {
	var in passwordInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	if in.New != in.Again {
		return p.page(c, http.StatusUnprocessableEntity, pages.AccountInput{
			PasswordProblem: "The two new passwords differ. Type the same one twice.", PasswordField: "again"})
	}
	err := p.desk.ChangePassword(c.Response(), c.Request(), actor(c), in.Current, in.New)
	switch fleet.KindOf(err) {
	case fleet.Invalid, fleet.Conflict:
		field := "new"
		if auth.WrongPassword(err) {
			field = "current"
		}
		return p.page(c, refusedWith(c, err), pages.AccountInput{PasswordProblem: messageOf(err), PasswordField: field})
	}
	if err != nil {
		return err
	}
	return p.done(c, "Password changed. All other browsers are signed out.")
}

type revokeInput struct {
	Session string `form:"session"`
	Others  string `form:"others"`
}

// revoke ends one session of the own account, or all but this one.
func (p accountPages) revoke(c echo.Context) error {
	var in revokeInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	who, _ := staffOf(c)
	ctx, by, now := c.Request().Context(), actor(c), p.desk.Now()
	if in.Others != "" {
		if _, err := p.db.RevokeOtherSessions(ctx, by, who, sessionOf(c).Key, now); err != nil {
			return err
		}
		return p.done(c, "All other sessions are signed out.")
	}
	// One that is over already is what was wanted.
	if err := p.db.RevokeSession(ctx, by, who, in.Session, now); err != nil && fleet.KindOf(err) != fleet.NotFound {
		return err
	}
	if in.Session == sessionOf(c).Key {
		return redirect(c, pages.LoginURL)
	}
	return p.done(c, "That session is signed out.")
}

func (p accountPages) done(c echo.Context, text string) error {
	if err := flash(c, p.desk.Sessions, text); err != nil {
		return err
	}
	return redirect(c, pages.AccountURL)
}

// keep stores what somebody chose; "" is no choice.
func (p accountPages) keep(c echo.Context, key, value string) error {
	who, _ := staffOf(c)
	return p.db.SetPreference(c.Request().Context(), who.ID, key, value)
}

// zoneProblem says what is wrong with the name of a time zone; "" nothing. The
// server's own zone is nobody's choice.
func zoneProblem(name string) string {
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		return "There is no time zone of that name. Write it like Europe/Berlin or UTC."
	}
	return ""
}
