package neonsim

import (
	"math"
	"slices"
)

// never is the end of what has no end yet.
const never = math.MaxInt64

// A project is what the seed says and what clients made of it. Those that no
// client ever changed are made anew for each request and thrown away.
type project struct {
	facts
	record
}

// A record is what of a project can change. It is what Save writes.
type record struct {
	Name      string         `json:"name"`
	Quota     *quotaSettings `json:"quota,omitempty"` // nil: never set
	Defaults  sizeSettings   `json:"defaults"`
	Others    otherSettings  `json:"others"`
	Retention int32          `json:"retention"`
	Updated   int64          `json:"updated"`
	Deleted   int64          `json:"deleted,omitempty"`
	Branches  []branch       `json:"branches"` // the first is the root
	Endpoints []endpoint     `json:"endpoints"`
	Snapshots []snapshot     `json:"snapshots,omitempty"`
	Log       []stint        `json:"log"`
	Bursts    []burst        `json:"bursts,omitempty"`
	Naps      []nap          `json:"naps,omitempty"`
	Ops       []operation    `json:"ops,omitempty"`
	Made      *made          `json:"made,omitempty"`

	Mains     []mainStep        `json:"mains,omitempty"`
	Shifts    []step            `json:"shifts,omitempty"`  // what restores took from the main branch's data or gave it, in bytes
	Forgets   bool              `json:"forgets,omitempty"` // passwords are not stored
	Org       string            `json:"org,omitempty"`     // another than the simulator's own: it was transferred
	Transfers []transferRequest `json:"transfers,omitempty"`
	Grants    []grant           `json:"grants,omitempty"`
}

// made says where a project that a client created runs.
type made struct {
	Created int64  `json:"created"`
	Region  string `json:"region"`
	Version int    `json:"version"`
}

// An endpoint is a compute. One that was deleted stays in its list, so that ids
// are given once.
type endpoint struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Branch   string `json:"branch"`
	ReadOnly bool   `json:"read_only,omitempty"`
	Size     size   `json:"size"`
	Disabled bool   `json:"disabled,omitempty"`
	Created  int64  `json:"created"`
	Updated  int64  `json:"updated"`
	Deleted  int64  `json:"deleted,omitempty"`
	// PgSettings as sent.
	PgSettings map[string]string `json:"pg_settings,omitempty"`
}

// A burst is a compute woken by the API, which then runs idle until its
// suspend timeout: what a start costs.
type burst struct {
	Endpoint string `json:"endpoint"`
	Branch   string `json:"branch"`
	From     int64  `json:"from"`
	To       int64  `json:"to"`
	MilliCU  int64  `json:"milli_cu"`
}

// A nap is a compute put to sleep by the API: until somebody connects again,
// which is when its next activity would begin.
type nap struct {
	Branch string `json:"branch"`
	From   int64  `json:"from"`
	To     int64  `json:"to"`
}

// exists says whether the project is listed at a time.
func (p *project) exists(at int64) bool {
	return p.created <= at && (p.Deleted == 0 || at < p.Deleted)
}

// recoverable says whether it is deleted, and not for too long.
func (p *project) recoverable(at int64) bool {
	return p.Deleted != 0 && p.Deleted <= at && at < p.Deleted+recovery
}

// end is when its use ends.
func (p *project) end() int64 {
	if p.Deleted == 0 {
		return never
	}
	return p.Deleted
}

func (p *project) branch(id string, at int64) *branch {
	i := slices.IndexFunc(p.Branches, func(b branch) bool { return b.ID == id && b.exists(at) })
	if i < 0 {
		return nil
	}
	return &p.Branches[i]
}

func (p *project) endpoint(id string) *endpoint {
	i := slices.IndexFunc(p.Endpoints, func(e endpoint) bool { return e.ID == id && e.Deleted == 0 })
	if i < 0 {
		return nil
	}
	return &p.Endpoints[i]
}
