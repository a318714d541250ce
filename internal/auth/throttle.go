package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"neonfleet/internal/fleet"
)

// Tries is what the throttle asks of the store.
type Tries interface {
	TakeTry(ctx context.Context, keys []string, now time.Time) (worst fleet.Tries, allowed bool, err error)
	ForgetTries(ctx context.Context, keys []string) error
}

// A Throttle slows down whoever guesses passwords, by account and by address.
// The rule is fleet.Tries'; the count is in the store, so that it survives a
// restart and replicas share it.
type Throttle struct {
	tries Tries
	now   func() time.Time // the system's clock
}

// NewThrottle makes a Throttle that counts in tries.
func NewThrottle(tries Tries, now func() time.Time) *Throttle { return &Throttle{tries, now} }

// Paused is the cause of a refusal before the password was looked at.
type Paused struct {
	For time.Duration // for a Retry-After header
}

// Error is for the log.
func (p *Paused) Error() string { return "sign-in paused for " + p.For.String() }

// Take counts a try before the password is looked at, for an address that has
// an account as for one that has none. In a pause it is an Invalid error
// because of a *Paused.
func (t *Throttle) Take(ctx context.Context, email, address string) (fleet.Tries, error) {
	now := t.now()
	tries, allowed, err := t.tries.TakeTry(ctx, tryKeys(email, address), now)
	if err != nil {
		return fleet.Tries{}, err
	}
	if !allowed {
		wait := tries.Until.Sub(now)
		return tries, fleet.Because(&Paused{wait}, fleet.Invalid, "Too many tries. Wait %s, then try again.", waitInWords(wait))
	}
	return tries, nil
}

// Forget begins the count again after a success, or when an administrator
// gives the account a new password; then address is "".
func (t *Throttle) Forget(ctx context.Context, email, address string) error {
	return t.tries.ForgetTries(ctx, tryKeys(email, address))
}

// tryKeys are what a try is counted for. Hashes, because people type their
// password into the field above it.
func tryKeys(email, address string) []string {
	keys := []string{tryKey("account", foldEmail(email))}
	if address != "" {
		keys = append(keys, tryKey("address", network(address)))
	}
	return keys
}

func tryKey(kind, of string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + of))
	return hex.EncodeToString(sum[:])
}

// network is what one household has: an IPv4 address, or 64 bits of IPv6, in
// which everybody can have as many addresses as they like.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}

// mismatch says that the try failed, and what is left.
func mismatch(t fleet.Tries) error {
	const text = "That address and password do not match. "
	switch left := t.Left(); left {
	case 0:
		return fleet.Errorf(fleet.Invalid, text+"Wait %s before the next try.", pauseInWords(t))
	case 1:
		return fleet.Errorf(fleet.Invalid, text+"One try left before a pause of one minute.")
	default:
		return fleet.Errorf(fleet.Invalid, text+"%s tries left before a pause of one minute.", []string{"Two", "Three", "Four"}[left-2])
	}
}

func pauseInWords(t fleet.Tries) string {
	minutes := int((t.Until.Sub(t.At) + time.Minute - 1) / time.Minute)
	if word, ok := map[int]string{1: "one minute", 2: "two minutes", 4: "four minutes", 8: "eight minutes"}[minutes]; ok {
		return word
	}
	return fmt.Sprintf("%d minutes", minutes)
}

// waitInWords rounds up, so that nobody comes back too early.
func waitInWords(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	switch {
	case seconds <= 1:
		return "one second"
	case seconds <= 60:
		return fmt.Sprintf("%d seconds", seconds)
	}
	return fmt.Sprintf("%d minutes", (seconds+59)/60)
}
