package neonsim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// modules is where npm put Neon's own programs.
var modules = filepath.Join("..", "..", "..", "node_modules")

// needNode fails without what npm installs, unless this is the run without node.
func needNode(t *testing.T, installed ...string) {
	t.Helper()
	if os.Getenv(withoutNode) == "1" {
		t.Skipf("NOT CHECKED with Neon's own programs: %s=1", withoutNode)
	}
	for _, path := range installed {
		if _, err := os.Stat(filepath.Join(modules, path)); errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s is missing: run npm ci", path)
		}
	}
}

// online serves a simulated Neon on a port of this machine, on a real clock that
// runs ten times as fast, so that operations are over soon.
func online(t *testing.T) (*Sim, string) {
	t.Helper()
	began := time.Now()
	now := func() time.Time { return noon.Add(10 * time.Since(began)) }
	s := New(Config{Projects: 40, Seed: 1, Key: "secret", Plan: "scale", Now: now, Limits: Limits{Off: true}})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL + base
}

// node runs a program and returns what it printed.
func runNode(t *testing.T, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", args...)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "CI=1", "NO_COLOR=1", "NEON_API_KEY=")
	if err := cmd.Run(); err != nil {
		t.Fatalf("node %s: %v\n%.2000s%.2000s", strings.Join(args, " "), err, out.Bytes(), errors.Bytes())
	}
	return out.Bytes()
}

func TestStrangers_apiClient(t *testing.T) {
	t.Parallel()
	needNode(t, "@neondatabase/api-client")
	s, url := online(t)
	runNode(t, filepath.Join("testdata", "client.mjs"), url, "secret", s.Org())
}

// A shell runs neonctl commands.
type shell struct {
	t        *testing.T
	settings []string
}

func newShell(t *testing.T, s *Sim, url string) shell {
	t.Helper()
	dir := t.TempDir()
	return shell{t, []string{
		"--api-host", url, "--api-key", "secret", "--config-dir", dir, "--context-file", filepath.Join(dir, "context"),
		"--no-analytics", "--output", "json",
	}}
}

func (s shell) text(args ...string) string {
	s.t.Helper()
	program := filepath.Join(modules, "neonctl", "bin", "cli.js")
	return strings.TrimSpace(string(runNode(s.t, append(append([]string{program}, args...), s.settings...)...)))
}

// neonctl runs a command and decodes what it prints.
func neonctl[T any](s shell, args ...string) T {
	s.t.Helper()
	var got T
	out := s.text(args...)
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		s.t.Fatalf("neonctl %s printed %.300q: %v", strings.Join(args, " "), out, err)
	}
	return got
}

func TestStrangers_neonctl(t *testing.T) {
	t.Parallel()
	needNode(t, "neonctl", "neon")
	s, url := online(t)
	sh := newShell(t, s, url)

	listed := neonctl[[]wireListItem](sh, "projects", "list", "--org-id", s.Org())
	if len(listed) != 40 {
		t.Errorf("projects list shows %d, want 40", len(listed))
	}
	made := neonctl[projectCreated](sh, "projects", "create", "--name", "by hand", "--region-id", "aws-us-east-2", "--org-id", s.Org())
	id := []string{"--project-id", made.Project.ID}
	run := func(args ...string) []string { return append(args, id...) }
	if got := neonctl[wireProject](sh, "projects", "get", made.Project.ID); got.Name != "by hand" {
		t.Errorf("projects get: %+v", got)
	}
	if got := neonctl[wireProject](sh, "projects", "update", made.Project.ID, "--name", "by another hand"); got.Name != "by another hand" {
		t.Errorf("projects update: %+v", got)
	}

	main := neonctl[wireBranch](sh, run("branches", "get", "main")...)
	dev := neonctl[branchCreated](sh, run("branches", "create", "--name", "dev")...)
	if len(dev.Endpoints) != 1 || dev.Branch.ParentID != main.ID {
		t.Errorf("branches create: %+v", dev)
	}
	neonctl[wireBranch](sh, run("branches", "rename", "dev", "development")...)
	neonctl[wireBranch](sh, run("branches", "reset", "development", "--parent")...)
	neonctl[any](sh, run("branches", "restore", "development", "^parent", "--preserve-under-name", "before")...)
	neonctl[any](sh, run("branches", "restore", "main", "^self@"+stamp(s.Now().Unix()), "--preserve-under-name", "main_before")...)
	branches := neonctl[[]wireBranch](sh, run("branches", "list")...)
	parent, id2 := map[string]string{}, map[string]string{}
	for _, b := range branches {
		parent[b.Name], id2[b.Name] = b.ParentID, b.ID
	}
	if len(branches) != 4 || parent["main_before"] != "" || parent["development"] != id2["before"] || parent["before"] != id2["main_before"] {
		t.Errorf("branches list: %+v", branches)
	}

	if got := sh.text(run("connection-string", "development")...); !strings.HasPrefix(got, "postgresql://neondb_owner:npg_") || !strings.Contains(got, dev.Endpoints[0].ID) {
		t.Errorf("connection-string = %s", got)
	}
	neonctl[any](sh, run("roles", "create", "--name", "reader", "--branch", "main")...)
	neonctl[any](sh, run("databases", "create", "--name", "reports", "--owner-name", "reader", "--branch", "main")...)
	if got := neonctl[[]wireRole](sh, run("roles", "list", "--branch", "main")...); len(got) != 2 {
		t.Errorf("roles list: %+v", got)
	}
	if got := neonctl[[]wireDatabase](sh, run("databases", "list", "--branch", "main")...); len(got) != 2 {
		t.Errorf("databases list: %+v", got)
	}
	if got := neonctl[[]wireOperation](sh, run("operations", "list")...); len(got) < 8 {
		t.Errorf("operations list shows %d", len(got))
	}
	neonctl[wireBranch](sh, run("branches", "delete", "development")...)
	neonctl[wireProject](sh, "projects", "delete", made.Project.ID)
	if left := len(s.IDs()); left != 40 {
		t.Errorf("%d projects are left, want 40", left)
	}
}
