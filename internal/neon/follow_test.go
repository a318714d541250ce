package neon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// stages answers an operation's GETs with one status after another.
func stages(t *testing.T, statuses ...OperationStatus) (*Client, *testClock, func() int) {
	t.Helper()
	var steps []http.HandlerFunc
	for _, s := range statuses {
		steps = append(steps, say(200, fmt.Sprintf(`{"operation":{"id":"op-1","project_id":"p-1","action":"start_compute","status":%q,"error":"out of luck"}}`, s)))
	}
	h, n := script(steps...)
	c, clock := serve(t, h)
	return c, clock, n
}

var begun = []Operation{{ID: "op-1", ProjectID: "p-1", Action: "start_compute", Status: Scheduling}}

func TestFollow_tellsEveryChangeUntilTheEnd(t *testing.T) {
	c, clock, n := stages(t, Scheduling, Running, Running, Finished)
	var seen []OperationStatus
	if err := c.Operations.Follow(t.Context(), "p-1", begun, func(o Operation) { seen = append(seen, o.Status) }); err != nil {
		t.Fatal(err)
	}
	if want := []OperationStatus{Scheduling, Running, Finished}; !slices.Equal(seen, want) || n() != 4 {
		t.Errorf("seen %v in %d looks, want %v in 4", seen, n(), want)
	}
	if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second}; !slices.Equal(clock.waits, want) {
		t.Errorf("waits = %v, want %v", clock.waits, want)
	}
}

func TestFollow_hasNothingToWaitForWithoutOperationsOrWhenDone(t *testing.T) {
	c, _, n := stages(t, Running)
	done := []Operation{{ID: "op-1", Status: Skipped}, {ID: "op-2", Status: Finished}}
	if err := errors.Join(c.Operations.Follow(t.Context(), "p-1", nil, nil), c.Operations.Follow(t.Context(), "p-1", done, nil)); err != nil || n() != 0 {
		t.Errorf("%v after %d looks, want none", err, n())
	}
}

func TestFollow_endsAtAnErrorOrACancellation(t *testing.T) {
	for _, status := range []OperationStatus{Errored, Cancelled} {
		c, _, _ := stages(t, Running, status)
		err := c.Operations.Follow(t.Context(), "p-1", begun, nil)
		e, ok := errors.AsType[*OperationError](err)
		if !ok || e.Unfinished || e.Operation.Status != status || !strings.Contains(err.Error(), "start_compute of p-1 is "+string(status)+": out of luck") {
			t.Errorf("%s: err = %v", status, err)
		}
	}
}

func TestFollow_waitsWhetherAFailedOneIsRunAgain(t *testing.T) {
	c, _, _ := stages(t, Failed, Failed, Running, Finished)
	if err := c.Operations.Follow(t.Context(), "p-1", begun, nil); err != nil {
		t.Errorf("err = %v, want none: Neon ran it again", err)
	}
}

func TestFollow_givesUpAfterFiveMinutes(t *testing.T) {
	for _, status := range []OperationStatus{Failed, Running, "brand_new", Cancelling} {
		c, clock, _ := stages(t, status)
		err := c.Operations.Follow(t.Context(), "p-1", begun, nil)
		if e, ok := errors.AsType[*OperationError](err); !ok || !e.Unfinished || e.Operation.Status != status {
			t.Errorf("%s: err = %v, want unfinished", status, err)
		}
		if took := clock.Now().Sub(start); took < followFor || took > followFor+lastLook {
			t.Errorf("%s: took %v, want 5 minutes", status, took)
		}
	}
}

func TestFollow_endsWithTheContext(t *testing.T) {
	c, _, _ := stages(t, Running)
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Operations.Follow(ctx, "p-1", begun, func(o Operation) {
		if o.Status == Running {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want cancelled", err)
	}
}
