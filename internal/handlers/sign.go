package handlers

import (
	"errors"
	"math"
	"net/http"
	"strconv"

	"neonfleet/internal/auth"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// signPages are where people sign in and out.
type signPages struct {
	desk   *auth.Desk
	hint   string
	reader readerOf
}

type signInput struct {
	Email    string `form:"email"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func (p signPages) form(c echo.Context) error {
	q, err := queryOf(c, "next")
	if err != nil {
		return err
	}
	next := localPath(q.Get("next"), "")
	if _, ok := staffOf(c); ok {
		return redirect(c, localPath(next, pages.HomeURL))
	}
	return p.show(c, http.StatusOK, signInput{Next: next}, "")
}

func (p signPages) show(c echo.Context, status int, in signInput, problem string) error {
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	m := pages.NewSignIn(reader, in.Email, in.Next, problem)
	m.Hint = p.hint
	return render(c, status, pages.SignInPage(m))
}

// in begins a session. What stands in the way is said above the form.
func (p signPages) in(c echo.Context) error {
	var in signInput
	if err := bindForm(c, &in); err != nil {
		return err
	}
	in.Next = localPath(in.Next, "")
	_, err := p.desk.SignIn(c.Response(), c.Request(), in.Email, in.Password, actor(c))
	switch fleet.KindOf(err) {
	case fleet.Invalid, fleet.Conflict:
		return p.show(c, refusedWith(c, err), in, messageOf(err))
	}
	if err != nil {
		return err
	}
	return redirect(c, localPath(in.Next, pages.HomeURL))
}

func (p signPages) out(c echo.Context) error {
	if err := p.desk.SignOut(c.Response(), c.Request(), actor(c)); err != nil {
		return err
	}
	return redirect(c, pages.LoginURL)
}

// refusedWith is the status of a form that comes back: 422, or 429 with when
// to try again where somebody tried a password too often.
func refusedWith(c echo.Context, err error) int {
	pause, ok := errors.AsType[*auth.Paused](err)
	if !ok {
		return http.StatusUnprocessableEntity
	}
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(pause.For.Seconds()))))
	return http.StatusTooManyRequests
}
