package neonsim

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestDoor_asksForAKey(t *testing.T) {
	s := start(t, Config{Projects: 3})
	for header, status := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer": 401, "Basic secret": 401, "Bearer secret": 200} {
		req := request("GET", base+"/projects", "")
		req.Header.Set("Authorization", header)
		got := serve(s, req)
		if got.status != status {
			t.Errorf("Authorization %q: %d, want %d", header, got.status, status)
		}
		validate(t, req, "", got)
	}
}

func TestDoor_everyAnswerHasDateAndRequestID(t *testing.T) {
	s := start(t, Config{Projects: 3})
	s.Advance(48 * time.Hour)
	for _, path := range []string{"/projects", "/projects/nobody-1", "/no/such/thing"} {
		got := ask(t, s, "GET", path, "")
		if got.header.Get("Date") != "Sun, 22 Nov 2026 14:07:33 GMT" || got.header.Get("x-neon-ret-request-id") == "" {
			t.Errorf("%s: headers %v", path, got.header)
		}
	}
	req := request("GET", base+"/auth", "")
	req.Header.Set("X-Request-ID", "mine")
	if got := serve(s, req); got.header.Get("x-neon-ret-request-id") != "mine" {
		t.Errorf("the caller's request id became %q", got.header.Get("x-neon-ret-request-id"))
	}
}

func TestDoor_unknownRoutesAreNeonErrors(t *testing.T) {
	s := start(t, Config{Projects: 3})
	for _, c := range [][2]string{{"GET", "/nothing"}, {"PUT", "/projects"}, {"GET", "/projects/a/b/c/d/e"}} {
		got := ask(t, s, c[0], c[1], "")
		if e := into[wireError](t, got); got.status != 404 || e.Message == "" {
			t.Errorf("%v: %d %s", c, got.status, got.body)
		}
	}
	got := serve(s, request("GET", base+"/projects//branches", ""))
	if got.status/100 != 3 {
		t.Errorf("an empty segment: %d, want a redirect", got.status)
	}
}

func TestFaults_firstMatchCountsAndRunsOut(t *testing.T) {
	s := start(t, Config{Projects: 3, Seed: 1})
	id := s.IDs()[0]
	s.SetFaults([]Fault{
		{Method: "PATCH", Path: base + "/projects/*", Status: 423, Times: 2},
		{Path: "*/projects/" + id, Status: 503},
	})
	var got []int
	for range 3 {
		got = append(got, ask(t, s, "PATCH", "/projects/"+id, `{"project":{"name":"x"}}`).status)
	}
	if !slices.Equal(got, []int{423, 423, 503}) {
		t.Errorf("statuses %v, want 423 twice, then the next fault's 503", got)
	}
	want(t, s, 200, "GET", "/projects", "")
	s.FailNext(Fault{Status: 500})
	want(t, s, 500, "GET", "/projects", "")
	want(t, s, 200, "GET", "/projects", "")
}

func TestFaults_bodyDelayAndRate(t *testing.T) {
	var waited time.Duration
	s := start(t, Config{Projects: 3, Latency: 20 * time.Millisecond, Wait: func(_ context.Context, d time.Duration) error {
		waited += d
		return nil
	}})
	s.SetFaults([]Fault{{Path: base + "/projects", Status: 524, Body: "<html>524</html>", Delay: time.Second, Times: 1}, {Path: base + "/auth", Delay: 3 * time.Second}})
	got := serve(s, request("GET", base+"/projects", ""))
	if got.status != 524 || got.body != "<html>524</html>" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || waited != 1020*time.Millisecond {
		t.Errorf("answer %d %q %q after %s", got.status, got.body, got.header.Get("Content-Type"), waited)
	}
	if got := serve(s, request("GET", base+"/auth", "")); got.status != 200 || waited != 1020*time.Millisecond+3020*time.Millisecond {
		t.Errorf("with only a delay: %d after %s", got.status, waited)
	}
	s.SetFaults([]Fault{{Status: 500, Rate: 0.3}})
	failed := 0
	for range 1000 {
		if serve(s, request("GET", base+"/auth", "")).status == 500 {
			failed++
		}
	}
	if failed < 250 || failed > 350 {
		t.Errorf("%d of 1000 failed, want about 300", failed)
	}
}

func TestFaults_lostAnswerMakesTheChange(t *testing.T) {
	s := start(t, Config{Projects: 3, Seed: 1})
	id := s.IDs()[0]
	server := httptest.NewServer(s)
	defer server.Close()
	s.FailNext(Fault{Method: "PATCH", LoseAnswer: true})
	req, err := http.NewRequestWithContext(t.Context(), "PATCH", server.URL+base+"/projects/"+id, strings.NewReader(`{"project":{"name":"kept"}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer secret")
	if res, err := http.DefaultClient.Do(req); err == nil {
		t.Errorf("an answer came: %d", res.StatusCode)
		_ = res.Body.Close()
	}
	if got := get[projectAnswer](t, s, "/projects/"+id).Project.Name; got != "kept" {
		t.Errorf("name = %q: the change was not made", got)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "/a", true}, {"*", "/a/b", true}, {"/a", "/a", true}, {"/a", "/ab", false}, {"/a*", "/a/b", true},
		{"*/b", "/a/b", true}, {"/a/*/c", "/a/b/x/c", true}, {"/a/*/c", "/a/c", false}, {"*x*y*", "axbyc", true}, {"*x*y*", "aybxc", false}, {"a*a", "a", false},
	} {
		if got := glob(c.pattern, c.text); got != c.want {
			t.Errorf("glob(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}

func TestLimits_areNeons(t *testing.T) {
	now := noon
	s := New(Config{Projects: 3, Seed: 1, Now: func() time.Time { return now }})
	burst := func(path string, n int) (ok int) {
		for range n {
			if serve(s, request("GET", base+path, "")).status == 200 {
				ok++
			}
		}
		return ok
	}
	if got := burst("/auth", 60); got != 40 {
		t.Errorf("%d of 60 at once passed, want 40 a second and route", got)
	}
	s.Advance(time.Second)
	if got := burst("/auth", 60); got != 40 {
		t.Errorf("a second later %d passed, want 40", got)
	}
	history := consumption(s, "projects", "daily", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "")
	passed := burst(history, 40)
	s.Advance(time.Second)
	if passed += burst(history, 40); passed != 50 {
		t.Errorf("%d consumption requests passed, want the bucket of 50", passed)
	}
	s.Advance(12 * time.Second)
	if got := burst(history, 40); got != 10 && got != 11 {
		t.Errorf("12 s later %d passed, want 50 a minute", got)
	}
	s.Advance(time.Hour)
	total := 0
	for range 30 {
		total += burst("/auth", 40)
		s.Advance(time.Second)
	}
	if total < 700+330 || total > 700+360 {
		t.Errorf("%d passed in 30 s, want the bucket of 700 and 11.7 a second", total)
	}
}

func TestStats_countByRouteAndStatus(t *testing.T) {
	s := start(t, Config{Projects: 3, Seed: 1})
	for _, id := range s.IDs() {
		get[projectAnswer](t, s, "/projects/"+id)
	}
	want(t, s, 404, "GET", "/projects/nobody-1", "")
	want(t, s, 404, "GET", "/nothing", "")
	got := fmt.Sprint(s.Stats())
	if got != "[{GET * 404 1} {GET /projects/{project_id} 200 3} {GET /projects/{project_id} 404 1}]" {
		t.Errorf("stats = %s", got)
	}
}

// controls sends a request to the simulator's own addresses.
func controls(t *testing.T, s *Sim, method, path, body string) (int, string) {
	t.Helper()
	got := serve(s, request(method, "/_sim/"+path, body))
	return got.status, strings.TrimSpace(got.body)
}

func TestControls_work(t *testing.T) {
	s := start(t, Config{Projects: 30, Seed: 1})
	id := s.IDs()[0]
	want(t, s, 200, "PATCH", "/projects/"+id, `{"project":{"name":"changed"}}`)
	for _, c := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "clock", "", 200, `{"now":"2026-11-20T14:07:33Z"}`},
		{"POST", "clock", `{"advance":"24h"}`, 200, `{"now":"2026-11-21T14:07:33Z"}`},
		{"POST", "clock", `{"advance":"-1h"}`, 400, ""},
		{"POST", "clock", `{"advance":"soon"}`, 400, ""},
		{"GET", "stats", "", 200, `{"requests":[{"method":"PATCH","route":"/projects/{project_id}","status":200,"count":1}]}`},
		{"PUT", "faults", `[{"method":"GET","path":"/api/v2/auth","status":500,"times":1,"delay":"250ms","body":"oops","rate":1,"lose_answer":false}]`, 200, `{"faults":1}`},
		{"PUT", "faults", `[{"sttus":500}]`, 400, ""},
		{"PUT", "faults", `[{"rate":2}]`, 400, ""},
		{"PUT", "faults", `[{"delay":"long"}]`, 400, ""},
		{"GET", "faults", "", 404, ""},
		{"POST", "reset", "", 200, `{"now":"2026-11-20T14:07:33Z"}`},
		{"GET", "stats", "", 200, `{"requests":[]}`},
	} {
		status, answer := controls(t, s, c.method, c.path, c.body)
		if status != c.status || c.answer != "" && answer != c.answer {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, status, answer, c.status, c.answer)
		}
	}
	if got := get[projectAnswer](t, s, "/projects/"+id).Project.Name; got == "changed" {
		t.Error("reset left a change")
	}
	want(t, s, 200, "GET", "/auth", "") // and no fault
}

func TestControls_areForThisMachineOnly(t *testing.T) {
	s := start(t, Config{})
	req := request("GET", "/_sim/clock", "")
	req.RemoteAddr = "192.0.2.7:1234"
	if got := serve(s, req); got.status != 403 {
		t.Errorf("from elsewhere: %d, want 403", got.status)
	}
	req.RemoteAddr = "[::1]:1234"
	req.Header.Del("Authorization")
	if got := serve(s, req); got.status != 200 {
		t.Errorf("from here without a key: %d, want 200", got.status)
	}
}

func TestFaults_jsonBodies(t *testing.T) {
	s := start(t, Config{})
	for body, sent := range map[string]string{`"cut {"`: "cut {", `{"projects":[]}`: `{"projects":[]}`} {
		if status, answer := controls(t, s, "PUT", "faults", `[{"body":`+body+`}]`); status != 200 {
			t.Fatal(status, answer)
		}
		if got := serve(s, request("GET", base+"/projects", "")); got.body != sent || got.status != 200 {
			t.Errorf("body %s: %d %q", body, got.status, got.body)
		}
	}
	if status, _ := controls(t, s, "PUT", "faults", `[{"rate":0,"status":500}]`); status != 200 {
		t.Fatal(status)
	}
	want(t, s, 200, "GET", "/auth", "")
}

func TestSim_isSafeForManyAtOnce(t *testing.T) {
	s := start(t, Config{Projects: 500, Seed: 1})
	ids := s.IDs()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 25 {
				id := ids[(worker*7+i)%len(ids)]
				serve(s, request("GET", base+"/projects?limit=50", ""))
				serve(s, request("GET", base+"/projects/"+id+"/operations", ""))
				if got := serve(s, request("PATCH", base+"/projects/"+id, `{"project":{"name":"x"}}`)); got.status != 200 {
					t.Errorf("PATCH = %d %s", got.status, got.body)
				}
				s.Advance(time.Second)
				s.Stats()
			}
		})
	}
	all.Wait()
}
