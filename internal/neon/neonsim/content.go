package neonsim

import (
	"hash/fnv"
	"slices"
)

// Content is what is in a branch's databases, as far as Neon's API shows it.
type content struct {
	Roles     []role     `json:"roles"`
	Databases []database `json:"databases"`
	Schema    []int      `json:"schema"` // migrations done, beside the tables that all began with
}

// A version is a branch's content from an instant on. They are kept, so that a
// restore to the past brings back what was there.
type version struct {
	At int64 `json:"at"`
	content
}

type role struct {
	Name    string `json:"name"`
	Created int64  `json:"created"`
	Updated int64  `json:"updated"`
	NoLogin bool   `json:"no_login,omitempty"`
	Salt    uint64 `json:"salt,omitempty"` // new with each password
}

type database struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Owner   string `json:"owner"`
	Created int64  `json:"created"`
	Updated int64  `json:"updated"`
}

// defaultDatabase is what a project begins with; its owner is the role
// (FACTS §2).
const defaultDatabase = "neondb"

func ownerOf(database string) string { return database + "_owner" }

// newContent is what a new project has.
func (p *project) newContent(database, owner string, at int64) content {
	var c content
	c.Roles = append(c.Roles, role{Name: owner, Created: at, Updated: at})
	c.Databases = append(c.Databases, p.newDatabase(database, owner, at))
	return c
}

func (p *project) newDatabase(name, owner string, at int64) database {
	return database{ID: int64(mix2(p.hash^hashOf(name), uint64(at)) % 1e9), Name: name, Owner: owner, Created: at, Updated: at}
}

// contentAt is what a branch holds at an instant.
func (p *project) contentAt(b *branch, at int64) content {
	for i := len(b.Versions) - 1; i >= 0; i-- {
		if b.Versions[i].At <= at || i == 0 {
			return b.Versions[i].content
		}
	}
	return p.seeded(b)
}

// seeded is what a branch of the seed holds if no client ever changed it.
// Where developers work, they are a migration or two ahead.
func (p *project) seeded(b *branch) content {
	c := p.newContent(defaultDatabase, ownerOf(defaultDatabase), b.Created)
	if b.Parent != "" {
		r := mix2(p.hash, hashOf(b.ID))
		for i := range between(r, 1, 2) {
			c.Schema = append(c.Schema, int(r>>8+uint64(i))%len(migrations))
		}
	}
	return c
}

// put gives a branch new content.
func (p *project) put(b *branch, at int64, c content) {
	versions := slices.Clone(b.Versions)
	if len(versions) == 0 && !b.Sent {
		versions = append(versions, version{At: b.Created, content: p.seeded(b)})
	}
	b.Versions = append(versions, version{At: at, content: c})
}

// edited is a copy that may be changed.
func (c content) edited() content {
	return content{Roles: slices.Clone(c.Roles), Databases: slices.Clone(c.Databases), Schema: slices.Clone(c.Schema)}
}

// newPasswords gives every role another password: children of protected
// branches do not share their parent's.
func (c content) newPasswords(random uint64) content {
	c = c.edited()
	for i := range c.Roles {
		c.Roles[i].Salt = mix2(random, uint64(i))
	}
	return c
}

func (c *content) role(name string) *role {
	i := slices.IndexFunc(c.Roles, func(r role) bool { return r.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Roles[i]
}

func (c *content) database(name string) *database {
	i := slices.IndexFunc(c.Databases, func(d database) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Databases[i]
}

// password is a role's. It looks like Neon's: npg_8mKx2LqRz5Wd.
func (p *project) password(r *role) string {
	const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	random := mix2(p.hash^hashOf(r.Name), r.Salt)
	text := []byte("npg_")
	for range 12 {
		text = append(text, letters[random%uint64(len(letters))])
		random = mix(random)
	}
	return string(text)
}

func hashOf(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum64()
}
