package neon

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// ProjectSettings is a project's settings. What is nil was not in the answer
// and is not sent.
type ProjectSettings struct {
	Quota                    *Quota             `json:"quota,omitempty"` // absent when nothing is set (FACTS §2)
	AllowedIPs               *AllowedIPs        `json:"allowed_ips,omitempty"`
	EnableLogicalReplication *bool              `json:"enable_logical_replication,omitempty"`
	MaintenanceWindow        *MaintenanceWindow `json:"maintenance_window,omitempty"`
	BlockPublicConnections   *bool              `json:"block_public_connections,omitempty"`
	BlockVPCConnections      *bool              `json:"block_vpc_connections,omitempty"`
	AuditLogLevel            string             `json:"audit_log_level,omitempty"`
	HIPAA                    *bool              `json:"hipaa,omitempty"`
	PreloadLibraries         *PreloadLibraries  `json:"preload_libraries,omitempty"`
}

// AllowedIPs restricts who may connect; none means everybody.
type AllowedIPs struct {
	IPs                   []string `json:"ips"`
	ProtectedBranchesOnly bool     `json:"protected_branches_only"`
}

// MaintenanceWindow is when Neon may update computes: weekdays from 1 = Monday,
// times as HH:MM in UTC.
type MaintenanceWindow struct {
	Weekdays  []int  `json:"weekdays"`
	StartTime string `json:"start_time"`
	EndTime   string `json:"end_time"`
}

// PreloadLibraries names what computes load at start.
type PreloadLibraries struct {
	UseDefaults      *bool    `json:"use_defaults,omitempty"`
	EnabledLibraries []string `json:"enabled_libraries,omitempty"`
}

// A Quota is what Neon stops a project at. Read, a nil field was absent; absent,
// null and 0 all mean unlimited (FACTS §3). Written, all five keys are always
// sent, nil as 0: whether Neon merges a partial quota is not documented, and a
// 0 that is left out clears nothing (FACTS §2, update).
type Quota struct {
	ActiveTimeSeconds  *int64 `json:"active_time_seconds"`  // wall-clock seconds of a period
	ComputeTimeSeconds *int64 `json:"compute_time_seconds"` // CU-seconds of a period
	WrittenDataBytes   *int64 `json:"written_data_bytes"`   // bytes of a period
	DataTransferBytes  *int64 `json:"data_transfer_bytes"`  // bytes of a period
	LogicalSizeBytes   *int64 `json:"logical_size_bytes"`   // bytes of each branch, now
}

// MarshalJSON writes all five keys.
func (q Quota) MarshalJSON() ([]byte, error) {
	type wire Quota // without this method
	for _, v := range []**int64{&q.ActiveTimeSeconds, &q.ComputeTimeSeconds, &q.WrittenDataBytes, &q.DataTransferBytes, &q.LogicalSizeBytes} {
		if *v == nil {
			*v = new(int64)
		}
	}
	return json.Marshal(wire(q))
}

// DefaultEndpointSettings are for computes created later; they change no
// existing one (FACTS §2). What Neon sends beside the known fields is kept and
// sent back, since an update must carry the whole.
type DefaultEndpointSettings struct {
	AutoscalingLimitMinCU *float64 // CU, at least 0.25
	AutoscalingLimitMaxCU *float64 // CU
	SuspendTimeoutSeconds *int64   // seconds; 0 = Neon's default of 300, -1 = never
	PgSettings            map[string]string

	rest map[string]json.RawMessage
}

const (
	keyMinCU      = "autoscaling_limit_min_cu"
	keyMaxCU      = "autoscaling_limit_max_cu"
	keySuspend    = "suspend_timeout_seconds"
	keyPgSettings = "pg_settings"
)

// UnmarshalJSON keeps what it does not know.
func (s *DefaultEndpointSettings) UnmarshalJSON(b []byte) error {
	var rest map[string]json.RawMessage
	if err := json.Unmarshal(b, &rest); err != nil {
		return err
	}
	*s = DefaultEndpointSettings{}
	var pg map[string]json.RawMessage
	for key, to := range map[string]any{keyMinCU: &s.AutoscalingLimitMinCU, keyMaxCU: &s.AutoscalingLimitMaxCU, keySuspend: &s.SuspendTimeoutSeconds, keyPgSettings: &pg} {
		if raw, ok := rest[key]; ok {
			if err := json.Unmarshal(raw, to); err != nil {
				return fmt.Errorf("default_endpoint_settings.%s: %w", key, err)
			}
			delete(rest, key)
		}
	}
	if pg != nil {
		s.PgSettings = make(map[string]string, len(pg))
	}
	for name, raw := range pg {
		s.PgSettings[name] = settingText(raw)
	}
	if len(rest) > 0 {
		s.rest = rest
	}
	return nil
}

// settingText is a Postgres setting as text. By the definition they all are;
// a number or boolean is taken as written.
func settingText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return strings.TrimSpace(string(raw))
}

// MarshalJSON writes what is set, and what was kept.
func (s DefaultEndpointSettings) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for key, raw := range s.rest {
		all[key] = raw
	}
	if s.AutoscalingLimitMinCU != nil {
		all[keyMinCU] = *s.AutoscalingLimitMinCU
	}
	if s.AutoscalingLimitMaxCU != nil {
		all[keyMaxCU] = *s.AutoscalingLimitMaxCU
	}
	if s.SuspendTimeoutSeconds != nil {
		all[keySuspend] = *s.SuspendTimeoutSeconds
	}
	if s.PgSettings != nil {
		all[keyPgSettings] = s.PgSettings
	}
	return json.Marshal(all)
}

// Clone returns a copy to change, with what was kept.
func (s DefaultEndpointSettings) Clone() DefaultEndpointSettings {
	s.PgSettings = maps.Clone(s.PgSettings)
	return s
}
