package pages

import (
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// BranchesInput is the tab of branches and computes.
type BranchesInput struct {
	Tenant   TenantInput
	Live     bool      // just read from Neon
	At       time.Time // when they were read; zero: never
	Why      string    // why they are not live, a sentence; "" nobody asked
	Request  string    // Neon's request id of the failure, "" none
	Branches []Branch
	Computes []Compute
}

// A Branch is a branch as Neon reports it.
type Branch struct {
	ID        string
	Name      string
	Parent    string // the parent's name; "" it is a root
	Default   bool
	Protected bool
	Size      fleet.Amount // logical size in bytes, what the storage limit applies to
	State     string       // Neon's word: ready, init, resetting, archived, ...
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
}

// A Compute is an endpoint as Neon reports it.
type Compute struct {
	ID         string
	Name       string
	Branch     string // the branch's name
	ReadOnly   bool
	State      string // Neon's word: active, idle, init
	Pending    string // the state it is on its way to; "" none
	Disabled   bool
	Sizes      fleet.Sizes
	LastActive time.Time // zero: never ran
}

// TenantBranches is the tab of branches and computes.
type TenantBranches struct {
	Frame    layout.Frame
	Head     TenantHead
	Age      string
	AgeTone  string
	AgeWhen  ui.When
	Problem  *ui.Empty // nothing to show at all
	Notice   ui.Notice
	Again    string // address that reads once more
	Branches []BranchRow
	Computes []ComputeRow
	Count    string
	Running  string
}

// BranchRow is a line of the branches.
type BranchRow struct {
	Name, ID, Parent string
	Badges           []ui.Badge
	State            ui.Badge
	Size             ui.Text
	Share            ui.Text // of the storage limit
	Created, Expires ui.When
}

// ComputeRow is a line of the computes.
type ComputeRow struct {
	ID, Name, Branch, Kind string
	State                  ui.Badge
	Sizes                  string
	Suspend                string
	Last                   ui.When
}

// NewTenantBranches is the tab of branches and computes: live, or as last seen
// with the age and the reason. The part that htmx swaps is BranchesPart.
func NewTenantBranches(r Reader, in BranchesInput) TenantBranches {
	t := in.Tenant.Tenant
	m := TenantBranches{Frame: r.tenantFrame(t, BranchesTab), Head: newTenantHead(r, in.Tenant, BranchesTab), Again: TenantBranchesURL(t.ID),
		Age: "As last seen,", AgeTone: "dot warn", AgeWhen: r.ago(in.At), Count: fleet.Thousands(int64(len(in.Branches))) + " branches"}
	if len(in.Branches) == 1 {
		m.Count = "1 branch"
	}
	if in.Live {
		m.Age, m.AgeTone = "Live from Neon,", "dot ok"
	} else if in.Why != "" {
		m.Notice = ui.Notice{Tone: ui.Warn, Text: in.Why + requestWords(in.Request), Link: ui.Link{Label: "Try again", URL: m.Again}}
	}
	if in.At.IsZero() {
		m.Notice = ui.Notice{}
		m.Problem = new(branchesProblem(in, m.Again))
	}
	running := 0
	for _, b := range in.Branches {
		m.Branches = append(m.Branches, newBranchRow(r, b, t.Limits[fleet.Storage]))
	}
	for _, c := range in.Computes {
		m.Computes = append(m.Computes, newComputeRow(r, c))
		if c.State == "active" {
			running++
		}
	}
	m.Running = plural(running, "compute") + " running"
	return m
}

func requestWords(id string) string {
	if id == "" {
		return ""
	}
	return " Neon's request id: " + id + "."
}

func branchesProblem(in BranchesInput, again string) ui.Empty {
	e := ui.Empty{Title: "Branches have not been read yet", Progress: -1, Text: "They are read from Neon when somebody opens this page, and once a day.", Action: ui.Link{Label: "Read them now", URL: again}}
	if in.Why != "" {
		e.Title, e.Text, e.Bad, e.Action.Label = "Neon did not answer", in.Why+" Branches are read live and were never read before. Everything above is from the store and right.", true, "Try again"
	}
	if in.Request != "" {
		e.Detail = "Neon's request " + in.Request
	}
	return e
}

func newBranchRow(r Reader, b Branch, limit fleet.Limit) BranchRow {
	row := BranchRow{Name: b.Name, ID: b.ID, Parent: b.Parent, State: branchState(b.State), Created: ui.Date(b.CreatedAt),
		Size: ui.Amount(fleet.Storage, b.Size, "Neon reports no size for it yet."), Share: ui.PercentOf(fleet.ShareOf(b.Size, limit))}
	if b.Default {
		row.Badges = append(row.Badges, ui.Badge{Words: "default", Plain: true})
	}
	if b.Protected {
		row.Badges = append(row.Badges, ui.Badge{Words: "protected", Plain: true, Title: "Cannot be reset or deleted"})
	}
	if !b.ExpiresAt.IsZero() {
		row.Expires = r.ago(b.ExpiresAt)
	}
	return row
}

// branchState says Neon's word; the set is open, so an unknown one is shown as it is.
func branchState(state string) ui.Badge {
	switch state {
	case "ready":
		return ui.Badge{Words: "Ready", Tone: ui.Good}
	case "init":
		return ui.Badge{Words: "Being made", Tone: ui.Info}
	case "resetting":
		return ui.Badge{Words: "Resetting", Tone: ui.Info}
	case "archived":
		return ui.Badge{Words: "Archived", Title: "Moved to cheaper storage; the first connection takes longer"}
	}
	return ui.Badge{Words: state}
}

func newComputeRow(r Reader, c Compute) ComputeRow {
	row := ComputeRow{ID: c.ID, Name: c.Name, Branch: c.Branch, Kind: "read and write", State: computeState(c), Sizes: c.Sizes.String(),
		Suspend: c.Sizes.SuspendWords(), Last: r.ago(c.LastActive)}
	if c.ReadOnly {
		row.Kind = "read only"
	}
	return row
}

func computeState(c Compute) ui.Badge {
	switch {
	case c.Pending != "":
		return ui.Badge{Words: "Going to " + c.Pending, Tone: ui.Info}
	case c.Disabled && c.State == "active":
		return ui.Badge{Words: "Disabled, running", Tone: ui.Warn, Title: "Neon's own check of availability wakes it; clients are refused"}
	case c.Disabled:
		return ui.Badge{Words: "Disabled", Tone: ui.Warn, Title: "Refuses connections"}
	case c.State == "active":
		return ui.Badge{Words: "Running", Tone: ui.Good}
	case c.State == "idle":
		return ui.Badge{Words: "Asleep", Title: "Scaled to zero; wakes on the next connection"}
	case c.State == "init":
		return ui.Badge{Words: "Being made", Tone: ui.Info}
	}
	return ui.Badge{Words: c.State}
}
