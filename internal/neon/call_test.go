package neon

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCall_sendsTheKeyTheHeadersAndTheBody(t *testing.T) {
	var got *http.Request
	var body string
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body) // a broken body fails the comparison below
		got, body = r, string(b)
		say(200, `{"project":{"id":"p-1"},"operations":[]}`)(w, r)
	}, func(cfg *Config) { cfg.UserAgent = "fleet/1.0" })

	if _, _, err := c.Projects.Update(t.Context(), "p-1", ProjectUpdate{Name: "new <name>"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Authorization": "Bearer " + testKey, "Accept": "application/json", "Content-Type": "application/json", "User-Agent": "fleet/1.0"} {
		if g := got.Header.Get(name); g != want {
			t.Errorf("%s = %q, want %q", name, g, want)
		}
	}
	if got.Method != "PATCH" || got.URL.Path != "/api/v2/projects/p-1" {
		t.Errorf("request = %s %s", got.Method, got.URL.Path)
	}
	if want := `{"project":{"name":"new \u003cname\u003e"}}`; body != want {
		t.Errorf("body = %s, want %s", body, want)
	}
}

func TestCall_escapesNamesInPathAndQuery(t *testing.T) {
	var path, query string
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path, query = r.URL.EscapedPath(), r.URL.RawQuery
		say(200, `{"role":{"name":"a/b"},"uri":"postgresql://x"}`)(w, r)
	})
	if _, err := c.Roles.Get(t.Context(), "p-1", "br-1", "a/b?c ü"); err != nil {
		t.Fatal(err)
	}
	if want := "/api/v2/projects/p-1/branches/br-1/roles/a%2Fb%3Fc%20%C3%BC"; path != want {
		t.Errorf("path = %s, want %s", path, want)
	}
	if _, err := c.Projects.ConnectionURI(t.Context(), "p-1", URIQuery{Database: "a&b", Role: "r=1", Pooled: true}); err != nil {
		t.Fatal(err)
	}
	if want := "database_name=a%26b&pooled=true&role_name=r%3D1"; query != want {
		t.Errorf("query = %s, want %s", query, want)
	}
}

func TestCall_refusesWrongIDsBeforeSending(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Errorf("sent %s %s", r.Method, r.URL) })
	ctx := t.Context()
	errs := map[string]error{}
	for _, id := range []string{"", "..", "a/b", "UPPER", "a b", "ü", "a%2fb", strings.Repeat("a", 61), "p\n"} {
		_, errs["project "+id] = c.Projects.Get(ctx, id)
		_, errs["branch "+id] = c.Branches.Get(ctx, "p-1", id)
		_, errs["endpoint "+id] = c.Endpoints.Delete(ctx, "p-1", id)
		errs["transferred "+id] = c.Projects.Transfer(ctx, "org-x", "org-y", []string{"p-1", id})
		_, _, errs["source "+id] = c.Branches.Restore(ctx, "p-1", "br-1", BranchRestore{SourceBranchID: id})
		for _, err := range c.Consumption.Projects(ctx, ConsumptionQuery{From: start, To: start.Add(time.Hour), Granularity: Hourly, ProjectIDs: []string{id}}) {
			errs["consumption "+id] = err
		}
	}
	for _, name := range []string{"", ".", ".."} {
		_, errs["role "+name] = c.Roles.Get(ctx, "p-1", "br-1", name)
	}
	for what, err := range errs {
		if err == nil {
			t.Errorf("%q was taken", what)
		}
	}
}

func TestCall_makesAnErrorOfARefusal(t *testing.T) {
	c, _ := serve(t, say(404, `{"request_id":"r-1","code":"NOPE","message":"project not found"}`, "X-Neon-Ret-Request-Id", "r-header"))
	_, err := c.Projects.Get(t.Context(), "p-1")
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("err = %v, want an *Error", err)
	}
	if e.Status != 404 || e.Code != "NOPE" || e.Message != "project not found" || e.RequestID != "r-1" || e.Method != "GET" || e.Route != "/projects/{project_id}" || e.Tries != 1 {
		t.Errorf("error = %#v", e)
	}
	if want := "neon: GET /projects/{project_id}: 404 Not Found: project not found (NOPE), request r-1"; err.Error() != want {
		t.Errorf("text = %s\nwant   %s", err, want)
	}
	if !IsNotFound(err) || StatusOf(err) != 404 || IsLost(err) {
		t.Error("want not found, 404, not lost")
	}
}

func TestCall_takesTheRequestIDFromTheHeaderWhenTheBodyHasNone(t *testing.T) {
	c, _ := serve(t, say(400, `{"code":"","message":"org_id is required"}`, "X-Neon-Ret-Request-Id", "r-header"))
	_, err := c.Projects.Get(t.Context(), "p-1")
	if e, _ := errors.AsType[*Error](err); e.RequestID != "r-header" || e.Message != "org_id is required" {
		t.Errorf("error = %+v", e)
	}
}

func TestCall_doesNotTakeAProxysPageForNeon(t *testing.T) {
	page := "<html><head><title>Gone</title></head><body><script>alert(1)</script></body></html>"
	for _, status := range []int{200, 404, 502, 524} {
		c, _ := serve(t, say(status, page, "Content-Type", "text/html"))
		_, err := c.Projects.Get(t.Context(), "p-1")
		if err == nil {
			t.Errorf("%d with a page: no error", status)
			continue
		}
		if IsNotFound(err) {
			t.Errorf("%d with a page counts as not found: a tenant would be taken for deleted", status)
		}
		if StatusOf(err) != status || strings.ContainsAny(err.Error(), "<>") || !strings.Contains(err.Error(), "not ") {
			t.Errorf("%d with a page: %v", status, err)
		}
	}
}

func TestCall_readsTheOtherRefusalsOfTransfers(t *testing.T) {
	for status, c := range map[int]struct{ body, want string }{
		406: {`{"limits":[{"name":"projects","expected":"10","actual":"12"}]}`, "limit projects: expected 10, actual 12"},
		422: {`{"projects":[{"id":"p-1","integration":"vercel"}]}`, "project p-1 has the integration vercel"},
	} {
		client, _ := serve(t, say(status, c.body))
		err := client.Projects.Transfer(t.Context(), "org-x", "org-y", []string{"p-1"})
		if e, _ := errors.AsType[*Error](err); e == nil || e.Message != c.want || e.Foreign {
			t.Errorf("%d: %v, want %q", status, err, c.want)
		}
	}
}

func TestCall_doesNotFollowRedirects(t *testing.T) {
	var asked []string
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	_, err := c.Projects.Get(t.Context(), "p-1")
	if StatusOf(err) != 307 || !strings.Contains(err.Error(), "redirects are not followed") {
		t.Errorf("err = %v", err)
	}
	if len(asked) != 1 {
		t.Errorf("asked %v, want one request only", asked)
	}
}

func TestCall_taking204ForGone(t *testing.T) {
	c, _ := serve(t, say(204, ""))
	ctx := t.Context()
	branch, err1 := c.Branches.Delete(ctx, "p-1", "br-1")
	endpoint, err2 := c.Endpoints.Delete(ctx, "p-1", "ep-1")
	role, err3 := c.Roles.Delete(ctx, "p-1", "br-1", "r")
	database, err4 := c.Databases.Delete(ctx, "p-1", "br-1", "d")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if n := len(branch) + len(endpoint) + len(role) + len(database); n != 0 {
		t.Errorf("%d operations to wait for, want none", n)
	}
}

func TestCall_refusesAnAnswerWithoutWhatWasAskedFor(t *testing.T) {
	for name, body := range map[string]string{"empty object": `{}`, "null": `null`, "another thing": `{"branch":{"id":"br-1"}}`, "no id": `{"project":{"name":"x"}}`} {
		c, _ := serve(t, say(200, body))
		if p, err := c.Projects.Get(t.Context(), "p-1"); !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: project %+v, err %v, want ErrIncomplete", name, p, err)
		}
		for page, err := range c.Projects.Pages(t.Context(), ProjectQuery{}) {
			if !errors.Is(err, ErrIncomplete) {
				t.Errorf("%s: page %+v, err %v, want ErrIncomplete", name, page, err)
			}
		}
		if _, err := c.Endpoints.List(t.Context(), "p-1"); !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: endpoints err %v, want ErrIncomplete", name, err)
		}
	}
}

func TestCall_takesUnknownFieldsValuesAndTimes(t *testing.T) {
	c, _ := serve(t, say(200, `{"project":{"id":"p-1","brand_new":{"a":[1]},"owner":{"subscription_type":"galaxy_v9"},"created_at":"2026-01-02T03:04:05.678901Z",
		"consumption_period_start":"0001-01-01T00:00:00Z","compute_last_active_at":null,"active_time_seconds":0,"data_transfer_bytes":9007199254740993,
		"default_endpoint_settings":{"autoscaling_limit_min_cu":0.25,"autoscaling_limit_max_cu":1,"suspend_timeout_seconds":0}},"more":1}`))
	p, err := c.Projects.Get(t.Context(), "p-1")
	if err != nil {
		t.Fatal(err)
	}
	if !p.ConsumptionPeriodStart.IsZero() || !p.ComputeLastActiveAt.IsZero() || p.CreatedAt.Nanosecond() != 678901000 {
		t.Errorf("times = %v, %v, %v", p.ConsumptionPeriodStart, p.ComputeLastActiveAt, p.CreatedAt)
	}
	if p.ActiveTimeSeconds == nil || *p.ActiveTimeSeconds != 0 || p.ComputeTimeSeconds != nil {
		t.Errorf("counters = %v, %v, want 0 and unknown", p.ActiveTimeSeconds, p.ComputeTimeSeconds)
	}
	if *p.DataTransferBytes != 9007199254740993 {
		t.Errorf("transfer = %d, want all digits", *p.DataTransferBytes)
	}
	if d := p.DefaultEndpointSettings; *d.AutoscalingLimitMinCU != 0.25 || *d.AutoscalingLimitMaxCU != 1 || *d.SuspendTimeoutSeconds != 0 {
		t.Errorf("defaults = %+v", d)
	}
	if p.Owner.SubscriptionType != "galaxy_v9" {
		t.Errorf("plan = %q", p.Owner.SubscriptionType)
	}
}

func TestCall_boundsTheBody(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		block := []byte(strings.Repeat(" ", 1<<20))
		for range maxBody/len(block) + 1 {
			if _, err := w.Write(block); err != nil {
				return // the client hung up, as it should
			}
		}
	})
	_, err := c.Projects.Get(t.Context(), "p-1")
	if !errors.Is(err, errTooLarge) {
		t.Errorf("err = %v, want too large", err)
	}
}

func TestCall_boundsAndCleansForeignMessages(t *testing.T) {
	c, _ := serve(t, say(400, `{"code":"","message":"`+strings.Repeat("x", 5000)+`\n\u0007 Bearer `+testKey+`"}`))
	_, err := c.Projects.Get(t.Context(), "p-1")
	if len(err.Error()) > 700 || strings.ContainsAny(err.Error(), "\n\a") {
		t.Errorf("text of %d bytes: %q", len(err.Error()), err)
	}
}
