package config

import (
	"errors"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// secretNames are the settings that may also come from the file NAME_FILE names.
var secretNames = []string{"NEON_API_KEY", "ADMIN_PASSWORD", "SESSION_KEY", "DATABASE_URL", "DEMO_PASSWORD"}

// realNames lead to the real fleet; the demo does not read them.
var realNames = []string{"NEON_API_KEY", "NEON_API_URL", "NEON_ORG_ID", "DATABASE_URL", "ADMIN_EMAIL", "ADMIN_PASSWORD"}

// settings are the variables as package env binds them. Secrets stay strings,
// because an error of env quotes the value it could not read. "want" completes
// the sentence "Set it to …".
type settings struct {
	APIKey        string `env:"NEON_API_KEY"`
	AdminPassword string `env:"ADMIN_PASSWORD"`
	SessionKey    string `env:"SESSION_KEY"`
	DatabaseURL   string `env:"DATABASE_URL"`
	DemoPassword  string `env:"DEMO_PASSWORD"`

	APIURL     URL           `env:"NEON_API_URL" envDefault:"https://console.neon.tech/api/v2" want:"an address such as https://console.neon.tech/api/v2"`
	OrgID      string        `env:"NEON_ORG_ID"`
	ListenAddr string        `env:"LISTEN_ADDR"`
	BaseURL    *URL          `env:"BASE_URL" want:"the public address, such as https://fleet.example.com"`
	DataDir    string        `env:"DATA_DIR" envDefault:"./data"`
	KeepDays   int           `env:"KEEP_DAYS" envDefault:"400" want:"a number of days, 92 to 36500"`
	AdminEmail string        `env:"ADMIN_EMAIL"`
	SyncEvery  time.Duration `env:"SYNC_EVERY" envDefault:"5m" want:"a time such as 5m or 90s"`
	Requests   int           `env:"NEON_REQUESTS_PER_MINUTE" want:"a number of calls, 10 to 100000"`
	Usage      int           `env:"NEON_CONSUMPTION_PER_MINUTE" want:"a number of calls, 1 to 100000"`
	Clock      Clock         `env:"CLOCK" want:"system or neon"`
	Proxies    Networks      `env:"TRUSTED_PROXIES" want:"networks or addresses separated by commas, such as 10.0.0.0/8,192.0.2.7"`
	LogLevel   slog.Level    `env:"LOG_LEVEL" envDefault:"info" want:"debug, info, warn or error"`
	LogFormat  LogFormat     `env:"LOG_FORMAT" want:"text or json"`
}

// Load reads the settings. A setting that is empty counts as not set. The error
// is of type Mistakes and has all of them; it never quotes a secret.
func Load(getenv func(string) string, mode Mode) (Config, error) {
	var mistakes Mistakes
	values := gather(getenv, mode, &mistakes)
	var s settings
	broken := bind(&s, withDefaults(values, mode), &mistakes)
	c := s.config(values, &mistakes)
	checks{&c, broken, &mistakes}.all(mode)
	if len(mistakes) > 0 {
		return Config{}, mistakes
	}
	return c, nil
}

// withDefaults adds the defaults that depend on the mode or have a name.
func withDefaults(values map[string]string, mode Mode) map[string]string {
	all := map[string]string{
		"LISTEN_ADDR": DefaultListenAddr, "CLOCK": string(SystemClock), "NEON_REQUESTS_PER_MINUTE": "600", "NEON_CONSUMPTION_PER_MINUTE": "30",
	}
	if mode == Demo {
		ceiling := strconv.Itoa(demoCeiling)
		all["CLOCK"], all["NEON_REQUESTS_PER_MINUTE"], all["NEON_CONSUMPTION_PER_MINUTE"] = string(NeonClock), ceiling, ceiling
	}
	maps.Copy(all, values)
	return all
}

// gather reads every variable there is, secrets also from their files.
func gather(getenv func(string) string, mode Mode, mistakes *Mistakes) map[string]string {
	values := map[string]string{}
	for _, name := range slices.Sorted(maps.Values(names())) { // sorted, so that mistakes come in the same order each time
		if mode == Demo && slices.Contains(realNames, name) {
			continue
		}
		value := getenv(name)
		if slices.Contains(secretNames, name) {
			value = fromFile(name, value, getenv(name+"_FILE"), mistakes)
		}
		if !strings.HasSuffix(name, "_PASSWORD") { // whose spaces may be meant
			value = strings.TrimSpace(value)
		}
		if value != "" {
			values[name] = value
		}
	}
	return values
}

// fromFile is the secret itself or what stands in the file; both at once is a
// mistake, because nobody could say which one counts.
func fromFile(name, value, file string, mistakes *Mistakes) string {
	switch {
	case file == "":
		return value
	case value != "":
		mistakes.add("%s and %s_FILE are both set. Keep one of them.", name, name)
		return value
	}
	content, err := os.ReadFile(file)
	if err != nil {
		var reason *os.PathError
		if errors.As(err, &reason) {
			err = reason.Err // without the path, which stands in the sentence already
		}
		mistakes.add("%s_FILE: %s cannot be read: %v. Check the path and who may read it.", name, file, err)
		return ""
	}
	if strings.TrimSpace(string(content)) == "" {
		mistakes.add("%s_FILE: %s is empty. Put the value into it.", name, file)
	}
	return strings.TrimRight(string(content), "\r\n")
}

// bind fills the settings, adds a sentence for each that cannot be read, and
// returns their names, so that they are not complained about twice.
func bind(s *settings, values map[string]string, mistakes *Mistakes) []string {
	err := env.ParseWithOptions(s, env.Options{Environment: values})
	if err == nil {
		return nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		mistakes.add("The settings cannot be read: %v.", err)
		return nil
	}
	var broken []string
	byField, want := names(), wants()
	for _, err := range all.Errors {
		var wrong env.ParseError
		if !errors.As(err, &wrong) {
			mistakes.add("The settings cannot be read: %v.", err)
			continue
		}
		name := byField[wrong.Name]
		broken = append(broken, name)
		mistakes.add("%s is %q. Set it to %s.", name, values[name], want[name])
	}
	return broken
}

// config is the settings as the program uses them.
func (s settings) config(values map[string]string, mistakes *Mistakes) Config {
	c := Config{
		NeonAPIKey: Hide(s.APIKey), NeonAPIURL: s.APIURL, NeonOrgID: s.OrgID,
		ListenAddr: s.ListenAddr, DataDir: s.DataDir, KeepDays: s.KeepDays,
		AdminEmail: s.AdminEmail, AdminPassword: Hide(s.AdminPassword), DemoPassword: Hide(s.DemoPassword),
		SyncEvery: s.SyncEvery, RequestsPerMinute: s.Requests, ConsumptionPerMinute: s.Usage, Clock: s.Clock,
		TrustedProxies: s.Proxies, LogLevel: s.LogLevel, LogFormat: s.LogFormat,
	}
	if c.derivedBase = values["BASE_URL"] == ""; c.derivedBase {
		c.BaseURL = baseURL(s.ListenAddr)
	} else if s.BaseURL != nil {
		c.BaseURL = *s.BaseURL
	}
	if c.derivedFile = s.DatabaseURL == ""; c.derivedFile {
		c.Database = sqliteIn(s.DataDir)
	} else {
		var wrong string
		if c.Database, wrong = parseDatabase(s.DatabaseURL); wrong != "" {
			mistakes.add("%s", wrong)
		}
	}
	for key := range strings.SplitSeq(s.SessionKey, ",") {
		if key = strings.TrimSpace(key); key != "" {
			c.sessionKeys = append(c.sessionKeys, Hide(key))
		}
	}
	return c
}

// names are the variables by the fields of settings they fill.
func names() map[string]string {
	byField := map[string]string{}
	for field := range reflect.TypeFor[settings]().Fields() {
		byField[field.Name] = field.Tag.Get("env")
	}
	return byField
}

// wants are the ends of the sentences "Set it to …", by variable.
func wants() map[string]string {
	byName := map[string]string{}
	for field := range reflect.TypeFor[settings]().Fields() {
		byName[field.Tag.Get("env")] = field.Tag.Get("want")
	}
	return byName
}
