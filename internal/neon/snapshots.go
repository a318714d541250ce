package neon

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

const (
	routeSnapshots = "/projects/{project_id}/snapshots"
	routeSnapshot  = "/projects/{project_id}/snapshots/{snapshot_id}"
	routeSchedule  = routeBranch + "/backup_schedule"
)

// Snapshots takes, restores and deletes snapshots of root branches (beta).
type Snapshots struct{ c *Client }

// A Snapshot is a kept state of a branch. A zero time means none.
type Snapshot struct {
	ID             string
	Name           string
	SourceBranchID string
	LSN            string
	Timestamp      time.Time // of the state it holds, if taken of a time
	CreatedAt      time.Time
	ExpiresAt      time.Time
	Manual         bool
	FullSize       *int64 // bytes
	DiffSize       *int64 // bytes
}

// UnmarshalJSON reads Neon's shape, whose times are plain text by the
// definition: one that is none counts as absent.
func (s *Snapshot) UnmarshalJSON(b []byte) error {
	var w struct {
		ID             string `json:"id"`
		Name           string `json:"name"`
		SourceBranchID string `json:"source_branch_id"`
		LSN            string `json:"lsn"`
		Timestamp      string `json:"timestamp"`
		CreatedAt      string `json:"created_at"`
		ExpiresAt      string `json:"expires_at"`
		Manual         bool   `json:"manual"`
		FullSize       *int64 `json:"full_size"`
		DiffSize       *int64 `json:"diff_size"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*s = Snapshot{ID: w.ID, Name: w.Name, SourceBranchID: w.SourceBranchID, LSN: w.LSN, Timestamp: looseTime(w.Timestamp),
		CreatedAt: looseTime(w.CreatedAt), ExpiresAt: looseTime(w.ExpiresAt), Manual: w.Manual, FullSize: w.FullSize, DiffSize: w.DiffSize}
	return nil
}

func looseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

type snapshotsAnswer struct {
	Snapshots list[Snapshot] `json:"snapshots"`
}

func (a *snapshotsAnswer) complete() error { return a.Snapshots.complete("snapshots") }

type snapshotAnswer struct {
	Snapshot   Snapshot    `json:"snapshot"`
	Operations []Operation `json:"operations"`
}

func (a *snapshotAnswer) complete() error { return lacks("snapshot", a.Snapshot.ID) }

// List returns all snapshots of a project.
func (s Snapshots) List(ctx context.Context, project string) ([]Snapshot, error) {
	a, err := call[snapshotsAnswer](ctx, s.c, get(routeSnapshots, project))
	return a.Snapshots.items, err
}

// SnapshotCreate says what to keep. Without Timestamp and LSN it is the state
// now; both together are refused.
type SnapshotCreate struct {
	Name      string
	Timestamp time.Time
	LSN       string
	ExpiresAt time.Time // zero: kept until deleted
}

// Create takes a snapshot of a root branch. Its settings go into the query, as
// the definition has it (FACTS §4, snapshots).
func (s Snapshots) Create(ctx context.Context, project, branch string, n SnapshotCreate) (Snapshot, []Operation, error) {
	if n.LSN != "" && !n.Timestamp.IsZero() {
		return Snapshot{}, nil, fmt.Errorf("neon: snapshot of %s: an LSN and a time exclude each other", branch)
	}
	var v query
	v.text("name", n.Name)
	v.text("lsn", n.LSN)
	v.time("timestamp", n.Timestamp)
	v.time("expires_at", n.ExpiresAt)
	a, err := call[snapshotAnswer](ctx, s.c, post(nil, routeBranch+"/snapshot", project, branch).with(v.values))
	return a.Snapshot, a.Operations, err
}

// Rename changes a snapshot's name, all of it that can be changed.
func (s Snapshots) Rename(ctx context.Context, project, id, name string) (Snapshot, error) {
	body := map[string]any{"snapshot": map[string]any{"name": name}}
	a, err := call[snapshotAnswer](ctx, s.c, patch(body, routeSnapshot, project, id))
	return a.Snapshot, err
}

// SnapshotRestore says where a snapshot goes. With Finalize the restored branch
// takes name and computes of the target and has a new id; without it the target
// stays until Branches.FinalizeRestore.
type SnapshotRestore struct {
	Name           string `json:"name,omitempty"`
	TargetBranchID string `json:"target_branch_id,omitempty"` // the snapshot's source if empty
	Finalize       bool   `json:"finalize_restore"`
}

// SnapshotRestored is the branch a snapshot became.
type SnapshotRestored struct {
	Branch     Branch      `json:"branch"`
	Endpoints  []Endpoint  `json:"endpoints"`
	Operations []Operation `json:"operations"`
}

func (a *SnapshotRestored) complete() error { return lacks("branch", a.Branch.ID) }

// Restore makes a branch of a snapshot.
func (s Snapshots) Restore(ctx context.Context, project, id string, r SnapshotRestore) (SnapshotRestored, error) {
	return call[SnapshotRestored](ctx, s.c, post(r, routeSnapshot+"/restore", project, id))
}

// Delete deletes a snapshot; Neon answers 202 and works on it.
func (s Snapshots) Delete(ctx context.Context, project, id string) ([]Operation, error) {
	a, err := call[operationsAnswer](ctx, s.c, remove(routeSnapshot, project, id))
	return a.Operations, err
}

// A ScheduleItem is one rhythm in which Neon takes snapshots.
type ScheduleItem struct {
	Frequency        string `json:"frequency"` // daily, weekly, monthly; an open set
	Hour             *int   `json:"hour,omitempty"`
	Day              *int   `json:"day,omitempty"`
	Month            *int   `json:"month,omitempty"`
	RetentionSeconds *int64 `json:"retention_seconds,omitempty"` // at least 3,600
}

type scheduleAnswer struct {
	Schedule []ScheduleItem `json:"schedule"`
}

// Schedule returns when Neon takes snapshots of a branch; empty: never.
func (s Snapshots) Schedule(ctx context.Context, project, branch string) ([]ScheduleItem, error) {
	a, err := call[scheduleAnswer](ctx, s.c, get(routeSchedule, project, branch))
	return a.Schedule, err
}

// SetSchedule replaces a branch's schedule; an empty one ends it.
func (s Snapshots) SetSchedule(ctx context.Context, project, branch string, items []ScheduleItem) error {
	if items == nil {
		items = []ScheduleItem{}
	}
	_, err := call[struct{}](ctx, s.c, put(scheduleAnswer{items}, routeSchedule, project, branch))
	return err
}
