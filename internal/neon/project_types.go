package neon

import "time"

// A ProjectItem is a project as the list has it: other fields than a Project,
// and active_time instead of active_time_seconds (FACTS §2). A nil number was
// not in the answer; a zero time means none.
type ProjectItem struct {
	ID                          string                   `json:"id"`
	Name                        string                   `json:"name"`
	RegionID                    string                   `json:"region_id"`
	PlatformID                  string                   `json:"platform_id"`
	PgVersion                   int                      `json:"pg_version"`
	Provisioner                 string                   `json:"provisioner"`
	ProxyHost                   string                   `json:"proxy_host"`
	StorePasswords              bool                     `json:"store_passwords"`
	CreationSource              string                   `json:"creation_source"`
	CreatedAt                   time.Time                `json:"created_at"`
	UpdatedAt                   time.Time                `json:"updated_at"`
	OwnerID                     string                   `json:"owner_id"`
	OrgID                       string                   `json:"org_id"`
	OrgName                     string                   `json:"org_name"`
	Settings                    *ProjectSettings         `json:"settings"`
	DefaultEndpointSettings     *DefaultEndpointSettings `json:"default_endpoint_settings"`
	ActiveTime                  *int64                   `json:"active_time"`                     // wall-clock seconds, period to date
	CPUUsedSec                  *int64                   `json:"cpu_used_sec"`                    // deprecated; equals the project's compute_time_seconds
	BranchLogicalSizeLimit      *int64                   `json:"branch_logical_size_limit"`       // MiB, Neon's own limit
	BranchLogicalSizeLimitBytes *int64                   `json:"branch_logical_size_limit_bytes"` // bytes, the same
	SyntheticStorageSize        *int64                   `json:"synthetic_storage_size"`          // bytes now, data and history of all branches; absent on fresh projects
	HistoryRetentionSeconds     *int64                   `json:"history_retention_seconds"`
	QuotaResetAt                time.Time                `json:"quota_reset_at"` // deprecated; the period's end
	ComputeLastActiveAt         time.Time                `json:"compute_last_active_at"`
	MaintenanceStartsAt         time.Time                `json:"maintenance_starts_at"`
	HIPAAEnabledAt              time.Time                `json:"hipaa_enabled_at"`
	DeletedAt                   time.Time                `json:"deleted_at"`        // recoverable ones only
	RecoverableUntil            time.Time                `json:"recoverable_until"` // 7 days after deletion
	EffectivePermission         string                   `json:"effective_project_permission"`
}

// Quota returns the project's quota, all unlimited if none is set.
func (p ProjectItem) Quota() Quota { return quotaOf(p.Settings) }

// A Project is one project in full. A nil number was not in the answer. The
// counters are of the period to date and lag by up to an hour. The answers of
// create, update and delete carry no period and no counters to go by: only Get
// fills them (FACTS §2).
type Project struct {
	ID                          string                   `json:"id"`
	Name                        string                   `json:"name"`
	RegionID                    string                   `json:"region_id"`
	PlatformID                  string                   `json:"platform_id"`
	PgVersion                   int                      `json:"pg_version"`
	Provisioner                 string                   `json:"provisioner"`
	ProxyHost                   string                   `json:"proxy_host"`
	StorePasswords              bool                     `json:"store_passwords"`
	CreationSource              string                   `json:"creation_source"`
	CreatedAt                   time.Time                `json:"created_at"`
	UpdatedAt                   time.Time                `json:"updated_at"`
	OwnerID                     string                   `json:"owner_id"`
	Owner                       *ProjectOwner            `json:"owner"`
	OrgID                       string                   `json:"org_id"`
	Settings                    *ProjectSettings         `json:"settings"`
	DefaultEndpointSettings     *DefaultEndpointSettings `json:"default_endpoint_settings"`
	ActiveTimeSeconds           *int64                   `json:"active_time_seconds"`     // wall-clock seconds
	ComputeTimeSeconds          *int64                   `json:"compute_time_seconds"`    // CU-seconds
	WrittenDataBytes            *int64                   `json:"written_data_bytes"`      // bytes of WAL
	DataTransferBytes           *int64                   `json:"data_transfer_bytes"`     // bytes of egress
	DataStorageBytesHour        *int64                   `json:"data_storage_bytes_hour"` // byte-hours
	CPUUsedSec                  *int64                   `json:"cpu_used_sec"`            // deprecated
	BranchLogicalSizeLimit      *int64                   `json:"branch_logical_size_limit"`
	BranchLogicalSizeLimitBytes *int64                   `json:"branch_logical_size_limit_bytes"`
	SyntheticStorageSize        *int64                   `json:"synthetic_storage_size"`
	HistoryRetentionSeconds     *int64                   `json:"history_retention_seconds"`
	ConsumptionPeriodStart      time.Time                `json:"consumption_period_start"` // zero but from Get
	ConsumptionPeriodEnd        time.Time                `json:"consumption_period_end"`   // zero but from Get
	QuotaResetAt                time.Time                `json:"quota_reset_at"`
	ComputeLastActiveAt         time.Time                `json:"compute_last_active_at"` // zero: never
	MaintenanceStartsAt         time.Time                `json:"maintenance_starts_at"`
	MaintenanceScheduledFor     time.Time                `json:"maintenance_scheduled_for"`
	HIPAAEnabledAt              time.Time                `json:"hipaa_enabled_at"`
	EffectivePermission         string                   `json:"effective_project_permission"`
}

// Quota returns the project's quota, all unlimited if none is set.
func (p Project) Quota() Quota { return quotaOf(p.Settings) }

func quotaOf(s *ProjectSettings) Quota {
	if s == nil || s.Quota == nil {
		return Quota{}
	}
	return *s.Quota
}

// ProjectOwner tells the plan by SubscriptionType, an open set.
type ProjectOwner struct {
	Email            string `json:"email"`
	Name             string `json:"name"`
	BranchesLimit    int    `json:"branches_limit"`
	SubscriptionType string `json:"subscription_type"`
}

// ProjectCreate is what a project is made with. Everything is optional; Neon's
// defaults are a name equal to the id, Postgres 17, a day of history.
type ProjectCreate struct {
	Name                    string                   `json:"name,omitempty"` // 1 to 256 characters; not unique
	RegionID                string                   `json:"region_id,omitempty"`
	OrgID                   string                   `json:"org_id,omitempty"` // the client's organization if empty
	PgVersion               int                      `json:"pg_version,omitempty"`
	Branch                  *ProjectCreateBranch     `json:"branch,omitempty"`
	Settings                *ProjectSettings         `json:"settings,omitempty"`
	DefaultEndpointSettings *DefaultEndpointSettings `json:"default_endpoint_settings,omitempty"`
	StorePasswords          *bool                    `json:"store_passwords,omitempty"`
	HistoryRetentionSeconds *int64                   `json:"history_retention_seconds,omitempty"` // 0 to 2,592,000
}

// ProjectCreateBranch names what a new project begins with.
type ProjectCreateBranch struct {
	Name         string `json:"name,omitempty"`
	RoleName     string `json:"role_name,omitempty"`
	DatabaseName string `json:"database_name,omitempty"`
}

// ProjectCreated is everything that came with a new project. Wait for the
// operations before the next change.
type ProjectCreated struct {
	Project        Project             `json:"project"`
	ConnectionURIs []ConnectionDetails `json:"connection_uris"`
	Roles          []Role              `json:"roles"` // with their passwords
	Databases      []Database          `json:"databases"`
	Branch         Branch              `json:"branch"`
	Endpoints      []Endpoint          `json:"endpoints"`
	Operations     []Operation         `json:"operations"`
}

func (a *ProjectCreated) complete() error { return lacks("project", a.Project.ID) }

// ConnectionDetails is how to connect to a new database.
type ConnectionDetails struct {
	ConnectionURI        Secret `json:"connection_uri"`
	ConnectionParameters struct {
		Database   string `json:"database"`
		Password   Secret `json:"password"`
		Role       string `json:"role"`
		Host       string `json:"host"`
		PoolerHost string `json:"pooler_host"`
	} `json:"connection_parameters"`
}

// ProjectUpdate is all of a project that can be changed; nil leaves a field as
// it is. A quota and default settings are sent whole: read, change, send back.
type ProjectUpdate struct {
	Name                    string                   `json:"name,omitempty"`
	Settings                *ProjectSettings         `json:"settings,omitempty"`
	DefaultEndpointSettings *DefaultEndpointSettings `json:"default_endpoint_settings,omitempty"`
	HistoryRetentionSeconds *int64                   `json:"history_retention_seconds,omitempty"`
}
