package neonsim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// wireURI is how to connect, in one text and in pieces.
type wireURI struct {
	URI        string     `json:"connection_uri"`
	Parameters wireTarget `json:"connection_parameters"`
}

type wireTarget struct {
	Database   string `json:"database"`
	Password   string `json:"password"`
	Role       string `json:"role"`
	Host       string `json:"host"`
	PoolerHost string `json:"pooler_host"`
}

func (p *project) host(e *endpoint) string { return e.ID + "." + p.place.host() }

// poolerHost has -pooler behind the endpoint's id (FACTS §5).
func (p *project) poolerHost(e *endpoint) string { return e.ID + "-pooler." + p.place.host() }

func (p *project) uri(host, database string, r *role, password string) string {
	u := url.URL{
		Scheme: "postgresql", User: url.UserPassword(r.Name, password), Host: host, Path: "/" + database, RawQuery: "sslmode=require",
	}
	if password == "" {
		u.User = url.User(r.Name)
	}
	return u.String()
}

// uris are how to connect to a new compute: none where several roles or
// databases leave open which (FACTS §4).
func (p *project) uris(e *endpoint, c *content) []wireURI {
	if len(c.Roles) != 1 || len(c.Databases) != 1 {
		return []wireURI{}
	}
	r, database, password := &c.Roles[0], c.Databases[0].Name, p.password(&c.Roles[0])
	return []wireURI{{
		URI: p.uri(p.host(e), database, r, password),
		Parameters: wireTarget{
			Database: database, Password: password, Role: r.Name, Host: p.host(e), PoolerHost: p.poolerHost(e),
		},
	}}
}

// connectionURI makes the text a client connects with, password included.
func connectionURI(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	pooled, err := c.flag("pooled")
	if err != nil {
		return nil, err
	}
	b, e, err := c.target(p)
	if err != nil {
		return nil, err
	}
	now := p.contentAt(b, c.second())
	database, name := c.queries.Get("database_name"), c.queries.Get("role_name")
	if database == "" || name == "" {
		return nil, badRequest("parameters \"database_name\" and \"role_name\" in query are required")
	}
	r := now.role(name)
	if r == nil || now.database(database) == nil {
		return nil, refuse(http.StatusNotFound, "", "role %q or database %q not found", name, database)
	}
	host, password := p.host(e), ""
	if pooled {
		host = p.poolerHost(e)
	}
	if !p.Forgets {
		password = p.password(r)
	}
	return map[string]string{"uri": p.uri(host, database, r, password)}, nil
}

// target is the branch of the query and its compute: the default one's
// read-write compute, if nothing else is said.
func (c *call) target(p *project) (*branch, *endpoint, error) {
	id := c.queries.Get("branch_id")
	at := slices.IndexFunc(p.Branches, func(b branch) bool {
		return b.exists(c.second()) && (b.ID == id || id == "" && b.Default)
	})
	if at < 0 {
		return nil, nil, notFound("branch", id)
	}
	b := &p.Branches[at]
	e := p.writer(b.ID)
	if id := c.queries.Get("endpoint_id"); id != "" {
		if e = p.endpoint(id); e != nil && c.queries.Get("branch_id") == "" {
			b = p.branch(e.Branch, c.second())
		}
	}
	if e == nil || b == nil || e.Branch != b.ID {
		return nil, nil, notFound("endpoint", strings.TrimSpace(c.queries.Get("endpoint_id")+" of the branch"))
	}
	return b, e, nil
}
