package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

const longPassword = "correct horse battery"

// staffShell runs the staff command on a store as a person at a shell would.
type staffShell struct {
	url string
}

func staffOn(t *testing.T) staffShell {
	t.Helper()
	return staffShell{"sqlite://" + filepath.Join(t.TempDir(), "fleet.db")}
}

func (s staffShell) getenv(name string) string {
	return map[string]string{"DATABASE_URL": s.url}[name]
}

func (s staffShell) run(t *testing.T, stdin string, args ...string) (stdout string, err error) {
	t.Helper()
	var out, problems bytes.Buffer
	err = staff(t.Context(), args, s.getenv, strings.NewReader(stdin), &out, &problems)
	if strings.Contains(out.String()+problems.String(), longPassword) {
		t.Error("the password was printed")
	}
	return out.String(), err
}

func (s staffShell) must(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	out, err := s.run(t, stdin, args...)
	if err != nil {
		t.Fatalf("staff %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func TestStaff_accountsFromBeginningToEnd(t *testing.T) {
	for name, sh := range map[string]staffShell{"sqlite": staffOn(t), "postgres": {}} {
		t.Run(name, func(t *testing.T) {
			if sh.url == "" {
				sh.url = dbtest.PostgresURL(t)
			}
			store := dbtest.Open(t, sh.url) // a server that runs beside
			if got := sh.must(t, longPassword+"\n", "add", "Ada@Example.com", "--role", "admin"); got != "Added ada@example.com as Admin.\n" {
				t.Errorf("add: %q", got)
			}
			sh.must(t, longPassword, "add", "--role=support", "bob@example.com") // no line break at the end
			sh.must(t, longPassword+"\r\n", "add", "eve@example.com")
			if got := sh.must(t, "", "role", "bob@example.com", "--role", "finance"); got != "bob@example.com is Finance.\n" {
				t.Errorf("role: %q", got)
			}
			if got := sh.must(t, "", "disable", "eve@example.com"); got != "eve@example.com is disabled.\n" {
				t.Errorf("disable: %q", got)
			}
			want := "" +
				"EMAIL            ROLE     STATE     LAST SIGN-IN\n" +
				"ada@example.com  admin    enabled   never\n" +
				"bob@example.com  finance  enabled   never\n" +
				"eve@example.com  viewer   disabled  never\n"
			if got := sh.must(t, "", "list"); got != want {
				t.Errorf("list:\n%swant:\n%s", got, want)
			}
			if got := sh.must(t, "", "enable", "eve@example.com"); got != "eve@example.com is enabled.\n" {
				t.Errorf("enable: %q", got)
			}
			for _, email := range []string{"ada@example.com", "bob@example.com", "eve@example.com"} {
				opens(t, store, email, longPassword, true)
			}
			entries, err := store.Audit(t.Context(), db.AuditFilter{By: "shell"}, 0, 100)
			if err != nil || len(entries) != 6 {
				t.Errorf("%d audit entries by shell, %v; want 6", len(entries), err)
			}
		})
	}
}

func opens(t *testing.T, store *db.DB, email, password string, want bool) {
	t.Helper()
	_, hash, err := store.Credentials(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := auth.NewHasher(1).Verify(t.Context(), password, hash); ok != want || err != nil {
		t.Errorf("%s with %q: %v, %v; want %v", email, password, ok, err, want)
	}
}

func TestStaff_aNewPasswordLiftsThePause(t *testing.T) {
	sh := staffOn(t)
	sh.must(t, longPassword, "add", "ada@example.com")
	store := dbtest.Open(t, sh.url)
	throttle := auth.NewThrottle(store, time.Now)
	for range 5 {
		if _, err := throttle.Take(t.Context(), "ada@example.com", ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := throttle.Take(t.Context(), "ada@example.com", ""); err == nil {
		t.Fatal("no pause to lift")
	}
	if got := sh.must(t, "another horse entirely\n", "password", "ada@example.com"); got != "Changed the password of ada@example.com.\n" {
		t.Errorf("said %q", got)
	}
	if _, err := throttle.Take(t.Context(), "ada@example.com", ""); err != nil {
		t.Errorf("after a new password: %v", err)
	}
	opens(t, store, "ada@example.com", longPassword, false)
	opens(t, store, "ada@example.com", "another horse entirely", true)
}

func TestStaff_saysWhatIsWrong(t *testing.T) {
	sh := staffOn(t)
	sh.must(t, longPassword, "add", "ada@example.com", "--role", "admin")
	for _, c := range []struct {
		args  string
		stdin string
		code  int
		says  string
	}{
		{"frobnicate", "", 2, `no command "frobnicate"`},
		{"add", "", 2, "needs the e-mail address"},
		{"add ada", longPassword, 2, "no e-mail address"},
		{"add bob@example.com hunter2", "", 2, "never an argument"},
		{"add bob@example.com --role boss", longPassword, 2, `no role "boss"`},
		{"add bob@example.com --password hunter2", "", 2, "not defined: -password"},
		{"role ada@example.com", "", 2, "needs --role"},
		{"list ada@example.com", "", 2, "takes nothing more"},
		{"disable ada@example.com --role admin", "", 2, "takes no --role"},
		{"add bob@example.com", "", 1, "no password came"},
		{"add bob@example.com", "short\n", 1, "at least 12 characters"},
		{"add ada@example.com", longPassword, 1, "has an account already"},
		{"password nobody@example.com", longPassword, 1, "nobody@example.com has no account."},
		{"role nobody@example.com --role admin", "", 1, "has no account."},
		{"disable ada@example.com", "", 1, "ada@example.com is the last administrator."},
		{"role ada@example.com --role viewer", "", 1, "is the last administrator."},
	} {
		out, err := sh.run(t, c.stdin, strings.Fields(c.args)...)
		var problem bytes.Buffer
		if code := report(err, &problem); code != c.code || !strings.Contains(problem.String(), c.says) {
			t.Errorf("staff %s: exit %d, %q; want exit %d and %q", c.args, code, problem.String(), c.code, c.says)
		}
		if out != "" {
			t.Errorf("staff %s: stdout %q, want nothing", c.args, out)
		}
	}
}

func TestStaff_helpIsEnoughToUseIt(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"-h"}, {"help"}, {"add", "--help"}, {"password", "ada@example.com", "-h"}} {
		out, err := staffShell{"sqlite:///nowhere/that/exists.db"}.run(t, "", args...)
		if err != nil {
			t.Errorf("%v: %v", args, err)
		}
		for _, word := range []string{"add EMAIL", "list", "role EMAIL", "password EMAIL", "disable EMAIL", "viewer, support, finance or admin", "standard input"} {
			if !strings.Contains(out, word) {
				t.Errorf("%v: help does not say %q", args, word)
			}
		}
	}
}

func TestStaff_namesAMistakeInTheSettings(t *testing.T) {
	err := staff(t.Context(), []string{"list"}, staffShell{"mysql://x"}.getenv, strings.NewReader(""), io.Discard, io.Discard)
	var problem bytes.Buffer
	if code := report(err, &problem); code != 2 || !strings.Contains(problem.String(), "DATABASE_URL") {
		t.Errorf("exit %d, %q", code, problem.String())
	}
}

func TestStaff_keepsTheRolesOfTheDomain(t *testing.T) {
	for _, role := range fleet.Roles() {
		asked, err := parseStaff([]string{"add", "ada@example.com", "--role", string(role)})
		if err != nil || asked.role != role {
			t.Errorf("%s: %+v, %v", role, asked, err)
		}
	}
}

func TestAskPassword_givesUpOnAReaderThatFails(t *testing.T) {
	broken, w := io.Pipe()
	w.CloseWithError(context.Canceled)
	if _, err := askPassword(t.Context(), broken, io.Discard, "ada@example.com"); err == nil {
		t.Error("a broken pipe was taken for a password")
	}
}
