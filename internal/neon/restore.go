package neon

import (
	"context"
	"fmt"
	"time"
)

// BranchRestore overwrites a branch with another state (FACTS §4, restore):
// reset from its parent, its own past, or another branch's state.
type BranchRestore struct {
	SourceBranchID    string    `json:"source_branch_id"`
	SourceLSN         string    `json:"source_lsn,omitempty"`
	SourceTimestamp   time.Time `json:"source_timestamp,omitzero"`
	PreserveUnderName string    `json:"preserve_under_name,omitempty"` // without it nothing is left of the old state
}

// Restore overwrites a branch. Connections drop; host and connection string
// stay. The branch is ready when the operations are done.
func (s Branches) Restore(ctx context.Context, project, id string, r BranchRestore) (Branch, []Operation, error) {
	if err := checkIDs("source branch", r.SourceBranchID); err != nil {
		return Branch{}, nil, err
	}
	if r.SourceLSN != "" && !r.SourceTimestamp.IsZero() {
		return Branch{}, nil, fmt.Errorf("neon: restore of %s: an LSN and a time exclude each other", id)
	}
	r.SourceTimestamp = r.SourceTimestamp.UTC()
	a, err := call[branchOperations](ctx, s.c, post(r, routeBranch+"/restore", project, id))
	return a.Branch, a.Operations, err
}

// FinalizeRestore commits a snapshot restored into this branch: the branch
// takes name and computes of the one it replaces. The name is that of the
// replaced branch's remains; empty leaves it to Neon.
func (s Branches) FinalizeRestore(ctx context.Context, project, id, name string) ([]Operation, error) {
	var body any
	if name != "" {
		body = map[string]any{"name": name}
	}
	a, err := call[operationsAnswer](ctx, s.c, post(body, routeBranch+"/finalize_restore", project, id))
	return a.Operations, err
}

// SchemaQuery says which two states of a database to compare.
type SchemaQuery struct {
	Database      string // required
	LSN           string
	Timestamp     time.Time
	BaseBranch    string // compared with; the parent if empty
	BaseLSN       string
	BaseTimestamp time.Time
}

// CompareSchema returns the difference between the schema of a branch and that
// of another as a unified diff, empty if there is none.
func (s Branches) CompareSchema(ctx context.Context, project, id string, q SchemaQuery) (string, error) {
	if q.Database == "" {
		return "", fmt.Errorf("neon: compare the schema of %s: a database is required", id)
	}
	if q.BaseBranch != "" {
		if err := checkIDs("base branch", q.BaseBranch); err != nil {
			return "", err
		}
	}
	var v query
	v.text("db_name", q.Database)
	v.text("lsn", q.LSN)
	v.time("timestamp", q.Timestamp)
	v.text("base_branch_id", q.BaseBranch)
	v.text("base_lsn", q.BaseLSN)
	v.time("base_timestamp", q.BaseTimestamp)
	a, err := call[struct {
		Diff string `json:"diff"`
	}](ctx, s.c, get(routeBranch+"/compare_schema", project, id).with(v.values))
	return a.Diff, err
}
