package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// A SyncMark is where a step stands after a page: stored with the page's rows,
// in one transaction. Its zero value marks nothing, for figures that were read
// outside of any step.
type SyncMark struct {
	Run       int64      // of BeginStep
	Step      fleet.Step // whose cursor it is
	Cursor    string     // where to go on after this page
	Calls     int64      // to Neon since the last mark
	Throttled int64      // of these answered 429
	Total     int64      // rows expected in all; 0 leaves what was said before
}

// A StepStart is what a step begins or goes on with.
type StepStart struct {
	Run     int64
	Cursor  string    // "" at the beginning
	Began   time.Time // of the step's first page, in whichever run that was
	Params  string    // as they were given when the step began
	Resumed bool
}

// BeginStep begins a step, or goes on with one that was cut off: by a kill,
// then its record goes on too, or by a failure, then it gets a new one. params
// is anything the step must find again when it goes on (JSON, say); those of
// the first beginning win. owner must hold the lease.
func (d *DB) BeginStep(ctx context.Context, owner string, step fleet.Step, reason, params string, now time.Time) (s StepStart, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		var began, finished int64
		err := tx.q.QueryRowContext(ctx, `SELECT c.run, c.cursor, c.began, c.params, r.finished FROM sync_cursor c JOIN sync_run r ON r.id = c.run WHERE c.step = $1`,
			string(step)).Scan(&s.Run, &s.Cursor, &began, &s.Params, &finished)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			s = StepStart{Params: params}
			began = now.Unix()
		case err != nil:
			return fmt.Errorf("read where %s stands: %w", step, err)
		default:
			s.Resumed = true
		}
		s.Began = time.Unix(began, 0).UTC()
		if s.Resumed && finished == 0 {
			return tx.adoptRun(ctx, s.Run, owner)
		}
		if s.Run, err = tx.newRun(ctx, owner, step, reason, now.Unix(), began); err != nil {
			return err
		}
		_, err = tx.q.ExecContext(ctx, `INSERT INTO sync_cursor (step, run, cursor, began, params) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (step) DO UPDATE SET run = excluded.run`, string(step), s.Run, s.Cursor, began, s.Params)
		if err != nil {
			return fmt.Errorf("remember where %s stands: %w", step, err)
		}
		return nil
	})
	return s, err
}

func (d *DB) adoptRun(ctx context.Context, run int64, owner string) error {
	if _, err := d.q.ExecContext(ctx, `UPDATE sync_run SET owner = $2, problem = '' WHERE id = $1`, run, owner); err != nil {
		return fmt.Errorf("go on with run %d: %w", run, err)
	}
	return nil
}

func (d *DB) newRun(ctx context.Context, owner string, step fleet.Step, reason string, started, began int64) (id int64, err error) {
	if err = d.q.QueryRowContext(ctx, `INSERT INTO sync_run (step, reason, owner, started, began) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		string(step), reason, owner, started, began).Scan(&id); err != nil {
		return 0, fmt.Errorf("record the beginning of %s: %w", step, err)
	}
	return id, nil
}

// SaveMark stores where a step stands without any rows of its own.
func (d *DB) SaveMark(ctx context.Context, m SyncMark, rows int) error {
	return d.Update(ctx, func(tx *DB) error { return tx.mark(ctx, m, rows) })
}

// mark stores where a step stands, inside the transaction of its page. It
// fails, and with it the page, where another process has taken the lease.
func (d *DB) mark(ctx context.Context, m SyncMark, rows int) error {
	if m.Run == 0 {
		return nil
	}
	result, err := d.q.ExecContext(ctx, `UPDATE sync_run SET pages = pages + 1, row_count = row_count + $2, calls = calls + $3, throttled = throttled + $4,
		total = CASE WHEN CAST($5 AS BIGINT) > 0 THEN CAST($5 AS BIGINT) ELSE total END
		WHERE id = $1 AND finished = 0 AND owner IN (SELECT owner FROM lease WHERE name = '`+syncLease+`' AND expires > `+d.engine.clock()+`)`,
		m.Run, int64(rows), m.Calls, m.Throttled, m.Total)
	if err != nil {
		return fmt.Errorf("record a page of run %d: %w", m.Run, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("record a page of run %d: %w", m.Run, err)
	}
	if n == 0 {
		return errLeaseLost()
	}
	if _, err := d.q.ExecContext(ctx, `UPDATE sync_cursor SET cursor = $3 WHERE step = $1 AND run = $2`, string(m.Step), m.Run, m.Cursor); err != nil {
		return fmt.Errorf("remember where %s stands: %w", m.Step, err)
	}
	return nil
}

// CompleteStep ends a step that reached its end; the next one begins anew.
func (d *DB) CompleteStep(ctx context.Context, run int64, now time.Time) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `DELETE FROM sync_cursor WHERE run = $1`, run); err != nil {
			return fmt.Errorf("end run %d: %w", run, err)
		}
		return tx.finishRun(ctx, run, 1, "", now)
	})
}

// FailStep ends a run before its end and says why, in words for people. Where
// it stands is kept: the next BeginStep of the step goes on there.
func (d *DB) FailStep(ctx context.Context, run int64, problem string, now time.Time) error {
	return d.Update(ctx, func(tx *DB) error { return tx.finishRun(ctx, run, 0, problem, now) })
}

// ForgetStep drops where a step stands, so that it begins anew: its cursor is
// refused, or too old to mean anything.
func (d *DB) ForgetStep(ctx context.Context, step fleet.Step) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `DELETE FROM sync_cursor WHERE step = $1`, string(step)); err != nil {
			return fmt.Errorf("forget where %s stands: %w", step, err)
		}
		return nil
	})
}

func (d *DB) finishRun(ctx context.Context, run, complete int64, problem string, now time.Time) error {
	if _, err := d.q.ExecContext(ctx, `UPDATE sync_run SET finished = $2, complete = $3, problem = $4 WHERE id = $1`, run, now.Unix(), complete, problem); err != nil {
		return fmt.Errorf("record the end of run %d: %w", run, err)
	}
	return nil
}
