package neonsim

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

type v2Metric struct {
	Name  string `json:"metric_name"`
	Value int64  `json:"value"`
}

type v2Frame struct {
	Start   string     `json:"timeframe_start"`
	End     string     `json:"timeframe_end"`
	Metrics []v2Metric `json:"metrics"`
}

type v2Period struct {
	ID    string    `json:"period_id"`
	Plan  string    `json:"period_plan"`
	Start string    `json:"period_start"`
	End   string    `json:"period_end"`
	Rows  []v2Frame `json:"consumption"`
}

type v2Owner struct {
	Project string     `json:"project_id"`
	Branch  string     `json:"branch_id"`
	Periods []v2Period `json:"periods"`
}

type v2Answer struct {
	Projects   []v2Owner       `json:"projects"`
	Branches   []v2Owner       `json:"branches"`
	Pagination *wirePagination `json:"pagination"`
}

func consumption(s *Sim, what, granularity, from, to, more string) string {
	metrics := metricNames
	if what == "branches" {
		metrics = metricNames[:branchMetrics]
	}
	return fmt.Sprintf("/consumption_history/v2/%s?org_id=%s&granularity=%s&from=%s&to=%s&metrics=%s%s",
		what, s.Org(), granularity, url.QueryEscape(from), url.QueryEscape(to), strings.Join(metrics, ","), more)
}

// totals adds up everything of an answer, by metric.
func totals(owners []v2Owner) map[string]int64 {
	sum := map[string]int64{}
	for _, o := range owners {
		for _, p := range o.Periods {
			for _, row := range p.Rows {
				for _, m := range row.Metrics {
					sum[m.Name] += m.Value
				}
			}
		}
	}
	for name, value := range sum {
		if value == 0 {
			delete(sum, name)
		}
	}
	return sum
}

// The three granularities, the branches and the project's counters all tell the
// same story.
func TestConsumption_agreesWithItselfAndTheCounters(t *testing.T) {
	now := time.Date(2026, 11, 7, 0, 20, 0, 0, time.UTC) // all of the month is within 168 hours, and midnight is in the figures
	s := start(t, Config{Projects: 2500, Seed: 3, Anchor: now, Now: func() time.Time { return now }})
	ids := slices.Concat(
		s.Find(func(c Casting) bool { return c.Plan == "enterprise" })[:20],
		s.Find(func(c Casting) bool { return c.Cast == Abuser })[:10],
		s.Find(func(c Casting) bool { return c.Split }),
	)
	for _, id := range ids {
		more := "&limit=100&project_ids=" + id
		hourly := get[v2Answer](t, s, consumption(s, "projects", "hourly", "2026-11-01T00:00:00Z", "2026-11-07T00:00:00Z", more))
		daily := get[v2Answer](t, s, consumption(s, "projects", "daily", "2026-11-01T00:00:00Z", "2026-11-07T00:00:00Z", more))
		monthly := get[v2Answer](t, s, consumption(s, "projects", "monthly", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", more))
		branches := get[v2Answer](t, s, consumption(s, "branches", "daily", "2026-11-01T00:00:00Z", "2026-11-07T00:00:00Z", more))
		h, d, m, b := totals(hourly.Projects), totals(daily.Projects), totals(monthly.Projects), totals(branches.Branches)
		if fmt.Sprint(h) != fmt.Sprint(d) {
			t.Errorf("%s: hourly %v, daily %v", id, h, d)
		}
		if fmt.Sprint(d) != fmt.Sprint(m) {
			t.Errorf("%s: daily %v, monthly %v", id, d, m)
		}
		delete(d, "snapshot_storage_bytes_month")
		delete(d, "extra_branches_month")
		if fmt.Sprint(d) != fmt.Sprint(b) {
			t.Errorf("%s: projects %v, branches %v", id, d, b)
		}
		compareCounters(t, get[projectAnswer](t, s, "/projects/"+id).Project, hourly)
	}
}

// compareCounters compares a project's counters with the last period of its
// history, which begins when the counters did.
func compareCounters(t *testing.T, p wireProject, answer v2Answer) {
	t.Helper()
	periods := answer.Projects[0].Periods
	last := periods[len(periods)-1]
	if last.Start != p.PeriodStart || last.End != "" {
		t.Errorf("%s: the history's period %s to %q, the project's %s", p.ID, last.Start, last.End, p.PeriodStart)
	}
	sum := totals([]v2Owner{{Periods: []v2Period{last}}})
	if sum["compute_unit_seconds"] > p.Compute || sum["compute_unit_seconds"] < p.Compute-8*900 {
		t.Errorf("%s: history %d CU-seconds, counter %d", p.ID, sum["compute_unit_seconds"], p.Compute)
	}
	stored := sum["root_branch_bytes_month"] + sum["child_branch_bytes_month"] + sum["instant_restore_bytes_month"]
	if stored > p.StorageHours || stored < p.StorageHours*9/10 {
		t.Errorf("%s: history %d byte-hours, counter %d", p.ID, stored, p.StorageHours)
	}
	moved := sum["public_network_transfer_bytes"] + sum["private_network_transfer_bytes"]
	if moved < p.Transfer*9/10 {
		t.Errorf("%s: history %d bytes moved, counter %d: private counts both ways", p.ID, moved, p.Transfer)
	}
}

func TestConsumption_splitsADayBetweenTwoPeriods(t *testing.T) {
	s := start(t, Config{Projects: 3000, Seed: 3})
	id := one(t, s, func(c Casting) bool { return c.Split && c.Cast != Never })
	p, _ := s.lookup(id, noon.Unix())
	from := time.Unix(p.planChange, 0).UTC().Truncate(24 * time.Hour)
	got := get[v2Answer](t, s, consumption(s, "projects", "daily", from.Format(time.RFC3339), from.AddDate(0, 0, 1).Format(time.RFC3339), "&project_ids="+id))
	periods := got.Projects[0].Periods
	if len(periods) != 2 {
		t.Fatalf("%s: %d periods on the day of its change", id, len(periods))
	}
	first, second := periods[0], periods[1]
	if first.End != stamp(p.planChange) || second.Start != stamp(p.planChange) || first.Plan != "launch" || second.Plan != "agent" {
		t.Errorf("%s: periods %+v and %+v, want them to meet at %s", id, first, second, stamp(p.planChange))
	}
	if first.Rows[0].Start != second.Rows[0].Start {
		t.Errorf("%s: the same day has two names", id)
	}
}

func TestConsumption_looksBackOnlySoFar(t *testing.T) {
	s := start(t, Config{Projects: 5, Seed: 1})
	for _, c := range []struct {
		granularity, from, to string
		status                int
	}{
		{"hourly", "2026-11-13T14:00:00Z", "2026-11-20T14:00:00Z", 406}, // 168 hours back, rounded down
		{"hourly", "2026-11-13T15:00:00Z", "2026-11-20T14:00:00Z", 200},
		{"daily", "2026-09-21T23:00:00Z", "2026-11-20T00:00:00Z", 406},
		{"daily", "2026-09-22T00:00:00Z", "2026-11-20T00:00:00Z", 200},
		{"monthly", "2025-11-01T00:00:00Z", "2026-11-20T00:00:00Z", 406}, // twelve months back from the first
		{"monthly", "2025-12-01T00:00:00Z", "2026-11-20T00:00:00Z", 200},
		{"daily", "2026-11-20T00:00:00Z", "2026-11-19T00:00:00Z", 406},
		{"weekly", "2026-11-18T00:00:00Z", "2026-11-19T00:00:00Z", 400},
		{"daily", "yesterday", "2026-11-19T00:00:00Z", 400},
		{"daily", "", "2026-11-19T00:00:00Z", 400},
	} {
		want(t, s, c.status, "GET", consumption(s, "projects", c.granularity, c.from, c.to, ""), "")
	}
}

func TestConsumption_refuses(t *testing.T) {
	s := start(t, Config{Projects: 5, Seed: 1})
	span := "&granularity=daily&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z"
	many := strings.Repeat("p-1,", 101)
	for query, status := range map[string]int{
		"v2/projects?metrics=compute_unit_seconds" + span:                                                               400,
		"v2/projects?org_id=" + s.Org() + span:                                                                          400,
		"v2/projects?metrics=compute_time_seconds&org_id=" + s.Org() + span:                                             400,
		"v2/projects?metrics=compute_unit_seconds&org_id=org-other" + span:                                              404,
		"v2/projects?metrics=compute_unit_seconds&org_id=" + s.Org() + span + "&limit=101":                              400,
		"v2/projects?metrics=compute_unit_seconds&org_id=" + s.Org() + span + "&project_ids=" + many:                    400,
		"v2/branches?metrics=compute_unit_seconds&org_id=" + s.Org() + span:                                             400,
		"v2/branches?metrics=extra_branches_month&org_id=" + s.Org() + span + "&project_ids=" + s.IDs()[0]:              400,
		"projects?org_id=" + s.Org() + span:                                                                             403,
		"v2/projects?metrics=compute_unit_seconds&metrics=root_branch_bytes_month&org_id=" + s.Org() + span:             200,
		"v2/projects?metrics=compute_unit_seconds&org_id=" + s.Org() + span + "&project_ids=nobody-1,UPPER":             400,
		"v2/projects?metrics=compute_unit_seconds&org_id=" + s.Org() + span + "&project_ids=nobody-1&project_ids=two-2": 200,
	} {
		want(t, s, status, "GET", "/consumption_history/"+query, "")
	}
	poor := start(t, Config{Projects: 5, Plan: "free"})
	want(t, poor, 403, "GET", consumption(poor, "projects", "daily", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", ""), "")
}

func TestConsumption_pagesNewestFirst(t *testing.T) {
	s := start(t, Config{Projects: 73, Seed: 1})
	var ids []string
	cursor := ""
	for {
		got := get[v2Answer](t, s, consumption(s, "projects", "daily", "2026-11-01T00:00:00Z", "2026-11-21T00:00:00Z", "&limit=20&cursor="+cursor))
		if got.Pagination == nil {
			break
		}
		for _, p := range got.Projects {
			ids = append(ids, p.Project)
		}
		cursor = got.Pagination.Cursor
	}
	listed := slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(s.IDs(), id) })
	if !slices.Equal(listed, s.IDs()) {
		t.Errorf("pages hold %d projects, want %d, newest first", len(listed), len(s.IDs()))
	}
}

func TestConsumption_leavesOutMostZeros(t *testing.T) {
	s := start(t, Config{Projects: 600, Seed: 1})
	got := get[v2Answer](t, s, consumption(s, "projects", "daily", "2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z", "&limit=100"))
	zeros, rows, metrics := 0, 0, 0
	for _, p := range got.Projects {
		for _, period := range p.Periods {
			for _, row := range period.Rows {
				rows++
				metrics += len(row.Metrics)
				for _, m := range row.Metrics {
					if m.Value == 0 {
						zeros++
					}
				}
			}
		}
	}
	if zeros == 0 || metrics > rows*5 || zeros*3 > metrics {
		t.Errorf("%d metrics in %d rows, %d of them zero; want few, but some", metrics, rows, zeros)
	}
	idle := one(t, s, func(c Casting) bool { return c.Cast == Never })
	path := "/consumption_history/v2/projects?org_id=" + s.Org() + "&granularity=hourly&from=2026-11-19T00:00:00Z&to=2026-11-20T00:00:00Z&metrics=compute_unit_seconds&project_ids=" + idle
	if rows := get[v2Answer](t, s, path).Projects[0].Periods[0].Rows; len(rows) > 12 {
		t.Errorf("an idle project has %d of 24 hours: those without data are absent", len(rows))
	}
}

func TestConsumption_lastQuarterHoursAreStillMissing(t *testing.T) {
	s := start(t, Config{Projects: 1000, Seed: 1})
	id := one(t, s, func(c Casting) bool { return c.Cast == Busy && c.Plan == "enterprise" })
	hour := func() int64 {
		return totals(get[v2Answer](t, s, consumption(s, "projects", "hourly", "2026-11-20T13:00:00Z", "2026-11-20T14:00:00Z", "&project_ids="+id)).Projects)["compute_unit_seconds"]
	}
	early := hour() // at 14:07 the figures go up to 13:45
	s.Advance(30 * time.Minute)
	if late := hour(); early >= late || early == 0 {
		t.Errorf("the hour had %d CU-seconds at 14:07 and %d at 14:37, want it to fill up", early, late)
	}
}

func TestConsumption_legacyOnScale(t *testing.T) {
	s := start(t, Config{Projects: 50, Seed: 1, Plan: "scale"})
	type answer struct{ Projects []wireLegacyProject }
	path := "/consumption_history/projects?granularity=daily&from=2026-11-01T00:00:00Z&to=2026-11-20T00:00:00Z&limit=100"
	usual := get[answer](t, s, path)
	var active, synthetic int64
	for _, p := range usual.Projects {
		for _, period := range p.Periods {
			for _, row := range period.Rows {
				active += row.Active
				synthetic += row.Synthetic
			}
		}
	}
	if active == 0 || synthetic != 0 {
		t.Errorf("%d active seconds and %d bytes of synthetic storage, want some and 0", active, synthetic)
	}
	row := get[answer](t, s, path+"&metrics=logical_size_bytes,data_storage_bytes_hour").Projects[0].Periods[0].Rows[0]
	if row.Logical == nil || row.StorageHours == nil || row.LogicalHours != nil {
		t.Errorf("row = %+v, want the two metrics asked for", row)
	}
}
