package neonsim

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A snapshot of a branch.
type snapshot struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Branch    string   `json:"branch"`
	Created   int64    `json:"created"`
	Deleted   int64    `json:"deleted,omitempty"`
	Expires   int64    `json:"expires,omitempty"`
	Size      int64    `json:"size"`
	At        int64    `json:"at,omitempty"` // of the state it holds; 0: that of its creation
	Scheduled bool     `json:"scheduled,omitempty"`
	Held      *content `json:"held,omitempty"` // nil: what its branch held
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

func (s *snapshot) exists(at int64) bool { return s.Created <= at && at < s.end() }

type wireSnapshot struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	LSN       string `json:"lsn,omitempty"`
	Timestamp string `json:"timestamp,omitempty"`
	Branch    string `json:"source_branch_id,omitempty"`
	CreatedAt string `json:"created_at"`
	ExpiresAt string `json:"expires_at,omitempty"`
	Manual    bool   `json:"manual"`
	FullSize  *int64 `json:"full_size,omitempty"`
}

func (p *project) wireSnapshot(s *snapshot, now int64) wireSnapshot {
	w := wireSnapshot{
		ID: s.ID, Name: s.Name, Branch: s.Branch, CreatedAt: stamp(s.Created), Manual: !s.Scheduled, LSN: p.lsn(s.Created),
	}
	if s.At != 0 {
		w.LSN, w.Timestamp = p.lsn(s.At), stamp(s.At)
	}
	if s.Expires != 0 {
		w.ExpiresAt = stamp(s.Expires)
	}
	if now > s.Created { // not measured at once
		w.FullSize = &s.Size
	}
	return w
}

type snapshotAnswer struct {
	Snapshot   wireSnapshot     `json:"snapshot"`
	Operations *[]wireOperation `json:"operations,omitempty"`
}

func listSnapshots(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	got := []wireSnapshot{}
	for i := range p.Snapshots {
		if s := &p.Snapshots[i]; s.exists(c.second()) {
			got = append(got, p.wireSnapshot(s, c.second()))
		}
	}
	return struct {
		Snapshots []wireSnapshot `json:"snapshots"`
	}{got}, nil
}

// takeSnapshot keeps a root's state, as it is or as it was. Its parameters are
// in the query (FACTS §4).
func takeSnapshot(c *call) (any, error) {
	p, b, err := c.idleBranch()
	if err != nil {
		return nil, err
	}
	now := c.second()
	at, given, err := p.moment(c.queries.Get("timestamp"), c.queries.Get("lsn"), b, now)
	if err != nil {
		return nil, err
	}
	s := snapshot{Name: c.queries.Get("name")}
	if text := c.queries.Get("expires_at"); text != "" {
		if s.Expires, err = readTime(text); err != nil {
			return nil, err
		}
		if s.Expires <= now {
			return nil, badRequest("expires_at must be in the future")
		}
	}
	if err := c.roomForSnapshot(p, b); err != nil {
		return nil, err
	}
	if given {
		s.At = at
	}
	made := p.addSnapshotOf(b, s, at, now)
	ops := wireOperations(p, p.schedule(c.at, operation{Action: createTimeline, Branch: b.ID}), c.at)
	c.sim.keep(p)
	return snapshotAnswer{Snapshot: p.wireSnapshot(made, now), Operations: &ops}, nil
}

func (c *call) roomForSnapshot(p *project, b *branch) error {
	if b.Parent != "" {
		return refuse(http.StatusUnprocessableEntity, "", "snapshots can be taken of root branches only")
	}
	manual := 0
	for i := range p.Snapshots {
		if s := &p.Snapshots[i]; s.exists(c.second()) && !s.Scheduled {
			manual++
		}
	}
	if most := c.sim.limits().snapshots; manual >= most {
		return overLimit("", "snapshots limit exceeded: the plan allows %d", most)
	}
	return nil
}

// addSnapshotOf takes a snapshot of a branch's state at an instant.
func (p *project) addSnapshotOf(b *branch, s snapshot, at, now int64) *snapshot {
	held := p.contentAt(b, at).edited()
	s.ID, s.Branch, s.Created = p.childID("snap", 100+len(p.Snapshots)), b.ID, now
	s.Size, s.Held = p.logicalSize(b, at), &held
	if s.Name == "" {
		s.Name = fmt.Sprintf("%s at %s", b.Name, time.Unix(at, 0).UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	p.Snapshots = append(p.Snapshots, s)
	return &p.Snapshots[len(p.Snapshots)-1]
}

// snapshotIn is the snapshot of the path.
func (c *call) snapshotIn(p *project) (*snapshot, error) {
	id := c.values["snapshot_id"]
	i := slices.IndexFunc(p.Snapshots, func(s snapshot) bool { return s.ID == id && s.exists(c.second()) })
	if i < 0 {
		return nil, notFound("snapshot", id)
	}
	return &p.Snapshots[i], nil
}

// idleSnapshot is the snapshot of the path, for a change.
func (c *call) idleSnapshot() (*project, *snapshot, error) {
	p, err := c.project()
	if err != nil {
		return nil, nil, err
	}
	s, err := c.snapshotIn(p)
	if err != nil {
		return nil, nil, err
	}
	if p.busy(c.at) {
		return nil, nil, errBusy
	}
	return p, s, nil
}

// renameSnapshot changes the name, which is all that can be changed.
func renameSnapshot(c *call) (any, error) {
	var in struct {
		Snapshot *struct {
			Name *string `json:"name"`
		} `json:"snapshot"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Snapshot == nil {
		return nil, badRequest("request body has an error: property \"snapshot\" is missing")
	}
	p, s, err := c.idleSnapshot()
	if err != nil {
		return nil, err
	}
	if in.Snapshot.Name != nil {
		if *in.Snapshot.Name == "" {
			return nil, badRequest("snapshot name must not be empty")
		}
		s.Name = *in.Snapshot.Name
	}
	c.sim.keep(p)
	return snapshotAnswer{Snapshot: p.wireSnapshot(s, c.second())}, nil
}

// deleteSnapshot is accepted, not done: the answer is 202.
func deleteSnapshot(c *call) (any, error) {
	p, s, err := c.idleSnapshot()
	if err != nil {
		return nil, err
	}
	s.Deleted = c.second()
	ops := wireOperations(p, p.schedule(c.at, operation{Action: deleteTimeline, Branch: s.Branch}), c.at)
	c.sim.keep(p)
	c.status = http.StatusAccepted
	return struct {
		Operations []wireOperation `json:"operations"`
	}{ops}, nil
}
