package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestSessionKeys_areMadeOnceAndKept(t *testing.T) {
	c := served(t, "DATA_DIR", filepath.Join(t.TempDir(), "not", "there", "yet"))

	first, err := c.SessionKeys()
	if err != nil {
		t.Fatalf("first call: %v", err)
	}
	second, err := c.SessionKeys()
	if err != nil {
		t.Fatalf("second call: %v", err)
	}

	if len(first) != 1 || len(first[0]) < 32 || string(first[0]) != string(second[0]) {
		t.Errorf("keys = %d of %d bytes, then the same: %v; want 1 of at least 32, kept", len(first), len(first[0]), string(first[0]) == string(second[0]))
	}
	info, err := os.Stat(filepath.Join(c.DataDir, "session.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("session.key: %v, %v, want mode 0600", info, err)
	}
	entries, err := os.ReadDir(c.DataDir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%s has %v, %v, want the key alone", c.DataDir, entries, err)
	}
}

func TestSessionKeys_areTheSameForProgramsThatStartTogether(t *testing.T) {
	c := served(t, "DATA_DIR", filepath.Join(t.TempDir(), "data"))
	seen := make([]string, 20)
	var wg sync.WaitGroup
	for i := range seen {
		wg.Go(func() {
			keys, err := c.SessionKeys()
			if err != nil {
				t.Errorf("program %d: %v", i, err)
				return
			}
			seen[i] = string(keys[0])
		})
	}
	wg.Wait()
	for i, key := range seen {
		if key != seen[0] {
			t.Errorf("program %d got another key than program 0", i)
		}
	}
}

func TestSessionKeys_refuseADamagedFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "session.key")
	if err := os.WriteFile(path, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := served(t, "DATA_DIR", dir).SessionKeys()
	if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "short\n") {
		t.Errorf("err = %v, want one that names %s and what to do", err, path)
	}
}

func TestSessionKeys_sayWhenTheDirectoryCannotBeMade(t *testing.T) {
	c := served(t).In(filepath.Join(secretFile(t, ""), "below-a-file"))
	if _, err := c.SessionKeys(); err == nil || !strings.Contains(err.Error(), "below-a-file") {
		t.Errorf("err = %v, want one that names the directory", err)
	}
}
