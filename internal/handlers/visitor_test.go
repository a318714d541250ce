package handlers_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"neonfleet/internal/fleet"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// visitor is a browser without scripts.
type visitor struct {
	s      *site
	client *http.Client
}

// page is an answer, read.
type page struct {
	*http.Response
	t    *testing.T
	body string
	doc  *goquery.Document
}

// anyone is a browser in which nobody is signed in.
func (s *site) anyone() *visitor {
	s.t.Helper()
	return &visitor{s, &http.Client{Jar: newJar(s.t)}}
}

// as signs somebody of a role in, by the form.
func (s *site) as(role fleet.Role) *visitor {
	s.t.Helper()
	v := s.anyone()
	p := v.submit("/login", url.Values{"email": {email(role)}, "password": {password}})
	if p.Request.URL.Path != "/" {
		s.t.Fatalf("signing in as %s led to %s: %s", role, p.Request.URL.Path, p.text("[role=alert]"))
	}
	return v
}

// do sends a request; headers are pairs. Redirects are followed.
func (v *visitor) do(method, path string, body io.Reader, headers ...string) *page {
	v.s.t.Helper()
	r, err := http.NewRequestWithContext(v.s.t.Context(), method, v.s.URL+path, body)
	must(v.s.t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := v.client.Do(r)
	must(v.s.t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(v.s.t, err)
	return newPage(v.s.t, resp, string(b))
}

func newPage(t *testing.T, resp *http.Response, body string) *page {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	must(t, err)
	return &page{resp, t, body, doc}
}

func (v *visitor) get(path string, headers ...string) *page {
	v.s.t.Helper()
	return v.do(http.MethodGet, path, nil, headers...)
}

// part is what htmx gets.
func (v *visitor) part(path string) *page {
	v.s.t.Helper()
	return v.get(path, "HX-Request", "true")
}

func (v *visitor) post(path string, values url.Values, headers ...string) *page {
	v.s.t.Helper()
	return v.do(http.MethodPost, path, strings.NewReader(values.Encode()), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

// staying is the same browser, for redirects that are to be looked at.
func (v *visitor) staying() *visitor {
	client := *v.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visitor{v.s, &client}
}

// submit opens the page, fills in the form that has all of the fields, sends
// it, and follows the redirect.
func (v *visitor) submit(path string, values url.Values) *page {
	v.s.t.Helper()
	p := v.get(path)
	var form *goquery.Selection
	p.doc.Find("form").EachWithBreak(func(_ int, f *goquery.Selection) bool {
		for name := range values {
			if f.Find(`[name="`+name+`"]`).Length() == 0 {
				return true
			}
		}
		form = f
		return false
	})
	if form == nil {
		v.s.t.Fatalf("%s has no form with %v: %.300s", path, values, p.text("main"))
	}
	form.Find("input[type=hidden]").Each(func(_ int, i *goquery.Selection) {
		if name := i.AttrOr("name", ""); !values.Has(name) {
			values.Add(name, i.AttrOr("value", ""))
		}
	})
	action := form.AttrOr("action", path)
	if strings.EqualFold(form.AttrOr("method", "get"), "get") {
		return v.get(action + "?" + values.Encode())
	}
	return v.post(action, values)
}

// text is what a person reads there.
func (p *page) text(selector string) string { return textOf(p.doc.Find(selector)) }

func textOf(s *goquery.Selection) string {
	var b strings.Builder
	for _, n := range s.Nodes {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data + " ")
			}
		}
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\u00a0", " ")), " ")
}

// says fails unless the part of the page has all of the words.
func (p *page) says(selector string, words ...string) {
	p.t.Helper()
	got := p.text(selector)
	for _, w := range words {
		if !strings.Contains(got, w) {
			p.t.Errorf("%s: %s says %q, want %q in it", p.Request.URL, selector, got, w)
		}
	}
}

// is fails unless the answer has the status.
func (p *page) is(status int) *page {
	p.t.Helper()
	if p.StatusCode != status {
		p.t.Errorf("%s %s = %d, want %d: %.300s", p.Request.Method, p.Request.URL, p.StatusCode, status, p.text("main"))
	}
	return p
}

func listening(ctx context.Context) func(net.Listener) context.Context {
	return func(net.Listener) context.Context { return ctx }
}
