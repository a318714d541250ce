package neonsim

import (
	"net/http"
	"slices"
)

type wireDatabase struct {
	ID        int64  `json:"id"`
	BranchID  string `json:"branch_id"`
	Name      string `json:"name"`
	Owner     string `json:"owner_name"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

func wireDatabaseOf(b *branch, d *database) wireDatabase {
	return wireDatabase{ID: d.ID, BranchID: b.ID, Name: d.Name, Owner: d.Owner, CreatedAt: stamp(d.Created), UpdatedAt: stamp(d.Updated)}
}

func wireDatabases(b *branch, c *content) []wireDatabase {
	got := []wireDatabase{}
	for i := range c.Databases {
		got = append(got, wireDatabaseOf(b, &c.Databases[i]))
	}
	return got
}

type databaseAnswer struct {
	Database   wireDatabase     `json:"database"`
	Operations *[]wireOperation `json:"operations,omitempty"`
}

// without is a list without some of its members.
func without[T any](list []T, drop func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), drop)
}

func listDatabases(c *call) (any, error) {
	_, b, now, err := c.contentOf()
	if err != nil {
		return nil, err
	}
	return struct {
		Databases []wireDatabase `json:"databases"`
	}{wireDatabases(b, &now)}, nil
}

// databaseIn is the database of the path.
func (c *call) databaseIn(now *content) (*database, error) {
	if d := now.database(c.values["database_name"]); d != nil {
		return d, nil
	}
	return nil, refuse(http.StatusNotFound, "", "database %q not found", c.values["database_name"])
}

func getDatabase(c *call) (any, error) {
	_, b, now, err := c.contentOf()
	if err != nil {
		return nil, err
	}
	d, err := c.databaseIn(&now)
	if err != nil {
		return nil, err
	}
	return databaseAnswer{Database: wireDatabaseOf(b, d)}, nil
}

type databaseRequest struct {
	Database *struct {
		Name  *string `json:"name"`
		Owner *string `json:"owner_name"`
	} `json:"database"`
}

// check refuses names that are none, are taken, or own nothing because there is
// no such role.
func (in *databaseRequest) check(next *content, self string) error {
	if in.Database == nil {
		return badRequest("request body has an error: property \"database\" is missing")
	}
	if name := in.Database.Name; name != nil {
		if *name == "" || len(*name) > 63 {
			return badRequest("database name must have 1 to 63 bytes")
		}
		if *name != self && next.database(*name) != nil {
			return refuse(http.StatusConflict, "", "database %q already exists", *name)
		}
	}
	if owner := in.Database.Owner; owner != nil && next.role(*owner) == nil {
		return refuse(http.StatusNotFound, "", "role %q not found", *owner)
	}
	return nil
}

func createDatabase(c *call) (any, error) {
	var in databaseRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, b, next, err := c.editContent()
	if err != nil {
		return nil, err
	}
	if err := in.check(&next, ""); err != nil {
		return nil, err
	}
	if in.Database.Name == nil || in.Database.Owner == nil {
		return nil, badRequest("request body has an error: name and owner_name are required")
	}
	if len(next.Databases) >= databaseLimit {
		return nil, overLimit("DATABASES_LIMIT_EXCEEDED", "databases limit exceeded: a branch may have %d", databaseLimit)
	}
	d := p.newDatabase(*in.Database.Name, *in.Database.Owner, c.second())
	next.Databases = append(next.Databases, d)
	c.status = http.StatusCreated
	return databaseAnswer{Database: wireDatabaseOf(b, &d), Operations: c.putContent(p, b, next)}, nil
}

func updateDatabase(c *call) (any, error) {
	var in databaseRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, b, next, err := c.editContent()
	if err != nil {
		return nil, err
	}
	d, err := c.databaseIn(&next)
	if err != nil {
		return nil, err
	}
	if err := in.check(&next, d.Name); err != nil {
		return nil, err
	}
	if in.Database.Name != nil {
		d.Name = *in.Database.Name
	}
	if in.Database.Owner != nil {
		d.Owner = *in.Database.Owner
	}
	d.Updated = c.second()
	return databaseAnswer{Database: wireDatabaseOf(b, d), Operations: c.putContent(p, b, next)}, nil
}

func deleteDatabase(c *call) (any, error) {
	p, b, next, err := c.editContent()
	if err != nil {
		return nil, err
	}
	d := next.database(c.values["database_name"])
	if d == nil {
		c.gone()
		return nil, nil
	}
	gone := *d
	next.Databases = without(next.Databases, func(d database) bool { return d.Name == gone.Name })
	return databaseAnswer{Database: wireDatabaseOf(b, &gone), Operations: c.putContent(p, b, next)}, nil
}
