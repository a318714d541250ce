package charts

import (
	"math"
	"time"

	"neonfleet/internal/fleet"
)

// Test data: a tenant in November 2026, on the 20th in the afternoon.
var (
	november = fleet.Period{Start: utc(1, 0), End: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	now      = utc(20, 15)
)

func utc(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

// hostile is a text that tries everything.
const hostile = "<script>alert(1)</script>\"&' \u202eolleh\u202c 🐘\x00\x01\xff]]>"

// wave are n days ending with last, of about high, with a weekly rhythm.
func wave(last fleet.Day, n int, high float64) (list []Point) {
	for i := range n {
		v := high * (.6 + .3*math.Sin(float64(i)*2*math.Pi/7) + .1*math.Cos(float64(i)*1.7))
		list = append(list, Point{last.Add(i + 1 - n), fleet.Of(int64(v))})
	}
	return list
}

// without forgets the points at the places given.
func without(list []Point, places ...int) []Point {
	for _, i := range places {
		list[i].Value = fleet.Unknown
	}
	return list
}

// summed are the points added up.
func summed(list []Point) []Point {
	var sum fleet.Amount
	out := make([]Point, len(list))
	for i, p := range list {
		sum = sum.Add(p.Value)
		out[i] = Point{p.Day, sum}
	}
	return out
}

func cumulative() Cumulative {
	return Cumulative{
		Head: Head{ID: "compute", Title: "Compute time of acme-analytics this period"}, Meter: fleet.Compute, Period: november,
		Days: summed(wave(20261120, 20, 100*3600)), Limit: fleet.Cap(1500 * 3600), LimitLabel: "Pro limit 1,500\u00a0CU-h",
		Forecast: &fleet.Forecast{AtEnd: 1890 * 3600, Out: utc(24, 9)}, Now: now,
	}
}

func daily() Daily {
	return Daily{
		Head: Head{ID: "transfer", Title: "Transfer of acme-analytics by day"}, Unit: Bytes, From: 20261022, To: 20261120,
		Days: without(wave(20261120, 30, 2.6e9), 4, 5, 6, 17), Now: now,
	}
}

func stacked() Stacked {
	s := Stacked{
		Head: Head{ID: "fleet", Title: "Compute time of the fleet by day and plan", Wide: true}, Unit: CUSeconds, From: 20261101, To: 20261130,
		Now: now, AtEnd: fleet.Of(15800 * 3600),
	}
	for i, name := range []string{"Free", "Pro", "Enterprise"} {
		days := wave(20261120, 20, float64(180+20*i)*3600)
		days[19].Value = fleet.Of(60 * 3600)
		s.Series = append(s.Series, Series{name, days})
	}
	return s
}

func months() Months {
	m := Months{Head: Head{ID: "year", Title: "Compute time of acme-analytics by month"}, Unit: CUSeconds, Last: 202611, Now: now, Since: 202602}
	for i := range 10 {
		m.List = append(m.List, Month{Month: fleet.Month(202602).Add(i), Value: fleet.Of(int64(i*90+200) * 3600)})
	}
	m.List[3].Unknown = 4
	m.List[5].Value = fleet.Unknown
	return m
}

func line() Line {
	return Line{
		Head: Head{ID: "storage", Title: "Storage of acme-analytics by day"}, Unit: Bytes, From: 20260823, To: 20261120, Now: now,
		Days: without(wave(20261120, 90, 4e9), 20, 21, 22, 23, 50, 52), Limit: fleet.Cap(10e9), LimitLabel: "Pro limit 10\u00a0GB",
	}
}

func spark() Spark {
	return Spark{Head: Head{ID: "spark", Title: "Compute time, 30 days"}, Unit: CUSeconds, From: 20261022, To: 20261120,
		Days: without(wave(20261120, 30, 9000), 8, 9), Now: now}
}

// ninetyDays is the largest chart there is a link to.
func ninetyDays() Stacked {
	s := stacked()
	s.From, s.To = 20260823, 20261120
	for i := range s.Series {
		s.Series[i].Days = wave(20261120, 90, 5e5)
	}
	return s
}
