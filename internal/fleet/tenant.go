package fleet

import "time"

// A TenantID is the id of the tenant's Neon project.
type TenantID string

// A State says how a tenant's database is. Of several that hold the first
// counts: missing, suspended, quota reached, storage full, idle, active.
type State int

// The states. Gone is no state anybody sees: a deleted tenant, kept for reports.
const (
	StateActive State = iota
	StateIdle
	StateQuotaReached
	StateStorageFull
	StateSuspended
	StateMissing
	StateGone
)

// States are the states of lists and filters.
func States() []State {
	return []State{StateActive, StateIdle, StateQuotaReached, StateStorageFull, StateSuspended, StateMissing}
}

var stateWords = [...]struct{ key, title string }{
	{"active", "Active"}, {"idle", "Idle"}, {"quota_reached", "Quota reached"}, {"storage_full", "Storage full"},
	{"suspended", "Suspended"}, {"missing", "Missing"}, {"gone", "Deleted"},
}

// String is the state's key in addresses and files.
func (s State) String() string { return stateWords[s].key }

// Title is the state's word on pages.
func (s State) Title() string { return stateWords[s].title }

// ParseState finds a state by its key; Gone is none.
func ParseState(key string) (State, bool) {
	for _, s := range States() {
		if s.String() == key {
			return s, true
		}
	}
	return 0, false
}

// Flags stand beside the state.
type Flags int

// The flags.
const (
	Drifted    Flags = 1 << iota // settings differ from the plan's, and no pending change explains it
	NotApplied                   // a change is not yet applied at Neon
	NoPlan                       // unassigned
	Overridden                   // has limits of its own
)

// Has says whether all of f are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

var flagWords = []struct {
	flag Flags
	key  string
}{{Drifted, "drift"}, {NotApplied, "not_applied"}, {NoPlan, "unassigned"}, {Overridden, "overridden"}}

// Keys are the flags' keys in addresses: drift, not_applied, ...
func (f Flags) Keys() (keys []string) {
	for _, w := range flagWords {
		if f.Has(w.flag) {
			keys = append(keys, w.key)
		}
	}
	return keys
}

// ParseFlag finds a flag by its key.
func ParseFlag(key string) (Flags, bool) {
	for _, w := range flagWords {
		if w.key == key {
			return w.flag, true
		}
	}
	return 0, false
}

// A Tenant is a customer of the platform with one Neon project: a row of the list.
type Tenant struct {
	Local      int64 // dense id of our own store
	ID         TenantID
	Name       string
	Plan       PlanID
	Region     string
	State      State
	Flags      Flags
	CreatedAt  time.Time
	LastActive time.Time // zero: never
	SyncedAt   time.Time // of the sweep that last saw it
	Period     Period
	Used       Figures
	Limits     Limits // what Neon enforces now
	Shares     Shares5
	Suspend    Seconds // timeout of the project's defaults

	// StorageOfBranch is the size of the largest branch where it was read in
	// the last 24 h; the storage share is then that one's (interface.md).
	StorageOfBranch Amount

	Tags       []string
	Owner      string
	ExternalID string
}

// Worst is the tenant's worst meter (see Worst).
func (t Tenant) Worst() (Meter, Share, bool) { return Worst(t.Shares) }

// StorageBasis says what the storage share is of: "branch" or "project".
func (t Tenant) StorageBasis() string {
	if t.StorageOfBranch.Known() {
		return "branch"
	}
	return "project"
}
