package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/google/go-cmp/cmp"
)

const horse = "correct horse battery"

var home = fleet.Actor{Address: "192.0.2.7", RequestID: "r-1"}

// signIn tries, and gives the cookie where one was set.
func (o *office) signIn(t *testing.T, email, password string, from fleet.Actor) (*http.Cookie, error) {
	t.Helper()
	w := httptest.NewRecorder()
	if _, err := o.desk.SignIn(w, request(t), email, password, from); err != nil {
		if len(w.Result().Cookies()) > 0 {
			t.Error("a refused sign-in set a cookie")
		}
		return nil, err
	}
	return onlyCookie(t, w), nil
}

// log is the audit log, newest first, in one line each.
func (o *office) audit(t *testing.T) (lines []string) {
	t.Helper()
	entries, err := o.store.Audit(t.Context(), db.AuditFilter{}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		lines = append(lines, strings.Join([]string{e.By.Email, e.Action, e.Target, string(e.Outcome), e.Detail}, "|"))
	}
	return lines
}

func TestSignIn_withTheRightPasswordBeginsASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		o := open(t, store)
		ada := o.hire(t, "ada@example.com", fleet.Support, horse)
		c, err := o.signIn(t, " Ada@Example.com", horse, home)
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := visit(t, o.sessions, c); !ok || v.Staff.ID != ada.ID || !v.Staff.LastSignIn.Equal(noon) {
			t.Errorf("visit = %+v, %v", v, ok)
		}
		entries, err := store.Audit(t.Context(), db.AuditFilter{Action: "sign in"}, 0, 10)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		want := fleet.Actor{ID: ada.ID, Email: ada.Email, Role: fleet.Support, Address: "192.0.2.7", RequestID: "r-1"}
		if diff := cmp.Diff(want, entries[0].By); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSignIn_saysTheSameWhetherTheAddressHasAnAccountOrNot(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.hire(t, "ada@example.com", fleet.Viewer, horse)
	for i := range 7 {
		_, known := o.signIn(t, "ada@example.com", "wrong", fleet.Actor{Address: "192.0.2.1"})
		_, unknown := o.signIn(t, "eve@example.com", "wrong", fleet.Actor{Address: "192.0.2.2"})
		if known == nil || unknown == nil || known.Error() != unknown.Error() || fleet.KindOf(known) != fleet.Invalid || fleet.KindOf(unknown) != fleet.Invalid {
			t.Errorf("try %d: %v / %v", i+1, known, unknown)
		}
	}
	want := []string{"not signed in|sign in||refused|no such account", "not signed in|sign in|ada@example.com|refused|wrong password"}
	if diff := cmp.Diff(want, o.audit(t)[:2]); diff != "" {
		t.Error(diff)
	}
}

func TestSignIn_aPasswordInTheAddressFieldIsWrittenNowhere(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	if _, err := o.signIn(t, "hunter2 hunter2", "", home); err == nil {
		t.Fatal("signed in")
	}
	for _, line := range o.audit(t) {
		if strings.Contains(line, "hunter2") {
			t.Errorf("audit = %q", line)
		}
	}
}

func TestSignIn_pausesAfterFiveEvenWithTheRightPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		o := open(t, store)
		o.hire(t, "ada@example.com", fleet.Viewer, horse)
		for _, says := range []string{"Four tries left", "Three tries left", "Two tries left", "One try left", "Wait one minute"} {
			if _, err := o.signIn(t, "ada@example.com", "wrong", home); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("err = %v, want %q", err, says)
			}
		}
		entries := len(o.audit(t))
		o.clock.advance(17 * time.Second)
		_, err := o.signIn(t, "ada@example.com", horse, fleet.Actor{Address: "198.51.100.9"})
		paused, ok := errors.AsType[*auth.Paused](err)
		if !ok || paused.For != 43*time.Second || fleet.KindOf(err) != fleet.Invalid || !strings.Contains(err.Error(), "Too many tries. Wait 43 seconds, then try again.") {
			t.Errorf("err = %v", err)
		}
		if got := len(o.audit(t)); got != entries {
			t.Errorf("%d entries for tries in the pause: anybody could fill the log", got-entries)
		}
		o.clock.advance(43 * time.Second)
		if _, err := o.signIn(t, "ada@example.com", horse, home); err != nil {
			t.Errorf("after the pause: %v", err)
		}
		if _, err := o.signIn(t, "ada@example.com", "wrong", home); err == nil || !strings.Contains(err.Error(), "Four tries left") {
			t.Errorf("after a success: %v, want the count to begin again", err)
		}
	})
}

func TestSignIn_aDisabledAccountIsToldOnlyToWhoKnowsThePassword(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	ada := o.hire(t, "ada@example.com", fleet.Viewer, horse)
	if _, err := o.store.SetDisabled(t.Context(), shell, ada.ID, true, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := o.signIn(t, ada.Email, "wrong", home); err == nil || strings.Contains(err.Error(), "disabled") {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := o.signIn(t, ada.Email, horse, home); err == nil || !strings.Contains(err.Error(), "is disabled") {
		t.Errorf("right password: %v", err)
	}
	if got := o.audit(t)[0]; got != "not signed in|sign in|ada@example.com|refused|account disabled" {
		t.Errorf("audit = %q", got)
	}
}

func TestSignIn_rehashesWhenTheCostHasChanged(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	// argon2id, t=2, m=64 MiB, p=1, "password", "somesalt"
	const old = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	ada, err := o.store.CreateStaff(t.Context(), shell, "ada@example.com", fleet.Viewer, old, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{"wrong", "password", "password"} {
		_, err := o.signIn(t, ada.Email, password, home)
		if (err == nil) != (password == "password") {
			t.Fatalf("%s: %v", password, err)
		}
		_, hash, err := o.store.Credentials(t.Context(), ada.Email)
		if err != nil || (hash != old) != (password == "password") {
			t.Errorf("after %s: %s, %v", password, hash, err)
		}
	}
}

func TestSignOut_endsTheSessionAndIsAudited(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.hire(t, "ada@example.com", fleet.Viewer, horse)
	c, err := o.signIn(t, "ada@example.com", horse, home)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nobody to sign out
		if err := o.desk.SignOut(httptest.NewRecorder(), request(t, c), home); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := visit(t, o.sessions, c); ok {
		t.Error("still signed in")
	}
	if got := o.audit(t)[:2]; !cmp.Equal(got, []string{"ada@example.com|sign out|ada@example.com|done|", "ada@example.com|sign in|ada@example.com|done|"}) {
		t.Errorf("audit = %q", got)
	}
}

func TestChangePassword_keepsOnlyTheSessionThatAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		o := open(t, store)
		ada := o.hire(t, "ada@example.com", fleet.Viewer, horse)
		by := fleet.Actor{ID: ada.ID, Email: ada.Email, Role: ada.Role, Address: "192.0.2.7"}
		here, elsewhere := o.begin(t, ada), o.begin(t, ada)
		w := httptest.NewRecorder()
		if err := o.desk.ChangePassword(w, request(t, here), by, horse, "another horse entirely"); err != nil {
			t.Fatal(err)
		}
		fresh := onlyCookie(t, w)
		for name, c := range map[string]*http.Cookie{"elsewhere": elsewhere, "the old id": here} {
			if _, ok := visit(t, o.sessions, c); ok {
				t.Errorf("%s is still signed in", name)
			}
		}
		if v, ok := visit(t, o.sessions, fresh); !ok || v.Staff.ID != ada.ID {
			t.Error("who asked was signed out")
		}
		if _, err := o.signIn(t, ada.Email, "another horse entirely", home); err != nil {
			t.Errorf("with the new password: %v", err)
		}
		if _, err := o.signIn(t, ada.Email, horse, home); err == nil {
			t.Error("the old password still opens")
		}
	})
}

func TestChangePassword_refusesAndIsThrottled(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	ada := o.hire(t, "ada@example.com", fleet.Viewer, horse)
	by := fleet.Actor{ID: ada.ID, Email: ada.Email, Address: "192.0.2.7"}
	c := o.begin(t, ada)
	try := func(current, next string) error {
		return o.desk.ChangePassword(httptest.NewRecorder(), request(t, c), by, current, next)
	}
	if err := try(horse, "short"); err == nil || auth.WrongPassword(err) || !strings.Contains(err.Error(), "at least 12") {
		t.Errorf("a short one: %v", err)
	}
	for range 5 {
		if err := try("wrong", "another horse entirely"); !auth.WrongPassword(err) || !strings.Contains(err.Error(), "not your current password") {
			t.Errorf("with the wrong one: %v", err)
		}
	}
	if err := try(horse, "another horse entirely"); !auth.WrongPassword(err) || !strings.Contains(err.Error(), "Too many tries") {
		t.Error("a stolen session may guess the password without end")
	}
	if v, ok := visit(t, o.sessions, c); !ok || v.Staff != ada {
		t.Error("the account was changed")
	}
}

func TestFirstAdmin_isMadeOnceOnAnEmptyStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		o := open(t, store)
		first, err := auth.FirstAdmin(t.Context(), store, o.hasher, "", "", noon)
		if err != nil || !first.Made || first.Email != auth.DefaultAdmin || first.Password == "" {
			t.Fatalf("first = %+v, %v", first, err)
		}
		if _, err := o.signIn(t, first.Email, first.Password, home); err != nil {
			t.Errorf("sign in with what was printed: %v", err)
		}
		again, err := auth.FirstAdmin(t.Context(), store, o.hasher, "eve@example.com", horse, noon)
		if err != nil || again != (auth.First{}) {
			t.Errorf("again = %+v, %v", again, err)
		}
		if staff, err := store.StaffList(t.Context()); err != nil || len(staff) != 1 || staff[0].Role != fleet.Admin {
			t.Errorf("staff = %+v, %v", staff, err)
		}
	})
}

func TestFirstAdmin_takesWhatTheSettingsSay(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	first, err := auth.FirstAdmin(t.Context(), o.store, o.hasher, "Ada@Example.com", horse, noon)
	if err != nil || first != (auth.First{Made: true, Email: "ada@example.com"}) {
		t.Fatalf("first = %+v, %v; a given password is not repeated", first, err)
	}
	if _, err := o.signIn(t, "ada@example.com", horse, home); err != nil {
		t.Error(err)
	}
}

func TestFirstAdmin_refusesAnAddressThatIsNone(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	if _, err := auth.FirstAdmin(t.Context(), o.store, o.hasher, "ada", horse, noon); fleet.KindOf(err) != fleet.Invalid || !strings.Contains(err.Error(), "ADMIN_EMAIL") {
		t.Errorf("err = %v, want Invalid that names ADMIN_EMAIL", err)
	}
}
