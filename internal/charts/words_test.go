package charts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/fleet"
)

// plain turns non-breaking spaces into spaces, for reading.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestSummary_saysWhatIsSeenAtFirstSight(t *testing.T) {
	zero, equal, onlyToday, limited, part := daily(), daily(), daily(), daily(), months()
	zero.Days, equal.Days, onlyToday.Days = nil, nil, []Point{{20261120, fleet.Of(3e9)}}
	for _, d := range days(zero.From, zero.To) {
		zero.Days = append(zero.Days, Point{d, fleet.Of(0)})
		equal.Days = append(equal.Days, Point{d, fleet.Of(7e6)})
	}
	limited.Limit = fleet.Cap(2.4e9)
	over := cumulative()
	over.Limit, over.Forecast = fleet.Cap(800*3600), &fleet.Forecast{AtEnd: 1890 * 3600}
	unlimited := cumulative()
	unlimited.Limit, unlimited.Days = fleet.Unlimited, without(unlimited.Days, 3)
	unlimited.Forecast.Out = time.Time{}
	empty := daily()
	empty.Days = nil
	for _, c := range []struct {
		of   interface{ Summary() string }
		want string
	}{
		{daily(), "Between 0.7 and 2.4 GB a day; 20 November is incomplete; 4 days unknown."},
		{zero, "0 MB a day; 20 November is incomplete."},
		{equal, "7.0 MB a day; 20 November is incomplete."},
		{onlyToday, "3.0 GB so far; 20 November is incomplete; 29 days unknown."},
		{limited, "Between 0.7 and 2.4 GB a day; 20 November is incomplete; 2 days at or above the limit of 2.4 GB; 4 days unknown."},
		{empty, "No usage is known for these days."},
		{stacked(), "Between 148 and 557 CU-hours a day; 20 November is incomplete."},
		{part, "Between 200 and 920 CU-hours a month; May 2026 is known in part, 4 days unknown; November 2026 is incomplete; 1 month unknown."},
		{line(), "Between 0.8 and 4.0 GB; 20 November is incomplete; 6 days unknown."},
		{cumulative(), "1,235 CU-hours by 20 November, 82.3% of the limit of 1,500 CU-hours. On this pace it is reached on 24 November; this is an estimate."},
		{over, "1,235 CU-hours by 20 November, 154.4% of the limit of 800 CU-hours. The limit was reached on 13 November. On this pace 1,890 CU-hours by 30 November; this is an estimate."},
		{unlimited, "1,235 CU-hours by 20 November. On this pace 1,890 CU-hours by 30 November; this is an estimate. 1 day unknown."},
	} {
		if got := plain(c.of.Summary()); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestTable_hasTheDaysThatHaveBegun(t *testing.T) {
	d := daily()
	d.From, d.To, d.Since = 20261101, 20261130, 20261106
	d.Days = []Point{{20261106, fleet.Of(0)}, {20261107, fleet.Of(1)}, {20261120, fleet.Of(2.5e9)}}
	got := d.Table()
	if want := []string{"Day", "Usage", "Note"}; !slices.Equal(got.Columns, want) {
		t.Errorf("columns = %q, want %q", got.Columns, want)
	}
	if len(got.Rows) != 15 {
		t.Fatalf("%d rows, want 15: from the first day of the tenant to today", len(got.Rows))
	}
	for i, want := range map[int]string{0: "2026-11-06 0 GB ", 1: "2026-11-07 <0.1 GB ", 2: "2026-11-08 – Unknown.", 14: "2026-11-20 2.5 GB Incomplete."} {
		r := got.Rows[i]
		if text := plain(r.Label + " " + strings.Join(r.Values, " ") + " " + r.Note); text != want {
			t.Errorf("row %d = %q, want %q", i, text, want)
		}
	}
}

func TestTable_ofPlansHasTheirSumAndSaysWhatIsUnknown(t *testing.T) {
	s := stacked()
	s.Series[1].Days = without(s.Series[1].Days, 2)
	got := s.Table()
	if want := []string{"Day", "Free", "Pro", "Enterprise", "Total", "Note"}; !slices.Equal(got.Columns, want) {
		t.Errorf("columns = %q, want %q", got.Columns, want)
	}
	if r := got.Rows[2]; r.Values[1] != "–" || r.Note != "\u2068Pro\u2069 unknown." {
		t.Errorf("row = %+v, want Pro unknown", r)
	}
}

func TestStacked_putsTheFifthPlanAndMoreTogether(t *testing.T) {
	s := Stacked{Unit: Count, From: 20261118, To: 20261120, Now: now}
	for i, name := range []string{"Free", "Pro", "Team", "Scale", "Enterprise"} {
		s.Series = append(s.Series, Series{name, []Point{{20261119, fleet.Of(int64(10 + i))}, {20261120, fleet.Of(1)}}})
	}
	s.Series[4].Days = s.Series[4].Days[:1]
	want := []Key{{"s1", "Free"}, {"s2", "Pro"}, {"s3", "Team"}, {"s4", "Others"}}
	if got := s.Keys(); !slices.Equal(got, want) {
		t.Errorf("keys = %v, want %v", got, want)
	}
	rows := s.Table().Rows
	for i, want := range []string{"– – – – –", "10 11 12 27 60", "1 1 1 1 4"} {
		if got := strings.Join(rows[i].Values, " "); got != want {
			t.Errorf("row %d = %s, want %s", i, got, want)
		}
	}
	if got := s.Sum(); got != fleet.Of(64) {
		t.Errorf("sum = %v, want 64", got)
	}
}

func TestScale_writesAllNumbersOfAChartAlike(t *testing.T) {
	for _, c := range []struct {
		unit       Unit
		largest, n int64
		want       string
	}{
		{CUSeconds, 5400, 5400, "1.5 CU-h"},
		{CUSeconds, 4_536_000, 4_536_000, "1,260 CU-h"},
		{CUSeconds, 360, 36, "0.01 CU-h"},
		{CUSeconds, 36, 0, "0 CU-h"},
		{Seconds, 763_200, 763_200, "212 h"},
		{Seconds, 1800, 1800, "30.0 min"},
		{Bytes, 3_100_000_000, 512_000_000, "0.5 GB"},
		{Bytes, 999_600_000, 999_600_000, "1.0 GB"},
		{Bytes, 700, 700, "700 B"},
		{Bytes, 9_223_372_036_854_775_807, 9_223_372_036_854_775_807, "9,223 PB"},
		{ByteHours, 7_440_000_000_000, 7_440_000_000_000, "7.4 TB-h"},
		{Hours, 31, 31, "31 h"},
		{Count, 12408, 12408, "12,408"},
	} {
		if got := plain(c.unit.scaleFor(c.largest).short(c.n)); got != c.want {
			t.Errorf("%d of at most %d = %q, want %q", c.n, c.largest, got, c.want)
		}
	}
}

func TestTicks_areRoundAndFew(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		top  float64
		want string
	}{
		{CUSeconds, 1700 * 3600, "0|500 CU-h|1,000 CU-h|1,500 CU-h"},
		{CUSeconds, 3600, "0|0.25 CU-h|0.50 CU-h|0.75 CU-h|1.00 CU-h"},
		{Bytes, 3.1e9, "0|1 GB|2 GB|3 GB"},
		{Count, 2, "0|1|2"},
	} {
		var labels []string
		for _, tick := range c.unit.scaleFor(int64(c.top)).yTicks(c.top) {
			labels = append(labels, plain(tick.Label))
		}
		if got := strings.Join(labels, "|"); got != c.want {
			t.Errorf("ticks to %v = %s, want %s", c.top, got, c.want)
		}
	}
}

func TestCut_endsWithAnEllipsisWithinTheWidth(t *testing.T) {
	font, err := defaultFont()
	if err != nil {
		t.Fatal(err)
	}
	r := ruler{font, 13}
	for _, s := range []string{"Pro", strings.Repeat("W", 256), strings.Repeat("i", 4000), strings.Repeat("🐘", 90), "word " + strings.Repeat("x", 99)} {
		got := r.cut(s, 90)
		if w := r.width(got); w > 90 {
			t.Errorf("%q is %.0f wide, want at most 90", got, w)
		}
		if got != s && !strings.HasSuffix(got, "…") {
			t.Errorf("%q was cut without an ellipsis", got)
		}
	}
	if got := r.cut("Enterprise", 3); got != "" {
		t.Errorf("cut to nothing = %q", got)
	}
}

func TestEveryMeterAndMetricHasItsUnit(t *testing.T) {
	for m, want := range map[fleet.Meter]Unit{fleet.Compute: CUSeconds, fleet.Active: Seconds, fleet.Storage: Bytes, fleet.Transfer: Bytes, fleet.Written: Bytes} {
		if got := UnitOf(m); got != want {
			t.Errorf("unit of %s = %d, want %d", m, got, want)
		}
	}
	for m, want := range map[fleet.Metric]Unit{fleet.ComputeCUSeconds: CUSeconds, fleet.HistoryByteHours: ByteHours, fleet.BranchHours: Hours, fleet.ActiveSeconds: Seconds, fleet.WrittenBytes: Bytes} {
		if got := UnitOfMetric(m); got != want {
			t.Errorf("unit of %s = %d, want %d", m.Column(), got, want)
		}
	}
}
