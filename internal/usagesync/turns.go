package usagesync

import (
	"context"
	"sync"
)

// settleShare is how many pages of the active's usage go before one page of
// the settle, while both want: what somebody uses now goes first, and the
// settle still ends within the night.
const settleShare = 3

// turns let the settle go on between the pages of the usage of the active.
type turns struct {
	mu      sync.Mutex
	busy    bool // the usage of the active has work
	pages   int  // of it, since the settle's last one
	changed chan struct{}
}

// usage says that the usage of the active works, or rests.
func (t *turns) usage(busy bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy, t.pages = busy, 0
	t.tell()
}

// usagePage counts a page of the active's usage.
func (t *turns) usagePage() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pages++
	t.tell()
}

func (t *turns) tell() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// wait returns when it is the settle's turn.
func (t *turns) wait(ctx context.Context) error {
	for {
		t.mu.Lock()
		if !t.busy || t.pages >= settleShare {
			t.pages = 0
			t.mu.Unlock()
			return ctx.Err()
		}
		if t.changed == nil {
			t.changed = make(chan struct{})
		}
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
