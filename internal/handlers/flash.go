package handlers

import (
	"neonfleet/internal/auth"

	"github.com/labstack/echo/v4"
)

// flash says something on the next page, once.
func flash(c echo.Context, store *auth.Store, text string) error {
	sess, err := store.Session(c.Request())
	if err != nil {
		return err
	}
	sess.AddFlash(text)
	return store.Save(c.Request(), c.Response(), sess)
}

// takeFlash is what the page before had to say. A part of a page, a stream or
// a file has no place for it and leaves it for the next page.
func takeFlash(c echo.Context, store *auth.Store) (string, error) {
	if !isPage(c) {
		return "", nil
	}
	sess, err := store.Session(c.Request())
	if err != nil || sess.IsNew {
		return "", err
	}
	texts := sess.Flashes()
	if len(texts) == 0 {
		return "", nil
	}
	text, _ := texts[len(texts)-1].(string) // only strings are put in
	return text, store.Save(c.Request(), c.Response(), sess)
}
