// Package auth knows who is asking: passwords, sessions, the throttle on
// signing in, and how the first administrator comes about. What it keeps is
// kept by the store, which it knows only by small interfaces.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what one hash takes: OWASP's advice for argon2id with little memory,
// 25 to 40 ms on one core.
type cost struct {
	memory  uint32 // KiB
	time    uint32
	threads uint8
}

var today = cost{memory: 19 * 1024, time: 2, threads: 1}

const (
	saltBytes = 16
	keyBytes  = 32
)

// A Hasher makes and checks argon2id hashes, a few at a time: each takes 19 MiB
// and a core, and anybody may ask for one.
type Hasher struct {
	slots  chan struct{}
	cost   cost
	nobody string // a hash that no password has
}

// NewHasher makes a Hasher that works on at most parallel hashes at once.
func NewHasher(parallel int) *Hasher {
	h := &Hasher{slots: make(chan struct{}, max(parallel, 1)), cost: today}
	salt, key := make([]byte, saltBytes), make([]byte, keyBytes)
	rand.Read(salt) // never fails
	rand.Read(key)
	h.nobody = encode(h.cost, salt, key)
	return h
}

// Hash is the hash of a password with a salt of its own, as a PHC string. It
// fails only when ctx ends before its turn comes.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	key, err := h.derive(ctx, password, salt, h.cost, keyBytes)
	if err != nil {
		return "", err
	}
	return encode(h.cost, salt, key), nil
}

// Verify says whether the password belongs to the hash, in a time that does
// not depend on where they differ. stale asks for a new hash: the cost has
// changed since this one was made.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (ok, stale bool, err error) {
	c, salt, key, err := decode(hash)
	if err != nil {
		return false, false, err
	}
	got, err := h.derive(ctx, password, salt, c, len(key))
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(got, key) == 1, c != h.cost || len(key) != keyBytes, nil
}

// VerifyNobody takes the time of a Verify where there is no account, so that
// the answer does not show which addresses have one.
func (h *Hasher) VerifyNobody(ctx context.Context, password string) error {
	_, _, err := h.Verify(ctx, password, h.nobody)
	return err
}

func (h *Hasher) derive(ctx context.Context, password string, salt []byte, c cost, length int) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.threads, uint32(length)), nil
}

var b64 = base64.RawStdEncoding.Strict()

func encode(c cost, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.time, c.threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// errHash says nothing of the hash itself, since errors are logged.
var errHash = errors.New("the stored hash of a password cannot be read")

// decode reads a PHC string. Its bounds keep a damaged one from taking all
// memory, or argon2 from panicking.
func decode(hash string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); err != nil {
		return c, nil, nil, errHash
	}
	salt, saltErr := b64.DecodeString(parts[4])
	key, keyErr := b64.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 ||
		c.memory < 8 || c.memory > 256*1024 || c.time < 1 || c.time > 16 || c.threads < 1 {
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}
