package neon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
)

// BranchConsumption is a branch's usage.
type BranchConsumption struct {
	ProjectID string   `json:"project_id"`
	BranchID  string   `json:"branch_id"`
	Periods   []Period `json:"periods"`
}

// A BranchConsumptionPage is one page of branches.
type BranchConsumptionPage struct {
	Items []BranchConsumption
	Next  string
	Last  bool
}

type branchConsumptionAnswer struct {
	Branches list[BranchConsumption] `json:"branches"`
	cursorPage
}

func (a *branchConsumptionAnswer) complete() error {
	for _, b := range a.Branches.items {
		if err := errors.Join(lacks("branch_id of consumption", b.BranchID), completePeriods(b.ProjectID, b.Periods)); err != nil {
			return err
		}
	}
	return a.Branches.complete("branches")
}

// BranchPages walks through the v2 usage of branches, by project and branch id.
// ProjectIDs are required; branches, up to 100 ids, narrows it further.
func (s Consumption) BranchPages(ctx context.Context, q ConsumptionQuery, branches ...string) iter.Seq2[BranchConsumptionPage, error] {
	limit := min(cmp.Or(q.Limit, MaxBranchConsumptionPage), MaxBranchConsumptionPage)
	return walk(q.Cursor, func(cursor string) (BranchConsumptionPage, step, error) {
		v, err := s.query(q, cursor, limit, BranchMetrics())
		switch {
		case err != nil:
		case len(q.ProjectIDs) == 0:
			err = errors.New("neon: consumption of branches needs the ids of their projects")
		case len(branches) > MaxConsumptionIDs:
			err = fmt.Errorf("neon: consumption of %d branches: want %d at most", len(branches), MaxConsumptionIDs)
		default:
			err = checkIDs("branch", branches...)
		}
		if err != nil {
			return BranchConsumptionPage{}, step{}, err
		}
		v.list("branch_ids", branches)
		a, err := call[branchConsumptionAnswer](ctx, s.c, get("/consumption_history/v2/branches").with(v.values))
		page := BranchConsumptionPage{Items: a.Branches.items}
		return page, step{cursor: a.Pagination.Cursor, end: len(page.Items) < limit}, err
	}, func(page *BranchConsumptionPage, next string, last bool) { page.Next, page.Last = next, last })
}
