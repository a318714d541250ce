package neonsim

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

type branchList struct {
	Branches    []wireBranch              `json:"branches"`
	Annotations map[string]wireAnnotation `json:"annotations"`
	Pagination  *branchPagination         `json:"pagination,omitempty"`
}

// branchPagination has next where all others have cursor (FACTS §1).
type branchPagination struct {
	Next      string `json:"next,omitempty"`
	SortBy    string `json:"sort_by"`
	SortOrder string `json:"sort_order"` // upper case, unlike the question
}

type wireAnnotation struct {
	Object struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	} `json:"object"`
	Value map[string]string `json:"value"`
}

func annotate(b *branch) wireAnnotation {
	a := wireAnnotation{Value: map[string]string{}}
	maps.Copy(a.Value, b.Notes)
	a.Object.Type, a.Object.ID = "console/branch", b.ID
	return a
}

// A branchOrder is how a list of branches is sorted.
type branchOrder struct {
	by         string
	descending bool
}

func (o branchOrder) compare(a, b *branch) int {
	got := cmp.Or(cmp.Compare(o.key(a), o.key(b)), cmp.Compare(a.ID, b.ID))
	if o.descending {
		return -got
	}
	return got
}

func (o branchOrder) key(b *branch) string {
	switch o.by {
	case "name":
		return b.Name
	case "created_at":
		return fmt.Sprintf("%020d", b.Created)
	}
	return fmt.Sprintf("%020d", b.Updated)
}

func (c *call) branchOrder() (branchOrder, error) {
	o := branchOrder{by: cmp.Or(c.queries.Get("sort_by"), "updated_at")}
	order := cmp.Or(c.queries.Get("sort_order"), "desc")
	if !slices.Contains([]string{"name", "created_at", "updated_at"}, o.by) {
		return o, badRequest("parameter \"sort_by\" in query has an error: value is not one of the allowed values")
	}
	if order != "asc" && order != "desc" {
		return o, badRequest("parameter \"sort_order\" in query has an error: value is not one of the allowed values")
	}
	o.descending = order == "desc"
	return o, nil
}

func listBranches(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	limit, err := c.number("limit", 10000, 1, 10000)
	if err != nil {
		return nil, err
	}
	order, err := c.branchOrder()
	if err != nil {
		return nil, err
	}
	deleted, err := c.flag("include_deleted")
	if err != nil {
		return nil, err
	}
	found := c.found(p, deleted)
	slices.SortFunc(found, order.compare)
	if found, err = after(found, order, c.queries.Get("cursor")); err != nil {
		return nil, err
	}
	return c.branchPage(p, found[:min(limit, len(found))], order), nil
}

// found are the branches that the search finds, those included that were deleted
// lately if they are asked for.
func (c *call) found(p *project, deleted bool) []*branch {
	search := strings.ToLower(c.queries.Get("search"))
	var found []*branch
	for i := range p.Branches {
		b := &p.Branches[i]
		if (b.exists(c.second()) || deleted && b.recoverable(c.second())) && (strings.Contains(strings.ToLower(b.Name), search) || strings.Contains(b.ID, search)) {
			found = append(found, b)
		}
	}
	return found
}

// after leaves the branches behind a cursor, which holds a place in the order,
// so that it stays good when its branch is deleted.
func after(found []*branch, order branchOrder, cursor string) ([]*branch, error) {
	if cursor == "" {
		return found, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	key, id, ok := strings.Cut(string(text), "\x00")
	if err != nil || !ok {
		return nil, badRequest("invalid cursor %q", cursor)
	}
	behind := slices.IndexFunc(found, func(b *branch) bool {
		got := cmp.Or(cmp.Compare(order.key(b), key), cmp.Compare(b.ID, id))
		return got > 0 && !order.descending || got < 0 && order.descending
	})
	if behind < 0 {
		return nil, nil
	}
	return found[behind:], nil
}

func (c *call) branchPage(p *project, page []*branch, order branchOrder) branchList {
	list := branchList{Branches: []wireBranch{}, Annotations: map[string]wireAnnotation{}}
	l := p.ledger(c.second(), c.second())
	for _, b := range page {
		list.Branches = append(list.Branches, wireBranchOf(p, b, l, c.at))
		list.Annotations[b.ID] = annotate(b)
	}
	if n := len(page); n > 0 {
		last := order.key(page[n-1]) + "\x00" + page[n-1].ID
		direction := "ASC"
		if order.descending {
			direction = "DESC"
		}
		list.Pagination = &branchPagination{Next: base64.RawURLEncoding.EncodeToString([]byte(last)), SortBy: order.by, SortOrder: direction}
	}
	return list
}

func countBranches(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	return map[string]int{"count": len(c.found(p, false))}, nil
}

// branchIn is the branch of the path.
func (c *call) branchIn(p *project) (*branch, error) {
	id := c.values["branch_id"]
	if b := p.branch(id, c.second()); b != nil {
		return b, nil
	}
	return nil, refuse(http.StatusNotFound, "", "branch %q not found", id)
}

func getBranch(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	b, err := c.branchIn(p)
	if err != nil {
		return nil, err
	}
	return struct {
		Branch     wireBranch     `json:"branch"`
		Annotation wireAnnotation `json:"annotation"`
	}{wireBranchOf(p, b, p.ledger(c.second(), c.second()), c.at), annotate(b)}, nil
}
