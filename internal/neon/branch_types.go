package neon

import (
	"encoding/json"
	"time"
)

// A BranchState is a branch's state; the set is open.
type BranchState string

// The states known today.
const (
	BranchInit      BranchState = "init"
	BranchResetting BranchState = "resetting"
	BranchReady     BranchState = "ready"
	BranchArchived  BranchState = "archived"
)

// A Branch is a branch. A nil number was not in the answer, a zero time means
// none. The counters are of the period to date.
type Branch struct {
	ID                 string              `json:"id"`
	ProjectID          string              `json:"project_id"`
	Name               string              `json:"name"`
	ParentID           string              `json:"parent_id"` // empty: a root branch
	ParentLSN          string              `json:"parent_lsn"`
	ParentTimestamp    time.Time           `json:"parent_timestamp"`
	CurrentState       BranchState         `json:"current_state"`
	PendingState       BranchState         `json:"pending_state"`
	StateChangedAt     time.Time           `json:"state_changed_at"`
	Default            bool                `json:"default"`
	Protected          bool                `json:"protected"`
	LogicalSize        *int64              `json:"logical_size"` // bytes now
	CreationSource     string              `json:"creation_source"`
	CreatedBy          *BranchCreator      `json:"created_by"`
	InitSource         string              `json:"init_source"`
	CreatedAt          time.Time           `json:"created_at"`
	UpdatedAt          time.Time           `json:"updated_at"`
	LastResetAt        time.Time           `json:"last_reset_at"`
	ExpiresAt          time.Time           `json:"expires_at"`
	TTLIntervalSeconds int64               `json:"ttl_interval_seconds"`
	RestoreStatus      string              `json:"restore_status"`
	RestoredFrom       string              `json:"restored_from"`
	RestoredAs         string              `json:"restored_as"`
	RestrictedActions  []RestrictedAction  `json:"restricted_actions"`
	Recovery           *BranchRecoveryInfo `json:"recovery"`
	ActiveTimeSeconds  *int64              `json:"active_time_seconds"`  // wall-clock seconds
	ComputeTimeSeconds *int64              `json:"compute_time_seconds"` // CU-seconds
	WrittenDataBytes   *int64              `json:"written_data_bytes"`
	DataTransferBytes  *int64              `json:"data_transfer_bytes"`
}

// BranchCreator is who made a branch.
type BranchCreator struct {
	Name  string `json:"name"`
	Image string `json:"image"`
}

// A RestrictedAction is something Neon will refuse, such as "restore" or
// "delete-rw-endpoint", and why.
type RestrictedAction struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// BranchRecoveryInfo is what a deleted branch carries while it can be recovered.
type BranchRecoveryInfo struct {
	DeletedAt        time.Time `json:"deleted_at"`
	RecoverableUntil time.Time `json:"recoverable_until"`
	DeletionMethod   string    `json:"deletion_method"`
}

// An Annotation is free text attached to a branch.
type Annotation struct {
	Value     map[string]string `json:"value"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// BranchCreate is what a branch is made with. It gets no endpoint unless one is
// asked for. The parent is the default branch if none is named.
type BranchCreate struct {
	Name            string
	ParentID        string
	ParentLSN       string
	ParentTimestamp time.Time
	Protected       *bool
	InitSource      string
	ExpiresAt       time.Time
	Endpoints       []BranchCreateEndpoint
}

// BranchCreateEndpoint is an endpoint made together with a branch.
type BranchCreateEndpoint struct {
	Type                  EndpointType `json:"type"`
	AutoscalingLimitMinCU *float64     `json:"autoscaling_limit_min_cu,omitempty"`
	AutoscalingLimitMaxCU *float64     `json:"autoscaling_limit_max_cu,omitempty"`
	SuspendTimeoutSeconds *int64       `json:"suspend_timeout_seconds,omitempty"`
}

// MarshalJSON writes Neon's shape, without what is not set.
func (b BranchCreate) MarshalJSON() ([]byte, error) {
	type branch struct {
		ParentID        string    `json:"parent_id,omitempty"`
		Name            string    `json:"name,omitempty"`
		ParentLSN       string    `json:"parent_lsn,omitempty"`
		ParentTimestamp time.Time `json:"parent_timestamp,omitzero"`
		Protected       *bool     `json:"protected,omitempty"`
		InitSource      string    `json:"init_source,omitempty"`
		ExpiresAt       time.Time `json:"expires_at,omitzero"`
	}
	return json.Marshal(struct {
		Branch    branch                 `json:"branch"`
		Endpoints []BranchCreateEndpoint `json:"endpoints,omitempty"`
	}{branch{b.ParentID, b.Name, b.ParentLSN, b.ParentTimestamp.UTC(), b.Protected, b.InitSource, b.ExpiresAt.UTC()}, b.Endpoints})
}

// BranchCreated is everything that came with a new branch.
type BranchCreated struct {
	Branch         Branch              `json:"branch"`
	Endpoints      []Endpoint          `json:"endpoints"`
	Operations     []Operation         `json:"operations"`
	Roles          []Role              `json:"roles"`
	Databases      []Database          `json:"databases"`
	ConnectionURIs []ConnectionDetails `json:"connection_uris"`
}

func (a *BranchCreated) complete() error { return lacks("branch", a.Branch.ID) }

// BranchUpdate is what of a branch can be changed; what is not set stays.
type BranchUpdate struct {
	Name         string
	Protected    *bool
	ExpiresAt    time.Time
	NeverExpires bool // takes the expiry away
}

// MarshalJSON writes Neon's shape: null takes an expiry away.
func (u BranchUpdate) MarshalJSON() ([]byte, error) {
	branch := map[string]any{}
	if u.Name != "" {
		branch["name"] = u.Name
	}
	if u.Protected != nil {
		branch["protected"] = *u.Protected
	}
	if !u.ExpiresAt.IsZero() {
		branch["expires_at"] = u.ExpiresAt.UTC()
	}
	if u.NeverExpires {
		branch["expires_at"] = nil
	}
	return json.Marshal(map[string]any{"branch": branch})
}
