package handlers

import (
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// accountPages are about the own account: sessions, password, how pages look.
type accountPages struct {
	db     *db.DB
	desk   *auth.Desk
	reader readerOf
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
	reader.Path = pages.AccountURL
	who, _ := staffOf(c) //nolint:revive // the guard let somebody in
	here, _ := c.Get(keySession).(fleet.Session)
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

type themeInput struct {
	Theme string `form:"theme"`
	Zone  string `form:"zone"`
	Back  string `form:"back"`
}

func (p accountPages) theme(c echo.Context) error {
	var in themeInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	if err := p.keep(c, prefTheme, string(layout.ParseTheme(in.Theme))); err != nil {
		return err
	}
	setThemeCookie(c, layout.ParseTheme(in.Theme), c.Request().TLS != nil)
	return redirect(c, localPath(in.Back, pages.AccountURL))
}

func (p accountPages) keep(c echo.Context, key, value string) error {
	who, _ := staffOf(c) //nolint:revive // the guard let somebody in
	return p.db.SetPreference(c.Request().Context(), who.ID, key, value)
}

func (p accountPages) preferences(c echo.Context) error {
	var in themeInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	in.Zone = strings.TrimSpace(in.Zone)
	if _, err := time.LoadLocation(in.Zone); err != nil || in.Zone == "Local" {
		return p.page(c, http.StatusUnprocessableEntity, pages.AccountInput{Zone: in.Zone,
			ZoneProblem: "There is no time zone of that name. Write it like Europe/Berlin or UTC."})
	}
	if err := p.keep(c, prefZone, in.Zone); err != nil {
		return err
	}
	if err := p.keep(c, prefTheme, string(layout.ParseTheme(in.Theme))); err != nil {
		return err
	}
	setThemeCookie(c, layout.ParseTheme(in.Theme), c.Request().TLS != nil)
	return p.done(c, "Saved.")
}

type columnsInput struct {
	Column []string `form:"column"`
	Reset  string   `form:"reset"`
	Back   string   `form:"back"`
}

func (p accountPages) columns(c echo.Context) error {
	var in columnsInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	keys := ""
	if in.Reset == "" {
		chosen := pages.ParseColumns(in.Column)
		list := make([]string, len(chosen))
		for i, column := range chosen {
			list[i] = string(column)
		}
		keys = strings.Join(list, ",")
	}
	if err := p.keep(c, prefColumns, keys); err != nil {
		return err
	}
	return redirect(c, localPath(in.Back, pages.TenantListURL))
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
		return p.page(c, http.StatusUnprocessableEntity, pages.AccountInput{PasswordProblem: messageOf(err), PasswordField: field})
	}
	if err != nil {
		return err
	}
	return redirect(c, pages.AccountURL)
}

type revokeInput struct {
	Session string `form:"session"`
	Others  string `form:"others"`
}

func (p accountPages) revoke(c echo.Context) error {
	var in revokeInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	who, _ := staffOf(c) //nolint:revive // the guard let somebody in
	ctx, by, now := c.Request().Context(), actor(c), p.desk.Now()
	if in.Others != "" {
		here, _ := c.Get(keySession).(fleet.Session)
		if _, err := p.db.RevokeOtherSessions(ctx, by, who, here.Key, now); err != nil {
			return err
		}
		return p.done(c, "All other sessions are signed out.")
	}
	if err := p.db.RevokeSession(ctx, by, who, in.Session, now); err != nil && fleet.KindOf(err) != fleet.NotFound {
		return err
	}
	return p.done(c, "That session is signed out.")
}

func (p accountPages) done(c echo.Context, text string) error {
	if err := flash(c, p.desk.Sessions, text); err != nil {
		return err
	}
	return redirect(c, pages.AccountURL)
}
