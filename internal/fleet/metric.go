package fleet

// A Metric is one of the eleven figures kept of a tenant's day. The first
// eight are Neon's consumption v2 (what it bills), the last three are ours,
// from the sweep and the project's counters (what its quotas see).
type Metric int

// The metrics in the order of the usage file.
const (
	ComputeCUSeconds  Metric = iota // compute_unit_seconds
	RootByteHours                   // root_branch_bytes_month, byte-hours despite its name (FACTS §8)
	ChildByteHours                  // child_branch_bytes_month, byte-hours
	HistoryByteHours                // instant_restore_bytes_month, byte-hours
	SnapshotByteHours               // snapshot_storage_bytes_month, byte-hours
	PublicBytes                     // public_network_transfer_bytes
	PrivateBytes                    // private_network_transfer_bytes, both ways
	BranchHours                     // extra_branches_month, hours of all child branches
	ActiveSeconds                   // differences of active_time
	StoragePeakBytes                // highest synthetic_storage_size of the day
	WrittenBytes                    // differences of written_data_bytes
	MetricCount       = iota
)

// BilledCount is how many of the metrics come from consumption v2.
const BilledCount = 8

var metricWords = [MetricCount]struct{ column, neon string }{
	{"compute_cu_seconds", "compute_unit_seconds"},
	{"root_storage_byte_hours", "root_branch_bytes_month"},
	{"child_storage_byte_hours", "child_branch_bytes_month"},
	{"history_byte_hours", "instant_restore_bytes_month"},
	{"snapshot_byte_hours", "snapshot_storage_bytes_month"},
	{"transfer_public_bytes", "public_network_transfer_bytes"},
	{"transfer_private_bytes", "private_network_transfer_bytes"},
	{"child_branch_hours", "extra_branches_month"},
	{"active_seconds", ""},
	{"storage_peak_bytes", ""},
	{"written_bytes", ""},
}

// Column is the metric's name in CSV, with its unit.
func (m Metric) Column() string { return metricWords[m].column }

// NeonName is the metric's name in consumption v2; "" for ours.
func (m Metric) NeonName() string { return metricWords[m].neon }

// Sums says whether days add up to a month; the storage peak is the highest.
func (m Metric) Sums() bool { return m != StoragePeakBytes }

// Usage is one row of figures: of a day, a month, or a part of a day.
type Usage [MetricCount]Amount

// Plus adds two rows: sums, and the higher of the storage peaks.
func (u Usage) Plus(v Usage) Usage {
	for m := range u {
		if Metric(m).Sums() {
			u[m] = u[m].Add(v[m])
		} else {
			u[m] = u[m].Max(v[m])
		}
	}
	return u
}

// Transfer is public plus private traffic, the upper bound of what the quota
// counts (private counts both ways).
func (u Usage) Transfer() Amount { return u[PublicBytes].Add(u[PrivateBytes]) }

// DayUsage is a tenant's row of one day.
type DayUsage struct {
	Day   Day
	Usage Usage
	Final bool // a complete settle begun at least 24 h after the day covered it
}
