package fleet

import (
	"slices"
	"strings"
	"time"
)

// A Branch is one branch of a project as last seen.
type Branch struct {
	ID        string
	Name      string
	Parent    string // "" for a root branch
	State     string // Neon's word: init, resetting, ready, archived, ...
	Pending   string // where it is going; "" when it rests
	Default   bool
	Protected bool
	Size      Amount // logical size in bytes, what the storage limit applies to
	CreatedAt time.Time
	UpdatedAt time.Time
	ResetAt   time.Time // zero: never
	ExpiresAt time.Time // zero: stays

	// Refused are the actions Neon would refuse now, each with Neon's reason.
	Refused map[string]string
}

// An Endpoint is one compute of a project as last seen.
type Endpoint struct {
	ID         string
	Branch     string
	Type       string // read_write or read_only
	State      string // Neon's word: init, active, idle
	Pending    string
	Sizes      Sizes
	Disabled   bool
	Host       string
	LastActive time.Time // zero: never ran
	StartedAt  time.Time
}

// An Operation is a piece of Neon's asynchronous work on a project.
type Operation struct {
	ID       string
	Action   string // Neon's word: start_compute, apply_config, ...
	Status   string
	Branch   string
	Endpoint string
	Failures int
	Problem  string
	Began    time.Time
	Changed  time.Time
	Took     time.Duration
}

// Live is what a project looked like at one moment, read from Neon.
type Live struct {
	At         time.Time
	Branches   []Branch
	Endpoints  []Endpoint
	Operations []Operation // newest first, the last few
}

// LargestBranch is the size that the storage limit applies to: that of the
// largest branch (FACTS §3). Unknown if no branch says its size.
func (l Live) LargestBranch() Amount {
	size := Unknown
	for _, b := range l.Branches {
		size = size.Max(b.Size)
	}
	return size
}

// Tree orders branches so that each stands after its parent, siblings by name,
// and says how deep each is. A branch whose parent is not there is a root, and
// so is the first of a circle, which Neon should never send.
func Tree(branches []Branch) (ordered []Branch, depth []int) {
	children := map[string][]Branch{}
	known := map[string]bool{}
	for _, b := range branches {
		known[b.ID] = true
	}
	for _, b := range branches {
		parent := b.Parent
		if !known[parent] || parent == b.ID {
			parent = ""
		}
		children[parent] = append(children[parent], b)
	}
	for _, c := range children {
		slices.SortStableFunc(c, func(a, b Branch) int { return strings.Compare(a.Name, b.Name) })
	}
	placed := map[string]bool{}
	var place func(b Branch, deep int)
	place = func(b Branch, deep int) {
		if placed[b.ID] {
			return
		}
		placed[b.ID] = true
		ordered, depth = append(ordered, b), append(depth, deep)
		for _, c := range children[b.ID] {
			place(c, deep+1)
		}
	}
	for _, b := range slices.Concat(children[""], branches) {
		place(b, 0)
	}
	return ordered, depth
}
