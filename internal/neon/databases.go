package neon

import (
	"context"
	"time"
)

const (
	routeDatabases = "/projects/{project_id}/branches/{branch_id}/databases"
	routeDatabase  = "/projects/{project_id}/branches/{branch_id}/databases/{database_name}"
)

// Databases lists and changes the databases of a branch.
type Databases struct{ c *Client }

// A Database is a Postgres database. Its id is a number, unlike all others.
type Database struct {
	ID        int64     `json:"id"`
	BranchID  string    `json:"branch_id"`
	Name      string    `json:"name"`
	OwnerName string    `json:"owner_name"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type databasesAnswer struct {
	Databases list[Database] `json:"databases"`
}

func (a *databasesAnswer) complete() error { return a.Databases.complete("databases") }

type databaseOperations struct {
	Database   Database    `json:"database"`
	Operations []Operation `json:"operations"`
}

func (a *databaseOperations) complete() error { return lacks("database", a.Database.Name) }

// List returns all databases of a branch.
func (s Databases) List(ctx context.Context, project, branch string) ([]Database, error) {
	a, err := call[databasesAnswer](ctx, s.c, get(routeDatabases, project, branch))
	return a.Databases.items, err
}

// Get reads one database.
func (s Databases) Get(ctx context.Context, project, branch, name string) (Database, error) {
	a, err := call[databaseOperations](ctx, s.c, get(routeDatabase, project, branch, name))
	return a.Database, err
}

// Create makes a database owned by a role.
func (s Databases) Create(ctx context.Context, project, branch, name, owner string) (Database, []Operation, error) {
	return s.change(ctx, post(databaseBody(name, owner), routeDatabases, project, branch))
}

// Update renames a database or gives it to another role; empty leaves as it is.
func (s Databases) Update(ctx context.Context, project, branch, name, newName, owner string) (Database, []Operation, error) {
	return s.change(ctx, patch(databaseBody(newName, owner), routeDatabase, project, branch, name))
}

// Delete deletes a database. One that was gone already is no error (204).
func (s Databases) Delete(ctx context.Context, project, branch, name string) ([]Operation, error) {
	a, err := call[operationsAnswer](ctx, s.c, remove(routeDatabase, project, branch, name))
	return a.Operations, err
}

func (s Databases) change(ctx context.Context, r request) (Database, []Operation, error) {
	a, err := call[databaseOperations](ctx, s.c, r)
	return a.Database, a.Operations, err
}

func databaseBody(name, owner string) any {
	fields := map[string]string{}
	if name != "" {
		fields["name"] = name
	}
	if owner != "" {
		fields["owner_name"] = owner
	}
	return map[string]any{"database": fields}
}
