package handlers_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
)

func TestFailure_sayWhatIsWrongAndWhatToDo(t *testing.T) {
	v := newSynced(t, setting{}).as(fleet.Viewer)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/nothing":                              {404, "There is nothing at this address."},
		"/tenants/":                             {404, "There is nothing at this address."},
		"/tenants/pending-1":                    {404, "There is no tenant pending-1."},
		"/tenants/no-such-project/branches":     {404, "There is no tenant no-such-project."},
		"/tenants/no-such-project/live":         {404, "There is no tenant no-such-project."},
		"/tenants/%00":                          {404, "There is no tenant"},
		"/tenants/%ff%fe/limits":                {404, "There is no tenant"},
		"/plans/platinum":                       {404, "no plan"},
		"/plans/%00":                            {404, ""},
		"/?metric=money":                        {400, "metric=money is no meter."},
		"/?view=film":                           {400, "view=film"},
		"/?page=2":                              {400, "page: this page has no such parameter. It knows metric, view."},
		"/?metric=compute&metric=storage":       {400, "metric: give it once."},
		"/plans?sort=price":                     {400, "sort: this page takes no parameters."},
		"/sync?x=1":                             {400, "x: this page takes no parameters."},
		"/account?x=1":                          {400, "x"},
		"/find?words=a":                         {400, "words"},
		"/find?q=" + strings.Repeat("a", 1001):  {400, "q: is too long"},
		"/find?q=" + strings.Repeat("a+", 25):   {400, "q: has too many words; use at most 24."},
		"/-csv/tenants":                         {404, "There is nothing at this address."},
		"/tenants/{tenant}/usage?range=1y":      {400, "range=1y is no range."},
		"/tenants/{tenant}/usage?metric=cost":   {400, "metric=cost"},
		"/tenants/{tenant}/limits?x=":           {400, "x"},
		"/tenants/{tenant}/branches?x=1":        {400, "x"},
		"/tenants/{tenant}/activity?after=1":    {400, "after"},
		"/tenants/{tenant}/usage?from=20261103": {400, "from"},
	} {
		p := v.get(strings.ReplaceAll(path, "{tenant}", v.s.sim.IDs()[0])).is(want.status)
		p.says("[role=alert]", want.says, "Request "+p.Header.Get("X-Request-Id"))
		if p.doc.Find("[role=alert] a.btn").Length() == 0 {
			t.Errorf("%s leads nowhere on", path)
		}
	}
}

func TestFailure_filesFailInALineOfText(t *testing.T) {
	s := newSynced(t, setting{})
	v, id := s.as(fleet.Viewer), s.sim.IDs()[0]
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/tenants.csv?sort=x":                                           {400, "sort=x"},
		"/overview.csv?x=1":                                             {400, "x: this page has no such parameter"},
		"/nothing.csv":                                                  {404, "Not Found. Request "},
		"/tenants/no-such-project/usage.csv":                            {404, "There is no tenant no-such-project."},
		"/tenants/" + id + "/usage.csv?from=3.11.2026":                  {400, "from=3.11.2026 is no day"},
		"/tenants/" + id + "/usage.csv?to=2026-02-30":                   {400, "to=2026-02-30 is no day"},
		"/tenants/" + id + "/usage.csv?from=2026-11-09&to=2026-11-08":   {400, "from=2026-11-09 lies after to=2026-11-08."},
		"/tenants/" + id + "/usage.csv?from=2026-11-01&from=2026-11-02": {400, "from: give it once."},
	} {
		p := v.get(path).is(want.status)
		if !strings.Contains(p.body, want.says) || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") || p.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %q as %s, %s; want %q as text", path, p.body, p.Header.Get("Content-Type"), p.Header.Get("Content-Disposition"), want.says)
		}
	}
}

func TestFailure_otherMethodsAreRefused(t *testing.T) {
	v := newSite(t, setting{}).as(fleet.Admin)
	for _, c := range []struct{ method, path, allow string }{
		{http.MethodPost, "/tenants", "GET"}, {http.MethodDelete, "/plans/pro", "GET"}, {http.MethodPut, "/sync", "POST"}, {http.MethodGet, "/logout", "POST"},
		{http.MethodGet, "/account/password", "POST"}, {http.MethodPatch, "/tenants.csv", "GET"},
	} {
		p := v.do(c.method, c.path, nil).is(http.StatusMethodNotAllowed)
		if !strings.Contains(p.Header.Get("Allow"), c.allow) {
			t.Errorf("%s %s allows %q, want %s in it", c.method, c.path, p.Header.Get("Allow"), c.allow)
		}
	}
}

func TestFailure_headIsLikeGetWithoutTheBody(t *testing.T) {
	s := newSynced(t, setting{})
	v := s.as(fleet.Viewer)
	for _, route := range access {
		path := strings.ReplaceAll(route.try, "{tenant}", s.sim.IDs()[0])
		get := v.staying()
		if path == "/logout" || strings.HasPrefix(path, "/account/") {
			get.do(http.MethodHead, path, nil).is(http.StatusMethodNotAllowed)
			continue
		}
		if p := get.do(http.MethodHead, path, nil); p.body != "" || p.StatusCode >= 400 {
			t.Errorf("HEAD %s = %d with %d bytes", path, p.StatusCode, len(p.body))
		}
	}
	v.do(http.MethodHead, "/nothing", nil).is(http.StatusNotFound)
}

// headers are what every answer has.
var headers = map[string]*regexp.Regexp{
	"Content-Security-Policy":      regexp.MustCompile(`^default-src 'none'; script-src 'self'; style-src 'self'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default$`),
	"X-Content-Type-Options":       regexp.MustCompile(`^nosniff$`),
	"X-Frame-Options":              regexp.MustCompile(`^DENY$`),
	"Referrer-Policy":              regexp.MustCompile(`^same-origin$`),
	"Cross-Origin-Opener-Policy":   regexp.MustCompile(`^same-origin$`),
	"Cross-Origin-Resource-Policy": regexp.MustCompile(`^same-origin$`),
	"Permissions-Policy":           regexp.MustCompile(`camera=\(\)`),
	"X-Request-Id":                 regexp.MustCompile(`^[A-Z2-7]{13}$`),
	"Cache-Control":                regexp.MustCompile(`^(no-store|no-cache|public, max-age=31536000, immutable)$`),
}

func TestSecurity_everyAnswerHasItsHeaders(t *testing.T) {
	s := newSynced(t, setting{})
	in, out := s.as(fleet.Admin).staying(), s.anyone().staying()
	for name, route := range access {
		if name == "GET /sync/live" || name == "POST /logout" {
			continue
		}
		path := strings.ReplaceAll(route.try, "{tenant}", s.sim.IDs()[0])
		checkHeaders(t, in.knock(name, path, "X-Request-Id", "mine"))
		checkHeaders(t, out.knock(name, path, "X-Request-Id", "mine"))
	}
	for _, path := range []string{"/nothing", "/-csv/x", "/nothing.csv", "/tenants?sort=x", "/%ff"} {
		checkHeaders(t, in.get(path))
		checkHeaders(t, out.get(path))
	}
	checkHeaders(t, out.do(http.MethodTrace, "/", nil))
	checkHeaders(t, out.post("/login", nil, "Sec-Fetch-Site", "cross-site"))
}

// inline is what the policy refuses.
var inline = regexp.MustCompile(`<script(>| [^s])|<style| style=| on[a-z]+=`)

func checkHeaders(t *testing.T, p *page) {
	t.Helper()
	for name, want := range headers {
		if got := p.Header.Get(name); !want.MatchString(got) {
			t.Errorf("%s %s: %s is %q", p.Request.Method, p.Request.URL, name, got)
		}
	}
	if strings.Contains(p.Header.Get("Content-Security-Policy"), "unsafe") || p.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("%s: unsafe sources, or https alone where it is not spoken", p.Request.URL)
	}
	if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") && inline.MatchString(p.body) {
		t.Errorf("%s has something inline that the policy refuses", p.Request.URL)
	}
}

func TestSecurity_formsOfOtherSitesDoNothing(t *testing.T) {
	s := newSite(t, setting{baseURL: "https://fleet.example"})
	v := s.anyone()
	for name, route := range access {
		if !strings.HasPrefix(name, "POST") {
			continue
		}
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			v.post(route.try, nil, header...).is(http.StatusForbidden).says("[role=alert]", "This form was sent from another site, so nothing was done.")
		}
	}
	if got := s.audited("sign in"); len(got) != 0 {
		t.Errorf("something was done: %v", got)
	}
	// A proxy that changes Host sends the public origin.
	v.post("/login", url.Values{"email": {"x@example.com"}, "password": {"y"}}, "Origin", "https://fleet.example").is(http.StatusUnprocessableEntity)
}

func TestSecurity_bodiesAreBounded(t *testing.T) {
	s := newSite(t, setting{})
	v := s.anyone()
	big := "email=" + strings.Repeat("a", 2<<20)
	v.do(http.MethodPost, "/login", strings.NewReader(big), "Content-Type", "application/x-www-form-urlencoded").is(http.StatusRequestEntityTooLarge)
	v.do(http.MethodPost, "/login", io.MultiReader(strings.NewReader(big)), "Content-Type", "application/x-www-form-urlencoded").is(http.StatusRequestEntityTooLarge) // no length said
	for kind, body := range map[string]string{"application/json": `{"email":"a","password":"b"}`, "text/plain": "email=a", "": "email=a", "application/xml": "<a/>", ";;": "x"} {
		v.do(http.MethodPost, "/login", strings.NewReader(body), "Content-Type", kind).is(http.StatusUnsupportedMediaType)
	}
	v.do(http.MethodPost, "/login", strings.NewReader("email=%zz"), "Content-Type", "application/x-www-form-urlencoded").is(http.StatusBadRequest)
}

// slowReader is a browser that stops reading after the first bytes.
type slowReader struct {
	*httptest.ResponseRecorder
	left   int
	cancel context.CancelFunc
}

func (r *slowReader) Write(p []byte) (int, error) {
	if r.left -= len(p); r.left < 0 {
		r.cancel()
		return 0, io.ErrClosedPipe
	}
	return r.ResponseRecorder.Write(p)
}

func TestDownload_breaksWhereItFailsMidway(t *testing.T) {
	s := newGenerated(t)
	v := s.as(fleet.Admin)
	whole := v.get("/tenants.csv")
	r := httptest.NewRequest(http.MethodGet, "/tenants.csv", nil)
	for _, c := range v.client.Jar.Cookies(whole.Request.URL) {
		r.AddCookie(c)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := &slowReader{httptest.NewRecorder(), len(whole.body) / 2, cancel}
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // a panic's value
			t.Errorf("the handler ended with %v, so the file looks whole", cause)
		}
		if !strings.Contains(s.log.String(), "broken_off=true") {
			t.Error("the log does not say that it was broken off")
		}
	}()
	s.handler.ServeHTTP(w, r.WithContext(ctx))
}

// cutter closes the store once the first bytes of an answer are on their way.
type cutter struct {
	http.ResponseWriter
	store *db.DB
}

func (c *cutter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	return n, errors.Join(err, c.store.Close())
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func TestDownload_ofAStoreThatFailsBreaksOnTheWire(t *testing.T) {
	for _, encoding := range []string{"gzip", "identity"} {
		t.Run(encoding, func(t *testing.T) {
			s := newGenerated(t)
			v := s.as(fleet.Admin)
			s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(&cutter{w, s.store}, r) })
			if err := v.download("/tenants.csv?sort=created", encoding); err == nil {
				t.Error("the file arrived as if it were whole")
			}
			if !strings.Contains(s.log.String(), "broken_off=true err=\"export tenants: ") {
				t.Error("the log does not say why it was broken off")
			}
		})
	}
}

// download is what went wrong with a download.
func (v *visitor) download(path, encoding string) error {
	v.s.t.Helper()
	r, err := http.NewRequestWithContext(v.s.t.Context(), http.MethodGet, v.s.URL+path, nil)
	must(v.s.t, err)
	r.Header.Set("Accept-Encoding", encoding)
	resp, err := v.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func TestPanic_isAPageAndOneLineInTheLog(t *testing.T) {
	s := newSite(t, setting{budget: func() fleet.Budget { panic("napi_never_shown") }})
	v := s.as(fleet.Viewer)
	before := strings.Count(s.log.String(), "\n")
	p := v.get("/sync").is(http.StatusInternalServerError)
	p.says("[role=alert]", "Something went wrong", "Request "+p.Header.Get("X-Request-Id"), "Try again")
	if strings.Contains(p.body, "napi_never_shown") || strings.Contains(p.body, "goroutine") {
		t.Error("the page shows the cause")
	}
	if lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")[before:]; len(lines) != 1 || !strings.Contains(lines[0], "level=ERROR") || !strings.Contains(lines[0], "handlers.syncPages.live") {
		t.Errorf("the log has %d lines: %.200s", len(lines), lines)
	}
}

func TestStore_thatIsGoneIsSaidPlainly(t *testing.T) {
	s := newSite(t, setting{})
	v := s.as(fleet.Viewer)
	must(t, s.store.Close())
	p := v.get("/tenants").is(http.StatusInternalServerError)
	p.says("[role=alert]", "Something went wrong")
	if strings.Contains(p.body, "sql") || strings.Contains(p.body, "database") {
		t.Errorf("the page shows the cause: %s", p.text("main"))
	}
	v.get("/healthz").is(http.StatusOK)
	if p := v.get("/readyz").is(http.StatusServiceUnavailable); !strings.HasPrefix(p.body, "The store does not answer.") {
		t.Errorf("readyz says %q", p.body)
	}
}
