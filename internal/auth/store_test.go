package auth_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

var (
	noon   = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	oldKey = []byte(strings.Repeat("o", 32))
	newKey = []byte(strings.Repeat("n", 32))
	shell  = fleet.Actor{Email: "shell"}
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// office is everything of this package on a store.
type office struct {
	store    *db.DB
	clock    *clock
	hasher   *auth.Hasher
	sessions *auth.Store
	desk     *auth.Desk
	log      *strings.Builder
}

func open(t *testing.T, store *db.DB) *office {
	t.Helper()
	o := &office{store: store, clock: &clock{at: noon}, hasher: auth.NewHasher(2), log: &strings.Builder{}}
	o.sessions = o.withKeys(t, true, oldKey)
	o.desk = &auth.Desk{Accounts: store, Hasher: o.hasher, Throttle: auth.NewThrottle(store, o.clock.Now), Sessions: o.sessions, Now: o.clock.Now}
	return o
}

func (o *office) withKeys(t *testing.T, secure bool, keys ...[]byte) *auth.Store {
	t.Helper()
	s, err := auth.NewStore(o.store, keys, secure, o.clock.Now, slog.New(slog.NewTextHandler(o.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (o *office) hire(t *testing.T, email string, role fleet.Role, password string) fleet.Staff {
	t.Helper()
	hash, err := o.hasher.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	s, err := o.store.CreateStaff(t.Context(), shell, email, role, hash, noon)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func request(t *testing.T, cookies ...*http.Cookie) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("User-Agent", "Firefox")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// begin signs somebody in and gives the browser's cookie.
func (o *office) begin(t *testing.T, who fleet.Staff, had ...*http.Cookie) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	if err := o.sessions.Begin(w, request(t, had...), who, "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	return onlyCookie(t, w)
}

func onlyCookie(t *testing.T, w *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies set, want 1: %v", len(cookies), cookies)
	}
	return cookies[0]
}

func visit(t *testing.T, s *auth.Store, c *http.Cookie) (auth.Visit, bool) {
	t.Helper()
	v, ok, err := s.Visit(request(t, c))
	if err != nil {
		t.Fatalf("a cookie made an error: %v", err)
	}
	return v, ok
}

func TestStore_theCookieIsSafeAndTheVisitSaysWho(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		o := open(t, store)
		ada := o.hire(t, "ada@example.com", fleet.Support, "correct horse battery")
		c := o.begin(t, ada)
		if c.Name != "__Host-fleet" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 7*24*3600 {
			t.Errorf("cookie = %s", c)
		}
		v, ok := visit(t, o.sessions, c)
		if !ok || v.Staff != ada || v.Session.Address != "192.0.2.7" || v.Session.Agent != "Firefox" {
			t.Errorf("visit = %+v, %v", v, ok)
		}
		if strings.Contains(c.Value, v.Session.Key) {
			t.Error("the cookie shows what the session is stored under")
		}
		if list, err := store.Sessions(t.Context(), ada.ID, noon); err != nil || len(list) != 1 || list[0].Key != v.Session.Key {
			t.Errorf("listed: %+v, %v", list, err)
		}
	})
}

func TestStore_withoutHTTPSTheCookieHasAPlainName(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	o.sessions = o.withKeys(t, false, oldKey)
	c := o.begin(t, o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery"))
	if c.Name != "fleet" || c.Secure || !c.HttpOnly {
		t.Errorf("cookie = %s", c)
	}
	if _, ok := visit(t, o.sessions, c); !ok {
		t.Error("not signed in")
	}
}

func TestNewStore_needsAKey(t *testing.T) {
	if _, err := auth.NewStore(dbtest.SQLite(t), nil, true, time.Now, slog.Default()); err == nil {
		t.Error("sessions without a key were accepted")
	}
}

func TestStore_aBadCookieIsNoSessionAndNoError(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	ada := o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery")
	good := o.begin(t, ada)
	stranger := o.withKeys(t, true, []byte(strings.Repeat("x", 32)))
	w := httptest.NewRecorder()
	if err := stranger.Begin(w, request(t), ada, ""); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"empty": "", "garbage": "garbage", "cut short": good.Value[:len(good.Value)/2], "changed": good.Value[:len(good.Value)-4] + "AAAA",
		"signed by another key": onlyCookie(t, w).Value, "very long": strings.Repeat("A", 8000),
	} {
		if v, ok := visit(t, o.sessions, &http.Cookie{Name: good.Name, Value: value}); ok {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if _, ok := visit(t, o.sessions, good); !ok {
		t.Error("the good one does not hold")
	}
}

func TestStore_keysRotateWithoutSigningAnybodyOut(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	ada := o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery")
	old := o.begin(t, ada)
	o.sessions = o.withKeys(t, true, newKey, oldKey)
	if _, ok := visit(t, o.sessions, old); !ok {
		t.Error("the old key is no longer accepted")
	}
	fresh := o.begin(t, ada)
	if _, ok := visit(t, o.withKeys(t, true, newKey), fresh); !ok {
		t.Error("the first key does not sign")
	}
	if _, ok := visit(t, o.withKeys(t, true, newKey), old); ok {
		t.Error("a key that was taken away still verifies")
	}
}

func TestStore_endsAfterTwelveHoursIdleButNotWhileUsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		o := open(t, store)
		c := o.begin(t, o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery"))
		for range 3 {
			o.clock.advance(11 * time.Hour)
			if _, ok := visit(t, o.sessions, c); !ok {
				t.Fatal("ended while it was used")
			}
		}
		o.clock.advance(12 * time.Hour)
		if _, ok := visit(t, o.sessions, c); ok {
			t.Error("still holds after 12 idle hours")
		}
	})
}

func TestStore_endsAfterSevenDaysHoweverMuchItIsUsed(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	c := o.begin(t, o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery"))
	for o.clock.Now().Before(noon.Add(7*24*time.Hour - 6*time.Hour)) {
		o.clock.advance(6 * time.Hour)
		if _, ok := visit(t, o.sessions, c); !ok && o.clock.Now().Before(noon.Add(7*24*time.Hour)) {
			t.Fatalf("ended at %s", o.clock.Now())
		}
	}
	o.clock.advance(6 * time.Hour)
	if _, ok := visit(t, o.sessions, c); ok {
		t.Errorf("still holds at %s", o.clock.Now())
	}
}

func TestStore_endsAtOnceWhenTheAccountChanges(t *testing.T) {
	for name, change := range map[string]func(store *db.DB, t *testing.T, id fleet.StaffID) (fleet.Staff, error){
		"role": func(store *db.DB, t *testing.T, id fleet.StaffID) (fleet.Staff, error) {
			return store.SetRole(t.Context(), shell, id, fleet.Support, noon)
		},
		"password": func(store *db.DB, t *testing.T, id fleet.StaffID) (fleet.Staff, error) {
			return store.SetPassword(t.Context(), shell, id, "$argon2id$", noon)
		},
		"disabled": func(store *db.DB, t *testing.T, id fleet.StaffID) (fleet.Staff, error) {
			return store.SetDisabled(t.Context(), shell, id, true, noon)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, dbtest.SQLite(t))
			ada := o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery")
			c := o.begin(t, ada)
			if _, err := change(o.store, t, ada.ID); err != nil {
				t.Fatal(err)
			}
			if _, ok := visit(t, o.sessions, c); ok {
				t.Error("still signed in")
			}
		})
	}
}

func TestStore_signingInAgainMakesANewIdAndEndsTheOld(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	ada, bob := o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery"), o.hire(t, "bob@example.com", fleet.Viewer, "correct horse battery")
	first := o.begin(t, ada)
	second := o.begin(t, bob, first)
	if _, ok := visit(t, o.sessions, first); ok {
		t.Error("the session of before still holds")
	}
	if v, ok := visit(t, o.sessions, second); !ok || v.Staff != bob {
		t.Errorf("visit = %+v, %v", v, ok)
	}
}

func TestStore_flashesLastUntilTheyAreRead(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	c := o.begin(t, o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery"))
	r := request(t, c)
	sess, err := o.sessions.Session(r)
	if err != nil {
		t.Fatal(err)
	}
	sess.AddFlash("Plan changed.")
	if err := sess.Save(r, httptest.NewRecorder()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		r := request(t, c)
		sess, err := o.sessions.Session(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := sess.Flashes(); len(got) != want || want == 1 && got[0] != "Plan changed." {
			t.Errorf("flashes = %v, want %d", got, want)
		}
		if err := sess.Save(r, httptest.NewRecorder()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStore_savingASessionThatWasRevokedMeanwhileForgetsTheCookie(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	ada := o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery")
	c := o.begin(t, ada)
	r := request(t, c)
	sess, err := o.sessions.Session(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.RevokeOtherSessions(t.Context(), shell, ada, "", noon); err != nil {
		t.Fatal(err)
	}
	sess.AddFlash("too late")
	w := httptest.NewRecorder()
	if err := sess.Save(r, w); err != nil {
		t.Fatal(err)
	}
	if got := onlyCookie(t, w); got.MaxAge >= 0 || got.Value != "" {
		t.Errorf("cookie = %s, want it forgotten", got)
	}
	if _, ok := visit(t, o.sessions, c); ok {
		t.Error("the revoked session came back")
	}
}

func TestStore_nobodySignedInHasNothingToSave(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	r := request(t)
	sess, err := o.sessions.Session(r)
	if err != nil || !sess.IsNew {
		t.Fatalf("new %v, %v", sess.IsNew, err)
	}
	if err := sess.Save(r, httptest.NewRecorder()); err == nil {
		t.Error("a stranger's session was stored")
	}
}

func TestStore_endSignsOut(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	c := o.begin(t, o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery"))
	w := httptest.NewRecorder()
	if err := o.sessions.End(w, request(t, c)); err != nil {
		t.Fatal(err)
	}
	if got := onlyCookie(t, w); got.Name != c.Name || got.MaxAge >= 0 || !got.Secure || got.Path != "/" {
		t.Errorf("cookie = %s", got)
	}
	if _, ok := visit(t, o.sessions, c); ok {
		t.Error("still signed in")
	}
}

func TestStore_aBrokenStoreIsAnErrorNotAStranger(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	c := o.begin(t, o.hire(t, "ada@example.com", fleet.Viewer, "correct horse battery"))
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := o.sessions.Visit(request(t, c)); err == nil || ok {
		t.Errorf("ok %v, %v; want an error", ok, err)
	}
}
