package auth

import (
	"strings"
	"testing"

	"neonfleet/internal/fleet"
)

func TestCheckPassword_saysWhatIsWrong(t *testing.T) {
	for password, says := range map[string]string{
		"short":                        "at least 12",
		"elevenchars":                  "at least 12",
		strings.Repeat("long ", 52):    "at most 256",
		"my ada.lovelace 42 engine":    "e-mail address",
		"ADA.Lovelace@example.com":     "e-mail address",
		"password1234":                 "first passwords",
		"Password!2026":                "first passwords",
		"PASSWORDPASSWORD":             "first passwords",
		"123456789012":                 "first passwords",
		"aaaaaaaaaaaaaaa":              "first passwords",
		"abababababab":                 "first passwords",
		"qwertyuiop12":                 "first passwords",
		"administrator":                "first passwords",
		"this password is long enough": "",
		"correct horse battery":        "",
		"vier Wörter später":           "",
		"пароль длинный да":            "",
		"kf7dn-a2xqw-7m4pz":            "",
	} {
		err := CheckPassword(password, "Ada.Lovelace@example.com")
		if says == "" {
			if err != nil {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		if fleet.KindOf(err) != fleet.Invalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want Invalid that says %q", password, err, says)
		}
		if err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("%q: the message quotes the password", password)
		}
	}
}

func TestCheckPassword_countsCharactersNotBytes(t *testing.T) {
	if err := CheckPassword("äöüßéèñçåøæ", ""); err == nil {
		t.Error("eleven characters were accepted")
	}
	if err := CheckPassword(strings.Repeat("äöüßé è ", 32), ""); err != nil {
		t.Errorf("256 characters: %v", err)
	}
}

func TestRandomPassword_passesThePolicyAndDiffers(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		p := RandomPassword()
		if err := CheckPassword(p, DefaultAdmin); err != nil || len(p) != 23 || seen[p] {
			t.Fatalf("%q: %v", p, err)
		}
		seen[p] = true
	}
}

func TestCheckEmail_givesTheAddressAsAccountsHaveIt(t *testing.T) {
	for typed, want := range map[string]string{
		" Ada@Example.com ":                "ada@example.com",
		"admin@localhost":                  "admin@localhost",
		"":                                 "",
		"ada":                              "",
		"Ada <ada@example.com>":            "",
		"ada@example.com, bob@example.com": "",
		"ada@example.com\nbcc: b@x":        "",
		strings.Repeat("a", 250) + "@example.com": "",
	} {
		got, err := CheckEmail(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}
