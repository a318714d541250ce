package neon

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// ErrCursorLoop is the end of a list whose cursor came round again: without
// it the walk would never end.
var ErrCursorLoop = errors.New("neon: the list's cursor repeats itself")

// ErrIncomplete is inside the error of an answer that lacks what was asked for.
// It must not be taken for an empty list or a thing that is gone.
var ErrIncomplete = errors.New("incomplete answer")

// A list is a JSON array that knows whether it was in the answer at all: one
// that is absent is a wrong answer, not an empty list. A null is an empty one.
type list[T any] struct {
	items   []T
	present bool
}

func (l *list[T]) UnmarshalJSON(b []byte) error {
	l.present = true
	return json.Unmarshal(b, &l.items)
}

func (l list[T]) complete(name string) error {
	if !l.present {
		return fmt.Errorf("%w: no %s", ErrIncomplete, name)
	}
	return nil
}

// lacks is the complete of a single thing: it must have its id.
func lacks(name, id string) error {
	if id == "" {
		return fmt.Errorf("%w: no %s", ErrIncomplete, name)
	}
	return nil
}

// cursorPage is how most lists say where they go on; branches say next.
type cursorPage struct {
	Pagination struct {
		Cursor string `json:"cursor"`
	} `json:"pagination"`
}

// step is what the walk has to know of a fetched page.
type step struct {
	cursor string // the one the answer carries, "" for none
	end    bool   // the page itself says that nothing follows
}

// walk yields pages from a cursor on, until one is the last: it has nothing on
// it, no cursor, or the one that was sent. A cursor alone does not mean that
// there is more: the last page carries one too (FACTS §1, paging).
func walk[P any](cursor string, fetch func(cursor string) (P, step, error), mark func(page *P, next string, last bool)) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		var none P
		seen := map[string]bool{cursor: true}
		for sent := cursor; ; {
			page, s, err := fetch(sent)
			if err != nil {
				yield(none, err)
				return
			}
			last := s.end || s.cursor == "" || s.cursor == sent
			if !last && seen[s.cursor] {
				yield(none, fmt.Errorf("%w (%q)", ErrCursorLoop, s.cursor))
				return
			}
			if last {
				mark(&page, "", true)
			} else {
				mark(&page, s.cursor, false)
			}
			if !yield(page, nil) || last {
				return
			}
			sent = s.cursor
			seen[sent] = true
		}
	}
}
