package auth

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// DefaultAdmin is the first administrator's address where ADMIN_EMAIL names none.
const DefaultAdmin = "admin@localhost"

// FirstAccounts is what making the first administrator asks of the store.
type FirstAccounts interface {
	StaffList(ctx context.Context) ([]fleet.Staff, error)
	CreateFirstStaff(ctx context.Context, by fleet.Actor, email, password string, at time.Time) (s fleet.Staff, made bool, err error)
}

// First is the administrator that FirstAdmin made.
type First struct {
	Made     bool
	Email    string
	Password string // to print once; "" if it came from outside
}

// FirstAdmin makes an administrator where nobody has an account yet, and does
// nothing otherwise. email and password are ADMIN_EMAIL and ADMIN_PASSWORD;
// what is empty is made. A given password is the operator's own choice, which
// config has looked at.
func FirstAdmin(ctx context.Context, accounts FirstAccounts, h *Hasher, email, password string, at time.Time) (First, error) {
	staff, err := accounts.StaffList(ctx)
	if err != nil || len(staff) > 0 {
		return First{}, err
	}
	if email, err = CheckEmail(cmp.Or(email, DefaultAdmin)); err != nil {
		return First{}, fmt.Errorf("ADMIN_EMAIL: %w", err)
	}
	first := First{Email: email}
	if password == "" {
		first.Password = RandomPassword()
	}
	hash, err := h.Hash(ctx, cmp.Or(password, first.Password))
	if err != nil {
		return First{}, err
	}
	_, made, err := accounts.CreateFirstStaff(ctx, fleet.Actor{Email: "first start"}, email, hash, at)
	if err != nil || !made { // another replica was faster, and prints its own
		return First{}, err
	}
	first.Made = true
	return first, nil
}
