package fleet

// A Meter is a figure that a plan can limit: what Neon's quota sees.
type Meter int

// The five limit meters, in the order of pages and files.
const (
	Compute  Meter = iota // CU-seconds in the period
	Active                // wall-clock seconds with a compute running, in the period
	Storage               // bytes now
	Transfer              // bytes out in the period
	Written               // bytes written in the period
	meterCount
)

// Meters are all limit meters in the order of pages and files.
func Meters() []Meter { return []Meter{Compute, Active, Storage, Transfer, Written} }

var meterWords = [meterCount]struct{ key, title, column, limit string }{
	{"compute", "Compute time", "compute_cu_seconds", "compute_limit_cu_seconds"},
	{"active", "Active time", "active_seconds", "active_limit_seconds"},
	{"storage", "Storage", "storage_bytes", "storage_limit_bytes"},
	{"transfer", "Transfer", "transfer_bytes", "transfer_limit_bytes"},
	{"written", "Written", "written_bytes", "written_limit_bytes"},
}

// String is the meter's key in addresses and files: compute, active, ...
func (m Meter) String() string { return meterWords[m].key }

// Title is the meter's name on pages.
func (m Meter) Title() string { return meterWords[m].title }

// Column is the figure's column name in CSV, with its unit.
func (m Meter) Column() string { return meterWords[m].column }

// LimitColumn is the limit's column name in CSV, with its unit.
func (m Meter) LimitColumn() string { return meterWords[m].limit }

// Resets says whether the figure begins again at 0 with each period. Storage
// is a gauge and does not.
func (m Meter) Resets() bool { return m != Storage }

// ParseMeter finds a meter by its key.
func ParseMeter(key string) (Meter, bool) {
	for i, w := range meterWords {
		if w.key == key {
			return Meter(i), true
		}
	}
	return 0, false
}

// Format is n of this meter in human units: "1,260 CU-h", "212 h", "3.1 GB".
func (m Meter) Format(n int64) string {
	switch m {
	case Compute:
		return CUSeconds(n).String()
	case Active:
		return Seconds(n).String()
	case Storage, Transfer, Written:
		return Bytes(n).String()
	}
	return ""
}

// Figures are the five meters of a tenant; unknown ones are Unknown.
type Figures [meterCount]Amount

// Limits are the five caps; the zero value is unlimited everywhere.
type Limits [meterCount]Limit
