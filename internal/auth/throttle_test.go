package auth

import (
	"testing"
	"time"

	"neonfleet/internal/fleet"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func TestMismatch_countsDownInWords(t *testing.T) {
	const text = "That address and password do not match. "
	var tries fleet.Tries
	now := noon
	for i, want := range []string{
		"Four tries left before a pause of one minute.",
		"Three tries left before a pause of one minute.",
		"Two tries left before a pause of one minute.",
		"One try left before a pause of one minute.",
		"Wait one minute before the next try.",
		"Wait two minutes before the next try.",
		"Wait four minutes before the next try.",
		"Wait eight minutes before the next try.",
		"Wait 15 minutes before the next try.",
		"Wait 15 minutes before the next try.",
	} {
		tries = tries.Take(now)
		if got := mismatch(tries).Error(); got != text+want {
			t.Errorf("try %d: %q, want %q", i+1, got, text+want)
		}
		now = now.Add(15 * time.Minute)
	}
}

func TestWaitInWords_roundsUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Millisecond: "one second", time.Second: "one second", 1100 * time.Millisecond: "2 seconds",
		time.Minute: "60 seconds", 61 * time.Second: "2 minutes", 15 * time.Minute: "15 minutes",
	} {
		if got := waitInWords(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestNetwork_isWhatOneHouseholdHas(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":            "192.0.2.7",
		"::ffff:192.0.2.7":     "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"somewhere":            "somewhere",
	} {
		if got := network(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestTryKeys_areTheSameHoweverTheAddressIsTypedAndHoldNothing(t *testing.T) {
	if diff := cmp.Diff(tryKeys("ada@example.com", "192.0.2.7"), tryKeys(" ADA@Example.com", "::ffff:192.0.2.7")); diff != "" {
		t.Error(diff)
	}
	if keys := tryKeys("192.0.2.7", "192.0.2.7"); len(keys) != 2 || keys[0] == keys[1] || len(keys[0]) != 64 {
		t.Errorf("keys = %q: two of different kinds, hashed", keys)
	}
	if keys := tryKeys("ada@example.com", ""); len(keys) != 1 {
		t.Errorf("without an address: %q, want the account's alone", keys)
	}
}
