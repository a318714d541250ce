package neon

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

const testPassword = "hunter2-do-not-print-me"

// printed is v in every way something could end up in a log or a page.
func printed(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, format+"\n", v)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("look", "v", v)
	}
	if b, err := json.Marshal(v); err == nil { // a Config with a client cannot be encoded at all
		out.Write(b)
	}
	return out.String()
}

func mustNotSay(t *testing.T, what, text, secret string) {
	t.Helper()
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret)} {
		if strings.Contains(text, form) {
			t.Errorf("%s says the secret:\n%s", what, text)
		}
	}
}

func TestSecrets_neverPrintTheKey(t *testing.T) {
	cfg := Config{Key: testKey, Org: "org-x"}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for what, v := range map[string]any{"Config": cfg, "*Config": &cfg, "*Client": c, "Client": *c, "a service": c.Projects, "a struct of them": struct {
		Cfg Config
		C   *Client
	}{cfg, c}} {
		mustNotSay(t, what, printed(t, v), testKey)
	}
	if !strings.Contains(c.String(), "org-x") {
		t.Errorf("client = %s, want it to say its organization", c)
	}
}

func TestSecrets_neverPrintAnAnswersPasswords(t *testing.T) {
	h, _ := script(say(201, `{"project":{"id":"p-1"},"roles":[{"name":"owner","password":"`+testPassword+`"}],
		"connection_uris":[{"connection_uri":"postgresql://owner:`+testPassword+`@ep-1/neondb","connection_parameters":{"password":"`+testPassword+`","role":"owner"}}]}`))
	c, _ := serve(t, h)
	made, err := c.Projects.Create(t.Context(), ProjectCreate{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	mustNotSay(t, "ProjectCreated", printed(t, made), testPassword)
	mustNotSay(t, "its role", printed(t, made.Roles[0]), testPassword)
	mustNotSay(t, "its password", printed(t, made.Roles[0].Password), testPassword)
	if got := made.Roles[0].Password.Reveal(); got != testPassword {
		t.Errorf("revealed = %q", got)
	}
	if got := made.ConnectionURIs[0].ConnectionURI.Reveal(); !strings.Contains(got, testPassword) {
		t.Errorf("revealed = %q", got)
	}
	if got := fmt.Sprint(Secret("")); got != "" {
		t.Errorf("an empty secret prints %q, want nothing: there is none", got)
	}
}

func TestSecrets_areInNoErrorAndNoLog(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"an echo of the key":  say(401, `{"code":"`+testKey+`","message":"bad key `+testKey+`","request_id":"`+testKey+`"}`),
		"a page with the key": say(502, "<html>"+testKey),
		"a lost answer":       hangUp,
		"a cut password":      say(200, `{"project":{"id":"p-1"},"password":"`+testPassword),
		"a wrong type":        say(200, `{"project":"`+testPassword+`"}`),
	}
	for name, answer := range answers {
		var log bytes.Buffer
		c, _ := serve(t, answer, func(cfg *Config) {
			cfg.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		_, err := c.Projects.Get(t.Context(), "p-1")
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, secret := range []string{testKey, testPassword} {
			mustNotSay(t, name+": the error", fmt.Sprintf("%v %+v %#v", err, err, err), secret)
			mustNotSay(t, name+": the log", log.String(), secret)
		}
		if log.Len() == 0 {
			t.Errorf("%s: nothing logged", name)
		}
	}
}

func TestNew_saysWhatIsWrong(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no key": {}, "key with a line break": {Key: "napi_x\n"}, "key with a space": {Key: "Bearer napi"}, "no address": {Key: testKey, BaseURL: "neon"},
		"another scheme": {Key: testKey, BaseURL: "ftp://x/y"}, "user in the address": {Key: testKey, BaseURL: "https://u:" + testPassword + "@x/y"},
		"unreadable address": {Key: testKey, BaseURL: "http://u:" + testPassword + "@[::1"}, "organization": {Key: testKey, Org: "Org X"},
	} {
		_, err := New(cfg)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		mustNotSay(t, name, err.Error(), testPassword)
		mustNotSay(t, name, err.Error(), testKey)
	}
}
