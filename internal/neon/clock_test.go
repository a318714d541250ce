package neon

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestServerTime_isTheLastDatePlusWhatPassedSince(t *testing.T) {
	h, _ := script(say(200, good, "Date", start.Add(time.Hour).Format(http.TimeFormat)), say(404, "{}", "Date", start.Add(2*time.Hour).Format(http.TimeFormat)), say(200, good, "Date", "yesterday"))
	c, clock := serve(t, h)
	if at, ok := c.ServerTime(); ok {
		t.Errorf("server time = %v before any answer", at)
	}
	if d, ok := c.Skew(); ok {
		t.Errorf("skew = %v before any answer", d)
	}
	for i, want := range []time.Duration{time.Hour, 2 * time.Hour, 2*time.Hour + 10*time.Minute} { // the last date cannot be read: the one before goes on
		_, _ = c.In(Sync).Projects.Get(t.Context(), "p-1") // the answer itself is not the point
		clock.now = clock.now.Add(time.Minute)
		if at, ok := c.ServerTime(); !ok || !at.Equal(start.Add(want+time.Minute)) {
			t.Errorf("answer %d: server time = %v, want %v", i, at, start.Add(want+time.Minute))
		}
		clock.now = clock.now.Add(9 * time.Minute)
	}
	if skew, ok := c.Skew(); !ok || skew != 2*time.Hour-10*time.Minute {
		t.Errorf("skew = %v, want %v", skew, 2*time.Hour-10*time.Minute)
	}
}

func TestSystemClock_waitsOrEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clock SystemClock
		from := clock.Now()
		if err := clock.Wait(t.Context(), time.Hour); err != nil || clock.Now().Sub(from) != time.Hour {
			t.Errorf("waited %v, %v", clock.Now().Sub(from), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := clock.Wait(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) || clock.Now().Sub(from) != time.Hour+time.Minute {
			t.Errorf("waited %v, %v", clock.Now().Sub(from), err)
		}
		if err := clock.Wait(ctx, 0); err == nil {
			t.Error("no wait on an ended context gave no error")
		}
	})
}
