package neonsim

import (
	"cmp"
	"net/http"
	"slices"
)

// dump is the schema of a branch's database at an instant.
func (c *call) dump(p *project, b *branch, timestamp, lsn string) (tables []table, owner string, err error) {
	at, _, err := p.moment(timestamp, lsn, b, c.second())
	if err != nil {
		return nil, "", err
	}
	name := c.queries.Get("db_name")
	if name == "" {
		return nil, "", badRequest("parameter \"db_name\" in query has an error: value is required but missing")
	}
	held := p.contentAt(b, at)
	d := held.database(name)
	if d == nil {
		return nil, "", refuse(http.StatusNotFound, "", "database %q not found", name)
	}
	if d.ID != held.Databases[0].ID {
		return nil, d.Owner, nil
	}
	return schemaOf(held.Schema), d.Owner, nil
}

// getSchema is a branch's schema as SQL, or as JSON if that is asked for.
func getSchema(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	b, err := c.branchIn(p)
	if err != nil {
		return nil, err
	}
	tables, owner, err := c.dump(p, b, c.queries.Get("timestamp"), c.queries.Get("lsn"))
	if err != nil {
		return nil, err
	}
	switch format := cmp.Or(c.queries.Get("format"), "sql"); format {
	case "sql":
		return map[string]string{"sql": sql(tables, owner)}, nil
	case "json":
		return map[string]wireSchema{"json": wireSchemaOf(tables)}, nil
	default:
		return nil, badRequest("unsupported format %q", format)
	}
}

// compareSchema is what a branch's schema has that the base's has not: the
// parent's, if no base is named. Equal schemas have no difference at all.
func compareSchema(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	b, err := c.branchIn(p)
	if err != nil {
		return nil, err
	}
	base, err := c.base(p, b)
	if err != nil {
		return nil, err
	}
	after, owner, err := c.dump(p, b, c.queries.Get("timestamp"), c.queries.Get("lsn"))
	if err != nil {
		return nil, err
	}
	before, owned, err := c.dump(p, base, c.queries.Get("base_timestamp"), c.queries.Get("base_lsn"))
	if err != nil {
		return nil, err
	}
	name := c.queries.Get("db_name")
	return map[string]string{"diff": unifiedDiff(name, name, sql(before, owned), sql(after, owner))}, nil
}

func (c *call) base(p *project, b *branch) (*branch, error) {
	id := cmp.Or(c.queries.Get("base_branch_id"), b.Parent)
	if id == "" {
		return nil, badRequest("base_branch_id is required: the branch has no parent")
	}
	at := slices.IndexFunc(p.Branches, func(b branch) bool { return b.ID == id && b.exists(c.second()) })
	if at < 0 {
		return nil, notFound("branch", id)
	}
	return &p.Branches[at], nil
}
