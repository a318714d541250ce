package neonsim

import (
	"net/http"
	"slices"
	"strings"
)

// A branchOf is a branch and its project.
type branchOf struct {
	p *project
	b *branch
}

func (x branchOf) key() string { return x.p.id + "/" + x.b.ID }

// branchConsumption is a page of branches with what they used, by project id,
// then by branch id.
func branchConsumption(c *call) (any, error) {
	h, err := c.history(branchMetrics)
	if err != nil {
		return nil, err
	}
	page, err := c.branchHistoryPage(h.window.to.Unix())
	if err != nil {
		return nil, err
	}
	h.out = append(h.room(len(page)), `{"branches":[`...)
	for i, x := range page {
		if i > 0 {
			h.out = append(h.out, ',')
		}
		h.out = append(h.out, `{"project_id":"`+x.p.id+`","branch_id":"`+x.b.ID+`"`...)
		h.periods(x.p, x.b.Created, h.ledger(x.p).branchValues(x.b))
	}
	if n := len(page); n > 0 {
		return h.end(page[n-1].key()), nil
	}
	return h.end(""), nil
}

func (c *call) branchHistoryPage(to int64) ([]branchOf, error) {
	limit, err := c.number("limit", 100, 1, 1000)
	if err != nil {
		return nil, err
	}
	projects, err := c.projectIDs()
	if err != nil {
		return nil, err
	}
	if len(projects) == 0 {
		return nil, badRequest("parameter \"project_ids\" in query has an error: value is required but missing")
	}
	only, err := c.list("branch_ids")
	if err != nil {
		return nil, err
	}
	var page []branchOf
	for _, p := range c.named(projects, position{}) {
		for i := range p.Branches {
			x := branchOf{p, &p.Branches[i]}
			if p.Org == c.wanted() && x.b.Created < to && (len(only) == 0 || slices.Contains(only, x.b.ID)) && x.key() > c.queries.Get("cursor") {
				page = append(page, x)
			}
		}
	}
	slices.SortFunc(page, func(a, b branchOf) int { return strings.Compare(a.key(), b.key()) })
	return page[:min(limit, len(page))], nil
}

// wireLegacyRow has its figures as properties, unlike v2.
type wireLegacyRow struct {
	Start        string `json:"timeframe_start"`
	End          string `json:"timeframe_end"`
	Active       int64  `json:"active_time_seconds"`
	Compute      int64  `json:"compute_time_seconds"`
	Written      int64  `json:"written_data_bytes"`
	Synthetic    int64  `json:"synthetic_storage_size_bytes"` // always 0 now (FACTS §0)
	StorageHours *int64 `json:"data_storage_bytes_hour,omitempty"`
	Logical      *int64 `json:"logical_size_bytes,omitempty"`
	LogicalHours *int64 `json:"logical_size_bytes_hour,omitempty"`
}

type wireLegacyPeriod struct {
	ID    string          `json:"period_id"`
	Plan  string          `json:"period_plan"`
	Start string          `json:"period_start"`
	End   string          `json:"period_end,omitempty"`
	Rows  []wireLegacyRow `json:"consumption"`
}

type wireLegacyProject struct {
	ID      string             `json:"project_id"`
	Periods []wireLegacyPeriod `json:"periods"`
}

// legacyConsumption is the older history. It exists on Scale, Business and
// Enterprise only.
func legacyConsumption(c *call) (any, error) {
	if !slices.Contains([]string{"scale", "business", "enterprise"}, c.sim.cfg.Plan) {
		return nil, refuse(http.StatusForbidden, "", "this endpoint is only supported with Scale, Business, and Enterprise plan accounts")
	}
	if err := c.org(false); err != nil {
		return nil, err
	}
	w, err := c.window()
	if err != nil {
		return nil, err
	}
	metrics, err := c.list("metrics")
	if err != nil {
		return nil, err
	}
	page, err := c.consumptionPage(w.to.Unix())
	if err != nil {
		return nil, err
	}
	answer := struct {
		Projects   []wireLegacyProject `json:"projects"`
		Pagination *wirePagination     `json:"pagination,omitempty"`
	}{Projects: []wireLegacyProject{}}
	for _, p := range page {
		answer.Projects = append(answer.Projects, c.legacyProject(p, &w, metrics))
		answer.Pagination = &wirePagination{Cursor: p.id}
	}
	return answer, nil
}

func (c *call) legacyProject(p *project, w *window, metrics []string) wireLegacyProject {
	l := p.ledger(min(max(w.from.Unix(), p.created), p.end()), c.second())
	got := wireLegacyProject{ID: p.id, Periods: []wireLegacyPeriod{}}
	for _, chapter := range w.chapters(p, p.created, c.second()) {
		at := chapter.period
		period := wireLegacyPeriod{
			ID: uuid(mix2(p.hash, uint64(at.start))), Plan: c.sim.planIn(at), Start: stamp(at.start), Rows: []wireLegacyRow{},
		}
		if at.end <= c.second() {
			period.End = stamp(at.end)
		}
		for _, s := range chapter.slices {
			period.Rows = append(period.Rows, legacyRow(l, s, metrics))
		}
		got.Periods = append(got.Periods, period)
	}
	return got
}

func legacyRow(l *ledger, s slice, metrics []string) wireLegacyRow {
	used, kept := l.between(s.from, s.to), l.kept(s.from, s.to)
	row := wireLegacyRow{Start: stamp(s.frame.start), End: stamp(s.frame.end)}
	asked := func(name string) bool { return slices.Contains(metrics, name) }
	usually := len(metrics) == 0
	set := func(name string, usual bool, to *int64, value int64) {
		if asked(name) || usually && usual {
			*to = value
		}
	}
	set("active_time_seconds", true, &row.Active, used[active])
	set("compute_time_seconds", true, &row.Compute, used[compute])
	set("written_data_bytes", true, &row.Written, used[written])
	optional := func(name string, to **int64, value int64) {
		if asked(name) {
			*to = &value
		}
	}
	optional("data_storage_bytes_hour", &row.StorageHours, kept.root+kept.child+kept.history)
	optional("logical_size_bytes", &row.Logical, l.p.size(int32((s.to-1)/day)))
	optional("logical_size_bytes_hour", &row.LogicalHours, kept.root)
	return row
}
