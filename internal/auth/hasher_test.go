package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// cheap is a Hasher whose hashes cost next to nothing.
func cheap(parallel int) *Hasher {
	h := NewHasher(parallel)
	h.cost = cost{memory: 8, time: 1, threads: 1}
	return h
}

func TestHasher_aHashIsAPHCStringOfTodaysCost(t *testing.T) {
	h := NewHasher(1)
	hash, err := h.Hash(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash = %s", hash)
	}
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterz": false, "": false} {
		if ok, stale, err := h.Verify(t.Context(), password, hash); ok != want || stale || err != nil {
			t.Errorf("%q: ok %v, stale %v, %v", password, ok, stale, err)
		}
	}
}

func TestHasher_verifiesWhatAnotherImplementationMade(t *testing.T) {
	// from the test of the reference implementation: argon2id, t=2, m=64 MiB, p=1, "password", "somesalt"
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, stale, err := NewHasher(1).Verify(t.Context(), "password", hash); !ok || !stale || err != nil {
		t.Errorf("ok %v, stale %v, %v; want it right, and to be made anew", ok, stale, err)
	}
}

func TestHasher_saltsEveryHash(t *testing.T) {
	h := cheap(1)
	one, err1 := h.Hash(t.Context(), "the same")
	two, err2 := h.Hash(t.Context(), "the same")
	if err := errors.Join(err1, err2); err != nil || one == two {
		t.Errorf("%s and %s, %v", one, two, err)
	}
}

func TestHasher_aHashOfAnotherCostIsStale(t *testing.T) {
	hash, err := cheap(1).Hash(t.Context(), "open")
	if err != nil {
		t.Fatal(err)
	}
	if ok, stale, err := NewHasher(1).Verify(t.Context(), "open", hash); !ok || !stale || err != nil {
		t.Errorf("ok %v, stale %v, %v", ok, stale, err)
	}
}

func TestHasher_aDamagedHashIsAnErrorThatDoesNotQuoteIt(t *testing.T) {
	h := cheap(1)
	for _, hash := range []string{"", "plain", "$argon2id$v=19$m=8,t=1,p=1$AAAA", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=8,t=1,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=8,t=1,p=1$!$!"} {
		ok, _, err := h.Verify(t.Context(), "open", hash)
		if ok || err == nil || hash != "" && strings.Contains(err.Error(), hash) {
			t.Errorf("%q: ok %v, %v", hash, ok, err)
		}
	}
}

func TestHasher_nobodyCostsWhatAnAccountCosts(t *testing.T) {
	h := NewHasher(1)
	hash, err := h.Hash(t.Context(), "open")
	if err != nil {
		t.Fatal(err)
	}
	c, salt, key, err := decode(h.nobody)
	if err != nil || c != h.cost || len(salt) != saltBytes || len(key) != keyBytes || len(h.nobody) != len(hash) {
		t.Errorf("nobody's hash is not like the others: %s, %v", h.nobody, err)
	}
	if err := h.VerifyNobody(t.Context(), "open"); err != nil {
		t.Error(err)
	}
}

func TestHasher_waitsForItsTurnAndGivesUpWithTheRequest(t *testing.T) {
	h := cheap(2)
	h.slots <- struct{}{}
	h.slots <- struct{}{} // both at work
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.Hash(ctx, "open"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want the end of the request", err)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, err := h.Hash(t.Context(), "open"); err != nil {
				t.Error(err)
			}
		})
	}
	<-h.slots
	<-h.slots
	all.Wait()
}
