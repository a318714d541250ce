package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

const sessionColumns = `session.key, session.staff, session.epoch, session.data, session.created_at, session.seen_at, session.expires_at, session.address, session.agent`

// CreateSession stores a session that begins.
func (d *DB) CreateSession(ctx context.Context, s fleet.Session) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `INSERT INTO session (key, staff, epoch, data, created_at, seen_at, expires_at, address, agent)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, s.Key, int64(s.Staff), s.Epoch, s.Data,
			s.CreatedAt.Unix(), s.SeenAt.Unix(), s.ExpiresAt.Unix(), fleet.CleanText(s.Address), fleet.CleanText(s.Agent)); err != nil {
			return fmt.Errorf("create session: %w", err)
		}
		return nil
	})
}

// Session is the session with a key and whose it is. One that has expired,
// was ended, or began before the account last changed is NotFound.
func (d *DB) Session(ctx context.Context, key string, now time.Time) (fleet.Session, fleet.Staff, error) {
	var s staffSession
	err := s.scan(d.q.QueryRowContext(ctx, `SELECT `+sessionColumns+`, `+staffOfSession+`
		FROM session JOIN staff ON staff.id = session.staff
		WHERE session.key = $1 AND session.expires_at > $2 AND session.epoch = staff.epoch AND staff.disabled = 0`, key, now.Unix()))
	if err != nil {
		return fleet.Session{}, fleet.Staff{}, fmt.Errorf("read session: %w", translate(err))
	}
	return s.session, s.staff, nil
}

// Sessions are a person's sessions that still hold, last used first.
func (d *DB) Sessions(ctx context.Context, staff fleet.StaffID, now time.Time) ([]fleet.Session, error) {
	rows, err := d.q.QueryContext(ctx, `SELECT `+sessionColumns+`, `+staffOfSession+`
		FROM session JOIN staff ON staff.id = session.staff
		WHERE session.staff = $1 AND session.expires_at > $2 AND session.epoch = staff.epoch AND staff.disabled = 0
		ORDER BY session.seen_at DESC, session.created_at DESC, session.key`, int64(staff), now.Unix())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	var all []fleet.Session
	for rows.Next() {
		var s staffSession
		if err := s.scan(rows); err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		all = append(all, s.session)
	}
	return all, rows.Err()
}

// SaveSession stores a session's data and when it was used. One that has
// ended meanwhile is NotFound and does not come back.
func (d *DB) SaveSession(ctx context.Context, s fleet.Session) error {
	err := d.changeSession(ctx, `UPDATE session SET data = $2, seen_at = $3, expires_at = $4 WHERE key = $1`,
		s.Key, s.Data, s.SeenAt.Unix(), s.ExpiresAt.Unix())
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// EndSession ends a session; one that is over already is no error.
func (d *DB) EndSession(ctx context.Context, key string) error {
	if err := d.changeSession(ctx, `DELETE FROM session WHERE key = $1`, key); err != nil && fleet.KindOf(err) != fleet.NotFound {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// changeSession runs one statement that must meet a session; else NotFound.
func (d *DB) changeSession(ctx context.Context, query string, args ...any) error {
	return d.Update(ctx, func(tx *DB) error {
		done, err := tx.q.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err == nil && n == 0 {
			return fleet.Errorf(fleet.NotFound, "That session has ended already.")
		}
		return err
	})
}

// RevokeSession ends one session of a person; NotFound if it is not theirs or
// over.
func (d *DB) RevokeSession(ctx context.Context, by fleet.Actor, staff fleet.Staff, key string, at time.Time) error {
	return d.Update(ctx, func(tx *DB) error {
		if err := tx.changeSession(ctx, `DELETE FROM session WHERE key = $1 AND staff = $2`, key, int64(staff.ID)); err != nil {
			return fmt.Errorf("end a session of %s: %w", staff.Email, err)
		}
		_, err := tx.AppendAudit(ctx, fleet.AuditEntry{At: at, By: by, Action: "end session", Target: staff.Email, Outcome: fleet.Done})
		return err
	})
}

// RevokeOtherSessions ends all sessions of a person but the one with the key
// keep ("" keeps none) and says how many.
func (d *DB) RevokeOtherSessions(ctx context.Context, by fleet.Actor, staff fleet.Staff, keep string, at time.Time) (n int64, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		done, err := tx.q.ExecContext(ctx, `DELETE FROM session WHERE staff = $1 AND key <> $2`, int64(staff.ID), keep)
		if err != nil {
			return fmt.Errorf("end sessions of %s: %w", staff.Email, err)
		}
		if n, err = done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.AppendAudit(ctx, fleet.AuditEntry{At: at, By: by, Action: "end other sessions", Target: staff.Email,
			Outcome: fleet.Done, Detail: fmt.Sprintf("%d ended", n)})
		return err
	})
	return n, err
}

// SweepSessions removes the sessions that have expired and says how many.
func (d *DB) SweepSessions(ctx context.Context, now time.Time) (n int64, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		done, err := tx.q.ExecContext(ctx, `DELETE FROM session WHERE expires_at <= $1`, now.Unix())
		if err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		n, err = done.RowsAffected()
		return err
	})
	return n, err
}

// staffSession is a row of a session with its account.
type staffSession struct {
	session fleet.Session
	staff   fleet.Staff
}

const staffOfSession = `staff.id, staff.email, staff.role, staff.disabled, staff.created_at, staff.last_sign_in_at, staff.epoch`

func (s *staffSession) scan(row interface{ Scan(...any) error }) error {
	var created, seen, expires int64
	staff, err := scanStaff(prefixed{row, []any{&s.session.Key, &s.session.Staff, &s.session.Epoch, &s.session.Data,
		&created, &seen, &expires, &s.session.Address, &s.session.Agent}})
	s.staff = staff
	s.session.CreatedAt, s.session.SeenAt, s.session.ExpiresAt = time.Unix(created, 0).UTC(), time.Unix(seen, 0).UTC(), time.Unix(expires, 0).UTC()
	return err
}

// prefixed scans its own columns before those asked for.
type prefixed struct {
	row  interface{ Scan(...any) error }
	into []any
}

func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append(p.into, dest...)...) }
