package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

const (
	// pastRuns is how many records the page shows.
	pastRuns = 50
	// liveEvery is how often an open page is brought up to date.
	liveEvery = time.Second
	// liveFor bounds one stream; the browser opens the next by itself.
	liveFor = 30 * time.Minute
)

// syncPages show the sync, and start one.
type syncPages struct {
	db     *db.DB
	sync   SyncView
	reader readerOf
	now    func() time.Time
}

func (p syncPages) show(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	return p.page(c, http.StatusOK, "")
}

func (p syncPages) page(c echo.Context, status int, problem string) error {
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	in, err := p.input(c.Request().Context())
	if err != nil {
		return err
	}
	in.Problem = problem
	return render(c, status, pages.SyncPage(pages.NewSync(reader, in)))
}

// input is all of the page; live only needs the first part of it.
func (p syncPages) input(ctx context.Context) (pages.SyncInput, error) {
	in, err := p.live(ctx)
	if err != nil {
		return in, err
	}
	if in.Past, err = p.db.SyncRuns(ctx, pastRuns); err != nil {
		return in, err
	}
	fresh, err := p.db.Freshness(ctx)
	if err != nil {
		return in, err
	}
	in.Settled = fresh.SettledThrough
	in.Last = lastOf(fresh, in.Past)
	return in, nil
}

// lastOf is the last finished run of each step: of those on the page the
// newest, whether complete or not, else the last complete one.
func lastOf(fresh db.Freshness, past []fleet.SyncRun) (last []fleet.SyncRun) {
	for _, step := range []fleet.Step{fleet.Sweep, fleet.Recent, fleet.Settle, fleet.Counters} {
		run, ok := fresh.Complete[step]
		for _, r := range past {
			if r.Step == step && !r.Finished.IsZero() && r.ID >= run.ID {
				run, ok = r, true
				break
			}
		}
		if ok {
			last = append(last, run)
		}
	}
	return last
}

// live is what changes while a sync runs.
func (p syncPages) live(ctx context.Context) (in pages.SyncInput, err error) {
	if in.Running, err = p.db.CurrentSync(ctx); err != nil {
		return in, err
	}
	request, asked, err := p.db.PendingSyncRequest(ctx)
	if err != nil {
		return in, err
	}
	if asked {
		in.Requested = request.At
	}
	owner, err := p.db.SyncOwner(ctx)
	if err != nil {
		return in, err
	}
	fresh, err := p.db.Freshness(ctx)
	if err != nil {
		return in, err
	}
	if sweep, ok := fresh.Complete[fleet.Sweep]; ok {
		in.Next = sweep.Started.Add(p.sync.Every)
	}
	in.Elsewhere = owner != "" && owner != p.sync.Owner
	in.Budget, in.Skew = buckets(p.sync.Budget()), p.sync.Skew()
	return in, nil
}

func buckets(b fleet.Budget) (list []pages.Bucket) {
	for _, part := range []struct {
		name string
		fleet.BudgetPart
	}{{"Requests", b.Requests}, {"Consumption", b.Consumption}} {
		list = append(list, pages.Bucket{Name: part.name, PerMinute: part.Ceiling, Spent: part.Spent, Lanes: spending(part.Lanes),
			Routes: spending(part.Routes), Throttled: part.Throttled, PausedUntil: part.PausedUntil})
	}
	return list
}

func spending(parts []fleet.Spent) (list []pages.Spending) {
	for _, s := range parts {
		list = append(list, pages.Spending{Name: s.Name, Spent: s.Calls, Waiting: s.Waiting})
	}
	return list
}

// start asks for a sync; whoever syncs takes it up within seconds.
func (p syncPages) start(c echo.Context) error {
	by, now := actor(c), time.Now()
	err := p.db.Update(c.Request().Context(), func(tx *db.DB) error {
		if err := tx.RequestSync(c.Request().Context(), by, false, now); err != nil {
			return err
		}
		_, err := tx.AppendAudit(c.Request().Context(), fleet.AuditEntry{At: now, By: by, Action: "start sync", Outcome: fleet.Done})
		return err
	})
	if err != nil {
		return err
	}
	return redirect(c, pages.SyncURL)
}

// stream keeps an open page current by server-sent events. It sends only what
// changed, and ends when the browser leaves or the server stops.
func (p syncPages) stream(c echo.Context) error {
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	control := http.NewResponseController(c.Response())
	if err := control.SetWriteDeadline(time.Now().Add(liveFor + time.Minute)); err != nil {
		return fmt.Errorf("lift the deadline: %w", err)
	}
	c.Response().Header().Set(echo.HeaderContentType, "text/event-stream")
	c.Response().Header().Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	ctx, cancel := context.WithTimeout(c.Request().Context(), liveFor)
	defer cancel()
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	last := ""
	for {
		part, err := p.part(ctx, reader)
		if err != nil {
			return nil //nolint:nilerr // the stream ends; the browser opens the next one
		}
		if part != last {
			last = part
			if err := send(c, control, "progress", part); err != nil {
				return nil //nolint:nilerr // the browser is gone
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (p syncPages) part(ctx context.Context, reader pages.Reader) (string, error) {
	in, err := p.live(ctx)
	if err != nil {
		return "", err
	}
	reader.Now = p.now()
	var b bytes.Buffer
	err = pages.SyncLivePart(pages.NewSyncLive(reader, in)).Render(ctx, &b)
	return b.String(), err
}

// send writes one event: each line of the part with its own "data:".
func send(c echo.Context, control *http.ResponseController, event, part string) error {
	if _, err := fmt.Fprintf(c.Response(), "event: %s\ndata: %s\n\n", event, strings.ReplaceAll(part, "\n", "\ndata: ")); err != nil {
		return err
	}
	return control.Flush()
}
