package auth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"neonfleet/internal/fleet"
)

// Accounts is what signing in asks of the store.
type Accounts interface {
	Credentials(ctx context.Context, email string) (s fleet.Staff, password string, err error)
	RecordSignIn(ctx context.Context, s fleet.Staff, by fleet.Actor, at time.Time) error
	Rehash(ctx context.Context, id fleet.StaffID, from, to string) error
	SetPassword(ctx context.Context, by fleet.Actor, id fleet.StaffID, hash string, at time.Time) (fleet.Staff, error)
	AppendAudit(ctx context.Context, e fleet.AuditEntry) (int64, error)
}

// A Desk is where people sign in and out and change their password: every
// part is needed.
type Desk struct {
	Accounts Accounts
	Hasher   *Hasher
	Throttle *Throttle
	Sessions *Store
	Now      func() time.Time // the system's clock
}

// stranger is who tries to sign in and has not shown who they are.
const stranger = "not signed in"

// SignIn checks the password and begins a session, with an audit entry for
// either outcome. from has the address and request id. What stands in the way
// is an Invalid or Conflict error to show above the form; it says the same, in
// the same time, whether the address has an account or not.
func (d *Desk) SignIn(w http.ResponseWriter, r *http.Request, email, password string, from fleet.Actor) (fleet.Staff, error) {
	ctx := r.Context()
	tries, err := d.Throttle.Take(ctx, email, from.Address)
	if err != nil {
		return fleet.Staff{}, err
	}
	staff, ok, err := d.prove(ctx, email, password)
	switch {
	case err != nil:
		return fleet.Staff{}, err
	case !ok:
		return fleet.Staff{}, d.refuse(ctx, staff, from, mismatch(tries), "wrong password")
	case staff.Disabled: // said only to who knows the password
		disabled := fleet.Errorf(fleet.Invalid, "The account of %s is disabled. An administrator can enable it.", staff.Email)
		return fleet.Staff{}, d.refuse(ctx, staff, from, disabled, "account disabled")
	}
	by := fleet.Actor{ID: staff.ID, Email: staff.Email, Role: staff.Role, Address: from.Address, RequestID: from.RequestID}
	if err := d.Accounts.RecordSignIn(ctx, staff, by, d.Now()); err != nil {
		return fleet.Staff{}, err
	}
	if err := d.Throttle.Forget(ctx, email, from.Address); err != nil {
		return fleet.Staff{}, err
	}
	return staff, d.Sessions.Begin(w, r, staff, from.Address)
}

// prove says whether the password is that of the account of email. Without an
// account it takes as long, and staff is the zero value.
func (d *Desk) prove(ctx context.Context, email, password string) (staff fleet.Staff, ok bool, err error) {
	staff, hash, err := d.Accounts.Credentials(ctx, email)
	if fleet.KindOf(err) == fleet.NotFound {
		return fleet.Staff{}, false, d.Hasher.VerifyNobody(ctx, password)
	}
	if err != nil {
		return fleet.Staff{}, false, err
	}
	ok, stale, err := d.Hasher.Verify(ctx, password, hash)
	if err != nil || !ok || !stale {
		return staff, ok, err
	}
	fresh, err := d.Hasher.Hash(ctx, password)
	if err != nil {
		return staff, false, err
	}
	return staff, true, d.Accounts.Rehash(ctx, staff.ID, hash, fresh)
}

// refuse writes down the try and gives back why it failed. What was typed is
// kept only where it is the address of an account: else it may be a password.
func (d *Desk) refuse(ctx context.Context, staff fleet.Staff, from fleet.Actor, why error, detail string) error {
	if staff.ID == 0 {
		detail = "no such account"
	}
	by := fleet.Actor{Email: stranger, Address: from.Address, RequestID: from.RequestID}
	e := fleet.AuditEntry{At: d.Now(), By: by, Action: "sign in", Target: staff.Email, Outcome: fleet.Refused, Detail: detail}
	if _, err := d.Accounts.AppendAudit(ctx, e); err != nil {
		return err
	}
	return why
}

// SignOut ends the session, with an audit entry; without a session there is
// nothing to do.
func (d *Desk) SignOut(w http.ResponseWriter, r *http.Request, from fleet.Actor) error {
	v, ok, err := d.Sessions.Visit(r)
	if err != nil {
		return err
	}
	if err := d.Sessions.End(w, r); err != nil || !ok {
		return err
	}
	by := fleet.Actor{ID: v.Staff.ID, Email: v.Staff.Email, Role: v.Staff.Role, Address: from.Address, RequestID: from.RequestID}
	_, err = d.Accounts.AppendAudit(r.Context(), fleet.AuditEntry{At: d.Now(), By: by, Action: "sign out", Target: v.Staff.Email, Outcome: fleet.Done})
	return err
}

var errWrongPassword = errors.New("wrong current password")

// WrongPassword says whether ChangePassword refused because of the current
// password, or a pause after several wrong ones, and not of the new one.
func WrongPassword(err error) bool {
	_, paused := errors.AsType[*Paused](err)
	return paused || errors.Is(err, errWrongPassword)
}

// ChangePassword gives by, who is signed in, another password. All sessions of
// the account end; the one that asked goes on with a new id.
func (d *Desk) ChangePassword(w http.ResponseWriter, r *http.Request, by fleet.Actor, current, next string) error {
	ctx := r.Context()
	if err := CheckPassword(next, by.Email); err != nil {
		return err
	}
	if _, err := d.Throttle.Take(ctx, by.Email, by.Address); err != nil {
		return err
	}
	_, ok, err := d.prove(ctx, by.Email, current)
	if err != nil {
		return err
	}
	if !ok {
		return fleet.Because(errWrongPassword, fleet.Invalid, "That is not your current password.")
	}
	hash, err := d.Hasher.Hash(ctx, next)
	if err != nil {
		return err
	}
	staff, err := d.Accounts.SetPassword(ctx, by, by.ID, hash, d.Now())
	if err != nil {
		return err
	}
	if err := d.Throttle.Forget(ctx, by.Email, by.Address); err != nil {
		return err
	}
	return d.Sessions.Begin(w, r, staff, by.Address)
}
