package neonsim

// quotaSettings are quotas as a client left them: absent, null and 0 are
// different to look at and all mean no limit (FACTS §3).
type quotaSettings struct {
	Active   *int64 `json:"active_time_seconds,omitempty"`
	Compute  *int64 `json:"compute_time_seconds,omitempty"`
	Written  *int64 `json:"written_data_bytes,omitempty"`
	Transfer *int64 `json:"data_transfer_bytes,omitempty"`
	Logical  *int64 `json:"logical_size_bytes,omitempty"`
}

// newQuotaSettings writes quotas down, those without limit as 0 or not at all.
func newQuotaSettings(q quota, random uint64) quotaSettings {
	write := func(v int64, bit uint) *int64 {
		if v == 0 && random>>bit&1 == 0 {
			return nil
		}
		return &v
	}
	return quotaSettings{
		Active: write(q.Active, 0), Compute: write(q.Compute, 1), Written: write(q.Written, 2),
		Transfer: write(q.Transfer, 3), Logical: write(q.Logical, 4),
	}
}

// enforced is what the settings amount to.
func (q quotaSettings) enforced() quota {
	return quota{
		Active: deref(q.Active), Compute: deref(q.Compute), Written: deref(q.Written),
		Transfer: deref(q.Transfer), Logical: deref(q.Logical),
	}
}

// sizeSettings are default_endpoint_settings: what computes made later get.
type sizeSettings struct {
	MinCU      *float64          `json:"autoscaling_limit_min_cu,omitempty"`
	MaxCU      *float64          `json:"autoscaling_limit_max_cu,omitempty"`
	Suspend    *int64            `json:"suspend_timeout_seconds,omitempty"`
	PgSettings map[string]string `json:"pg_settings,omitempty"`
}

func newSizeSettings(s size) sizeSettings {
	return sizeSettings{MinCU: &s.MinCU, MaxCU: &s.MaxCU, Suspend: &s.Suspend}
}

// size is what a compute made with these settings gets, with Neon's own
// defaults for what is not set.
func (s sizeSettings) size() size {
	got := size{MinCU: 0.25, MaxCU: 0.25}
	if s.MinCU != nil {
		got.MinCU, got.MaxCU = *s.MinCU, max(*s.MinCU, 0.25)
	}
	if s.MaxCU != nil {
		got.MaxCU = *s.MaxCU
	}
	got.Suspend = deref(s.Suspend)
	return got
}

func deref[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}

// otherSettings are the project settings beside the quotas: kept as sent.
type otherSettings struct {
	AllowedIPs         *allowedIPs        `json:"allowed_ips,omitempty"`
	LogicalReplication *bool              `json:"enable_logical_replication,omitempty"`
	Maintenance        *maintenanceWindow `json:"maintenance_window,omitempty"`
	BlockPublic        *bool              `json:"block_public_connections,omitempty"`
	BlockVPC           *bool              `json:"block_vpc_connections,omitempty"`
	AuditLogLevel      *string            `json:"audit_log_level,omitempty"`
	HIPAA              *bool              `json:"hipaa,omitempty"`
	Preload            *preloadLibraries  `json:"preload_libraries,omitempty"`
}

type allowedIPs struct {
	IPs           []string `json:"ips"`
	ProtectedOnly *bool    `json:"protected_branches_only,omitempty"`
}

type maintenanceWindow struct {
	Weekdays []int  `json:"weekdays"`
	Start    string `json:"start_time"`
	End      string `json:"end_time"`
}

type preloadLibraries struct {
	UseDefaults *bool    `json:"use_defaults,omitempty"`
	Enabled     []string `json:"enabled_libraries,omitempty"`
}

// merge takes over what was sent.
func (o *otherSettings) merge(sent otherSettings) {
	keep(&o.AllowedIPs, sent.AllowedIPs)
	keep(&o.LogicalReplication, sent.LogicalReplication)
	keep(&o.Maintenance, sent.Maintenance)
	keep(&o.BlockPublic, sent.BlockPublic)
	keep(&o.BlockVPC, sent.BlockVPC)
	keep(&o.AuditLogLevel, sent.AuditLogLevel)
	keep(&o.HIPAA, sent.HIPAA)
	keep(&o.Preload, sent.Preload)
}

func keep[T any](to **T, sent *T) {
	if sent != nil {
		*to = sent
	}
}
