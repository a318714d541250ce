package neon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxBody bounds an answer. A page of 400 projects is about 1 MB.
const maxBody = 64 << 20

var errTooLarge = errors.New("the answer is larger than 64 MB")

// An answer is what came back for one try.
type answer struct {
	status int // 0: none came
	header http.Header
	body   []byte
	err    error // of sending, or of reading the body
}

// call sends r within the budget until it is answered well or may not be tried
// again, and decodes the answer. A 204 gives T's zero value. Every failure after
// sending is an *Error.
func call[T any](ctx context.Context, c *Client, r request) (T, error) {
	var out T
	path, err := r.path()
	if err != nil {
		return out, err
	}
	target := c.base + path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	var body []byte
	if r.body != nil {
		if body, err = json.Marshal(r.body); err != nil {
			return out, fmt.Errorf("neon: encode the body of %s %s: %w", r.method, r.route, err)
		}
	}
	return out, c.exchange(ctx, r, target, body, &out)
}

// exchange is the loop of tries. Each one is paid from the budget.
func (c *Client) exchange(ctx context.Context, r request, target string, body []byte, out any) error {
	start := c.clock.Now()
	done := Call{Lane: c.lane, Method: r.method, Route: r.route}
	defer func() { c.finished(ctx, done, start) }()
	var last *Error
	for {
		waited, err := c.budget.take(ctx, c.lane, r)
		done.Wait += waited
		if err != nil {
			return gaveUp(r, last, err)
		}
		done.Tries++
		a := c.send(ctx, r, target, body)
		c.note(&done, a)
		if last = c.judge(r, a, out); last == nil {
			c.budget.answered(r)
			return nil
		}
		last.Tries = done.Tries
		again, err := c.pause(ctx, r, last, a)
		if err != nil {
			return gaveUp(r, last, err)
		}
		if !again {
			return last
		}
	}
}

// pause waits until e's call may be tried again, or says that it may not. After
// a 429 the wait is the budget's, for all of its callers.
func (c *Client) pause(ctx context.Context, r request, e *Error, a answer) (again bool, err error) {
	delay, again := c.retryAfter(e, a.header)
	throttled := a.status == http.StatusTooManyRequests
	if throttled {
		delay = c.budget.throttled(r, delay)
	} else {
		c.budget.answered(r)
	}
	if !again || over(ctx) {
		return false, nil // e says why; an ended context is its cause already
	}
	c.log.WarnContext(ctx, "neon: trying again", "method", r.method, "route", r.route, "status", a.status,
		"try", e.Tries, "delay", delay, "reason", e.Message, "neon_request", e.RequestID)
	if throttled {
		return true, nil
	}
	return true, c.clock.Wait(ctx, delay)
}

func over(ctx context.Context) bool { return ctx.Err() != nil }

// send does one try and reads the whole body.
func (c *Client) send(ctx context.Context, r request, target string, body []byte) answer {
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, content)
	if err != nil {
		return answer{err: err}
	}
	req.Header.Set("Authorization", "Bearer "+c.key())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(got) > maxBody {
		got, err = nil, errTooLarge
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: got, err: err}
}

// note keeps what every answer tells beside its content.
func (c *Client) note(done *Call, a answer) {
	done.Status, done.RequestID = a.status, a.header.Get("X-Neon-Ret-Request-Id")
	if c.counter != nil {
		c.counter.calls.Add(1)
	}
	if a.status == http.StatusTooManyRequests {
		done.Throttled++
		if c.counter != nil {
			c.counter.throttled.Add(1)
		}
	}
	c.noteDate(a.header)
}

// judge decodes a good answer into out and makes an *Error of any other.
func (c *Client) judge(r request, a answer, out any) *Error {
	e := &Error{Status: a.status, Method: r.method, Route: r.route, RequestID: tidy(a.header.Get("X-Neon-Ret-Request-Id"), c.key()), Err: a.err}
	unsafe := r.method != http.MethodGet && r.method != http.MethodHead
	switch {
	case a.status == 0:
		e.Message, e.Lost = "no answer: "+tidy(cause(a.err), c.key()), unsafe && !dialing(a.err)
	case a.status < 200 || a.status >= 300:
		e.readRefusal(a.body, c.key())
		e.Lost = unsafe && a.status >= 500 && a.status != http.StatusServiceUnavailable
	case a.err == nil && a.status == http.StatusNoContent:
		return nil
	default:
		if e.Err = decode(a, out); e.Err == nil {
			return nil
		}
		e.cut, e.Foreign, e.Lost = isCut(e.Err, a.body), true, unsafe
		e.Message = tidy(unusable(e, a), c.key())
	}
	return e
}

// decode reads the JSON of a good answer and checks that what was asked for is
// in it: an object without its id is no empty object but a wrong answer.
func decode(a answer, out any) error {
	if a.err != nil {
		return a.err
	}
	if _, nothing := out.(*struct{}); nothing && len(a.body) == 0 {
		return nil // nothing was asked for
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return err
	}
	if c, ok := out.(interface{ complete() error }); ok {
		return c.complete()
	}
	return nil
}

// isCut reports whether the answer ended before its JSON did.
func isCut(err error, body []byte) bool {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return syntax.Offset >= int64(len(body))
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.ErrUnexpectedEOF)
}

// unusable says what is wrong with a good answer, without any of its body.
func unusable(e *Error, a answer) string {
	if e.cut {
		return fmt.Sprintf("the answer ended too early, after %d bytes", len(a.body))
	}
	if _, ok := errors.AsType[*json.SyntaxError](e.Err); ok {
		return fmt.Sprintf("the answer is not JSON but %d bytes of something else, such as a proxy's page", len(a.body))
	}
	return "the answer cannot be used: " + e.Err.Error()
}

// cause is a network error without the address it carries: the route is named
// already, and a query is nobody's business.
func cause(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}

// dialing reports that the connection was never made, so nothing was sent.
func dialing(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// gaveUp is a wait that the context ended: the last refusal if there was one,
// with the context's error as its cause.
func gaveUp(r request, last *Error, err error) error {
	if last == nil {
		return &Error{Method: r.method, Route: r.route, Message: "gave up waiting for the request budget: " + err.Error(), Err: err}
	}
	last.Err = errors.Join(err, last.Err)
	last.Message += "; gave up waiting to try again: " + err.Error()
	return last
}

func (c *Client) finished(ctx context.Context, done Call, start time.Time) {
	done.Took = c.clock.Now().Sub(start)
	c.log.LogAttrs(ctx, slog.LevelDebug, "neon: call", slog.String("lane", done.Lane.String()), slog.String("method", done.Method),
		slog.String("route", done.Route), slog.Int("status", done.Status), slog.Int("tries", done.Tries),
		slog.Duration("wait", done.Wait), slog.Duration("took", done.Took), slog.String("neon_request", done.RequestID))
	if c.onCall != nil {
		c.onCall(done)
	}
}
