package neon

import (
	"context"
	"time"
)

const (
	routeRoles = "/projects/{project_id}/branches/{branch_id}/roles"
	routeRole  = "/projects/{project_id}/branches/{branch_id}/roles/{role_name}"
)

// Roles lists and changes the Postgres roles of a branch. A change drops
// connections and wakes an idle compute for a moment (FACTS §7).
type Roles struct{ c *Client }

// A Role is a Postgres role. Its password is only in the answers of Create and
// ResetPassword.
type Role struct {
	Name                 string    `json:"name"`
	BranchID             string    `json:"branch_id"`
	Password             Secret    `json:"password"`
	Protected            bool      `json:"protected"`
	AuthenticationMethod string    `json:"authentication_method"`
	CreatedAt            time.Time `json:"created_at"`
	UpdatedAt            time.Time `json:"updated_at"`
}

type rolesAnswer struct {
	Roles list[Role] `json:"roles"`
}

func (a *rolesAnswer) complete() error { return a.Roles.complete("roles") }

type roleOperations struct {
	Role       Role        `json:"role"`
	Operations []Operation `json:"operations"`
}

func (a *roleOperations) complete() error { return lacks("role", a.Role.Name) }

// List returns all roles of a branch.
func (s Roles) List(ctx context.Context, project, branch string) ([]Role, error) {
	a, err := call[rolesAnswer](ctx, s.c, get(routeRoles, project, branch))
	return a.Roles.items, err
}

// Get reads one role.
func (s Roles) Get(ctx context.Context, project, branch, name string) (Role, error) {
	a, err := call[roleOperations](ctx, s.c, get(routeRole, project, branch, name))
	return a.Role, err
}

// Create makes a role, up to 63 bytes of name, and returns it with its password.
func (s Roles) Create(ctx context.Context, project, branch, name string) (Role, []Operation, error) {
	body := map[string]any{"role": map[string]any{"name": name}}
	a, err := call[roleOperations](ctx, s.c, post(body, routeRoles, project, branch))
	return a.Role, a.Operations, err
}

// Delete deletes a role. One that was gone already is no error (204).
func (s Roles) Delete(ctx context.Context, project, branch, name string) ([]Operation, error) {
	a, err := call[operationsAnswer](ctx, s.c, remove(routeRole, project, branch, name))
	return a.Operations, err
}

type passwordAnswer struct {
	Password Secret `json:"password"`
}

func (a *passwordAnswer) complete() error { return lacks("password", a.Password.Reveal()) }

// RevealPassword returns a role's password: 412 where the project does not
// store passwords.
func (s Roles) RevealPassword(ctx context.Context, project, branch, name string) (Secret, error) {
	a, err := call[passwordAnswer](ctx, s.c, get(routeRole+"/reveal_password", project, branch, name))
	return a.Password, err
}

// ResetPassword gives a role a new password, returned with it. The old one works
// until the last operation ends.
func (s Roles) ResetPassword(ctx context.Context, project, branch, name string) (Role, []Operation, error) {
	a, err := call[roleOperations](ctx, s.c, post(nil, routeRole+"/reset_password", project, branch, name))
	return a.Role, a.Operations, err
}
