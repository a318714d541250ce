package handlers

import (
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/google/go-cmp/cmp"
)

// daysOf are days of compute time; -1 is unknown.
func daysOf(figures ...int64) (list []fleet.DayUsage) {
	for i, n := range figures {
		d := fleet.DayUsage{Day: fleet.Day(20261101).Add(i)}
		if n >= 0 {
			d.Usage[fleet.ComputeCUSeconds] = fleet.Of(n)
		}
		list = append(list, d)
	}
	return list
}

func TestCourseOf_knowsWhatTheDaysAndTheFigureToDateTell(t *testing.T) {
	for name, c := range map[string]struct {
		toDate fleet.Amount
		days   []fleet.DayUsage
		want   []int64
	}{
		"all days known":                       {fleet.Of(60), daysOf(10, 20, 30), []int64{10, 30, 60}},
		"the figure to date has the last word": {fleet.Of(65), daysOf(10, 20, 30), []int64{15, 35, 65}},
		"a hole in the middle":                 {fleet.Of(100), daysOf(10, 20, -1, -1, 5), []int64{10, 30, -1, 95, 100}},
		"no figure to date":                    {fleet.Unknown, daysOf(10, 20, 30), []int64{10, 30, -1}},
		"nothing at all":                       {fleet.Unknown, daysOf(-1, -1), []int64{-1, -1}},
		"today alone":                          {fleet.Of(7), daysOf(7), []int64{7}},
		"never below 0":                        {fleet.Of(5), daysOf(10, 20, 30), []int64{0, 0, 5}},
		"no days":                              {fleet.Of(5), nil, nil},
	} {
		var got []int64
		for _, p := range courseOf(fleet.Compute, c.toDate, c.days) {
			got = append(got, p.Value.Or(-1))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMonthsOf_countsTheDaysNobodyKnows(t *testing.T) {
	v := visit{now: time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC), detail: db.TenantDetail{Tenant: fleet.Tenant{CreatedAt: time.Date(2026, 9, 21, 10, 0, 0, 0, time.UTC)}}}
	in := pages.UsageInput{Months: []pages.MonthUsage{{Month: 202608}, {Month: 202609, DaysKnown: 10}, {Month: 202610, DaysKnown: 29}, {Month: 202611, DaysKnown: 20}}}
	var got []int
	for _, m := range monthsOf(fleet.Compute, in, v) {
		got = append(got, m.Unknown)
	}
	if diff := cmp.Diff([]int{0, 0, 2, 0}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNotes_sayWhereTheCountersDisagree(t *testing.T) {
	period := fleet.MonthPeriod(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	detail := func(sum, counter fleet.Amount) db.TenantDetail {
		d := db.TenantDetail{CounterStart: period.Start, CountersAt: period.Start.AddDate(0, 0, 9), UsageThrough: period.Start.AddDate(0, 0, 8)}
		d.Tenant.Period, d.Tenant.Used[fleet.Compute], d.Counters[fleet.Compute] = period, sum, counter
		return d
	}
	older, other := detail(fleet.Of(3600), fleet.Of(0)), detail(fleet.Of(3600), fleet.Of(0))
	older.UsageThrough, other.CounterStart = older.CountersAt.Add(time.Hour), period.Start.AddDate(0, -1, 0)
	for name, c := range map[string]struct {
		detail db.TenantDetail
		want   int
	}{
		"they agree":            {detail(fleet.Of(3600), fleet.Of(3590)), 0},
		"the counter is behind": {detail(fleet.Of(3600), fleet.Of(1800)), 1},
		"the counter says 0":    {detail(fleet.Of(3600), fleet.Of(0)), 1},
		"nothing was used":      {detail(fleet.Of(0), fleet.Of(0)), 0},
		"one is unknown":        {detail(fleet.Unknown, fleet.Of(0)), 0},
		"the counter is older":  {older, 0},
		"of another period":     {other, 0},
	} {
		if got := notes(c.detail, true); len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := notes(detail(fleet.Of(3600), fleet.Of(0)), false); got != nil {
		t.Errorf("where the figures are the counters: %q", got)
	}
}

func TestTimeLeft_goesByThePaceSoFar(t *testing.T) {
	began := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		rows, total int64
		took, want  time.Duration
	}{{400, 1200, time.Minute, 2 * time.Minute}, {0, 1200, time.Minute, 0}, {400, 0, time.Minute, 0}, {400, 400, time.Minute, 0}, {400, 1200, -time.Minute, 0}, {1, 300_000, time.Hour, 299_999 * time.Hour}} {
		if got := timeLeft(fleet.SyncRun{Started: began, Rows: c.rows, Total: c.total}, began.Add(c.took)); got != c.want {
			t.Errorf("%d of %d after %s: %s, want %s", c.rows, c.total, c.took, got, c.want)
		}
	}
}
