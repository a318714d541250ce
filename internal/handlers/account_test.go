package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"neonfleet/internal/fleet"
)

const nextPassword = "winter harbor 77 lamps"

func TestAccount_aNewPasswordEndsEveryOtherSession(t *testing.T) {
	s := newSite(t, setting{})
	here, there := s.as(fleet.Viewer), s.as(fleet.Viewer)
	p := here.submit("/account", url.Values{"current": {password}, "new": {nextPassword}, "again": {nextPassword}})
	if p.Request.URL.Path != "/account" {
		t.Errorf("it leads to %s", p.Request.URL)
	}
	p.is(http.StatusOK).says("[data-toast]", "Password changed. All other browsers are signed out.")
	if got := there.get("/account"); got.Request.URL.Path != "/login" {
		t.Error("the other browser goes on")
	}
	s.anyone().post("/login", signIn(email(fleet.Viewer), password)).is(http.StatusUnprocessableEntity)
	s.anyone().post("/login", signIn(email(fleet.Viewer), nextPassword)).is(http.StatusOK)
}

func TestAccount_thePasswordFormComesBackWithWhatIsWrong(t *testing.T) {
	s := newSite(t, setting{})
	v := s.as(fleet.Viewer)
	for name, c := range map[string]struct{ current, next, again, field, says string }{
		"differ":  {password, nextPassword, nextPassword + "x", "again", "The two new passwords differ."},
		"short":   {password, "short", "short", "new", ""},
		"wrong":   {"not it", nextPassword, nextPassword, "current", "That is not your current password."},
		"nothing": {"", "", "", "new", ""},
	} {
		p := v.submit("/account", url.Values{"current": {c.current}, "new": {c.next}, "again": {c.again}}).is(http.StatusUnprocessableEntity)
		p.says("[role=alert]", c.says)
		if got := p.doc.Find("#password [aria-invalid=true]").AttrOr("name", ""); got != c.field {
			t.Errorf("%s: the wrong field is %q, want %q", name, got, c.field)
		}
		if strings.Contains(p.body, nextPassword) || strings.Contains(p.body, password) {
			t.Errorf("%s: a password comes back", name)
		}
		if back := p.doc.Find("[data-theme-form] input[name=back]").AttrOr("value", ""); back != "/account" {
			t.Errorf("%s: the theme's form leads back to %q", name, back)
		}
	}
	for range fleet.FreeTries {
		v.post("/account/password", url.Values{"current": {"not it"}, "new": {nextPassword}, "again": {nextPassword}})
	}
	p := v.post("/account/password", url.Values{"current": {password}, "new": {nextPassword}, "again": {nextPassword}}).is(http.StatusTooManyRequests)
	if p.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
}

func TestAccount_sessionsAreListedAndRevoked(t *testing.T) {
	s := newSite(t, setting{})
	here, there, third, other := s.as(fleet.Viewer), s.as(fleet.Viewer), s.as(fleet.Viewer), s.as(fleet.Admin)
	p := here.get("/account")
	p.says("main", "viewer@example.com", "Viewer", "This one", "127.0.0.1", "Go-http-client")
	ids := p.doc.Find("form input[name=session]")
	if ids.Length() != 2 {
		t.Fatalf("%d other sessions, want 2", ids.Length())
	}
	here.submit("/account", url.Values{"session": {ids.AttrOr("value", "")}}).says("[data-toast]", "That session is signed out.")
	signedIn := 0
	for _, v := range []*visitor{there, third} {
		if v.get("/").Request.URL.Path == "/" {
			signedIn++
		}
	}
	if signedIn != 1 {
		t.Errorf("%d of two go on, want one", signedIn)
	}
	here.submit("/account", url.Values{"others": {"1"}}).says("[data-toast]", "All other sessions are signed out.")
	for _, v := range []*visitor{there, third} {
		if v.get("/").Request.URL.Path == "/" {
			t.Error("another one goes on")
		}
	}
	key := other.get("/account")
	if key.doc.Find("form input[name=session]").Length() != 0 {
		t.Error("an administrator sees sessions of others")
	}
	mine, err := s.store.Sessions(t.Context(), idOf(s, fleet.Admin), s.now())
	must(t, err)
	here.post("/account/sessions/revoke", url.Values{"session": {mine[0].Key}})
	if other.get("/").Request.URL.Path != "/" {
		t.Error("a viewer signed an administrator out")
	}
	own, err := s.store.Sessions(t.Context(), idOf(s, fleet.Viewer), s.now())
	must(t, err)
	if p := here.post("/account/sessions/revoke", url.Values{"session": {own[0].Key}}); p.Request.URL.Path != "/login" {
		t.Errorf("signing oneself out leads to %s", p.Request.URL)
	}
}

func idOf(s *site, role fleet.Role) fleet.StaffID {
	s.t.Helper()
	who, err := s.store.StaffByEmail(s.t.Context(), email(role))
	must(s.t, err)
	return who.ID
}

func TestAccount_looksAreKept(t *testing.T) {
	s := newSynced(t, setting{})
	v := s.as(fleet.Viewer)
	v.submit("/account", url.Values{"theme": {"dark"}, "zone": {" Asia/Tokyo "}}).says("[data-toast]", "Saved.")
	p := v.get("/sync")
	if got := p.doc.Find("html").AttrOr("data-theme", ""); got != "dark" {
		t.Errorf("theme = %q", got)
	}
	p.says("main", "23:45")
	p.says("header.side", "Asia/Tokyo")
	v.post("/logout", nil)
	if got := v.get("/login").doc.Find("html").AttrOr("data-theme", ""); got != "dark" {
		t.Errorf("the page to sign in has theme %q", got)
	}
	other := s.as(fleet.Admin).get("/sync")
	if other.doc.Find("html").AttrOr("data-theme", "") != "" || strings.Contains(other.text("header.side"), "Tokyo") {
		t.Error("somebody else's pages look so too")
	}
}

func TestAccount_anUnknownZoneComesBack(t *testing.T) {
	v := newSite(t, setting{}).as(fleet.Viewer)
	for _, zone := range []string{"Middle/Earth", "Local", "../../etc/passwd", "<b>"} {
		p := v.submit("/account", url.Values{"theme": {"light"}, "zone": {zone}}).is(http.StatusUnprocessableEntity)
		p.says("#zone-problem", "There is no time zone of that name.")
		if got := p.doc.Find("input[name=zone]").AttrOr("value", ""); got != zone {
			t.Errorf("what was typed is gone: %q", got)
		}
	}
	if got := v.get("/account").doc.Find("html").AttrOr("data-theme", ""); got != "" {
		t.Errorf("half of the form was kept: theme %q", got)
	}
}

func TestAccount_theThemeLeadsBackToThePageAndNowhereElse(t *testing.T) {
	v := newSite(t, setting{}).as(fleet.Viewer)
	p := v.submit("/plans", url.Values{"theme": {"light"}})
	if p.Request.URL.Path != "/plans" || p.doc.Find("html").AttrOr("data-theme", "") != "light" {
		t.Errorf("it leads to %s", p.Request.URL)
	}
	for _, back := range []string{"https://evil.example", "//evil.example", `/\evil.example`, ""} {
		p := v.staying().post("/account/theme", url.Values{"theme": {"dark"}, "back": {back}})
		if got := p.Header.Get("Location"); got != "/account" {
			t.Errorf("back=%q leads to %q", back, got)
		}
	}
	if got := v.part("/plans").StatusCode; got != http.StatusOK {
		t.Errorf("a part of a page without parts is %d", got)
	}
	htmx := v.staying().post("/account/theme", url.Values{"theme": {"dark"}, "back": {"/plans"}}, "HX-Request", "true").is(http.StatusNoContent)
	if got := htmx.Header.Get("HX-Redirect"); got != "/plans" {
		t.Errorf("htmx is led to %q", got)
	}
}
