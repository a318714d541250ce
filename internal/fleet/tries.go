package fleet

import "time"

// The pauses between tries to sign in: after FreeTries that failed the first,
// then twice as long after each that follows.
const (
	FreeTries    = 5
	FirstPause   = time.Minute
	LongestPause = 15 * time.Minute

	// TriesForgotten is how long after the last try the count begins again.
	TriesForgotten = time.Hour
)

// Tries are the tries to sign in to one account, or from one address, since
// the last that succeeded. The zero value is none.
type Tries struct {
	Count int
	At    time.Time // of the last
	Until time.Time // no other before; zero: no pause
}

// Paused says whether no try is allowed at now.
func (t Tries) Paused(now time.Time) bool { return now.Before(t.Until) }

// Take counts a try. That is done before the password is looked at, so that
// many tries sent at once cannot all pass; a success forgets them again.
func (t Tries) Take(now time.Time) Tries {
	if now.Sub(t.At) >= TriesForgotten {
		t = Tries{}
	}
	t.Count, t.At, t.Until = t.Count+1, now, time.Time{}
	if p := pauseAfter(t.Count); p > 0 {
		t.Until = now.Add(p)
	}
	return t
}

// Left is how many more tries may fail before the first pause.
func (t Tries) Left() int { return max(FreeTries-t.Count, 0) }

// Worse is the one of two that stands more in the way.
func (t Tries) Worse(u Tries) Tries {
	if u.Until.After(t.Until) || u.Until.Equal(t.Until) && u.Count > t.Count {
		return u
	}
	return t
}

func pauseAfter(count int) time.Duration {
	if count < FreeTries {
		return 0
	}
	p := FirstPause
	for range count - FreeTries {
		if p *= 2; p >= LongestPause {
			return LongestPause
		}
	}
	return p
}
