package config

import (
	"net"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// shortestSessionKey is what keeps a signature from being guessed: 32
	// characters are at least 128 bits even in hexadecimal.
	shortestSessionKey = 32
	// shortestPassword is of the first administrator.
	shortestPassword = 8
	// sharedCalls is what the instances beside the elected one share on Postgres
	// (design: "the ceiling less 60"); a ceiling below would leave the sync none.
	sharedCalls = 60
)

var orgID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// checks are the rules beyond what a single value's type says.
type checks struct {
	*Config
	broken   []string // what could not be read, and is a mistake already
	mistakes *Mistakes
}

func (c checks) all(mode Mode) {
	c.neon(mode)
	c.addresses()
	c.storage()
	c.amounts()
	c.administrator()
	c.sessions(mode)
}

func (c checks) neon(mode Mode) {
	key := c.NeonAPIKey.Reveal()
	if key == "" && (mode == Serve || mode == Sync) && !c.said("NEON_API_KEY_FILE") {
		c.mistakes.add("NEON_API_KEY is not set. Create a key in Neon's console (organization settings, API keys) and set it, or name a file that holds it in NEON_API_KEY_FILE. To look around without one, run: dashboard demo.")
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || unicode.IsSpace(r) }) {
		c.mistakes.add("NEON_API_KEY has a space, a line break or another character that no key has (its value is not shown). Copy it again.")
	}
	if c.NeonOrgID != "" && !orgID.MatchString(c.NeonOrgID) {
		c.mistakes.add("NEON_ORG_ID is %q. Set it to an id such as org-cool-breeze-12345678, or leave it out.", c.NeonOrgID)
	}
}

func (c checks) addresses() {
	if !validAddr(c.ListenAddr) {
		c.mistakes.add("LISTEN_ADDR is %q. Set it to host:port, such as 127.0.0.1:8080, or :8080 for every interface.", c.ListenAddr)
	}
	if c.BaseURL.Path != "" {
		c.mistakes.add("BASE_URL is %q. Leave out the path: the dashboard needs a host name of its own.", c.BaseURL.String())
	}
}

func (c checks) storage() {
	if info, err := os.Stat(c.DataDir); err == nil && !info.IsDir() {
		c.mistakes.add("DATA_DIR is %q, which is a file. Set it to a directory; it is made if it is not there.", c.DataDir)
	}
	c.within("KEEP_DAYS", c.KeepDays, 92, 36_500)
}

func (c checks) amounts() {
	if !c.isBroken("SYNC_EVERY") && (c.SyncEvery < time.Second || c.SyncEvery > 24*time.Hour) {
		c.mistakes.add("SYNC_EVERY is %s. Set it to between 1s and 24h.", c.SyncEvery)
	}
	c.within("NEON_REQUESTS_PER_MINUTE", c.RequestsPerMinute, 10, 100_000)
	c.within("NEON_CONSUMPTION_PER_MINUTE", c.ConsumptionPerMinute, 1, 100_000)
	if c.Database.Postgres() && c.RequestsPerMinute >= 10 && c.RequestsPerMinute <= sharedCalls {
		c.mistakes.add("NEON_REQUESTS_PER_MINUTE is %d. With Postgres set it above %d, which the instances that do not sync share.", c.RequestsPerMinute, sharedCalls)
	}
}

func (c checks) administrator() {
	if c.AdminEmail != "" {
		if address, err := mail.ParseAddress(c.AdminEmail); err != nil || address.Address != c.AdminEmail {
			c.mistakes.add("ADMIN_EMAIL is %q. Set it to an address such as ada@example.com.", c.AdminEmail)
		}
	}
	password := c.AdminPassword.Reveal()
	if password != "" && c.AdminEmail == "" {
		c.mistakes.add("ADMIN_PASSWORD is set without ADMIN_EMAIL. Set both, or neither to have an administrator made and printed once.")
	}
	if password != "" && len([]rune(password)) < shortestPassword {
		c.mistakes.add("ADMIN_PASSWORD is too short. Set it to at least %d characters.", shortestPassword)
	}
}

func (c checks) sessions(mode Mode) {
	if len(c.sessionKeys) == 0 && mode == Serve && c.Database.Postgres() && !c.said("SESSION_KEY_FILE") {
		c.mistakes.add("SESSION_KEY is not set. With Postgres every instance needs the same one: set it to what `openssl rand -hex 32` prints.")
	}
	for i, key := range c.sessionKeys {
		if len(key.Reveal()) < shortestSessionKey {
			c.mistakes.add("SESSION_KEY: key number %d is too short. Give it at least %d characters; `openssl rand -hex 32` prints one.", i+1, shortestSessionKey)
		}
	}
}

func (c checks) within(name string, value, low, high int) {
	if !c.isBroken(name) && (value < low || value > high) {
		c.mistakes.add("%s is %d. Set it to between %d and %d.", name, value, low, high)
	}
}

func (c checks) isBroken(name string) bool { return slices.Contains(c.broken, name) }

// said reports whether a mistake about the variable was noted already.
func (c checks) said(name string) bool {
	return slices.ContainsFunc(*c.mistakes, func(m string) bool { return strings.HasPrefix(m, name+":") })
}

func validAddr(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	number, err := strconv.Atoi(port)
	return err == nil && number >= 0 && number <= 65535
}
