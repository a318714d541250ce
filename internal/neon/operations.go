package neon

import (
	"cmp"
	"context"
	"iter"
	"time"
)

const routeOperations = "/projects/{project_id}/operations"

// Operations reads the asynchronous work of a project.
type Operations struct{ c *Client }

// An OperationStatus is how far an operation is; the set is open.
type OperationStatus string

// The statuses known today (FACTS §1, operations).
const (
	Scheduling OperationStatus = "scheduling"
	Running    OperationStatus = "running"
	Finished   OperationStatus = "finished"
	Failed     OperationStatus = "failed" // not the end: Neon may try again
	Errored    OperationStatus = "error"
	Cancelling OperationStatus = "cancelling"
	Cancelled  OperationStatus = "cancelled"
	Skipped    OperationStatus = "skipped"
)

// Good reports that the operation ended well.
func (s OperationStatus) Good() bool { return s == Finished || s == Skipped }

// Hard reports that the operation ended badly, for good.
func (s OperationStatus) Hard() bool { return s == Errored || s == Cancelled }

// An Operation is a piece of asynchronous work. A zero time means none.
type Operation struct {
	ID              string          `json:"id"`
	ProjectID       string          `json:"project_id"`
	BranchID        string          `json:"branch_id"`
	EndpointID      string          `json:"endpoint_id"`
	Action          string          `json:"action"` // an open set: start_compute, apply_config, …
	Status          OperationStatus `json:"status"`
	Error           string          `json:"error"`
	FailuresCount   int             `json:"failures_count"`
	RetryAt         time.Time       `json:"retry_at"`
	CreatedAt       time.Time       `json:"created_at"`
	UpdatedAt       time.Time       `json:"updated_at"`
	TotalDurationMS int64           `json:"total_duration_ms"`
}

// operationsAnswer is the part of a mutation's answer that says what follows.
type operationsAnswer struct {
	Operations []Operation `json:"operations"`
}

// OperationQuery says which operations to list.
type OperationQuery struct {
	Cursor string
	Limit  int // 1 to 1,000; 0: 100
}

// An OperationPage is one page of the list, newest first.
type OperationPage struct {
	Items []Operation
	Next  string
	Last  bool
}

type operationPage struct {
	Operations list[Operation] `json:"operations"`
	cursorPage
}

func (a *operationPage) complete() error { return a.Operations.complete("operations") }

// Pages walks through a project's operations of about the last 6 months, newest
// first.
func (s Operations) Pages(ctx context.Context, project string, q OperationQuery) iter.Seq2[OperationPage, error] {
	limit := min(cmp.Or(q.Limit, 100), 1000)
	return walk(q.Cursor, func(cursor string) (OperationPage, step, error) {
		var v query
		v.number("limit", limit)
		v.text("cursor", cursor)
		a, err := call[operationPage](ctx, s.c, get(routeOperations, project).with(v.values))
		page := OperationPage{Items: a.Operations.items}
		return page, step{cursor: a.Pagination.Cursor, end: len(page.Items) < limit}, err
	}, func(page *OperationPage, next string, last bool) { page.Next, page.Last = next, last })
}

type operationAnswer struct {
	Operation Operation `json:"operation"`
}

func (a *operationAnswer) complete() error { return lacks("operation", a.Operation.ID) }

// Get reads one operation.
func (s Operations) Get(ctx context.Context, project, id string) (Operation, error) {
	a, err := call[operationAnswer](ctx, s.c, get(routeOperations+"/{operation_id}", project, id))
	return a.Operation, err
}
