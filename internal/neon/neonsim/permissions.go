package neonsim

import (
	"net/mail"
	"slices"
)

// A grant lets somebody outside of the organization use a project.
type grant struct {
	ID      string `json:"id"`
	Email   string `json:"email"`
	At      int64  `json:"at"`
	Revoked int64  `json:"revoked,omitempty"`
}

type wireGrant struct {
	ID        string `json:"id"`
	Email     string `json:"granted_to_email"`
	GrantedAt string `json:"granted_at"`
	RevokedAt string `json:"revoked_at,omitempty"`
}

func wireGrantOf(g *grant) wireGrant {
	w := wireGrant{ID: g.ID, Email: g.Email, GrantedAt: stamp(g.At)}
	if g.Revoked != 0 {
		w.RevokedAt = stamp(g.Revoked)
	}
	return w
}

func listPermissions(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	got := []wireGrant{}
	for i := range p.Grants {
		if g := &p.Grants[i]; g.Revoked == 0 {
			got = append(got, wireGrantOf(g))
		}
	}
	return map[string][]wireGrant{"project_permissions": got}, nil
}

func grantPermission(c *call) (any, error) {
	var in struct {
		Email string `json:"email"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if _, err := mail.ParseAddress(in.Email); err != nil || len(in.Email) > 256 {
		return nil, badRequest("email must be an address of up to 256 characters")
	}
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	g := grant{ID: uuid(mix2(p.hash^hashOf(in.Email), uint64(len(p.Grants)))), Email: in.Email, At: c.second()}
	p.Grants = append(p.Grants, g)
	c.sim.keep(p)
	return wireGrantOf(&g), nil
}

func revokePermission(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(p.Grants, func(g grant) bool { return g.ID == c.values["permission_id"] && g.Revoked == 0 })
	if at < 0 {
		return nil, notFound("permission", c.values["permission_id"])
	}
	p.Grants[at].Revoked = c.second()
	c.sim.keep(p)
	return wireGrantOf(&p.Grants[at]), nil
}

// sharedProjects are those that others share with the key's owner: none.
func sharedProjects(*call) (any, error) {
	return struct {
		Projects []wireListItem `json:"projects"`
	}{[]wireListItem{}}, nil
}
