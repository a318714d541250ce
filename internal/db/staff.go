package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"neonfleet/internal/fleet"
)

const staffColumns = `id, email, role, disabled, created_at, last_sign_in_at, epoch`

// CreateStaff adds an account; password is its hash. An address that has one
// already is a Conflict.
func (d *DB) CreateStaff(ctx context.Context, by fleet.Actor, email string, role fleet.Role, password string, at time.Time) (s fleet.Staff, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		s, err = tx.insertStaff(ctx, by, email, role, password, at)
		return err
	})
	return s, err
}

// CreateFirstStaff adds the first administrator where nobody has an account
// yet, once even when replicas start together; made says whether it did.
func (d *DB) CreateFirstStaff(ctx context.Context, by fleet.Actor, email, password string, at time.Time) (s fleet.Staff, made bool, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		if err := tx.hold(ctx, staffLock); err != nil {
			return fmt.Errorf("create the first administrator: %w", err)
		}
		var n int
		if err := tx.q.QueryRowContext(ctx, `SELECT count(*) FROM staff`).Scan(&n); err != nil {
			return fmt.Errorf("count staff: %w", err)
		}
		if n > 0 {
			return nil
		}
		s, err = tx.insertStaff(ctx, by, email, fleet.Admin, password, at)
		made = err == nil
		return err
	})
	return s, made, err
}

func (d *DB) insertStaff(ctx context.Context, by fleet.Actor, email string, role fleet.Role, password string, at time.Time) (fleet.Staff, error) {
	email = foldEmail(email)
	s, err := scanStaff(d.q.QueryRowContext(ctx, `INSERT INTO staff (email, role, password, created_at) VALUES ($1, $2, $3, $4)
		RETURNING `+staffColumns, email, string(role), password, at.Unix()))
	if isUnique(err) {
		return s, fleet.Because(err, fleet.Conflict, "%s has an account already.", email)
	}
	if err != nil {
		return s, fmt.Errorf("create the account of %s: %w", email, err)
	}
	return s, d.auditStaff(ctx, by, "add staff", fleet.Staff{}, s, at)
}

// foldEmail is the one way an address is stored and looked up.
func foldEmail(email string) string { return fleet.FoldName(strings.TrimSpace(email)) }

// Staff is one account; NotFound if there is none.
func (d *DB) Staff(ctx context.Context, id fleet.StaffID) (fleet.Staff, error) {
	s, err := scanStaff(d.q.QueryRowContext(ctx, `SELECT `+staffColumns+` FROM staff WHERE id = $1`, int64(id)))
	if err != nil {
		return s, fmt.Errorf("read account %d: %w", id, translate(err))
	}
	return s, nil
}

// StaffByEmail is the account of an address, in any case; NotFound, with a
// message that names it, if there is none.
func (d *DB) StaffByEmail(ctx context.Context, email string) (fleet.Staff, error) {
	s, _, err := d.Credentials(ctx, email)
	return s, err
}

// Credentials are the account of an address and the hash of its password, as
// StaffByEmail.
func (d *DB) Credentials(ctx context.Context, email string) (s fleet.Staff, password string, err error) {
	email = foldEmail(email)
	row := d.q.QueryRowContext(ctx, `SELECT `+staffColumns+`, password FROM staff WHERE email = $1`, email)
	s, err = scanStaff(row, &password)
	if err = translate(err); fleet.KindOf(err) == fleet.NotFound {
		return s, "", fleet.Because(err, fleet.NotFound, "%s has no account.", email)
	}
	if err != nil {
		return s, "", fmt.Errorf("read the account of an address: %w", err)
	}
	return s, password, nil
}

// StaffList is all accounts by address.
func (d *DB) StaffList(ctx context.Context) ([]fleet.Staff, error) {
	rows, err := d.q.QueryContext(ctx, `SELECT `+staffColumns+` FROM staff ORDER BY email`)
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	defer rows.Close()
	var all []fleet.Staff
	for rows.Next() {
		s, err := scanStaff(rows)
		if err != nil {
			return nil, fmt.Errorf("list staff: %w", err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// SetRole gives an account another role; the same one changes nothing. The
// last administrator who can sign in keeps the role: Invalid.
func (d *DB) SetRole(ctx context.Context, by fleet.Actor, id fleet.StaffID, role fleet.Role, at time.Time) (fleet.Staff, error) {
	return d.changeStaff(ctx, by, "change role", id, at, func(tx *DB, was fleet.Staff) error {
		if was.Role == role {
			return errUnchanged
		}
		if err := tx.checkAdminRemains(ctx, was, role != fleet.Admin); err != nil {
			return err
		}
		_, err := tx.q.ExecContext(ctx, `UPDATE staff SET role = $1 WHERE id = $2`, string(role), int64(id))
		return err
	})
}

// SetDisabled closes an account, or opens it again; as it is already changes
// nothing. The last administrator who can sign in stays: Invalid.
func (d *DB) SetDisabled(ctx context.Context, by fleet.Actor, id fleet.StaffID, disabled bool, at time.Time) (fleet.Staff, error) {
	action, flag := "enable account", 0
	if disabled {
		action, flag = "disable account", 1
	}
	return d.changeStaff(ctx, by, action, id, at, func(tx *DB, was fleet.Staff) error {
		if was.Disabled == disabled {
			return errUnchanged
		}
		if err := tx.checkAdminRemains(ctx, was, disabled); err != nil {
			return err
		}
		_, err := tx.q.ExecContext(ctx, `UPDATE staff SET disabled = $1 WHERE id = $2`, flag, int64(id))
		return err
	})
}

// SetPassword gives an account another password; hash is its hash.
func (d *DB) SetPassword(ctx context.Context, by fleet.Actor, id fleet.StaffID, hash string, at time.Time) (fleet.Staff, error) {
	return d.changeStaff(ctx, by, "set password", id, at, func(tx *DB, _ fleet.Staff) error {
		_, err := tx.q.ExecContext(ctx, `UPDATE staff SET password = $1 WHERE id = $2`, hash, int64(id))
		return err
	})
}

// errUnchanged ends changeStaff where the account is as wanted already.
var errUnchanged = fleet.Errorf(fleet.Conflict, "Nothing to change.")

// changeStaff makes a change to an account: with it its epoch grows, which
// ends its sessions, and the audit entry is written.
func (d *DB) changeStaff(ctx context.Context, by fleet.Actor, action string, id fleet.StaffID, at time.Time, change func(tx *DB, was fleet.Staff) error) (s fleet.Staff, err error) {
	err = d.Update(ctx, func(tx *DB) error {
		if err := tx.hold(ctx, staffLock); err != nil { // two administrators must not demote each other at once
			return err
		}
		was, err := tx.Staff(ctx, id)
		if err != nil {
			return err
		}
		if err := change(tx, was); errors.Is(err, errUnchanged) {
			s = was
			return nil
		} else if err != nil {
			return err
		}
		s, err = scanStaff(tx.q.QueryRowContext(ctx, `UPDATE staff SET epoch = epoch + 1 WHERE id = $1 RETURNING `+staffColumns, int64(id)))
		if err != nil {
			return err
		}
		if _, err := tx.q.ExecContext(ctx, `DELETE FROM session WHERE staff = $1`, int64(id)); err != nil {
			return err
		}
		return tx.auditStaff(ctx, by, action, was, s, at)
	})
	if err != nil {
		return fleet.Staff{}, fmt.Errorf("%s of account %d: %w", action, id, err)
	}
	return s, nil
}

// checkAdminRemains refuses to take away the last administrator who can sign in.
func (d *DB) checkAdminRemains(ctx context.Context, s fleet.Staff, leaves bool) error {
	if !leaves || s.Role != fleet.Admin || s.Disabled {
		return nil
	}
	var others int
	if err := d.q.QueryRowContext(ctx, `SELECT count(*) FROM staff WHERE role = 'admin' AND disabled = 0 AND id <> $1`, int64(s.ID)).Scan(&others); err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if others == 0 {
		return fleet.Errorf(fleet.Invalid, "%s is the last administrator. Make somebody else one first.", s.Email)
	}
	return nil
}

// RecordSignIn notes that somebody proved to be s, with an audit entry. An
// account changed since s was read is a Conflict: what was proved may not hold.
func (d *DB) RecordSignIn(ctx context.Context, s fleet.Staff, by fleet.Actor, at time.Time) error {
	return d.Update(ctx, func(tx *DB) error {
		done, err := tx.q.ExecContext(ctx, `UPDATE staff SET last_sign_in_at = $1 WHERE id = $2 AND epoch = $3 AND disabled = 0`, at.Unix(), int64(s.ID), s.Epoch)
		if err != nil {
			return fmt.Errorf("record the sign-in of %s: %w", s.Email, err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fleet.Because(err, fleet.Conflict, "The account was changed just now. Sign in again.")
		}
		_, err = tx.AppendAudit(ctx, fleet.AuditEntry{At: at, By: by, Action: "sign in", Target: s.Email, Outcome: fleet.Done})
		return err
	})
}

// Rehash replaces the hash of a password that stays the same, unless it was
// changed meanwhile.
func (d *DB) Rehash(ctx context.Context, id fleet.StaffID, from, to string) error {
	return d.Update(ctx, func(tx *DB) error {
		if _, err := tx.q.ExecContext(ctx, `UPDATE staff SET password = $1 WHERE id = $2 AND password = $3`, to, int64(id), from); err != nil {
			return fmt.Errorf("rehash the password of account %d: %w", id, err)
		}
		return nil
	})
}

func (d *DB) auditStaff(ctx context.Context, by fleet.Actor, action string, was, is fleet.Staff, at time.Time) error {
	e := fleet.AuditEntry{At: at, By: by, Action: action, Target: is.Email, Outcome: fleet.Done}
	var err error
	if was.ID != 0 && action != "set password" {
		if e.Before, err = accountJSON(was); err != nil {
			return err
		}
	}
	if action != "set password" {
		if e.After, err = accountJSON(is); err != nil {
			return err
		}
	}
	_, err = d.AppendAudit(ctx, e)
	return err
}

func accountJSON(s fleet.Staff) (string, error) {
	b, err := json.Marshal(struct {
		Role     fleet.Role `json:"role"`
		Disabled bool       `json:"disabled"`
	}{s.Role, s.Disabled})
	return string(b), err
}

func scanStaff(row interface{ Scan(...any) error }, more ...any) (s fleet.Staff, err error) {
	var disabled, created, last int64
	err = row.Scan(append([]any{&s.ID, &s.Email, &s.Role, &disabled, &created, &last, &s.Epoch}, more...)...)
	s.Disabled, s.CreatedAt = disabled != 0, time.Unix(created, 0).UTC()
	if last != 0 {
		s.LastSignIn = time.Unix(last, 0).UTC()
	}
	return s, err
}
