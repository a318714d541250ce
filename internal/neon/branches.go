package neon

import (
	"cmp"
	"context"
	"fmt"
	"iter"
)

const (
	routeBranches = "/projects/{project_id}/branches"
	routeBranch   = "/projects/{project_id}/branches/{branch_id}"
)

// Branches lists, reads and changes the branches of a project.
type Branches struct{ c *Client }

// BranchQuery says which branches to list.
type BranchQuery struct {
	Cursor         string
	Limit          int    // 1 to 10,000; 0: 1,000
	Search         string // part of a name or id
	SortBy         string // name, created_at or updated_at (Neon's default)
	SortOrder      string // asc or desc (Neon's default)
	IncludeDeleted bool   // the deleted ones that can still be recovered too
}

// A BranchPage is one page of the list. Annotations are by branch id.
type BranchPage struct {
	Items       []Branch
	Annotations map[string]Annotation
	Next        string
	Last        bool
}

type branchesAnswer struct {
	Branches    list[Branch]          `json:"branches"`
	Annotations map[string]Annotation `json:"annotations"`
	Pagination  struct {
		Next string `json:"next"` // not cursor, as everywhere else (FACTS §1, paging)
	} `json:"pagination"`
}

func (a *branchesAnswer) complete() error {
	for _, b := range a.Branches.items {
		if err := lacks("id of a branch", b.ID); err != nil {
			return err
		}
	}
	return a.Branches.complete("branches")
}

// Pages walks through a project's branches, page by page.
func (s Branches) Pages(ctx context.Context, project string, q BranchQuery) iter.Seq2[BranchPage, error] {
	limit := min(cmp.Or(q.Limit, 1000), 10000)
	return walk(q.Cursor, func(cursor string) (BranchPage, step, error) {
		var v query
		v.number("limit", limit)
		v.text("cursor", cursor)
		v.text("search", q.Search)
		v.text("sort_by", q.SortBy)
		v.text("sort_order", q.SortOrder)
		v.flag("include_deleted", q.IncludeDeleted)
		a, err := call[branchesAnswer](ctx, s.c, get(routeBranches, project).with(v.values))
		page := BranchPage{Items: a.Branches.items, Annotations: a.Annotations}
		return page, step{cursor: a.Pagination.Next, end: len(page.Items) < limit}, err
	}, func(page *BranchPage, next string, last bool) { page.Next, page.Last = next, last })
}

type branchAnswer struct {
	Branch Branch `json:"branch"`
}

func (a *branchAnswer) complete() error { return lacks("branch", a.Branch.ID) }

type branchOperations struct {
	branchAnswer
	Operations []Operation `json:"operations"`
}

// Get reads one branch.
func (s Branches) Get(ctx context.Context, project, id string) (Branch, error) {
	a, err := call[branchAnswer](ctx, s.c, get(routeBranch, project, id))
	return a.Branch, err
}

// Count returns how many branches there are, or match search if it is not empty.
func (s Branches) Count(ctx context.Context, project, search string) (int, error) {
	var v query
	v.text("search", search)
	a, err := call[countAnswer](ctx, s.c, get(routeBranches+"/count", project).with(v.values))
	if err != nil {
		return 0, err
	}
	return *a.Count, nil
}

type countAnswer struct {
	Count *int `json:"count"`
}

func (a *countAnswer) complete() error {
	if a.Count == nil {
		return fmt.Errorf("%w: no count", ErrIncomplete)
	}
	return nil
}

// Create makes a branch.
func (s Branches) Create(ctx context.Context, project string, b BranchCreate) (BranchCreated, error) {
	return call[BranchCreated](ctx, s.c, post(b, routeBranches, project))
}

// Update changes a branch.
func (s Branches) Update(ctx context.Context, project, id string, u BranchUpdate) (Branch, []Operation, error) {
	a, err := call[branchOperations](ctx, s.c, patch(u, routeBranch, project, id))
	return a.Branch, a.Operations, err
}

// Delete deletes a branch. One that was gone already is no error and leaves no
// operations to wait for (204).
func (s Branches) Delete(ctx context.Context, project, id string) ([]Operation, error) {
	a, err := call[operationsAnswer](ctx, s.c, remove(routeBranch, project, id))
	return a.Operations, err
}

// SetDefault makes a branch the project's default.
func (s Branches) SetDefault(ctx context.Context, project, id string) (Branch, []Operation, error) {
	a, err := call[branchOperations](ctx, s.c, post(nil, routeBranch+"/set_as_default", project, id))
	return a.Branch, a.Operations, err
}
