package ui

import (
	"strings"
	"testing"
	"time"

	"neonfleet/internal/fleet"
)

var now = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)

func TestMeterOf_saysWhatAColourSays(t *testing.T) {
	cases := map[string]struct {
		used    fleet.Amount
		limit   fleet.Limit
		kind    MeterKind
		fill    int
		percent string
		title   string
	}{
		"zero":              {fleet.Of(0), fleet.Cap(3600), MeterCalm, 0, "0%", "Compute time: 0 CU-h of 1 CU-h"},
		"just below 80 %":   {fleet.Of(2876), fleet.Cap(3600), MeterCalm, 79, "79%", "of 1 CU-h"},
		"80 %":              {fleet.Of(2880), fleet.Cap(3600), MeterNear, 80, "80%", "near the limit"},
		"not yet 100 %":     {fleet.Of(3598), fleet.Cap(3600), MeterNear, 99, "99%", "near the limit"},
		"100 %":             {fleet.Of(3600), fleet.Cap(3600), MeterOver, 100, "100%", "at or over the limit"},
		"far over":          {fleet.Of(36000), fleet.Cap(3600), MeterOver, 100, "1000%", "at or over the limit"},
		"unlimited":         {fleet.Of(3600), fleet.Unlimited, MeterUnlimited, 0, "", "1 CU-h, unlimited"},
		"unlimited, unread": {fleet.Unknown, fleet.Unlimited, MeterUnlimited, 0, "", "unlimited. Because."},
		"unknown":           {fleet.Unknown, fleet.Cap(3600), MeterUnknown, 0, "", "unknown. Because."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			tenant := fleet.Tenant{Period: fleet.MonthPeriod(now)}
			tenant.Used[fleet.Compute], tenant.Limits[fleet.Compute] = c.used, c.limit
			tenant.Shares = fleet.Shares(tenant.Used, tenant.Limits)
			m := MeterOf(fleet.Compute, tenant, now, "Because.")
			if m.Kind != c.kind || m.Fill != c.fill || m.Percent != c.percent {
				t.Errorf("meter = %+v, want %q %d %q", m, c.kind, c.fill, c.percent)
			}
			if got := strings.ReplaceAll(m.Title, nbsp, " "); !strings.Contains(got, c.title) {
				t.Errorf("title = %q, want it to say %q", got, c.title)
			}
		})
	}
}

func TestMeterOf_paceOnlyInsideAPeriodOfAMeterThatResets(t *testing.T) {
	tenant := fleet.Tenant{Period: fleet.MonthPeriod(now), Used: fleet.Figures{fleet.Of(1), fleet.Unknown, fleet.Of(1)}, Limits: fleet.Limits{fleet.Cap(2), fleet.Cap(2), fleet.Cap(2)}}
	tenant.Shares = fleet.Shares(tenant.Used, tenant.Limits)
	if got := MeterOf(fleet.Compute, tenant, now, "").Pace; got != 50 {
		t.Errorf("pace = %d, want 50 at half of the month", got)
	}
	if got := MeterOf(fleet.Storage, tenant, now, "").Pace; got != -1 {
		t.Errorf("pace of storage = %d, want none", got)
	}
	if got := MeterOf(fleet.Compute, tenant, now.AddDate(0, 2, 0), "").Pace; got != -1 {
		t.Errorf("pace after the period = %d, want none", got)
	}
}

func TestWhen_wordsFitTheDistance(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Ago(time.Time{}, noon, nil).Words, "never"},
		{Ago(noon.Add(-4*time.Minute), noon, nil).Words, "4 min ago"},
		{Ago(noon.Add(72*time.Hour), noon, nil).Words, "in 3 d"},
		{At(noon, noon, nil).Words, "12:00"},
		{At(noon.Add(-24*time.Hour), noon, nil).Words, "19 Nov, 12:00"},
		{At(noon.AddDate(-1, 0, 0), noon, nil).Words, "20 Nov 2025, 12:00"},
		{Date(noon).Words, "20 Nov 2026"},
	} {
		if got := strings.ReplaceAll(c.got, nbsp, " "); got != c.want {
			t.Errorf("words = %q, want %q", got, c.want)
		}
	}
	if w := Ago(noon.Add(time.Hour), noon, nil); w.Runs {
		t.Error("the browser would turn a time to come into one that was")
	}
}

func TestText_zeroUnknownAndUnlimitedDiffer(t *testing.T) {
	zero, unknown, unlimited := Amount(fleet.Storage, fleet.Of(0), "why"), Amount(fleet.Storage, fleet.Unknown, "why"), LimitText(fleet.Storage, fleet.Unlimited)
	if zero.Words != "0"+nbsp+"B" || unknown != Unknown("why") || unlimited.Words != "∞" {
		t.Errorf("zero %+v, unknown %+v, unlimited %+v", zero, unknown, unlimited)
	}
	if PercentOf(fleet.ShareUnlimited).Words != "∞" || !PercentOf(fleet.ShareUnknown).Unknown || PercentOf(999).Words != "99%" {
		t.Error("shares do not keep their three kinds")
	}
}
