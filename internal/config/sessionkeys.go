package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SessionKeys are the keys of SESSION_KEY: the first signs, all verify. Where it
// is not set there is one, made on the first call and kept in
// DATA_DIR/session.key, which only its owner may read.
func (c Config) SessionKeys() ([][]byte, error) {
	if len(c.sessionKeys) > 0 {
		keys := make([][]byte, len(c.sessionKeys))
		for i, key := range c.sessionKeys {
			keys[i] = []byte(key.Reveal())
		}
		return keys, nil
	}
	key, err := keptKey(filepath.Join(c.DataDir, "session.key"))
	if err != nil {
		return nil, err
	}
	return [][]byte{key}, nil
}

// keptKey is the key in the file, or a new one put there. Two programs that
// start together end with the same key: a file comes into being whole, by a
// link that fails where one exists, and whoever lost reads the winner's.
func keptKey(path string) ([]byte, error) {
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	if err := placeNewKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("keep a new session key in %s: %w", path, err)
	}
	return readKey(path)
}

func readKey(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the session key: %w", err)
	}
	key := strings.TrimSpace(string(content))
	if len(key) < shortestSessionKey {
		return nil, fmt.Errorf("the session key in %s is too short: delete the file to have a new one made (everybody signs in again)", path)
	}
	return []byte(key), nil
}

func placeNewKey(path string) (err error) {
	draft, err := os.CreateTemp(filepath.Dir(path), "session.key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(draft.Name())) }()
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	_, err = draft.WriteString(hex.EncodeToString(secret) + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	return os.Link(draft.Name(), path)
}
