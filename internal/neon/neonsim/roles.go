package neonsim

import (
	"net/http"
)

type wireRole struct {
	BranchID  string `json:"branch_id"`
	Name      string `json:"name"`
	Password  string `json:"password,omitempty"`
	Protected bool   `json:"protected"`
	Method    string `json:"authentication_method"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

func wireRoleOf(b *branch, r *role) wireRole {
	w := wireRole{BranchID: b.ID, Name: r.Name, Method: "password", CreatedAt: stamp(r.Created), UpdatedAt: stamp(r.Updated)}
	if r.NoLogin {
		w.Method = "no_login"
	}
	return w
}

// wireRoles are all roles of a branch, with passwords only where one is told
// to a client that has just made them.
func (p *project) wireRoles(b *branch, c *content, passwords bool) []wireRole {
	got := []wireRole{}
	for i := range c.Roles {
		w := wireRoleOf(b, &c.Roles[i])
		if passwords {
			w.Password = p.password(&c.Roles[i])
		}
		got = append(got, w)
	}
	return got
}

type roleAnswer struct {
	Role       wireRole         `json:"role"`
	Operations *[]wireOperation `json:"operations,omitempty"`
}

// contentOf is the branch of the path and what it holds now.
func (c *call) contentOf() (*project, *branch, content, error) {
	p, err := c.project()
	if err != nil {
		return nil, nil, content{}, err
	}
	b, err := c.branchIn(p)
	if err != nil {
		return nil, nil, content{}, err
	}
	return p, b, p.contentAt(b, c.second()), nil
}

// editContent is contentOf for a change.
func (c *call) editContent() (*project, *branch, content, error) {
	p, b, now, err := c.contentOf()
	if err == nil && p.busy(c.at) {
		err = errBusy
	}
	return p, b, now.edited(), err
}

// putContent keeps a branch's new content. A running compute takes it over,
// dropping its connections; an idle one wakes shortly for it; without one, or
// if none may run, nothing has to be waited for (FACTS §7).
func (c *call) putContent(p *project, b *branch, next content) *[]wireOperation {
	p.put(b, c.second(), next)
	b.Updated = c.second()
	var steps []operation
	if e := p.writer(b.ID); e != nil && p.startable(e, c.second()) == nil {
		steps = append(steps, operation{Action: applyConfig})
		if !p.runs(b.ID, c.second()) {
			p.wake(e, c.second(), 2)
			steps = []operation{{Action: startCompute}, {Action: applyConfig}, {Action: suspendCompute}}
		}
		for i := range steps {
			steps[i].Branch, steps[i].Endpoint = b.ID, e.ID
		}
	}
	ops := wireOperations(p, p.schedule(c.at, steps...), c.at)
	c.sim.keep(p)
	return &ops
}

func listRoles(c *call) (any, error) {
	p, b, now, err := c.contentOf()
	if err != nil {
		return nil, err
	}
	return struct {
		Roles []wireRole `json:"roles"`
	}{p.wireRoles(b, &now, false)}, nil
}

// roleIn is the role of the path.
func (c *call) roleIn(now *content) (*role, error) {
	if r := now.role(c.values["role_name"]); r != nil {
		return r, nil
	}
	return nil, refuse(http.StatusNotFound, "", "role %q not found", c.values["role_name"])
}

func getRole(c *call) (any, error) {
	_, b, now, err := c.contentOf()
	if err != nil {
		return nil, err
	}
	r, err := c.roleIn(&now)
	if err != nil {
		return nil, err
	}
	return roleAnswer{Role: wireRoleOf(b, r)}, nil
}

func createRole(c *call) (any, error) {
	var in struct {
		Role *struct {
			Name    string `json:"name"`
			NoLogin bool   `json:"no_login"`
		} `json:"role"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Role == nil || in.Role.Name == "" || len(in.Role.Name) > 63 {
		return nil, badRequest("role name must have 1 to 63 bytes")
	}
	p, b, next, err := c.editContent()
	if err != nil {
		return nil, err
	}
	if next.role(in.Role.Name) != nil {
		return nil, refuse(http.StatusConflict, "", "role %q already exists", in.Role.Name)
	}
	if len(next.Roles) >= databaseLimit {
		return nil, overLimit("ROLES_LIMIT_EXCEEDED", "roles limit exceeded: a branch may have %d", databaseLimit)
	}
	r := role{Name: in.Role.Name, Created: c.second(), Updated: c.second(), NoLogin: in.Role.NoLogin, Salt: uint64(c.at.UnixNano())}
	next.Roles = append(next.Roles, r)
	ops := c.putContent(p, b, next)
	c.status = http.StatusCreated
	return c.roleTold(p, b, &r, ops), nil
}

// roleTold is an answer that tells a new password.
func (c *call) roleTold(p *project, b *branch, r *role, ops *[]wireOperation) roleAnswer {
	w := wireRoleOf(b, r)
	if !r.NoLogin {
		w.Password = p.password(r)
	}
	return roleAnswer{Role: w, Operations: ops}
}

func deleteRole(c *call) (any, error) {
	p, b, next, err := c.editContent()
	if err != nil {
		return nil, err
	}
	r := next.role(c.values["role_name"])
	if r == nil {
		c.gone()
		return nil, nil
	}
	gone := *r
	for i := range next.Databases {
		if next.Databases[i].Owner == gone.Name {
			return nil, refuse(http.StatusUnprocessableEntity, "", "role %q owns database %q", gone.Name, next.Databases[i].Name)
		}
	}
	next.Roles = without(next.Roles, func(r role) bool { return r.Name == gone.Name })
	return roleAnswer{Role: wireRoleOf(b, &gone), Operations: c.putContent(p, b, next)}, nil
}

// gone makes the answer an empty one, as to a deletion of what is not there
// (FACTS §1).
func (c *call) gone() { c.status = http.StatusNoContent }

// revealPassword tells a password, if the project stores them.
func revealPassword(c *call) (any, error) {
	p, _, now, err := c.contentOf()
	if err != nil {
		return nil, err
	}
	r, err := c.roleIn(&now)
	if err != nil {
		return nil, err
	}
	if p.Forgets {
		return nil, refuse(http.StatusPreconditionFailed, "", "storing passwords is disabled for the project")
	}
	return map[string]string{"password": p.password(r)}, nil
}

func resetPassword(c *call) (any, error) {
	p, b, next, err := c.editContent()
	if err != nil {
		return nil, err
	}
	r, err := c.roleIn(&next)
	if err != nil {
		return nil, err
	}
	r.Salt, r.Updated = mix2(hashOf(b.ID), uint64(c.at.UnixNano())), c.second()
	return c.roleTold(p, b, r, c.putContent(p, b, next)), nil
}
