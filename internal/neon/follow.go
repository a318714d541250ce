package neon

import (
	"context"
	"fmt"
	"time"
)

const (
	// firstLook and lastLook bound the pace of looking: Neon's SDK looks every
	// second, its docs say every 5 (FACTS §1, operations).
	firstLook = time.Second
	lastLook  = 5 * time.Second
	// followFor is how long operations are followed at most.
	followFor = 5 * time.Minute
)

// An OperationError is an operation that did not end well: it failed for good,
// or, with Unfinished, had not ended when the time to follow it was over.
type OperationError struct {
	Operation  Operation
	Unfinished bool
}

// Error says which operation, how it stands, and why.
func (e *OperationError) Error() string {
	text := fmt.Sprintf("neon: operation %s of %s is %s", e.Operation.Action, e.Operation.ProjectID, e.Operation.Status)
	if e.Operation.Error != "" {
		text += ": " + e.Operation.Error
	}
	if e.Unfinished {
		text += fmt.Sprintf(" and did not end within %s", followFor)
	}
	return text
}

// Follow looks at operations until all have ended well, at most 5 minutes. each,
// if not nil, is told of every operation first as given and then whenever its
// status changes. An error or a cancellation ends it with an *OperationError;
// a failed operation is looked at further, since Neon may run it again
// (FACTS §1). An empty list has nothing to wait for.
func (s Operations) Follow(ctx context.Context, project string, ops []Operation, each func(Operation)) error {
	deadline := s.c.clock.Now().Add(followFor)
	if each == nil {
		each = func(Operation) {}
	}
	for _, op := range ops {
		each(op)
	}
	for _, op := range ops { // those of one call run in this order
		if err := s.followOne(ctx, project, op, each, deadline); err != nil {
			return err
		}
	}
	return nil
}

func (s Operations) followOne(ctx context.Context, project string, op Operation, each func(Operation), deadline time.Time) error {
	for pace := firstLook; !op.Status.Good(); pace = min(2*pace, lastLook) {
		if op.Status.Hard() {
			return &OperationError{Operation: op}
		}
		if !s.c.clock.Now().Before(deadline) {
			return &OperationError{Operation: op, Unfinished: true}
		}
		if err := s.c.clock.Wait(ctx, pace); err != nil {
			return fmt.Errorf("neon: follow operation %s of %s: %w", op.Action, project, err)
		}
		now, err := s.Get(ctx, project, op.ID)
		if err != nil {
			return fmt.Errorf("follow operation %s: %w", op.Action, err)
		}
		if now.Status != op.Status || now.FailuresCount != op.FailuresCount {
			each(now)
		}
		op = now
	}
	return nil
}
