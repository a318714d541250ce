package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

const syncRunColumns = `id, step, reason, started, finished, complete, pages, row_count, calls, throttled, total, problem`

// SyncRuns are the records of the last runs, newest first.
func (d *DB) SyncRuns(ctx context.Context, limit int) ([]fleet.SyncRun, error) {
	return d.syncRuns(ctx, `SELECT `+syncRunColumns+` FROM sync_run ORDER BY id DESC LIMIT $1`, limit)
}

// CurrentSync are the runs that go on right now: of whoever holds the lease.
// Empty while nobody syncs. A run that is neither here nor finished was cut off.
func (d *DB) CurrentSync(ctx context.Context) ([]fleet.SyncRun, error) {
	return d.syncRuns(ctx, `SELECT `+syncRunColumns+` FROM sync_run WHERE finished = 0
		AND owner IN (SELECT owner FROM lease WHERE name = $1 AND expires > `+d.engine.clock()+`) ORDER BY id`, syncLease)
}

func (d *DB) syncRuns(ctx context.Context, query string, args ...any) ([]fleet.SyncRun, error) {
	rows, err := d.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read sync runs: %w", err)
	}
	defer rows.Close()
	var runs []fleet.SyncRun
	for rows.Next() {
		var r fleet.SyncRun
		var started, finished, complete int64
		if err := rows.Scan(&r.ID, &r.Step, &r.Reason, &started, &finished, &complete, &r.Pages, &r.Rows, &r.Calls, &r.Throttled, &r.Total, &r.Problem); err != nil {
			return nil, fmt.Errorf("read sync runs: %w", err)
		}
		r.Started, r.Finished, r.Complete = moment(started), moment(finished), complete == 1
		runs = append(runs, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read sync runs: %w", err)
	}
	return runs, nil
}

// Freshness is how current the store is.
type Freshness struct {
	Complete       map[fleet.Step]fleet.SyncRun // the last complete run of each step
	Began          map[fleet.Step]time.Time     // when its first page was read, in an earlier run where that was cut off
	SettledThrough fleet.Day                    // days up to here are final; 0: none yet
	Consumption    bool                         // Neon answers consumption v2
	Failed         *fleet.SyncRun               // the newest finished run, if it failed
}

// Age is how old the oldest figures of a step are: how long ago the first page
// of its last complete run was read. ok is false where none ever completed.
func (f Freshness) Age(step fleet.Step, now time.Time) (age time.Duration, ok bool) {
	began, ok := f.Began[step]
	return now.Sub(began), ok
}

// Freshness says how current the store is.
func (d *DB) Freshness(ctx context.Context) (f Freshness, err error) {
	last, err := d.syncRuns(ctx, `SELECT `+syncRunColumns+` FROM sync_run WHERE id IN (SELECT max(id) FROM sync_run WHERE complete = 1 GROUP BY step)`)
	if err != nil {
		return f, err
	}
	f.Complete, f.Began = make(map[fleet.Step]fleet.SyncRun, len(last)), make(map[fleet.Step]time.Time, len(last))
	for _, r := range last {
		var began int64
		if err := d.q.QueryRowContext(ctx, `SELECT began FROM sync_run WHERE id = $1`, r.ID).Scan(&began); err != nil {
			return f, fmt.Errorf("read when %s began: %w", r.Step, err)
		}
		f.Complete[r.Step], f.Began[r.Step] = r, moment(began)
	}
	newest, err := d.syncRuns(ctx, `SELECT `+syncRunColumns+` FROM sync_run WHERE finished > 0 ORDER BY finished DESC, id DESC LIMIT 1`)
	if err != nil {
		return f, err
	}
	if len(newest) == 1 && !newest[0].Complete {
		f.Failed = &newest[0]
	}
	if f.SettledThrough, err = d.settledThrough(ctx); err != nil {
		return f, err
	}
	f.Consumption, err = d.ConsumptionAllowed(ctx)
	return f, err
}

// A SyncRequest is somebody's wish for a sync now.
type SyncRequest struct {
	At    time.Time
	By    fleet.Actor // ID and Email
	Whole bool        // all steps for every tenant
}

// RequestSync asks whoever syncs for a sync now. Two wishes become one, of the
// first who asked; if either is for the whole, it is. The audit entry is the
// caller's, in the same Update.
func (d *DB) RequestSync(ctx context.Context, by fleet.Actor, whole bool, now time.Time) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `INSERT INTO sync_request (one, at, by_id, email, whole) VALUES (1, $1, $2, $3, $4)
			ON CONFLICT (one) DO UPDATE SET whole = CASE WHEN excluded.whole = 1 THEN 1 ELSE sync_request.whole END`,
			now.Unix(), int64(by.ID), by.Email, truth(whole)); err != nil {
			return fmt.Errorf("request a sync: %w", err)
		}
		return nil
	})
}

// PendingSyncRequest is the wish nobody took up yet.
func (d *DB) PendingSyncRequest(ctx context.Context) (r SyncRequest, ok bool, err error) {
	return scanRequest(d.q.QueryRowContext(ctx, `SELECT at, by_id, email, whole FROM sync_request WHERE one = 1`))
}

// TakeSyncRequest takes up the wish for a sync: only one taker gets it.
func (d *DB) TakeSyncRequest(ctx context.Context) (r SyncRequest, ok bool, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		r, ok, err = scanRequest(tx.q.QueryRowContext(ctx, `DELETE FROM sync_request WHERE one = 1 RETURNING at, by_id, email, whole`))
		return err
	})
	return r, ok, err
}

func scanRequest(row *sql.Row) (r SyncRequest, ok bool, err error) {
	var at, id, whole int64
	err = row.Scan(&at, &id, &r.By.Email, &whole)
	if errors.Is(err, sql.ErrNoRows) {
		return SyncRequest{}, false, nil
	}
	if err != nil {
		return SyncRequest{}, false, fmt.Errorf("read the wish for a sync: %w", err)
	}
	r.At, r.By.ID, r.Whole = moment(at), fleet.StaffID(id), whole == 1
	return r, true, nil
}
