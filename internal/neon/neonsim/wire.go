package neonsim

import "time"

// The shapes on the wire, as Neon's definition has them. Nothing else in this
// repository uses them.

// stamp writes an instant as Neon does.
func stamp(second int64) string { return time.Unix(second, 0).UTC().Format(time.RFC3339) }

func stampNano(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }

// zeroTime is what Neon sends where it did not fill in a time (FACTS §2).
const zeroTime = "0001-01-01T00:00:00Z"

// neverRan is an endpoint's last activity if it has none (FACTS §5).
const neverRan = "2000-01-01T00:00:00Z"

type wireError struct {
	RequestID string `json:"request_id,omitempty"`
	Code      string `json:"code"`
	Message   string `json:"message"`
}

// wireCommon are the fields that a project has in lists and alone.
type wireCommon struct {
	ID                  string        `json:"id"`
	PlatformID          string        `json:"platform_id"`
	RegionID            string        `json:"region_id"`
	Name                string        `json:"name"`
	Provisioner         string        `json:"provisioner"`
	Defaults            sizeSettings  `json:"default_endpoint_settings"`
	Settings            *wireSettings `json:"settings,omitempty"`
	PgVersion           int           `json:"pg_version"`
	ProxyHost           string        `json:"proxy_host"`
	BranchSizeLimit     int64         `json:"branch_logical_size_limit"` // MiB
	BranchSizeBytes     int64         `json:"branch_logical_size_limit_bytes"`
	StorePasswords      bool          `json:"store_passwords"`
	CPUUsed             int64         `json:"cpu_used_sec"`
	CreationSource      string        `json:"creation_source"`
	HistoryRetention    int32         `json:"history_retention_seconds"`
	CreatedAt           string        `json:"created_at"`
	UpdatedAt           string        `json:"updated_at"`
	StorageSize         *int64        `json:"synthetic_storage_size,omitempty"`
	QuotaResetAt        string        `json:"quota_reset_at,omitempty"`
	OwnerID             string        `json:"owner_id"`
	ComputeLastActiveAt string        `json:"compute_last_active_at,omitempty"`
	OrgID               string        `json:"org_id"`
}

type wireSettings struct {
	Quota *quotaSettings `json:"quota,omitempty"`
	otherSettings
}

// wireListItem is a project in a list: it has active_time, and no other counter
// under its own name (FACTS §2).
type wireListItem struct {
	wireCommon
	ActiveTime       int64  `json:"active_time"`
	OrgName          string `json:"org_name"`
	DeletedAt        string `json:"deleted_at,omitempty"`
	RecoverableUntil string `json:"recoverable_until,omitempty"`
}

type wireProject struct {
	wireCommon
	StorageHours int64      `json:"data_storage_bytes_hour"`
	Transfer     int64      `json:"data_transfer_bytes"`
	Written      int64      `json:"written_data_bytes"`
	Compute      int64      `json:"compute_time_seconds"`
	Active       int64      `json:"active_time_seconds"`
	PeriodStart  string     `json:"consumption_period_start"`
	PeriodEnd    string     `json:"consumption_period_end"`
	Owner        *wireOwner `json:"owner,omitempty"`
}

type wireOwner struct {
	Email            string `json:"email"`
	Name             string `json:"name"`
	BranchesLimit    int    `json:"branches_limit"`
	SubscriptionType string `json:"subscription_type"`
}

type wirePagination struct {
	Cursor string `json:"cursor"`
}

type wireOperation struct {
	ID        string `json:"id"`
	ProjectID string `json:"project_id"`
	BranchID  string `json:"branch_id,omitempty"`
	Endpoint  string `json:"endpoint_id,omitempty"`
	Action    string `json:"action"`
	Status    string `json:"status"`
	Failures  int    `json:"failures_count"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	Duration  int64  `json:"total_duration_ms"`
}

type wireBranch struct {
	ID              string            `json:"id"`
	ProjectID       string            `json:"project_id"`
	ParentID        string            `json:"parent_id,omitempty"`
	ParentLSN       string            `json:"parent_lsn,omitempty"`
	ParentTimestamp string            `json:"parent_timestamp,omitempty"`
	Name            string            `json:"name"`
	State           string            `json:"current_state"`
	PendingState    string            `json:"pending_state,omitempty"`
	StateChangedAt  string            `json:"state_changed_at"`
	LogicalSize     *int64            `json:"logical_size,omitempty"`
	CreationSource  string            `json:"creation_source"`
	Primary         bool              `json:"primary"`
	Default         bool              `json:"default"`
	Protected       bool              `json:"protected"`
	CPUUsed         int64             `json:"cpu_used_sec"`
	Compute         int64             `json:"compute_time_seconds"`
	Active          int64             `json:"active_time_seconds"`
	Written         int64             `json:"written_data_bytes"`
	Transfer        int64             `json:"data_transfer_bytes"`
	CreatedAt       string            `json:"created_at"`
	UpdatedAt       string            `json:"updated_at"`
	ExpiresAt       string            `json:"expires_at,omitempty"`
	LastResetAt     string            `json:"last_reset_at,omitempty"`
	CreatedBy       map[string]string `json:"created_by,omitempty"`
	InitSource      string            `json:"init_source"`
	TTL             int64             `json:"ttl_interval_seconds,omitempty"`
	RestoreStatus   string            `json:"restore_status,omitempty"`
	RestoredFrom    string            `json:"restored_from,omitempty"`
	RestoredAs      string            `json:"restored_as,omitempty"`
	Restricted      []wireRestriction `json:"restricted_actions,omitempty"`
	Recovery        *wireRecovery     `json:"recovery,omitempty"`
}

type wireRestriction struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

type wireRecovery struct {
	DeletedAt string `json:"deleted_at"`
	Until     string `json:"recoverable_until"`
	Method    string `json:"deletion_method"`
}

type wireEndpoint struct {
	ID           string       `json:"id"`
	Name         string       `json:"name,omitempty"`
	Host         string       `json:"host"`
	ProjectID    string       `json:"project_id"`
	BranchID     string       `json:"branch_id"`
	RegionID     string       `json:"region_id"`
	Type         string       `json:"type"`
	State        string       `json:"current_state"`
	PendingState string       `json:"pending_state,omitempty"`
	MinCU        float64      `json:"autoscaling_limit_min_cu"`
	MaxCU        float64      `json:"autoscaling_limit_max_cu"`
	Suspend      int64        `json:"suspend_timeout_seconds"`
	Disabled     bool         `json:"disabled"`
	Settings     wirePgConfig `json:"settings"`
	PoolerOn     bool         `json:"pooler_enabled"`
	PoolerMode   string       `json:"pooler_mode"`
	Passwordless bool         `json:"passwordless_access"`
	Provisioner  string       `json:"provisioner"`
	ProxyHost    string       `json:"proxy_host"`
	Source       string       `json:"creation_source"`
	LastActive   string       `json:"last_active"`
	StartedAt    string       `json:"started_at,omitempty"`
	SuspendedAt  string       `json:"suspended_at,omitempty"`
	CreatedAt    string       `json:"created_at"`
	UpdatedAt    string       `json:"updated_at"`
	Release      string       `json:"compute_release_version"`
}

type wirePgConfig struct {
	PgSettings map[string]string `json:"pg_settings,omitempty"`
}
