package neon

import (
	"cmp"
	"context"
	"iter"
	"time"
)

// A LegacyTimeframe is one hour, day or month of the older history. A nil figure
// was not in the answer. Its synthetic storage is always 0 and left out here
// (FACTS §0).
type LegacyTimeframe struct {
	Start                time.Time `json:"timeframe_start"`
	End                  time.Time `json:"timeframe_end"`
	ActiveTimeSeconds    *int64    `json:"active_time_seconds"`
	ComputeTimeSeconds   *int64    `json:"compute_time_seconds"`
	WrittenDataBytes     *int64    `json:"written_data_bytes"`
	DataStorageBytesHour *int64    `json:"data_storage_bytes_hour"`
	LogicalSizeBytes     *int64    `json:"logical_size_bytes"`
	LogicalSizeBytesHour *int64    `json:"logical_size_bytes_hour"`
}

// LegacyConsumption is a project's usage in the older history.
type LegacyConsumption struct {
	ProjectID string `json:"project_id"`
	Periods   []struct {
		ID          string            `json:"period_id"`
		Plan        string            `json:"period_plan"`
		Start       time.Time         `json:"period_start"`
		End         time.Time         `json:"period_end"`
		Consumption []LegacyTimeframe `json:"consumption"`
	} `json:"periods"`
}

// A LegacyPage is one page of projects.
type LegacyPage struct {
	Items []LegacyConsumption
	Next  string
	Last  bool
}

type legacyAnswer struct {
	Projects list[LegacyConsumption] `json:"projects"`
	cursorPage
}

func (a *legacyAnswer) complete() error { return a.Projects.complete("projects") }

// LegacyMetrics returns the metrics of the older history that still mean something.
func LegacyMetrics() []string {
	return []string{"active_time_seconds", "compute_time_seconds", "written_data_bytes", "data_storage_bytes_hour", "logical_size_bytes", "logical_size_bytes_hour"}
}

// Legacy walks through the older history, the only one with written data. It
// exists on Scale, Business and Enterprise, does not match invoices, and costs
// the same calls (FACTS §8).
func (s Consumption) Legacy(ctx context.Context, q ConsumptionQuery) iter.Seq2[LegacyPage, error] {
	limit := min(cmp.Or(q.Limit, MaxConsumptionPage), MaxConsumptionPage)
	return walk(q.Cursor, func(cursor string) (LegacyPage, step, error) {
		v, err := s.query(q, cursor, limit, LegacyMetrics())
		if err != nil {
			return LegacyPage{}, step{}, err
		}
		a, err := call[legacyAnswer](ctx, s.c, get("/consumption_history/projects").with(v.values))
		page := LegacyPage{Items: a.Projects.items}
		return page, step{cursor: a.Pagination.Cursor, end: s.end(q, len(page.Items), limit)}, err
	}, func(page *LegacyPage, next string, last bool) { page.Next, page.Last = next, last })
}
