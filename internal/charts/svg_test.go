package charts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/fleet"
)

// What a chart may consist of under a strict content security policy.
var (
	allowedElements   = words("svg title desc g rect path circle text")
	allowedAttributes = words("xmlns class viewBox role aria-labelledby font-size fill fill-opacity stroke stroke-opacity stroke-width stroke-dasharray id x y width height cx cy r d text-anchor")
)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// check reads an SVG as strict XML, fails on what a page must not have, and
// gives back its texts.
func check(t *testing.T, svg []byte) (texts string) {
	t.Helper()
	var all strings.Builder
	ids := map[string]bool{}
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			checkElement(t, e, ids)
		case xml.CharData:
			all.Write(e)
			all.WriteByte('\n')
		}
	}
	for _, bad := range []string{"NaN", "Inf", "-922337", `="-`} {
		if bytes.Contains(svg, []byte(bad)) && !strings.Contains(all.String(), bad) {
			t.Errorf("the drawing contains %s:\n%s", bad, svg)
		}
	}
	return all.String()
}

func checkElement(t *testing.T, e xml.StartElement, ids map[string]bool) {
	t.Helper()
	if !allowedElements[e.Name.Local] {
		t.Errorf("element <%s>", e.Name.Local)
	}
	for _, a := range e.Attr {
		switch {
		case !allowedAttributes[a.Name.Local], strings.Contains(a.Value, "url("):
			t.Errorf("attribute %s=%q of <%s>", a.Name.Local, a.Value, e.Name.Local)
		case a.Name.Local == "id" && ids[a.Value]:
			t.Errorf("id %q twice", a.Value)
		case a.Name.Local == "id":
			ids[a.Value] = true
		}
	}
}

func TestSVG_fitsAStrictPolicy(t *testing.T) {
	all := pictures()
	all["stacked-90-days"] = ninetyDays()
	for name, d := range all {
		t.Run(name, func(t *testing.T) {
			svg := render(t, d)
			check(t, svg)
			if len(svg) > 40_000 {
				t.Errorf("%d bytes, want at most 40,000", len(svg))
			}
		})
	}
}

func TestSVG_hostileTextStaysText(t *testing.T) {
	head := Head{ID: `x" onload="alert(1)`, Title: hostile, Desc: hostile + strings.Repeat("W", 256)}
	c, d, s, l := cumulative(), daily(), stacked(), line()
	c.Head, d.Head, s.Head, l.Head = head, head, head, head
	c.LimitLabel, l.LimitLabel = hostile+strings.Repeat("محمد ", 80), strings.Repeat("W", 256)
	d.Days, d.Empty = nil, hostile
	for i := range s.Series {
		s.Series[i].Name = hostile + strings.Repeat("🐘", 256)
	}
	for name, p := range map[string]picture{"cumulative": c, "daily": d, "stacked": s, "line": l} {
		t.Run(name, func(t *testing.T) {
			texts := check(t, render(t, p))
			if !strings.Contains(texts, "<script>alert(1)</script>") {
				t.Error("the text is gone, want it shown as text")
			}
		})
	}
}

func TestSVG_longLabelsAreCutByTheirWidth(t *testing.T) {
	l := line()
	l.LimitLabel = strings.Repeat("W", 256)
	texts := check(t, render(t, l))
	if strings.Contains(texts, l.LimitLabel) || !strings.Contains(texts, "WWW…") {
		t.Errorf("the limit's label is not cut: %q", texts)
	}
}

func TestSVG_noDataMakeItFail(t *testing.T) {
	day := fleet.Day(20261120)
	cases := map[string][]Point{
		"none":        nil,
		"all unknown": {{Day: day}, {Day: day.Add(-1)}},
		"all zero":    {{day, fleet.Of(0)}, {day.Add(-1), fleet.Of(0)}},
		"one point":   {{day.Add(-3), fleet.Of(5000)}},
		"one second":  {{day, fleet.Of(1)}},
		"huge":        {{day, fleet.Of(math.MaxInt64)}, {day.Add(-1), fleet.Of(math.MaxInt64)}},
		"negative":    {{day, fleet.Of(-5)}, {day.Add(-1), fleet.Of(math.MinInt64)}},
		"elsewhere":   {{20200101, fleet.Of(7)}, {20400101, fleet.Of(7)}},
	}
	for name, points := range cases {
		for _, limit := range []fleet.Limit{fleet.Unlimited, fleet.Cap(1), fleet.Cap(math.MaxInt64)} {
			for i, p := range everyChart(points, limit) {
				svg := render(t, p)
				check(t, svg)
				if len(svg) > 60_000 {
					t.Errorf("%s: chart %d has %d bytes", name, i, len(svg))
				}
			}
		}
	}
}

// everyChart draws points in every way there is, in ranges of all kinds.
func everyChart(points []Point, limit fleet.Limit) (list []picture) {
	ranges := [][2]fleet.Day{{20261120, 20261120}, {20261101, 20261130}, {20260101, 20261120}, {20261120, 20261101}, {0, 0}, {10101, 99991231}}
	for _, r := range ranges {
		list = append(list,
			Daily{Unit: CUSeconds, From: r[0], To: r[1], Days: points, Limit: limit, Now: now},
			Line{Unit: Bytes, From: r[0], To: r[1], Days: points, Limit: limit, Now: now},
			Spark{Unit: Seconds, From: r[0], To: r[1], Days: points, Now: now},
			Stacked{Unit: Bytes, From: r[0], To: r[1], Now: now, AtEnd: fleet.Of(math.MaxInt64)})
	}
	forecast := &fleet.Forecast{AtEnd: math.MaxInt64, Out: now.Add(time.Hour)}
	for _, p := range []fleet.Period{november, {}, {Start: now, End: now}, {Start: november.End, End: november.Start}, {Start: time.Time{}, End: now.AddDate(500, 0, 0)}, {Start: utc(13, 17), End: utc(20, 16)}} {
		for _, m := range fleet.Meters() {
			list = append(list, Cumulative{Meter: m, Period: p, Days: points, Limit: limit, Forecast: forecast, Now: now})
		}
	}
	return append(list, Months{Unit: Hours, Last: 202611, Now: now}, Months{}, Months{Last: 202611, Count: 1 << 30, List: []Month{{Month: 202611, Value: fleet.Of(math.MaxInt64)}}})
}

func TestSVG_saysWhenARangeIsEmpty(t *testing.T) {
	d := daily()
	d.Days, d.Empty = nil, "Usage begins with the first sync."
	if texts := check(t, render(t, d)); strings.Count(texts, d.Empty) != 2 {
		t.Errorf("want the sentence in the drawing and its description:\n%s", texts)
	}
	c := cumulative()
	c.Days = nil
	if texts := check(t, render(t, c)); !strings.Contains(texts, "No usage is known for these days.") {
		t.Errorf("want the sentence:\n%s", texts)
	}
}

func TestSVG_everyDayIsThereToPointAt(t *testing.T) {
	svg := string(render(t, daily()))
	if got := strings.Count(svg, `class="slot"`); got != 30 {
		t.Errorf("%d days to point at, want 30", got)
	}
	for _, want := range []string{"<title>19 November: 1.3\u00a0GB</title>", "<title>26 October: unknown</title>", "<title>20 November: 2.3\u00a0GB, incomplete</title>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s", want)
		}
	}
	if got := strings.Count(svg, "bar partial"); got != 1 {
		t.Errorf("%d partial bars, want today's", got)
	}
}

func TestSVG_marksWhatIsOverTheLimit(t *testing.T) {
	d := daily()
	d.Limit = fleet.Cap(2e9)
	if svg := string(render(t, d)); !strings.Contains(svg, `class="bar over"`) || !strings.Contains(svg, `class="limit"`) || !strings.Contains(svg, "Limit 2\u00a0GB<") {
		t.Errorf("want marked bars and a labelled line:\n%s", svg)
	}
}

func TestSVG_canBeDrawnAtTheSameTime(t *testing.T) {
	want := pictures()
	var wg sync.WaitGroup
	for name, p := range want {
		first := render(t, p)
		for range 8 {
			wg.Go(func() {
				if again, err := p.SVG(); err != nil || !bytes.Equal(again, first) {
					t.Errorf("%s: drawn again it differs (%v)", name, err)
				}
			})
		}
	}
	wg.Wait()
}

func BenchmarkSVG(b *testing.B) {
	all := pictures()
	all["stacked-90-days"] = ninetyDays()
	for name, p := range all {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.SVG(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
