package neonsim

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// ServeHTTP answers a request to Neon under /api/v2, and one to the simulator's
// controls under /_sim/.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.Now().Format(http.TimeFormat))
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		s.control(w, r)
		return
	}
	c := s.newCall(r)
	w.Header().Set("x-neon-ret-request-id", c.requestID)
	if redirectEmpty(w, r) || s.interfere(r.Context(), w, c) {
		return
	}
	s.respond(w, c, c.answer)
}

// redirectEmpty does what Neon does with an empty path segment (FACTS §1).
func redirectEmpty(w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.EscapedPath()
	if !strings.Contains(path, "//") {
		return false
	}
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	w.Header().Set("Location", path) // of this host: it begins with one slash
	w.WriteHeader(http.StatusTemporaryRedirect)
	return true
}

// interfere waits out the latency and lets a fault happen. It says whether the
// request has been answered by that.
func (s *Sim) interfere(ctx context.Context, w http.ResponseWriter, c *call) bool {
	f, found := s.door.fault(c.r.Method, c.r.URL.Path)
	if d := s.cfg.Latency + f.Delay; d > 0 {
		if err := s.cfg.Wait(ctx, d); err != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
	}
	c.at = s.Now()
	w.Header().Set("Date", c.at.Format(http.TimeFormat))
	switch {
	case !found:
		return false
	case f.LoseAnswer:
		s.respond(discard{}, c, c.answer)
		panic(http.ErrAbortHandler)
	case f.Status == 0 && f.Body == "":
		return false
	}
	s.fail(w, c, f)
	return true
}

// fail answers as a fault wants it.
func (s *Sim) fail(w http.ResponseWriter, c *call, f Fault) {
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	if f.Body == "" {
		s.respond(w, c, func() (any, error) { return nil, refuse(status, "", "%s", http.StatusText(status)) })
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(strings.TrimSpace(f.Body), "<") {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	}
	s.door.count(c.r.Method, c.routePath(), status)
	w.WriteHeader(status)
	write(w, []byte(f.Body))
}

// answer runs a call through the door and its route.
func (c *call) answer() (any, error) {
	if !c.authorized() {
		return nil, errKey
	}
	if c.route == nil {
		return nil, errNoRoute
	}
	if !c.sim.door.admits(c.route, c.at) {
		return nil, errRate
	}
	if err := c.checkIDs(); err != nil {
		return nil, err
	}
	if err := c.readBody(); err != nil {
		return nil, err
	}
	if c.route.kind == writes {
		c.sim.mu.Lock()
		defer c.sim.mu.Unlock()
	} else {
		c.sim.mu.RLock()
		defer c.sim.mu.RUnlock()
	}
	return c.encode(c.route.answer(c))
}

// encode turns an answer into JSON while the lock is still held: it may point
// into a project.
func (c *call) encode(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if raw, ok := answer.(json.RawMessage); ok {
		return raw, nil
	}
	if answer == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer); err != nil {
		return nil, refuse(http.StatusInternalServerError, "", "encode: %v", err)
	}
	return json.RawMessage(b.Bytes()), nil
}

// authorized checks the key; in constant time, because it costs nothing.
func (c *call) authorized() bool {
	key, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !ok || key == "" {
		return false
	}
	want := c.sim.cfg.Key
	return want == "" || subtle.ConstantTimeCompare([]byte(key), []byte(want)) == 1
}

// respond sends what an answer function gives.
func (s *Sim) respond(w http.ResponseWriter, c *call, answer func() (any, error)) {
	got, err := answer()
	status, body := c.status, got
	var no *refusal
	if errors.As(err, &no) {
		status = no.status
		body, err = c.encode(no.answer(c.requestID), nil)
	}
	if err != nil {
		status = http.StatusInternalServerError
	}
	s.door.count(c.r.Method, c.routePath(), status)
	raw, _ := body.(json.RawMessage)
	if len(raw) == 0 {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	write(w, raw)
}

// write sends a body. A client that went away is no error of ours.
func write(w io.Writer, body []byte) { _, _ = w.Write(body) }

// discard is a response that nobody gets.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// second is the simulated time of a call in unix seconds.
func (c *call) second() int64 { return c.at.Unix() }

func (s *Sim) newCall(r *http.Request) *call {
	c := &call{sim: s, r: r, at: s.Now(), status: http.StatusOK, requestID: r.Header.Get("X-Request-ID")}
	if c.requestID == "" {
		c.requestID = uuid(mix2(uint64(time.Now().UnixNano()), uint64(c.at.UnixNano())))
	}
	c.route, c.values = s.router.find(r)
	return c
}
