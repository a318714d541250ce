package scheduler_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"neonfleet/internal/scheduler"
)

// turns counts a job's turns and lets a test wait for them.
type turns chan struct{}

func (c turns) wait(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-c:
		case <-time.After(10 * time.Second):
			t.Fatal("the job got no turn")
		}
	}
}

func start(t *testing.T, log *bytes.Buffer, jobs ...scheduler.Job) *scheduler.Jobs {
	t.Helper()
	running, err := scheduler.Start(slog.New(slog.NewTextHandler(&locked{w: log}, nil)), jobs...)
	if err != nil {
		t.Fatal(err)
	}
	return running
}

type locked struct {
	sync.Mutex
	w *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.w.Write(p)
}

func TestStart_comesBackAfterAnErrorAndAPanic(t *testing.T) {
	var log bytes.Buffer
	failing, panicking := make(turns), make(turns)
	done := make(chan struct{})
	turn := func(c turns) {
		select {
		case c <- struct{}{}:
		case <-done:
		}
	}
	jobs := start(t, &log,
		scheduler.Job{Name: "fails", Every: time.Millisecond, Run: func(context.Context) error { turn(failing); return errors.New("no luck") }},
		scheduler.Job{Name: "panics", Every: time.Millisecond, Run: func(context.Context) error { turn(panicking); panic("boom") }})
	failing.wait(t, 3)
	panicking.wait(t, 3)
	close(done)
	if err := jobs.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"no luck", "boom"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
}

func TestStart_neverRunsAJobBesideItself(t *testing.T) {
	var log bytes.Buffer
	var running, most atomic.Int32
	step := make(turns)
	done := make(chan struct{})
	jobs := start(t, &log, scheduler.Job{Name: "slow", Every: time.Millisecond, Run: func(context.Context) error {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		select {
		case step <- struct{}{}: // handed over only when the test asks: many turns fall due meanwhile
		case <-done:
		}
		return nil
	}})
	step.wait(t, 20)
	close(done)
	if err := jobs.Close(); err != nil {
		t.Fatal(err)
	}
	if got := most.Load(); got != 1 {
		t.Errorf("at once = %d, want 1", got)
	}
}

func TestStart_runsOnlyWhereTheLeadIs(t *testing.T) {
	var log bytes.Buffer
	asked := make(turns)
	done := make(chan struct{})
	var ran atomic.Bool
	jobs := start(t, &log, scheduler.Job{Name: "sync", Every: time.Millisecond, Run: func(context.Context) error { ran.Store(true); return nil },
		Leader: func(context.Context) error {
			select {
			case asked <- struct{}{}:
			case <-done:
			}
			return errors.New("another instance leads")
		}})
	asked.wait(t, 5)
	close(done)
	if err := jobs.Close(); err != nil {
		t.Fatal(err)
	}
	if ran.Load() {
		t.Error("the job ran without the lead")
	}
}

func TestClose_cancelsAndWaits(t *testing.T) {
	var log bytes.Buffer
	began, ended := make(turns), make(chan struct{})
	jobs := start(t, &log, scheduler.Job{Name: "long", Every: time.Hour, Run: func(ctx context.Context) error {
		began <- struct{}{}
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	}})
	began.wait(t, 1)
	if err := jobs.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	default:
		t.Error("Close did not wait for the job")
	}
	if strings.Contains(log.String(), "job failed") {
		t.Errorf("a job that was told to stop was logged as failed: %s", log.String())
	}
}
