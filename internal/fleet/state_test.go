package fleet

import (
	"testing"
	"time"
)

func TestDerive_firstThatHolds(t *testing.T) {
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	lately, long := now.Add(-time.Minute), now.Add(-time.Hour)
	over := Shares5{1000, 10, 10, 10, 10}
	for _, c := range []struct {
		name string
		c    Circumstances
		want State
	}{
		{"used lately", Circumstances{LastActive: lately}, StateActive},
		{"unused for longer than the timeout", Circumstances{LastActive: long}, StateIdle},
		{"never used", Circumstances{}, StateIdle},
		{"never scaled to zero", Circumstances{LastActive: long, Suspend: NeverSuspend}, StateActive},
		{"longer timeout", Circumstances{LastActive: long, Suspend: 7200}, StateActive},
		{"storage full", Circumstances{LastActive: lately, Storage: 1000}, StateStorageFull},
		{"quota before storage", Circumstances{LastActive: lately, Storage: 1000, Quota: over}, StateQuotaReached},
		{"storage is no quota", Circumstances{LastActive: lately, Quota: Shares5{0, 0, 2000, 0, 0}}, StateActive},
		{"suspended before quota", Circumstances{Suspended: true, Quota: over}, StateSuspended},
		{"missing before all", Circumstances{Missing: true, Suspended: true, Quota: over}, StateMissing},
	} {
		c.c.Now = now
		if got := c.c.Derive(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestProject(t *testing.T) {
	p := MonthPeriod(time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC))
	at := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }
	tens := []Amount{Of(10), Of(10), Unknown, Of(10)}
	if f, ok := Project(Compute, Of(100), Cap(200), p, tens, at(11)); !ok || f.AtEnd != 300 || !f.Out.Equal(at(21)) {
		t.Errorf("forecast = %+v %v, want 300 at the end, out on the 21st", f, ok)
	}
	if f, ok := Project(Compute, Of(100), Cap(1000), p, tens, at(11)); !ok || !f.Out.IsZero() {
		t.Errorf("forecast = %+v %v, want the limit not reached", f, ok)
	}
	if f, ok := Project(Storage, Of(40), Unlimited, p, []Amount{Of(10), Of(20), Of(30)}, at(21)); !ok || f.AtEnd != 140 {
		t.Errorf("forecast = %+v %v, want 140 by the trend", f, ok)
	}
	for name, ok := range map[string]bool{
		"first days": func() bool { _, ok := Project(Compute, Of(1), Cap(9), p, tens, at(3)); return ok }(),
		"unknown":    func() bool { _, ok := Project(Compute, Unknown, Cap(9), p, tens, at(11)); return ok }(),
		"few days":   func() bool { _, ok := Project(Compute, Of(1), Cap(9), p, []Amount{Of(1), Unknown}, at(11)); return ok }(),
	} {
		if ok {
			t.Errorf("%s: a forecast, want none", name)
		}
	}
}

func TestUnits(t *testing.T) {
	for got, want := range map[string]string{
		Bytes(0).String():               "0\u00a0B",
		Bytes(512_000_000).String():     "512\u00a0MB",
		Bytes(3_100_000_000).String():   "3.1\u00a0GB",
		Bytes(999_999).String():         "1\u00a0MB",
		CUSeconds(1260 * 3600).String(): "1,260\u00a0CU-h",
		CUSeconds(1440).String():        "0.4\u00a0CU-h",
		Seconds(212 * 3600).String():    "212\u00a0h",
		Seconds(720).String():           "12\u00a0min",
		CU(250).String():                "0.25\u00a0CU",
		CUOf(0.25).String():             "0.25\u00a0CU",
		Thousands(-1234567):             "−1,234,567",
		DayOf(time.Date(2026, 11, 3, 23, 0, 0, 0, time.UTC)).String(): "2026-11-03",
		Month(202602).String(): "2026-02",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if n := MonthDays(202602); n != 28 {
		t.Errorf("days of February 2026 = %d", n)
	}
	if d := Day(20261231).Add(1); d != 20270101 {
		t.Errorf("day after New Year's Eve = %d", d)
	}
}

func TestMay_deniesWhatIsNotInTheTable(t *testing.T) {
	if Role("owner").May(See) || Admin.May("fly") {
		t.Error("an unknown role or action was allowed")
	}
	for _, r := range []Role{Viewer, Support} {
		if r.May(SeeMoney) || r.May(Reports) {
			t.Errorf("%s may see money", r)
		}
	}
	if !Finance.May(SeeMoney) || Finance.May(SyncNow) || !Support.May(SyncNow) {
		t.Error("the table is not design.md's")
	}
}
