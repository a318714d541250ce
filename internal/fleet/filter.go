package fleet

import (
	"slices"
	"time"
)

// A Filter says which tenants are meant. Its zero value means all. Values of
// one kind are alternatives, kinds must all hold; words must all be part of
// name, id, owner or own reference.
type Filter struct {
	Words   []string
	Plans   []PlanID // Unassigned means without a plan
	Regions []string // any part of the region's id
	States  []State
	Is      Flags // all of them
	Tags    []string
	Shares  []ShareRange
	IdleMin time.Duration // since the last activity, at least; 0: no matter
	IdleMax time.Duration // at most; 0: no matter
}

// A ShareRange bounds the share of one meter, or of the worst one. Only known
// shares lie in a range.
type ShareRange struct {
	Worst bool
	Meter Meter
	Min   Share // including
	Max   Share // including
}

// IsZero says that the filter means everybody.
func (f Filter) IsZero() bool {
	return len(f.Words) == 0 && len(f.Plans) == 0 && len(f.Regions) == 0 && len(f.States) == 0 && f.Is == 0 &&
		len(f.Tags) == 0 && len(f.Shares) == 0 && f.IdleMin == 0 && f.IdleMax == 0
}

// A SortKey is a column that tenants can be sorted by.
type SortKey string

// The sort keys of /tenants.
const (
	ByName     SortKey = "name"
	ByCreated  SortKey = "created"
	BySeen     SortKey = "seen" // last activity
	ByWorst    SortKey = "worst"
	ByCompute  SortKey = "compute"
	ByActive   SortKey = "active"
	ByStorage  SortKey = "storage"
	ByTransfer SortKey = "transfer"
	ByWritten  SortKey = "written"
)

// SortKeys are all of them, in the order of the columns.
func SortKeys() []SortKey {
	return []SortKey{ByName, ByCompute, ByActive, ByStorage, ByTransfer, ByWritten, ByWorst, BySeen, ByCreated}
}

// A Sort is a key and its direction. Meters sort by percent, then unlimited,
// then unknown, in both directions.
type Sort struct {
	By         SortKey
	Descending bool
}

// String is the sort as addresses have it: "-compute".
func (s Sort) String() string {
	if s.Descending {
		return "-" + string(s.By)
	}
	return string(s.By)
}

// ParseSort reads "name", "-compute", ...; "" is the worst meter first.
func ParseSort(s string) (Sort, error) {
	if s == "" {
		return Sort{ByWorst, true}, nil
	}
	down := s[0] == '-'
	key := SortKey(s)
	if down {
		key = SortKey(s[1:])
	}
	if !slices.Contains(SortKeys(), key) {
		return Sort{}, Errorf(Invalid, "sort=%s: tenants cannot be sorted by that. Use one of %v, with - in front for descending.", s, SortKeys())
	}
	return Sort{key, down}, nil
}
