package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// finalAfter is how long after its end a day must have been asked for to be
// final (interface.md).
const finalAfter = 24 * time.Hour

// A settle is one reading of the whole organization's days.
type settle struct {
	no       int64
	began    time.Time
	from, to fleet.Day
}

// finals says whether the settle makes this day final, once it is complete.
func (s settle) finals(day fleet.Day) bool {
	return s.no != 0 && day >= s.from && day <= s.to && !s.began.Before(day.End().Add(finalAfter))
}

// BeginSettle records a reading of the whole organization's days, both
// included, that begins now. Its number goes with each of its pages.
func (d *DB) BeginSettle(ctx context.Context, from, to fleet.Day, now time.Time) (no int64, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		return tx.q.QueryRowContext(ctx, `INSERT INTO settle (began, from_day, to_day) VALUES ($1, $2, $3) RETURNING no`,
			now.Unix(), int64(from), int64(to)).Scan(&no)
	})
	if err != nil {
		return 0, fmt.Errorf("record a settle: %w", err)
	}
	return no, nil
}

func (d *DB) settle(ctx context.Context, no int64) (settle, error) {
	s := settle{no: no}
	var began int64
	if err := d.q.QueryRowContext(ctx, `SELECT began, from_day, to_day FROM settle WHERE no = $1`, no).Scan(&began, &s.from, &s.to); err != nil {
		return s, fmt.Errorf("read settle %d: %w", no, err)
	}
	s.began = time.Unix(began, 0).UTC()
	return s, nil
}

// CompleteSettle records that every page of the settle is stored. Its days are
// final once FinalPage has marked them.
func (d *DB) CompleteSettle(ctx context.Context, no int64) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `UPDATE settle SET complete = 1 WHERE no = $1`, no); err != nil {
			return fmt.Errorf("complete settle %d: %w", no, err)
		}
		return nil
	})
}

// UnmarkedSettle is a complete settle whose days are not all marked final yet,
// the oldest one; ok is false where there is none.
func (d *DB) UnmarkedSettle(ctx context.Context) (no int64, ok bool, err error) {
	err = d.q.QueryRowContext(ctx, `SELECT coalesce(min(no), 0) FROM settle WHERE complete = 1 AND final = 0`).Scan(&no)
	if err != nil {
		return 0, false, fmt.Errorf("look for settles to mark: %w", err)
	}
	return no, no != 0, nil
}

// FinalPage marks the days of the next tenants after a local id final, limit
// of them, if the settle covered them. It may be cut off and begun anew at any
// point. done says that this was the last page; then the settle is closed.
func (d *DB) FinalPage(ctx context.Context, no, after int64, limit int) (next int64, done bool, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		s, err := tx.settle(ctx, no)
		if err != nil {
			return err
		}
		if next, err = tx.pageEnd(ctx, after, limit); err != nil {
			return err
		}
		if done = next == 0; done {
			_, err = tx.q.ExecContext(ctx, `UPDATE settle SET final = 1 WHERE no = $1 AND complete = 1`, no)
			return err
		}
		return tx.markFinal(ctx, s, after, next)
	})
	if err != nil {
		return 0, false, fmt.Errorf("mark days final: %w", err)
	}
	return next, done, nil
}

// pageEnd is the local id of the last of the next tenants; 0 if there is none.
func (d *DB) pageEnd(ctx context.Context, after int64, limit int) (last int64, err error) {
	err = d.q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM (SELECT id FROM tenant WHERE id > $1 ORDER BY id LIMIT $2) AS page`, after, limit).Scan(&last)
	return last, err
}

// markFinal closes what the settle covered of the tenants above after up to
// last: days, their months' counts, and months that came as a whole.
func (d *DB) markFinal(ctx context.Context, s settle, after, last int64) error {
	const page = ` tenant IN (SELECT id FROM tenant WHERE id > $1 AND id <= $2) `
	for month := s.from.Month(); month <= s.to.Month(); month = month.Add(1) {
		if _, err := d.q.ExecContext(ctx, `UPDATE usage_month SET days_settled = days_settled + (SELECT count(*) FROM usage_day u
			WHERE u.tenant = usage_month.tenant AND u.day BETWEEN $4 AND $5 AND u.settled = $6)
			WHERE month = $3 AND whole = 0 AND`+page, after, last, int64(month), int64(max(s.from, month.First())), int64(min(s.to, fleet.DayOf(month.End()).Add(-1))), -s.no); err != nil {
			return err
		}
	}
	if _, err := d.q.ExecContext(ctx, `UPDATE usage_day SET settled = 1 WHERE`+page+`AND day BETWEEN $3 AND $4 AND settled = $5`,
		after, last, int64(s.from), int64(s.to), -s.no); err != nil {
		return err
	}
	first := fleet.MonthOf(s.began).Add(-monthsBack)
	for month := first; month < fleet.MonthOf(s.began); month = month.Add(1) {
		if s.began.Before(month.End().Add(finalAfter)) {
			continue
		}
		if _, err := d.q.ExecContext(ctx, `UPDATE usage_month SET days_settled = days_known WHERE month = $3 AND whole = $4 AND days_settled <> days_known AND`+page,
			after, last, int64(month), s.no); err != nil {
			return err
		}
	}
	return nil
}

// settledThrough is the last day that a settle has made final; 0 if none has.
func (d *DB) settledThrough(ctx context.Context) (through fleet.Day, err error) {
	rows, err := d.q.QueryContext(ctx, `SELECT no, began, from_day, to_day FROM settle WHERE final = 1 ORDER BY no DESC LIMIT 30`)
	if err != nil {
		return 0, fmt.Errorf("read settles: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s settle
		var began int64
		if err := rows.Scan(&s.no, &began, &s.from, &s.to); err != nil {
			return 0, fmt.Errorf("read settles: %w", err)
		}
		s.began = time.Unix(began, 0).UTC()
		last := s.to
		for last >= s.from && !s.finals(last) {
			last = last.Add(-1)
		}
		if last >= s.from {
			through = max(through, last)
		}
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("read settles: %w", err)
	}
	return through, nil
}
