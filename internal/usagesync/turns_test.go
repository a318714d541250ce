package usagesync

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestTurns_theSettleGetsEveryFourthPageWhileTheActiveAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		settled := 0
		ctx, stop := context.WithCancel(t.Context())
		turns.usage(true)
		go func() {
			for turns.wait(ctx) == nil {
				settled++
			}
		}()
		for page, want := range []int{0, 0, 0, 1, 1, 1, 2, 2} { // before each page
			synctest.Wait()
			if settled != want {
				t.Errorf("after %d pages of the active the settle had %d, want %d", page, settled, want)
			}
			turns.usagePage()
		}
		stop()
		synctest.Wait()
	})
}

func TestTurns_theSettleHasTheRoadToItselfWhileTheActiveRest(t *testing.T) {
	var turns turns
	for range 5 {
		if err := turns.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTurns_theSettleGoesOnWhenTheActiveAreDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		turns.usage(true)
		gone := make(chan error, 1)
		go func() { gone <- turns.wait(t.Context()) }()
		synctest.Wait()
		turns.usage(false)
		if err := <-gone; err != nil {
			t.Error(err)
		}
	})
}

func TestTurns_aStopEndsTheWait(t *testing.T) {
	var turns turns
	turns.usage(true)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := turns.wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}
