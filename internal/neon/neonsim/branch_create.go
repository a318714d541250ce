package neonsim

import (
	"cmp"
	"net/http"
	"slices"
)

type branchRequest struct {
	Branch    branchSpec        `json:"branch"`
	Endpoints []endpointSpec    `json:"endpoints"`
	Notes     map[string]string `json:"annotation_value"`
}

type branchSpec struct {
	ParentID  string `json:"parent_id"`
	Name      string `json:"name"`
	LSN       string `json:"parent_lsn"`
	Timestamp string `json:"parent_timestamp"`
	Protected bool   `json:"protected"`
	Archived  bool   `json:"archived"`
	Init      string `json:"init_source"`
	Expires   string `json:"expires_at"`
}

// Where a branch's data can come from. A branch made of its parent's schema
// only is a root (FACTS §4).
const (
	parentData   = "parent-data"
	parentSchema = "parent-schema"
	schemaOnly   = "schema-only"
	imported     = "import"
)

type branchCreated struct {
	Branch     wireBranch      `json:"branch"`
	Endpoints  []wireEndpoint  `json:"endpoints"`
	Operations []wireOperation `json:"operations"`
	Roles      []wireRole      `json:"roles"`
	Databases  []wireDatabase  `json:"databases"`
	URIs       []wireURI       `json:"connection_uris,omitempty"`
}

// createBranch makes a branch, and computes only where they are asked for.
func createBranch(c *call) (any, error) {
	var in branchRequest
	if err := c.decodeOptional(&in); err != nil {
		return nil, err
	}
	p, err := c.idleProject()
	if err != nil {
		return nil, err
	}
	parent, err := in.Branch.parent(p, c.second())
	if err != nil {
		return nil, err
	}
	made, err := c.newBranch(p, parent, &in)
	if err != nil {
		return nil, err
	}
	endpoints, err := in.endpoints(c.sim, p, c.second())
	if err != nil {
		return nil, err
	}
	held := p.contentAt(parent, made.at)
	if parent.Protected {
		held = held.newPasswords(uint64(c.at.UnixNano()))
	}
	b := p.addBranch(made.branch)
	p.put(b, c.second(), held)
	p.mark(c.second())
	return c.branchMade(p, b, endpoints), nil
}

// branchMade gives a new branch its computes, keeps all and answers.
func (c *call) branchMade(p *project, b *branch, endpoints []endpoint) any {
	steps := []operation{{Action: createsBranch, Branch: b.ID}}
	got := branchCreated{Endpoints: []wireEndpoint{}}
	first := len(p.Endpoints)
	for _, e := range endpoints {
		e.Branch = b.ID
		steps = append(steps, p.launch(e, c.second())...)
	}
	p.mark(c.second())
	got.Operations = wireOperations(p, p.schedule(c.at, steps...), c.at)
	c.sim.keep(p)
	c.status = http.StatusCreated
	held := p.contentAt(b, c.second())
	got.Roles, got.Databases = p.wireRoles(b, &held, false), wireDatabases(b, &held)
	for i := first; i < len(p.Endpoints); i++ {
		got.Endpoints = append(got.Endpoints, wireEndpointOf(p, &p.Endpoints[i], c.at))
		got.URIs = append(got.URIs, p.uris(&p.Endpoints[i], &held)...)
	}
	got.Branch = wireBranchOf(p, b, p.ledger(c.second(), c.second()), c.at)
	return got
}

// parent is the branch that a new one is made from: the default one, if none is
// named.
func (in *branchSpec) parent(p *project, now int64) (*branch, error) {
	at := slices.IndexFunc(p.Branches, func(b branch) bool {
		return b.exists(now) && (b.ID == in.ParentID || in.ParentID == "" && b.Default)
	})
	if at < 0 {
		return nil, notFound("branch", in.ParentID)
	}
	return &p.Branches[at], nil
}

// A plan is a branch that can be made, and the instant of its parent's state.
type plan struct {
	branch
	at int64
}

// newBranch checks what was asked for, and makes nothing yet.
func (c *call) newBranch(p *project, parent *branch, in *branchRequest) (plan, error) {
	now, spec := c.second(), &in.Branch
	at, given, err := p.moment(spec.Timestamp, spec.LSN, parent, now)
	if err != nil {
		return plan{}, err
	}
	init := cmp.Or(spec.Init, parentData)
	if !slices.Contains([]string{parentData, parentSchema, schemaOnly, imported}, init) {
		return plan{}, badRequest("unsupported init_source %q", spec.Init)
	}
	made := plan{at: at, branch: branch{
		Name: spec.Name, Parent: parent.ID, Created: now, Protected: spec.Protected, Archived: spec.Archived, Init: init, Notes: in.Notes,
		Sizes: []step{{At: now, Bytes: p.logicalSize(parent, at)}},
	}}
	if given {
		made.ParentAt = at
	}
	if init == schemaOnly {
		made.Parent, made.ParentAt, made.Sizes[0].Bytes = "", 0, fresh
	}
	if made.Name == "" {
		made.Name = p.childID("br", 100+len(p.Branches))
	}
	if err := checkBranchName(made.Name); err != nil {
		return plan{}, err
	}
	if err := p.nameFree(made.Name, now); err != nil {
		return plan{}, err
	}
	if err := c.sim.roomForBranch(p, made.Parent == "", now); err != nil {
		return plan{}, err
	}
	return made, c.allow(p, &made.branch, spec.Expires)
}

// allow checks the protection and the end of a new branch.
func (c *call) allow(p *project, b *branch, expires string) error {
	if b.Protected {
		if err := c.sim.roomForProtected(p, c.second()); err != nil {
			return err
		}
	}
	if expires == "" {
		return nil
	}
	at, err := readTime(expires)
	if err != nil {
		return err
	}
	return p.expire(b, at, c.second())
}

// nameFree refuses a name that another branch has.
func (p *project) nameFree(name string, now int64) error {
	for i := range p.Branches {
		if b := &p.Branches[i]; b.Name == name && b.exists(now) {
			return refuse(http.StatusConflict, "BRANCH_ALREADY_EXISTS", "branch with the provided name %q already exists", name)
		}
	}
	return nil
}

// longest is how far ahead the end of a branch may lie, in seconds.
const longest = 30 * day

// expire gives a branch an end. One that must not be deleted has none.
func (p *project) expire(b *branch, at, now int64) error {
	switch {
	case at <= now || at > now+longest:
		return badRequest("expires_at must be in the future, and at most 30 days ahead")
	case b.Protected || b.Default:
		return refuse(http.StatusUnprocessableEntity, "", "cannot set expires_at on a default or protected branch")
	case b.ID != "" && p.children(b.ID, now):
		return refuse(http.StatusUnprocessableEntity, "", "cannot set expires_at on a branch with children")
	}
	b.Expires, b.TTL = at, at-now
	return nil
}
