package handlers_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/fleet"
)

func signIn(email, word string) url.Values { return url.Values{"email": {email}, "password": {word}} }

func TestSignIn_leadsWhereSomebodyWanted(t *testing.T) {
	s := newSite(t, setting{})
	v := s.anyone()
	p := v.get("/tenants?plan=pro&sort=name")
	if got := p.Request.URL.RequestURI(); got != "/login?next="+url.QueryEscape("/tenants?plan=pro&sort=name") {
		t.Errorf("the form is at %s", got)
	}
	p.says("main", "Sign in", "E-mail", "Password", "Try ada@example.com.")
	p = v.submit(p.Request.URL.RequestURI(), signIn("Viewer@Example.com ", password))
	if got := p.Request.URL.RequestURI(); got != "/tenants?plan=pro&sort=name" {
		t.Errorf("it led to %s", got)
	}
	p = v.get("/login?next=%2Fplans")
	if got := p.Request.URL.RequestURI(); got != "/plans" {
		t.Errorf("the form for somebody signed in leads to %s", got)
	}
}

func TestSignIn_neverLeadsToAnotherSite(t *testing.T) {
	s := newSite(t, setting{})
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, `\\evil.example`, "javascript:alert(1)", "/\t/evil.example", "http:evil", "evil", "/%5c%5cevil\\x", "\x00//evil", "/\x00/evil.example", ""} {
		values := signIn(email(fleet.Viewer), password)
		values.Set("next", next)
		p := s.anyone().staying().post("/login", values).is(http.StatusSeeOther)
		if to := p.Header.Get("Location"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\t\x00") {
			t.Errorf("next=%q leads to %q", next, to)
		}
		form := s.anyone().get("/login?next=" + url.QueryEscape(next)).is(http.StatusOK)
		if got := form.doc.Find("input[name=next]").AttrOr("value", "/"); !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") {
			t.Errorf("next=%q stands in the form as %q", next, got)
		}
	}
}

func TestSignIn_saysTheSameForEverybody(t *testing.T) {
	s := newSite(t, setting{})
	v := s.anyone()
	for _, address := range []string{email(fleet.Viewer), "nobody@example.com"} {
		p := v.submit("/login", signIn(address, "wrong")).is(http.StatusUnprocessableEntity)
		p.says("[role=alert]", "That address and password do not match.")
		if got := p.doc.Find("input[name=email]").AttrOr("value", ""); got != address {
			t.Errorf("the address typed is gone: %q", got)
		}
		if strings.Contains(p.body, "wrong") {
			t.Error("the password comes back")
		}
	}
	v.post("/login", signIn("a\x00b@example.com", "\x00\xff")).is(http.StatusUnprocessableEntity)
	v.post("/login", nil).is(http.StatusUnprocessableEntity)
	if got := s.audited("sign in"); len(got) != 4 || got[3].Outcome != fleet.Refused {
		t.Errorf("audit has %+v, want four refused", got)
	}
}

func TestSignIn_isThrottled(t *testing.T) {
	s := newSite(t, setting{})
	v := s.anyone()
	for range fleet.FreeTries {
		v.post("/login", signIn(email(fleet.Admin), "wrong")).is(http.StatusUnprocessableEntity)
	}
	p := v.post("/login", signIn(email(fleet.Admin), password)).is(http.StatusTooManyRequests)
	p.says("[role=alert]", "Too many tries. Wait")
	if after, err := strconv.Atoi(p.Header.Get("Retry-After")); err != nil || after != 60 {
		t.Errorf("Retry-After is %q, want a minute", p.Header.Get("Retry-After"))
	}
	s.wait(time.Minute)
	v.post("/login", signIn(email(fleet.Admin), password)).is(http.StatusOK)
}

func TestSignIn_theAddressIsTheProxysWordOnlyIfWeTrustIt(t *testing.T) {
	for _, c := range []struct {
		trusted []netip.Prefix
		want    string
	}{{nil, "127.0.0.1"}, {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "127.0.0.1"}, {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "192.0.2.7"}} {
		s := newSite(t, setting{trusted: c.trusted})
		s.anyone().post("/login", signIn(email(fleet.Viewer), password), "X-Forwarded-For", "203.0.113.9, 192.0.2.7", "X-Real-IP", "203.0.113.9")
		if got := s.audited("sign in"); len(got) != 1 || got[0].By.Address != c.want {
			t.Errorf("trusting %v: %+v, want from %s", c.trusted, got, c.want)
		}
	}
}

// cookie is one of an answer's, as it was set.
func (p *page) cookie(name string) *http.Cookie {
	for _, c := range p.Cookies() {
		if c.Name == name {
			return c
		}
	}
	p.t.Fatalf("%s sets no cookie %s: %v", p.Request.URL, name, p.Header.Values("Set-Cookie"))
	return nil
}

func TestCookies_goByThePublicAddress(t *testing.T) {
	for base, name := range map[string]string{"": "fleet", "https://fleet.example": "__Host-fleet"} {
		s := newSite(t, setting{baseURL: base})
		secure := base != ""
		p := s.anyone().staying().post("/login", signIn(email(fleet.Viewer), password), "X-Forwarded-Proto", "https").is(http.StatusSeeOther)
		session := p.cookie(name)
		p = s.anyone().staying().post("/account/theme", url.Values{"theme": {"dark"}}, "Cookie", session.Name+"="+session.Value)
		for _, c := range []*http.Cookie{session, p.cookie("theme")} {
			if c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %s", base, c.Raw)
			}
		}
		if got := p.Header.Get("Strict-Transport-Security") != ""; got != secure {
			t.Errorf("%s: https alone is asked for: %v", base, got)
		}
	}
}

func TestSession_changesItsIDWithEachSignIn(t *testing.T) {
	s := newSite(t, setting{})
	v := s.anyone().staying()
	first := v.post("/login", signIn(email(fleet.Viewer), password)).cookie("fleet")
	second := v.post("/login", signIn(email(fleet.Viewer), password)).cookie("fleet")
	if first.Value == second.Value {
		t.Error("the id stayed, so that one planted beforehand would too")
	}
	s.anyone().staying().get("/account", "Cookie", "fleet="+first.Value).is(http.StatusSeeOther)
	s.anyone().staying().get("/account", "Cookie", "fleet="+second.Value).is(http.StatusOK)
	for _, forged := range []string{"x", second.Value[:len(second.Value)-4] + "AAAA", "%00", strings.Repeat("A", 5000)} {
		s.anyone().staying().get("/account", "Cookie", "fleet="+forged).is(http.StatusSeeOther)
	}
}

func TestSession_endsAtOnce(t *testing.T) {
	for what, end := range map[string]func(*site, fleet.Staff) error{
		"role": func(s *site, who fleet.Staff) error {
			_, err := s.store.SetRole(s.t.Context(), fleet.Actor{Email: "test"}, who.ID, fleet.Viewer, s.now())
			return err
		},
		"password": func(s *site, who fleet.Staff) error {
			_, err := s.store.SetPassword(s.t.Context(), fleet.Actor{Email: "test"}, who.ID, "$argon2id$another", s.now())
			return err
		},
		"account": func(s *site, who fleet.Staff) error {
			_, err := s.store.SetDisabled(s.t.Context(), fleet.Actor{Email: "test"}, who.ID, true, s.now())
			return err
		},
		"idle": func(s *site, _ fleet.Staff) error { s.wait(fleet.SessionIdle); return nil },
	} {
		t.Run(what, func(t *testing.T) {
			s := newSite(t, setting{})
			v := s.as(fleet.Support)
			who, err := s.store.StaffByEmail(t.Context(), email(fleet.Support))
			must(t, err)
			must(t, end(s, who))
			if p := v.get("/"); p.Request.URL.Path != "/login" {
				t.Errorf("it goes on: %s", p.Request.URL)
			}
		})
	}
}

func TestSignOut_endsTheSessionEverywhere(t *testing.T) {
	s := newSite(t, setting{})
	v := s.as(fleet.Viewer)
	cookies := v.client.Jar.Cookies(v.get("/").Request.URL)
	p := v.post("/logout", nil)
	if p.Request.URL.Path != "/login" {
		t.Errorf("it leads to %s", p.Request.URL)
	}
	s.anyone().staying().get("/", "Cookie", cookies[0].String()).is(http.StatusSeeOther)
	if got := s.audited("sign out"); len(got) != 1 || got[0].By.Email != email(fleet.Viewer) {
		t.Errorf("audit has %+v", got)
	}
	if p := v.staying().post("/logout", nil); p.Header.Get("Location") != "/login" {
		t.Errorf("without a session it leads to %s, which answers no GET", p.Header.Get("Location"))
	}
}

func TestLog_hasNoSecrets(t *testing.T) {
	s := newSynced(t, setting{})
	v := s.as(fleet.Admin)
	v.post("/login", signIn(email(fleet.Admin), "a wrong word"))
	v.post("/account/password", url.Values{"current": {password}, "new": {"winter harbor 77 lamps"}, "again": {"winter harbor 77 lamps"}})
	v.get("/tenants/" + s.sim.IDs()[0] + "/branches")
	s.line.cut.Store(true)
	v.get("/tenants/" + s.sim.IDs()[0] + "/branches")
	cookies := v.client.Jar.Cookies(v.get("/").Request.URL)
	for _, secret := range append([]string{password, "a wrong word", "winter harbor", apiKey}, cookies[0].Value) {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	if len(cookies[0].Value) < 20 || !strings.Contains(s.log.String(), "staff=admin@example.com") {
		t.Error("the log, or the cookie, is not what was looked through")
	}
}
