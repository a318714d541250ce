package fleet

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func TestTries_pauseAfterTheFifthAndTwiceAsLongAfterEach(t *testing.T) {
	var tries Tries
	now := noon
	want := []time.Duration{0, 0, 0, 0, 1 * time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute}
	for i, pause := range want {
		tries = tries.Take(now)
		if tries.Count != i+1 {
			t.Fatalf("try %d: count = %d", i+1, tries.Count)
		}
		if got := tries.Paused(now); got != (pause > 0) {
			t.Errorf("try %d: paused = %v", i+1, got)
		}
		if pause > 0 && (!tries.Paused(now.Add(pause-time.Second)) || tries.Paused(now.Add(pause))) {
			t.Errorf("try %d: pause until %s, want %s from %s", i+1, tries.Until, pause, now)
		}
		now = now.Add(pause)
	}
}

func TestTries_leftCountsDownToNone(t *testing.T) {
	var tries Tries
	for _, want := range []int{4, 3, 2, 1, 0, 0} {
		tries = tries.Take(noon)
		if got := tries.Left(); got != want {
			t.Errorf("after %d: %d left, want %d", tries.Count, got, want)
		}
	}
}

func TestTries_areForgottenAfterAnHour(t *testing.T) {
	tries := Tries{Count: 7, At: noon}
	if got := tries.Take(noon.Add(TriesForgotten - time.Second)).Count; got != 8 {
		t.Errorf("within the hour: %d, want 8", got)
	}
	if got := tries.Take(noon.Add(TriesForgotten)).Count; got != 1 {
		t.Errorf("after the hour: %d, want 1", got)
	}
}

func TestTries_worseIsTheLongerPauseThenTheHigherCount(t *testing.T) {
	few, many := Tries{Count: 1}, Tries{Count: 3}
	paused := Tries{Count: 1, Until: noon}
	for _, c := range []struct{ a, b, want Tries }{{few, many, many}, {many, few, many}, {many, paused, paused}, {paused, many, paused}} {
		if got := c.a.Worse(c.b); got != c.want {
			t.Errorf("%+v and %+v: %+v", c.a, c.b, got)
		}
	}
}

func TestSession_seenIsGoodForTheIdleTimeButNotBeyondItsLife(t *testing.T) {
	s := Session{CreatedAt: noon}
	if got, want := s.Seen(noon).ExpiresAt, noon.Add(12*time.Hour); !got.Equal(want) {
		t.Errorf("at once: until %s, want %s", got, want)
	}
	late := noon.Add(7*24*time.Hour - time.Hour)
	if got, want := s.Seen(late).ExpiresAt, noon.Add(7*24*time.Hour); !got.Equal(want) {
		t.Errorf("on the last day: until %s, want %s", got, want)
	}
}
