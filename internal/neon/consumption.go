package neon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Consumption reads what Neon bills, from a bucket of its own in the budget.
type Consumption struct{ c *Client }

// A Granularity is the width of a timeframe. Look-back from now is 168 hours,
// 60 days and 1 year; outside it Neon answers 406 (FACTS §8).
type Granularity string

// The granularities.
const (
	Hourly  Granularity = "hourly"
	Daily   Granularity = "daily"
	Monthly Granularity = "monthly"
)

// The v2 metrics and their units (FACTS §8). An open set.
const (
	ComputeUnitSeconds          = "compute_unit_seconds"          // CU-seconds
	RootBranchBytesMonth        = "root_branch_bytes_month"       // byte-hours, despite the name
	ChildBranchBytesMonth       = "child_branch_bytes_month"      // byte-hours
	InstantRestoreBytesMonth    = "instant_restore_bytes_month"   // byte-hours
	SnapshotStorageBytesMonth   = "snapshot_storage_bytes_month"  // byte-hours; projects only
	PublicNetworkTransferBytes  = "public_network_transfer_bytes" // bytes
	PrivateNetworkTransferBytes = "private_network_transfer_bytes"
	ExtraBranchesMonth          = "extra_branches_month" // hours of all child branches; projects only
)

// ProjectMetrics returns all v2 metrics of projects.
func ProjectMetrics() []string {
	return append(BranchMetrics(), SnapshotStorageBytesMonth, ExtraBranchesMonth)
}

// BranchMetrics returns all v2 metrics of branches.
func BranchMetrics() []string {
	return []string{ComputeUnitSeconds, RootBranchBytesMonth, ChildBranchBytesMonth, InstantRestoreBytesMonth, PublicNetworkTransferBytes, PrivateNetworkTransferBytes}
}

// Bounds of a consumption page.
const (
	MaxConsumptionPage       = 100  // projects
	MaxBranchConsumptionPage = 1000 // branches
	MaxConsumptionIDs        = 100  // project or branch ids in one query
)

// A ConsumptionQuery says what usage to read. It must stay the same from page to
// page, but for Cursor. From and To are rounded down by Neon to the
// granularity: the hour, day or month of To is not in the answer.
type ConsumptionQuery struct {
	Org         string // required by Neon; the client's organization if empty
	From, To    time.Time
	Granularity Granularity
	Metrics     []string // nil: all there are
	ProjectIDs  []string // up to 100; nil: the whole organization
	Limit       int      // 0: the most Neon gives
	Cursor      string
}

// A Period is a project's billing period, or the part of one on one plan. The
// same day can be in two periods: key by project and TimeframeStart, and add.
type Period struct {
	ID          string      `json:"period_id"`
	Plan        string      `json:"period_plan"`
	Start       time.Time   `json:"period_start"`
	End         time.Time   `json:"period_end"` // zero while it lasts
	Consumption []Timeframe `json:"consumption"`
}

// A Timeframe is one hour, day or month. Metrics without usage are usually left
// out: missing is 0 here, while a project missing from an answer is unknown.
type Timeframe struct {
	Start   time.Time     `json:"timeframe_start"`
	End     time.Time     `json:"timeframe_end"`
	Metrics []MetricValue `json:"metrics"`
}

// A MetricValue is one figure, in the metric's own unit.
type MetricValue struct {
	Name  string `json:"metric_name"`
	Value int64  `json:"value"`
}

// ProjectConsumption is a project's usage.
type ProjectConsumption struct {
	ProjectID string   `json:"project_id"`
	Periods   []Period `json:"periods"`
}

// A ConsumptionPage is one page of projects.
type ConsumptionPage struct {
	Items []ProjectConsumption
	Next  string
	Last  bool
}

type consumptionAnswer struct {
	Projects list[ProjectConsumption] `json:"projects"`
	cursorPage
}

func (a *consumptionAnswer) complete() error {
	for _, p := range a.Projects.items {
		if err := completePeriods(p.ProjectID, p.Periods); err != nil {
			return err
		}
	}
	return a.Projects.complete("projects")
}

// completePeriods refuses figures that belong to nobody or to no time.
func completePeriods(project string, periods []Period) error {
	for _, p := range periods {
		for _, t := range p.Consumption {
			if t.Start.IsZero() {
				return fmt.Errorf("%w: a timeframe of %s without its start", ErrIncomplete, project)
			}
		}
	}
	return lacks("project_id of consumption", project)
}

// Projects walks through the v2 usage of projects, newest project first. Asking
// for projects by id takes one call per 100 of them.
func (s Consumption) Projects(ctx context.Context, q ConsumptionQuery) iter.Seq2[ConsumptionPage, error] {
	limit := min(cmp.Or(q.Limit, MaxConsumptionPage), MaxConsumptionPage)
	return walk(q.Cursor, func(cursor string) (ConsumptionPage, step, error) {
		v, err := s.query(q, cursor, limit, ProjectMetrics())
		if err != nil {
			return ConsumptionPage{}, step{}, err
		}
		a, err := call[consumptionAnswer](ctx, s.c, get("/consumption_history/v2/projects").with(v.values))
		page := ConsumptionPage{Items: a.Projects.items}
		return page, step{cursor: a.Pagination.Cursor, end: s.end(q, len(page.Items), limit)}, err
	}, func(page *ConsumptionPage, next string, last bool) { page.Next, page.Last = next, last })
}

// end says whether a page of n ends the walk by itself. Asked by id, all fit on
// one page or the rest has no figures. Of a whole organization only an empty
// page does: should Neon ever give less than asked, nobody must get lost.
func (s Consumption) end(q ConsumptionQuery, n, limit int) bool {
	return n == 0 || len(q.ProjectIDs) > 0 && (n < limit || n >= len(q.ProjectIDs))
}

// query checks and encodes what both v2 lists take.
func (s Consumption) query(q ConsumptionQuery, cursor string, limit int, all []string) (query, error) {
	var v query
	org := cmp.Or(q.Org, s.c.org)
	switch {
	case org == "":
		return v, errors.New("neon: consumption needs an organization")
	case q.From.IsZero() || !q.To.After(q.From):
		return v, fmt.Errorf("neon: consumption from %s to %s: want two times in order", q.From, q.To)
	case len(q.ProjectIDs) > MaxConsumptionIDs:
		return v, fmt.Errorf("neon: consumption of %d projects: want %d at most", len(q.ProjectIDs), MaxConsumptionIDs)
	}
	if err := errors.Join(checkIDs("organization", org), checkIDs("project", q.ProjectIDs...)); err != nil {
		return v, err
	}
	if len(q.Metrics) > 0 {
		all = q.Metrics
	}
	v.text("org_id", org)
	v.time("from", q.From)
	v.time("to", q.To)
	v.text("granularity", string(q.Granularity))
	v.list("metrics", all)
	v.list("project_ids", q.ProjectIDs)
	v.number("limit", limit)
	v.text("cursor", cursor)
	return v, nil
}
