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
}

// made says where a project that a client created runs.
type made struct {
	Created int64  `json:"created"`
	Region  string `json:"region"`
	Version int    `json:"version"`
}

// A branch of a project. Share is the part of the project's use that falls to
// it while it has a compute of its own, in per mille; the root has the rest.
type branch struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Parent    string `json:"parent,omitempty"`
	Created   int64  `json:"created"`
	Updated   int64  `json:"updated"`
	Deleted   int64  `json:"deleted,omitempty"`
	Share     int64  `json:"share,omitempty"`
	Default   bool   `json:"default,omitempty"`
	Protected bool   `json:"protected,omitempty"`
	LastReset int64  `json:"last_reset,omitempty"`
	Expires   int64  `json:"expires,omitempty"`
}

func (b *branch) end() int64 {
	if b.Deleted == 0 {
		return never
	}
	return b.Deleted
}

func (b *branch) exists(at int64) bool { return b.Created <= at && at < b.end() }

// An endpoint is a compute.
type endpoint struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Branch   string `json:"branch"`
	ReadOnly bool   `json:"read_only,omitempty"`
	Size     size   `json:"size"`
	Disabled bool   `json:"disabled,omitempty"`
	Created  int64  `json:"created"`
	Updated  int64  `json:"updated"`
	// PgSettings as sent.
	PgSettings map[string]string `json:"pg_settings,omitempty"`
}

// A snapshot of a branch.
type snapshot struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Branch  string `json:"branch"`
	Created int64  `json:"created"`
	Deleted int64  `json:"deleted,omitempty"`
	Expires int64  `json:"expires,omitempty"`
	Size    int64  `json:"size"`
}

func (s *snapshot) end() int64 {
	switch {
	case s.Deleted != 0:
		return s.Deleted
	case s.Expires != 0:
		return s.Expires
	}
	return never
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
	i := slices.IndexFunc(p.Endpoints, func(e endpoint) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Endpoints[i]
}
