package neon

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func encoded(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func decoded[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestQuota_isAlwaysSentWhole(t *testing.T) {
	got := encoded(t, ProjectUpdate{Settings: &ProjectSettings{Quota: &Quota{ComputeTimeSeconds: new(int64(360000))}}})
	want := `{"settings":{"quota":{"active_time_seconds":0,"compute_time_seconds":360000,"written_data_bytes":0,"data_transfer_bytes":0,"logical_size_bytes":0}}}`
	if got != want {
		t.Errorf("update = %s\nwant     %s", got, want)
	}
}

func TestQuota_toldApartAbsentNullAndZeroWhenRead(t *testing.T) {
	q := decoded[Quota](t, `{"active_time_seconds":0,"compute_time_seconds":null,"written_data_bytes":9007199254740993}`)
	if q.ActiveTimeSeconds == nil || *q.ActiveTimeSeconds != 0 {
		t.Errorf("zero = %v, want 0", q.ActiveTimeSeconds)
	}
	if q.ComputeTimeSeconds != nil || q.LogicalSizeBytes != nil {
		t.Errorf("null and absent = %v, %v, want nil", q.ComputeTimeSeconds, q.LogicalSizeBytes)
	}
	if *q.WrittenDataBytes != 9007199254740993 {
		t.Errorf("written = %d, want all digits", *q.WrittenDataBytes)
	}
	if p := decoded[ProjectItem](t, `{"id":"p-1"}`); p.Quota() != (Quota{}) {
		t.Errorf("no settings: quota = %+v, want none", p.Quota())
	}
}

func TestQuota_writingLeavesTheOneInHandAlone(t *testing.T) {
	var q Quota
	encoded(t, q)
	encoded(t, &q)
	if q != (Quota{}) {
		t.Errorf("quota = %+v after encoding, want it untouched", q)
	}
}

func TestDefaults_areSentBackWithWhatIsNotKnown(t *testing.T) {
	const from = `{"autoscaling_limit_min_cu":0.25,"future":{"a":[1,2]},"pg_settings":{"work_mem":"8MB","brand_new":"on"},"pgbouncer_settings":{"x":"y"},"suspend_timeout_seconds":0}`
	d := decoded[DefaultEndpointSettings](t, from)
	d = d.Clone()
	d.AutoscalingLimitMaxCU = new(2.0)
	var got, want any
	got = decoded[map[string]any](t, encoded(t, d))
	want = decoded[map[string]any](t, from[:len(from)-1]+`,"autoscaling_limit_max_cu":2}`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sent back (-want +got):\n%s", diff)
	}
}

func TestDefaults_takeSettingsThatAreNoText(t *testing.T) {
	d := decoded[DefaultEndpointSettings](t, `{"pg_settings":{"max_connections":100,"jit":false,"name":"a"},"suspend_timeout_seconds":null}`)
	if diff := cmp.Diff(map[string]string{"max_connections": "100", "jit": "false", "name": "a"}, d.PgSettings); diff != "" {
		t.Error(diff)
	}
	if d.SuspendTimeoutSeconds != nil {
		t.Errorf("timeout = %v, want none", *d.SuspendTimeoutSeconds)
	}
}

func TestDefaults_emptyIsAnEmptyObject(t *testing.T) {
	if got := encoded(t, DefaultEndpointSettings{}); got != `{}` {
		t.Errorf("encoded = %s", got)
	}
}

func TestBranchUpdate_takesAnExpiryAwayWithNull(t *testing.T) {
	for want, u := range map[string]BranchUpdate{
		`{"branch":{"expires_at":null}}`:                   {NeverExpires: true},
		`{"branch":{"protected":false}}`:                   {Protected: new(false)},
		`{"branch":{"expires_at":"2026-11-20T12:00:00Z"}}`: {ExpiresAt: start},
		`{"branch":{}}`:                                    {},
	} {
		if got := encoded(t, u); got != want {
			t.Errorf("encoded = %s, want %s", got, want)
		}
	}
}

func TestBranchCreate_leavesOutTimesThatAreNone(t *testing.T) {
	if got, want := encoded(t, BranchCreate{Name: "dev"}), `{"branch":{"name":"dev"}}`; got != want {
		t.Errorf("encoded = %s, want %s", got, want)
	}
}

func TestSnapshot_takesTimesThatAreNone(t *testing.T) {
	s := decoded[Snapshot](t, `{"id":"snap-1","created_at":"2026-11-20T12:00:00Z","expires_at":"","timestamp":"?"}`)
	if !s.CreatedAt.Equal(start) || !s.ExpiresAt.IsZero() || !s.Timestamp.IsZero() {
		t.Errorf("snapshot = %+v", s)
	}
}
