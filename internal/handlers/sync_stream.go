package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

const (
	// liveEvery is how often an open page is brought up to date.
	liveEvery = time.Second
	// liveFor bounds one stream; the browser opens the next by itself.
	liveFor = 30 * time.Minute
	// stillHere is how long a stream may say nothing: proxies cut what is silent
	// for a minute.
	stillHere = 20 * time.Second
)

// stream keeps an open page current by server-sent events. It sends only what
// changed, and ends when the browser leaves, the session is over or the server
// stops.
func (p syncPages) stream(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	if headOnly(c) {
		return c.NoContent(http.StatusOK)
	}
	control := http.NewResponseController(c.Response())
	if err := control.SetWriteDeadline(time.Now().Add(liveFor + time.Minute)); err != nil {
		return fmt.Errorf("lift the deadline: %w", err)
	}
	c.Response().WriteHeader(http.StatusOK)
	ctx, cancel := context.WithTimeout(c.Request().Context(), liveFor)
	defer cancel()
	p.follow(ctx, c, control, reader)
	return nil
}

// follow sends until something ends it. Nothing of that is an error: the
// browser opens the next stream, or is sent to sign in when it loads a page.
func (p syncPages) follow(ctx context.Context, c echo.Context, control *http.ResponseController, reader pages.Reader) {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	last, sent := "", time.Now()
	for {
		part, err := p.part(ctx, reader)
		if err != nil {
			return
		}
		event := ""
		switch {
		case part != last:
			event = eventOf("progress", part)
		case time.Since(sent) > stillHere:
			event = ": still here\n\n"
		}
		if event != "" {
			if _, err := c.Response().Write([]byte(event)); err != nil || control.Flush() != nil {
				return
			}
			last, sent = part, time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-p.stopping:
			return
		case <-tick.C:
		}
		if !p.mayStay(ctx, c) {
			return
		}
	}
}

// mayStay says whether the session that opened the stream still holds, and its
// owner still may see.
func (p syncPages) mayStay(ctx context.Context, c echo.Context) bool {
	_, who, err := p.db.Session(ctx, sessionOf(c).Key, p.system())
	return err == nil && who.Role.May(fleet.See)
}

func (p syncPages) part(ctx context.Context, reader pages.Reader) (string, error) {
	fresh, err := p.db.Freshness(ctx)
	if err != nil {
		return "", err
	}
	in, err := p.live(ctx, fresh)
	if err != nil {
		return "", err
	}
	reader.Now = p.now()
	var b bytes.Buffer
	err = pages.SyncLivePart(pages.NewSyncLive(reader, in)).Render(ctx, &b)
	return b.String(), err
}

// eventOf is one event: each line of the part with its own "data:".
func eventOf(name, part string) string {
	part = strings.NewReplacer("\r\n", "\ndata: ", "\n", "\ndata: ", "\r", "\ndata: ").Replace(part)
	return "event: " + name + "\ndata: " + part + "\n\n"
}
