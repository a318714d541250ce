package auth

import (
	"crypto/rand"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"neonfleet/internal/fleet"
)

// The length of a password in characters.
const (
	ShortestPassword = 12
	LongestPassword  = 256
)

// obvious are the beginnings that guessing starts with.
var obvious = []string{"password", "passw0rd", "qwertyui", "qwertzui", "12345678", "abcdefgh", "letmein", "iloveyou", "changeme", "administrator", "neonfleet", "neon fleet"}

// CheckPassword refuses a password that would not protect the account of
// email: Invalid, with a sentence for whoever chooses it.
func CheckPassword(password, email string) error {
	n, folded := utf8.RuneCountInString(password), fleet.FoldName(password)
	switch {
	case n < ShortestPassword:
		return fleet.Errorf(fleet.Invalid, "Use at least %d characters; a few words make a good password.", ShortestPassword)
	case n > LongestPassword:
		return fleet.Errorf(fleet.Invalid, "Use at most %d characters.", LongestPassword)
	case holdsEmail(folded, foldEmail(email)):
		return fleet.Errorf(fleet.Invalid, "Leave your e-mail address out of the password.")
	case isObvious(folded):
		return fleet.Errorf(fleet.Invalid, "That is among the first passwords anybody would try. Use a few words that do not belong together.")
	}
	return nil
}

func holdsEmail(password, email string) bool {
	name, _, _ := strings.Cut(email, "@")
	return email != "" && strings.Contains(password, email) || len(name) >= 4 && strings.Contains(password, name)
}

// isObvious finds passwords of very few different characters, and a well-known
// one with a little around it: "password1234" is, "password" among other words
// is not.
func isObvious(password string) bool {
	letters := []rune(password)
	slices.Sort(letters)
	if len(slices.Compact(letters)) < 5 {
		return true
	}
	for _, o := range obvious {
		if rest := strings.ReplaceAll(password, o, ""); len(rest) < len(password) && len(rest) < 8 {
			return true
		}
	}
	return false
}

// RandomPassword is a password nobody guesses (100 bits), in groups that can
// be read aloud.
func RandomPassword() string {
	text := strings.ToLower(rand.Text()) // letters and the digits 2 to 7, at least 26
	return strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20]}, "-")
}

// CheckEmail gives the address as accounts have it, lower case and without
// blanks around it; Invalid if it is none.
func CheckEmail(email string) (string, error) {
	email = foldEmail(email)
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 {
		return "", fleet.Errorf(fleet.Invalid, "%q is no e-mail address. Write one like ada@example.com.", email)
	}
	return email, nil
}

func foldEmail(email string) string { return fleet.FoldName(strings.TrimSpace(email)) }
