package usagesync_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/neon/neonsim"
)

func TestSettle_theFirstOneBringsWhatNeonStillHas(t *testing.T) {
	each(t, 60, func(w *world) {
		w.wire.put(smallPages(25))
		w.sync(false)
		today := fleet.DayOf(noon)
		for _, id := range w.some(12) {
			w.expectDays(id, today.Add(-59), today.Add(-1), w.neonsDays(id, today.Add(-59).Start(), today.Start(), neon.Daily))
			w.expectMonths(id)
		}
		if r := w.last(fleet.Settle); !r.Complete || r.Rows < 60 || r.Rows > r.Total {
			w.Errorf("record %+v, want everybody", r)
		}
	})
}

// some are projects drawn by a fixed seed: those with a change of plan in
// mid-month, and others.
func (w *world) some(n int) []string {
	w.Helper()
	ids := w.sim.Find(func(c neonsim.Casting) bool { return c.Split })
	if len(ids) == 0 {
		w.Fatal("no project changed its plan")
	}
	if len(ids) > n/2 {
		ids = ids[:n/2]
	}
	all := w.sim.IDs()
	draw := rand.New(rand.NewPCG(1, 2))
	for len(ids) < n {
		ids = append(ids, all[draw.IntN(len(all))])
	}
	return ids
}

// expectMonths checks that a month whose days are all known is their sum, and
// that an older one is what Neon says of it.
func (w *world) expectMonths(id string) {
	w.Helper()
	d := w.detail(id).Tenant
	first, this := fleet.MonthOf(noon).Add(-11), fleet.MonthOf(noon)
	neons := w.neonsDays(id, first.Start(), this.Start(), neon.Monthly) // by the first day of each
	months, err := w.store.UsageMonths(w.Context(), d.Local, first, this)
	w.must(err)
	for _, month := range months {
		if month.Month.End().Before(d.CreatedAt) {
			continue
		}
		want, known := neons[month.Month.First()], true
		if month.Month == this {
			want = w.sumDays(id, month.Month.First(), fleet.DayOf(noon))
		}
		for m := range fleet.BilledCount {
			if got := month.Usage[m]; known && got != fleet.Of(want[m]) {
				w.Errorf("%s in %s: %s is %v, want %d", id, month.Month, fleet.Metric(m).Column(), got, want[m])
			}
		}
	}
}

func (w *world) sumDays(id string, from, to fleet.Day) (sum [fleet.BilledCount]int64) {
	w.Helper()
	for _, d := range w.days(id, from, to) {
		for m := range sum {
			sum[m] += d.Usage[m].Or(0)
		}
	}
	return sum
}

func TestSettle_periodToDateIsTheSumOfThePeriodsOwnParts(t *testing.T) {
	each(t, 60, func(w *world) {
		w.sync(true)
		for _, id := range w.some(12) {
			d := w.detail(id).Tenant
			want := w.neonsPeriod(id, d.Period)
			if got := d.Used[fleet.Compute]; got != fleet.Of(want[fleet.ComputeCUSeconds]) {
				w.Errorf("%s: compute of %v to date is %v, want %d", id, d.Period, got, want[fleet.ComputeCUSeconds])
			}
			if got := d.Used[fleet.Transfer]; got != fleet.Of(want[fleet.PublicBytes]+want[fleet.PrivateBytes]) {
				w.Errorf("%s: transfer to date is %v, want %d", id, got, want[fleet.PublicBytes]+want[fleet.PrivateBytes])
			}
		}
	})
}

// neonsPeriod sums what Neon says of the period that begins where p does: days
// up to yesterday, and today's full hours.
func (w *world) neonsPeriod(id string, p fleet.Period) (sum [fleet.BilledCount]int64) {
	w.Helper()
	today := fleet.DayOf(noon)
	for _, q := range []neon.ConsumptionQuery{
		{From: today.Add(-40).Start(), To: today.Start(), Granularity: neon.Daily, ProjectIDs: []string{id}},
		{From: today.Start(), To: noon.Truncate(time.Hour), Granularity: neon.Hourly, ProjectIDs: []string{id}},
	} {
		for page, err := range w.ask().Consumption.Projects(w.Context(), q) {
			w.must(err)
			for _, item := range page.Items {
				for _, period := range item.Periods {
					for _, t := range period.Consumption {
						if !t.Start.Before(p.Start) || !period.Start.Before(p.Start) {
							addNeons(&sum, t.Metrics)
						}
					}
				}
			}
		}
	}
	return sum
}

func TestSettle_makesADayFinalOnly24HoursAfterItsEnd(t *testing.T) {
	each(t, 40, func(w *world) {
		w.sync(false)
		id := w.cast(neonsim.Busy)
		today := fleet.DayOf(noon)
		final := func(day fleet.Day) bool { return w.days(id, day, day)[0].Final }
		if !final(today.Add(-2)) || final(today.Add(-1)) || final(today) {
			w.Errorf("final two, one and no day ago: %v %v %v, want only the first", final(today.Add(-2)), final(today.Add(-1)), final(today))
		}
		fresh, err := w.store.Freshness(w.Context())
		w.must(err)
		if fresh.SettledThrough != today.Add(-2) {
			w.Errorf("settled through %s, want %s", fresh.SettledThrough, today.Add(-2))
		}
		w.pass(14 * time.Hour) // 02:10: the night's settle
		w.must(w.jobs.SweepNow(w.Context(), "test"))
		w.must(w.jobs.NightlySettle(w.Context()))
		if !final(today.Add(-1)) || final(today) {
			w.Errorf("after the night: %v and %v, want yesterday's final and today's not", final(today.Add(-1)), final(today))
		}
		w.expectDays(id, today, today, w.neonsDays(id, today.Start(), today.End(), neon.Daily))
	})
}

func TestSettle_afterALongTimeOffBeginsWithEverythingAgain(t *testing.T) {
	w := start(t, sqlite(t), 40)
	w.sync(false)
	w.pass(70 * 24 * time.Hour)
	w.must(w.jobs.SweepNow(t.Context(), "test"))
	w.must(w.settle())
	today := fleet.DayOf(w.sim.Now())
	id := w.cast(neonsim.Busy)
	w.expectDays(id, today.Add(-59), today.Add(-1), w.neonsDays(id, today.Add(-59).Start(), today.Start(), neon.Daily))
	gap := w.days(id, today.Add(-65), today.Add(-65))[0]
	if gap.Usage[fleet.ComputeCUSeconds].Known() {
		t.Errorf("a day that Neon had forgotten is known: %v", gap.Usage)
	}
}

func TestSettle_whoseDaysAreTooOldForNeonBeginsAnew(t *testing.T) {
	w := start(t, sqlite(t), 60)
	w.must(w.jobs.SweepNow(t.Context(), "test"))
	w.sim.SetFaults([]neonsim.Fault{{Path: "/api/v2/consumption_history/*", Status: 500}})
	if err := w.settle(); err == nil {
		t.Fatal("a settle without answers is complete")
	}
	w.sim.SetFaults(nil)
	w.pass(13 * time.Hour) // tomorrow, and the plan of today reaches back 60 days
	if err := w.settle(); err == nil {
		t.Fatal("Neon gave days that are too old")
	}
	w.says(fleet.Settle, "406")
	w.must(w.settle())
	if r := w.last(fleet.Settle); !r.Complete {
		t.Errorf("record %+v", r)
	}
}

func TestSettle_finishesMarkingWhatAnEarlierOneRead(t *testing.T) {
	w := start(t, sqlite(t), 30)
	w.must(w.jobs.SweepNow(t.Context(), "test"))
	w.must(w.settle())
	no := w.count(`SELECT max(no) FROM settle`)
	w.exec(`UPDATE settle SET final = 0`)
	w.exec(`UPDATE usage_day SET settled = $1 WHERE settled = 1`, -no)
	w.exec(`UPDATE usage_month SET days_settled = 0 WHERE whole = 0`)
	w.pass(25 * time.Hour)
	w.must(w.settle())
	if n := w.count(`SELECT count(*) FROM usage_day WHERE settled = $1`, -no); n != 0 {
		t.Errorf("%d days of the first settle never became final", n)
	}
	if n := w.count(`SELECT count(*) FROM settle WHERE final = 0`); n != 0 {
		t.Errorf("%d settles are not closed", n)
	}
}

func TestSettle_onTheFreePlanStillPrunes(t *testing.T) {
	w := startAt(t, sqlite(t), neonsim.Config{Projects: 10, Anchor: noon, Plan: "free"})
	w.sync(false)
	w.exec(`INSERT INTO usage_day (tenant, day, active_s, settled) VALUES (1, 20250101, 5, 0)`)
	w.must(w.settle())
	if n := w.count(`SELECT count(*) FROM usage_day WHERE day < 20251001`); n != 0 {
		t.Error("days older than the setting stay for ever")
	}
}

func TestSettle_goesOnBetweenPagesOfTheActive(t *testing.T) {
	w := start(t, sqlite(t), 220)
	w.must(w.jobs.SweepNow(t.Context(), "test"))
	settled := make(chan error, 1)
	go func() { settled <- w.jobs.Settle(t.Context(), "test") }()
	w.must(w.jobs.Once(t.Context(), "test", false))
	if err := <-settled; err != nil {
		t.Error(fmt.Errorf("settle beside the usage: %w", err))
	}
	if fresh, err := w.store.Freshness(t.Context()); err != nil || fresh.Failed != nil || len(fresh.Complete) != 3 {
		t.Errorf("%+v, %v; want three steps complete", fresh, err)
	}
}
