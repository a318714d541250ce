package handlers

import (
	"context"
	"net/http"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// pastRuns is how many records the page shows.
const pastRuns = 50

// syncPages show the sync, and start one.
type syncPages struct {
	db       *db.DB
	sync     SyncView
	reader   readerOf
	now      func() time.Time
	system   func() time.Time // of wishes, sessions and the audit log
	stopping <-chan struct{}
}

func (p syncPages) show(c echo.Context) error {
	if _, err := queryOf(c); err != nil {
		return err
	}
	reader, err := p.reader(c)
	if err != nil {
		return err
	}
	in, err := p.input(c.Request().Context())
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, pages.SyncPage(pages.NewSync(reader, in)))
}

// input is all of the page; live only needs the first part of it.
func (p syncPages) input(ctx context.Context) (pages.SyncInput, error) {
	fresh, err := p.db.Freshness(ctx)
	if err != nil {
		return pages.SyncInput{}, err
	}
	in, err := p.live(ctx, fresh)
	if err != nil {
		return in, err
	}
	if in.Past, err = p.db.SyncRuns(ctx, pastRuns); err != nil {
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
func (p syncPages) live(ctx context.Context, fresh db.Freshness) (in pages.SyncInput, err error) {
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
	if next := fresh.Complete[fleet.Sweep].Started.Add(p.sync.Every); next.After(p.now()) {
		in.Next = next
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
	by, now := actor(c), p.system()
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
