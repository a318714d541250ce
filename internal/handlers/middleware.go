package handlers

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"neonfleet/web/static"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// maxBody bounds what a form may send.
const maxBody = "1M"

// identify gives the request an id of our own; a client's is not believed.
func (s *site) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()[:13]
		c.Request().Header.Del(echo.HeaderXRequestID)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		c.Set(keyRequestID, id)
		return next(c)
	}
}

// logLine has errors shown, and writes one line a request. What failed after
// its first byte is broken off, so that nobody takes a short file for a whole
// one: http.ErrAbortHandler has net/http cut the connection.
func (s *site) logLine(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began, path := time.Now(), c.Request().URL.Path // routing changes it for files
		err := next(c)
		broken := err != nil && c.Response().Committed
		if err != nil && !broken {
			c.Error(err)
		}
		w := c.Response()
		attrs := []any{"method", c.Request().Method, "path", path, "status", w.Status, "bytes", w.Size,
			"took", time.Since(began).Round(10 * time.Microsecond), "ip", c.RealIP(), "request", requestID(c)}
		if who, ok := staffOf(c); ok {
			attrs = append(attrs, "staff", who.Email)
		}
		if broken {
			attrs = append(attrs, "broken_off", true)
		}
		if broken || w.Status >= http.StatusInternalServerError {
			attrs = append(attrs, "err", err)
		}
		ctx := c.Request().Context()
		failed := (broken || w.Status >= http.StatusInternalServerError) && ctx.Err() == nil // a browser that left is nobody's fault
		s.Log.Log(context.WithoutCancel(ctx), levelOf(path, failed), "request", attrs...)
		if broken {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// levelOf is how loud a request's line is: files and probes are many and tell
// little.
func levelOf(path string, failed bool) slog.Level {
	switch {
	case failed:
		return slog.LevelError
	case strings.HasPrefix(path, static.Prefix) || isProbe(path):
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// recover turns a panic into an error like any other, with where it happened
// for the log.
func (s *site) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		return next(c)
	}
}

// compress packs pages at the lowest level: higher ones double the time for an
// eighth of the size. Static files are packed already.
func (s *site) compress(next echo.HandlerFunc) echo.HandlerFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Level: 1, MinLength: 1024, Skipper: func(c echo.Context) bool {
		return strings.HasPrefix(c.Request().URL.Path, static.Prefix)
	}})(next)
}

func (s *site) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return middleware.BodyLimit(maxBody)(next)
}

// suffixed is the folder of the routes that answer as a file. No address of a
// browser begins with it.
const suffixed = "/-csv"

// takeSuffix sends /tenants.csv to the route /-csv/tenants: echo knows no
// suffix after a parameter.
func takeSuffix(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if strings.HasPrefix(u.Path, suffixed) {
			return echo.ErrNotFound
		}
		if path, ok := strings.CutSuffix(u.Path, ".csv"); ok && !strings.HasPrefix(path, static.Prefix) {
			v := *u
			v.Path, v.RawPath = suffixed+path, ""
			c.Request().URL = &v
			c.Set(keyFile, true)
		}
		return next(c)
	}
}
