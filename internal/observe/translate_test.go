package observe_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/observe"

	"github.com/google/go-cmp/cmp"
)

// from decodes what Neon would send.
func from[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestListed_aQuotaThatIsAbsentNullOr0IsUnlimited(t *testing.T) {
	for name, settings := range map[string]string{
		"no settings":   ``,
		"null settings": `,"settings":null`,
		"no quota":      `,"settings":{}`,
		"null quota":    `,"settings":{"quota":null}`,
		"empty quota":   `,"settings":{"quota":{}}`,
		"nulls":         `,"settings":{"quota":{"active_time_seconds":null,"logical_size_bytes":null}}`,
		"zeros":         `,"settings":{"quota":{"active_time_seconds":0,"compute_time_seconds":0,"written_data_bytes":0,"data_transfer_bytes":0,"logical_size_bytes":0}}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := observe.Listed(from[neon.ProjectItem](t, `{"id":"p-1","name":"n"`+settings+`}`))
			for _, m := range fleet.Meters() {
				if !got.Settings.Limits[m].Unlimited() {
					t.Errorf("%s is %v, want unlimited", m, got.Settings.Limits[m])
				}
			}
		})
	}
}

func TestListed_everyQuotaGoesToItsOwnMeter(t *testing.T) {
	got := observe.Listed(from[neon.ProjectItem](t, `{"id":"p-1","name":"n","settings":{"quota":{"active_time_seconds":1,
		"compute_time_seconds":2,"written_data_bytes":3,"data_transfer_bytes":4,"logical_size_bytes":5}},
		"default_endpoint_settings":{"autoscaling_limit_min_cu":0.25,"autoscaling_limit_max_cu":8,"suspend_timeout_seconds":600}}`))
	want := fleet.Settings{Computes: fleet.Sizes{Min: 250, Max: 8000, Suspend: 600}}
	want.Limits[fleet.Active], want.Limits[fleet.Compute], want.Limits[fleet.Written] = fleet.Cap(1), fleet.Cap(2), fleet.Cap(3)
	want.Limits[fleet.Transfer], want.Limits[fleet.Storage] = fleet.Cap(4), fleet.Cap(5)
	if got.Settings != want {
		t.Errorf("settings %+v, want %+v", got.Settings, want)
	}
}

func TestListed_unknownIsNotZero(t *testing.T) {
	for _, c := range []struct {
		fields          string
		active, storage fleet.Amount
	}{
		{``, fleet.Unknown, fleet.Unknown},
		{`,"active_time":0,"synthetic_storage_size":0`, fleet.Of(0), fleet.Of(0)},
		{`,"active_time":null,"synthetic_storage_size":null`, fleet.Unknown, fleet.Unknown},
		{`,"active_time":-1,"synthetic_storage_size":-1`, fleet.Unknown, fleet.Unknown},
		{`,"active_time":9223372036854775807,"synthetic_storage_size":7`, fleet.Unknown, fleet.Of(7)},
	} {
		got := observe.Listed(from[neon.ProjectItem](t, `{"id":"p-1","name":"n"`+c.fields+`}`))
		if got.ActiveSeconds != c.active || got.StorageBytes != c.storage {
			t.Errorf("%s: active %v, storage %v; want %v and %v", c.fields, got.ActiveSeconds, got.StorageBytes, c.active, c.storage)
		}
		if !got.LastActive.IsZero() || !got.PeriodEnd.IsZero() || got.HistorySeconds != 0 {
			t.Errorf("%s: %+v, want no times that nobody said", c.fields, got)
		}
	}
}

func TestUsage_aMissingMetricIs0AndAnUnknownOneIsLeftAlone(t *testing.T) {
	got, err := observe.Usage(from[neon.ProjectConsumption](t, `{"project_id":"p-1","periods":[{"period_plan":"launch","period_start":"2026-11-01T00:00:00Z",
		"consumption":[{"timeframe_start":"2026-11-04T00:00:00Z","metrics":[{"metric_name":"compute_unit_seconds","value":84},{"metric_name":"flux_capacity","value":-3}]},
		{"timeframe_start":"2026-11-05T00:00:00Z","metrics":[]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	want := db.TenantUsage{ID: "p-1", Periods: []db.UsagePeriod{{Start: day(1), Plan: "launch", Buckets: []db.UsageBucket{
		{Start: day(4), Billed: db.Billed{fleet.ComputeCUSeconds: 84}}, {Start: day(5)}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUsage_knowsEveryMetricOfNeons(t *testing.T) {
	frame := neon.Timeframe{Start: time.Date(2026, 11, 4, 0, 0, 0, 0, time.UTC)}
	for i, name := range neon.ProjectMetrics() {
		frame.Metrics = append(frame.Metrics, neon.MetricValue{Name: name, Value: int64(i + 1)})
	}
	got, err := observe.Usage(neon.ProjectConsumption{ProjectID: "p-1", Periods: []neon.Period{{Consumption: []neon.Timeframe{frame}}}})
	if err != nil {
		t.Fatal(err)
	}
	for m, n := range got.Periods[0].Buckets[0].Billed {
		if n == 0 || frame.Metrics[n-1].Name != fleet.Metric(m).NeonName() {
			t.Errorf("%s has the figure %d", fleet.Metric(m).Column(), n)
		}
	}
}

func TestUsage_refusesFiguresThatCannotBe(t *testing.T) {
	for _, value := range []string{"-1", "9223372036854775807", "100000000000000001"} {
		_, err := observe.Usage(from[neon.ProjectConsumption](t, `{"project_id":"p-1","periods":[{"consumption":[{"timeframe_start":"2026-11-04T00:00:00Z",
			"metrics":[{"metric_name":"compute_unit_seconds","value":`+value+`}]}]}]}`))
		if err == nil || !strings.Contains(err.Error(), "p-1") || !strings.Contains(err.Error(), "compute_unit_seconds") {
			t.Errorf("%s: err = %v, want a refusal that names project and metric", value, err)
		}
	}
}

func TestCounters_withoutAPeriodHaveNone(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want fleet.Period
	}{
		"as a change answers": {`"consumption_period_start":"0001-01-01T00:00:00Z","consumption_period_end":"0001-01-01T00:00:00Z"`, fleet.Period{}},
		"left out":            {`"x":0`, fleet.Period{}},
		"the wrong way round": {`"consumption_period_start":"2026-12-01T00:00:00Z","consumption_period_end":"2026-11-01T00:00:00Z"`, fleet.Period{}},
		"a month": {`"consumption_period_start":"2026-11-01T01:00:00+01:00","consumption_period_end":"2026-12-01T00:00:00Z"`,
			fleet.Period{Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}},
	} {
		got := observe.Counters(from[neon.Project](t, `{"id":"p-1",`+c.text+`,"written_data_bytes":0}`))
		if !cmp.Equal(got.Period, c.want) || got.Written != fleet.Of(0) || got.Compute.Known() || got.NeonPlan != "" {
			t.Errorf("%s: %+v, want the period %v, written 0 and the rest unknown", name, got, c.want)
		}
	}
}

func TestEndpoints_oneThatNeverRanHasNoLastActivity(t *testing.T) {
	list := observe.Endpoints(from[[]neon.Endpoint](t, `[{"id":"ep-1","branch_id":"br-1","type":"read_write","current_state":"idle","disabled":true,
		"autoscaling_limit_min_cu":0.25,"autoscaling_limit_max_cu":2,"suspend_timeout_seconds":0,"last_active":"0001-01-01T00:00:00Z"},
		{"id":"ep-2","branch_id":"br-1","type":"read_only","current_state":"quantum"}]`))
	if e := list[0]; !e.LastActive.IsZero() || !e.Disabled || e.Sizes != (fleet.Sizes{Min: 250, Max: 2000}) {
		t.Errorf("%+v", e)
	}
	if e := list[1]; e.State != "quantum" || e.Type != "read_only" {
		t.Errorf("a state we do not know became %+v", e)
	}
}

func TestBranches_keepHostileNamesAndUnknownSizes(t *testing.T) {
	list := observe.Branches(from[[]neon.Branch](t, `[{"id":"br-1","name":"<b>\u0000main</b>","default":true,"restricted_actions":[{"name":"restore","reason":"archived"}]},
		{"id":"br-2","name":"dev","parent_id":"br-1","logical_size":42}]`))
	if b := list[0]; b.Name != "<b>main</b>" || b.Size.Known() || b.Refused["restore"] != "archived" {
		t.Errorf("%+v", b)
	}
	if b := list[1]; b.Parent != "br-1" || b.Size != fleet.Of(42) {
		t.Errorf("%+v", b)
	}
}

func TestBudget_saysWhatIsSpentByWhom(t *testing.T) {
	got := observe.Budget(neon.BudgetSnapshot{Requests: neon.BucketSnapshot{PerMinute: 600, Spent: 12, Throttled: 1,
		ByLane: []neon.LaneSpending{{Lane: neon.Sync, Spent: 12, Waiting: 3}}, ByRoute: []neon.RouteSpending{{Method: "GET", Route: "/projects", Spent: 12}}}})
	want := fleet.BudgetPart{Ceiling: 600, Spent: 12, Throttled: 1, Lanes: []fleet.Spent{{Name: "sync", Calls: 12, Waiting: 3}}, Routes: []fleet.Spent{{Name: "GET /projects", Calls: 12}}}
	if diff := cmp.Diff(want, got.Requests); diff != "" {
		t.Error(diff)
	}
}
