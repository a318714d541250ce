package neon

import (
	"context"
	"encoding/json"
	"time"
)

const (
	routeEndpoints = "/projects/{project_id}/endpoints"
	routeEndpoint  = "/projects/{project_id}/endpoints/{endpoint_id}"
)

// Endpoints lists, reads and changes the computes of a project.
type Endpoints struct{ c *Client }

// An EndpointType is read_write or read_only; the set is open.
type EndpointType string

// The types known today.
const (
	ReadWrite EndpointType = "read_write"
	ReadOnly  EndpointType = "read_only"
)

// An EndpointState is a compute's state; the set is open. Suspended is idle, and
// disabled is a field of its own: no state says either (FACTS §5).
type EndpointState string

// The states known today.
const (
	EndpointInit   EndpointState = "init"
	EndpointActive EndpointState = "active"
	EndpointIdle   EndpointState = "idle"
)

// neverRan is the LastActive of a compute that never ran (FACTS §5).
var neverRan = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// An Endpoint is a compute. A zero time means none.
type Endpoint struct {
	ID                    string          `json:"id"`
	Name                  string          `json:"name"`
	Host                  string          `json:"host"`
	ProjectID             string          `json:"project_id"`
	BranchID              string          `json:"branch_id"`
	RegionID              string          `json:"region_id"`
	Type                  EndpointType    `json:"type"`
	CurrentState          EndpointState   `json:"current_state"`
	PendingState          EndpointState   `json:"pending_state"`            // set while in transition
	AutoscalingLimitMinCU float64         `json:"autoscaling_limit_min_cu"` // CU
	AutoscalingLimitMaxCU float64         `json:"autoscaling_limit_max_cu"` // CU
	SuspendTimeoutSeconds int64           `json:"suspend_timeout_seconds"`  // 0 = Neon's default of 300, -1 = never
	Disabled              bool            `json:"disabled"`
	Settings              json.RawMessage `json:"settings"` // as it came
	LastActive            time.Time       `json:"last_active"`
	StartedAt             time.Time       `json:"started_at"`
	SuspendedAt           time.Time       `json:"suspended_at"`
	CreatedAt             time.Time       `json:"created_at"`
	UpdatedAt             time.Time       `json:"updated_at"`
	CreationSource        string          `json:"creation_source"`
	Provisioner           string          `json:"provisioner"`
	ComputeReleaseVersion string          `json:"compute_release_version"`
	PasswordlessAccess    bool            `json:"passwordless_access"`
}

// Ran reports whether the compute ever ran.
func (e Endpoint) Ran() bool { return e.LastActive.After(neverRan) }

type endpointsAnswer struct {
	Endpoints list[Endpoint] `json:"endpoints"`
}

func (a *endpointsAnswer) complete() error { return a.Endpoints.complete("endpoints") }

type endpointAnswer struct {
	Endpoint Endpoint `json:"endpoint"`
}

func (a *endpointAnswer) complete() error { return lacks("endpoint", a.Endpoint.ID) }

type endpointOperations struct {
	endpointAnswer
	Operations []Operation `json:"operations"`
}

// List returns all computes of a project.
func (s Endpoints) List(ctx context.Context, project string) ([]Endpoint, error) {
	a, err := call[endpointsAnswer](ctx, s.c, get(routeEndpoints, project))
	return a.Endpoints.items, err
}

// ListOfBranch returns the computes of one branch.
func (s Endpoints) ListOfBranch(ctx context.Context, project, branch string) ([]Endpoint, error) {
	a, err := call[endpointsAnswer](ctx, s.c, get(routeBranch+"/endpoints", project, branch))
	return a.Endpoints.items, err
}

// Get reads one compute.
func (s Endpoints) Get(ctx context.Context, project, id string) (Endpoint, error) {
	a, err := call[endpointAnswer](ctx, s.c, get(routeEndpoint, project, id))
	return a.Endpoint, err
}

// EndpointCreate is what a compute is made with. A branch has one read_write
// compute at most.
type EndpointCreate struct {
	BranchID              string       `json:"branch_id"`
	Type                  EndpointType `json:"type"`
	Name                  string       `json:"name,omitempty"` // up to 64 characters
	AutoscalingLimitMinCU *float64     `json:"autoscaling_limit_min_cu,omitempty"`
	AutoscalingLimitMaxCU *float64     `json:"autoscaling_limit_max_cu,omitempty"`
	SuspendTimeoutSeconds *int64       `json:"suspend_timeout_seconds,omitempty"`
	Disabled              *bool        `json:"disabled,omitempty"`
}

// Create makes a compute.
func (s Endpoints) Create(ctx context.Context, project string, e EndpointCreate) (Endpoint, []Operation, error) {
	if err := checkIDs("branch", e.BranchID); err != nil {
		return Endpoint{}, nil, err
	}
	return s.change(ctx, post(map[string]any{"endpoint": e}, routeEndpoints, project))
}

// EndpointUpdate is what of a compute can be changed; nil leaves it as it is. A
// new size restarts a running compute and drops its connections (FACTS §5).
type EndpointUpdate struct {
	Name                  string          `json:"name,omitempty"`
	AutoscalingLimitMinCU *float64        `json:"autoscaling_limit_min_cu,omitempty"`
	AutoscalingLimitMaxCU *float64        `json:"autoscaling_limit_max_cu,omitempty"`
	SuspendTimeoutSeconds *int64          `json:"suspend_timeout_seconds,omitempty"`
	Disabled              *bool           `json:"disabled,omitempty"`
	Settings              json.RawMessage `json:"settings,omitempty"`
}

// Update changes a compute. Read back what was stored: plans silently ignore
// suspend timeouts they do not allow (FACTS §5).
func (s Endpoints) Update(ctx context.Context, project, id string, u EndpointUpdate) (Endpoint, []Operation, error) {
	return s.change(ctx, patch(map[string]any{"endpoint": u}, routeEndpoint, project, id))
}

// Start wakes a compute.
func (s Endpoints) Start(ctx context.Context, project, id string) (Endpoint, []Operation, error) {
	return s.change(ctx, post(nil, routeEndpoint+"/start", project, id))
}

// Suspend puts a compute to sleep. It is no lock: the next connection wakes it.
func (s Endpoints) Suspend(ctx context.Context, project, id string) (Endpoint, []Operation, error) {
	return s.change(ctx, post(nil, routeEndpoint+"/suspend", project, id))
}

// Restart suspends a compute and starts it again.
func (s Endpoints) Restart(ctx context.Context, project, id string) (Endpoint, []Operation, error) {
	return s.change(ctx, post(nil, routeEndpoint+"/restart", project, id))
}

// Delete deletes a compute; its host name is lost for good. One that was gone
// already is no error (204).
func (s Endpoints) Delete(ctx context.Context, project, id string) ([]Operation, error) {
	a, err := call[operationsAnswer](ctx, s.c, remove(routeEndpoint, project, id))
	return a.Operations, err
}

func (s Endpoints) change(ctx context.Context, r request) (Endpoint, []Operation, error) {
	a, err := call[endpointOperations](ctx, s.c, r)
	return a.Endpoint, a.Operations, err
}
