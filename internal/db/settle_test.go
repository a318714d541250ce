package db_test

import (
	"errors"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
)

// settled reads the days 7 to 9 of these tenants in a settle that began at a
// moment, and marks what became final, a tenant a page.
func settled(t testing.TB, store *db.DB, began time.Time, ids ...string) {
	t.Helper()
	no, err := store.BeginSettle(t.Context(), 20261107, 20261109, began)
	if err != nil {
		t.Fatal(err)
	}
	var answers []db.TenantUsage
	for _, id := range ids {
		answers = append(answers, of(id, novemberOpen(bucket(day(7), 1))))
	}
	use(t, store, db.UsagePage{At: began, From: day(7), To: day(10), Settle: no, Tenants: answers})
	if err := store.CompleteSettle(t.Context(), no); err != nil {
		t.Fatal(err)
	}
	markAll(t, store)
}

func markAll(t testing.TB, store *db.DB) {
	t.Helper()
	no, ok, err := store.UnmarkedSettle(t.Context())
	if err != nil || !ok {
		t.Fatalf("unmarked settle = %d, %v, %v", no, ok, err)
	}
	for after, done := int64(0), false; !done; {
		if after, done, err = store.FinalPage(t.Context(), no, after, 1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSettle_makesDaysFinalThatItCoveredADayAfterTheirEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a", "not in the answer")
		settled(t, store, noon(), "a") // the 9th ended 12 hours ago
		finals := `SELECT tenant, day, settled FROM usage_day WHERE settled <> 0 ORDER BY tenant, day`
		expect(t, store, "1 20261107 1\n1 20261108 1", finals)
		expect(t, store, "1 2 3\n2 0 0", `SELECT tenant, days_settled, days_known FROM usage_month ORDER BY tenant`)
		fresh, err := store.Freshness(t.Context())
		if err != nil || fresh.SettledThrough != 20261108 {
			t.Errorf("settled through %v, %v, want 2026-11-08", fresh.SettledThrough, err)
		}

		settled(t, store, noon().AddDate(0, 0, 1), "a")
		expect(t, store, "1 20261107 1\n1 20261108 1\n1 20261109 1", finals)
		expect(t, store, "1 3 3\n2 0 0", `SELECT tenant, days_settled, days_known FROM usage_month ORDER BY tenant`)
	})
}

func TestSettle_notCompleteMakesNothingFinal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		no, err := store.BeginSettle(t.Context(), 20261107, 20261109, noon())
		if err != nil {
			t.Fatal(err)
		}
		use(t, store, db.UsagePage{From: day(7), To: day(10), Settle: no, Tenants: []db.TenantUsage{of("a")}})
		if _, ok, err := store.UnmarkedSettle(t.Context()); ok || err != nil {
			t.Fatalf("a settle to mark = %v, %v, want none", ok, err)
		}
		expect(t, store, "0", `SELECT count(*) FROM usage_day WHERE settled = 1`)
		expect(t, store, "0", `SELECT days_settled FROM usage_month`)
	})
}

func TestSettle_aLaterCorrectionOfAFinalDayStaysFinal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		settled(t, store, noon(), "a")
		use(t, store, db.UsagePage{From: day(7), To: day(8), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(7), 9)))}})
		expect(t, store, "9 1 9 2", `SELECT u.cu_s, u.settled, m.cu_s, m.days_settled FROM usage_day u JOIN usage_month m ON m.tenant = u.tenant WHERE u.day = 20261107`)
	})
}

func TestMonthPage_fillsMonthsWhoseDaysAreNotAllKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		old := project("old")
		old.CreatedAt = time.Date(2026, 8, 20, 0, 0, 0, 0, time.UTC)
		sweep(t, store, noon(), old, project("october")) // created on 5 October
		month := func(m time.Month) time.Time { return time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC) }
		no, err := store.BeginSettle(t.Context(), 20261001, 20261109, noon())
		if err != nil {
			t.Fatal(err)
		}
		use(t, store, db.UsagePage{From: time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), To: day(10), Settle: no, Tenants: []db.TenantUsage{
			of("old", novemberOpen(bucket(month(10).AddDate(0, 0, 9), 2))), of("october", novemberOpen(bucket(month(10).AddDate(0, 0, 9), 3)))}})
		page := db.MonthPage{At: noon(), From: 202512, To: 202611, Settle: no, Tenants: []db.TenantUsage{
			of("old", novemberOpen(bucket(month(8), 100), bucket(month(10), 200), bucket(month(11), 300))),
			of("october", novemberOpen(bucket(month(10), 999)))}}
		months := `SELECT tenant, month, cu_s, days_known FROM usage_month WHERE month < 202611 ORDER BY tenant, month`
		want := "1 202608 100 12\n1 202609 0 30\n1 202610 200 31\n2 202610 3 27"
		for range 2 {
			if err := store.MonthPage(t.Context(), page); err != nil {
				t.Fatal(err)
			}
			expect(t, store, want, months)
		}
		// Days of a whole month still are stored, and leave its sum alone.
		use(t, store, db.UsagePage{From: month(10), To: month(11), Tenants: []db.TenantUsage{of("old", novemberOpen(bucket(month(10), 5)))}})
		expect(t, store, want, months)
		expect(t, store, "5", `SELECT cu_s FROM usage_day WHERE tenant = 1 AND day = 20261001`)

		if err := store.CompleteSettle(t.Context(), no); err != nil {
			t.Fatal(err)
		}
		markAll(t, store)
		expect(t, store, "1 202608 12\n1 202609 30\n1 202610 31\n2 202610 27", `SELECT tenant, month, days_settled FROM usage_month WHERE month < 202611 ORDER BY tenant, month`)
	})
}

func TestPruneDays_deletesOldDaysAndNeverCountsThemAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a", "b")
		page := db.UsagePage{From: day(7), To: day(10), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(7), 5), bucket(day(8), 6))), of("b")}}
		use(t, store, page)
		for after, done := int64(0), false; !done; {
			var err error
			if after, done, err = store.PruneDays(t.Context(), 20261108, after, 1); err != nil {
				t.Fatal(err)
			}
		}
		sums := `SELECT m.cu_s, m.days_known, f.cu_s FROM usage_month m JOIN fleet_day f ON f.day = 20261107 WHERE m.tenant = 1`
		for range 2 {
			expect(t, store, "20261108 2\n20261109 2\n20261110 2", `SELECT day, count(*) FROM usage_day GROUP BY day ORDER BY day`)
			expect(t, store, "11 3 5", sums)
			use(t, store, page)
		}
	})
}

func TestPeriodsPage_beginsTheNextWithWhatIsKnownOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a", "b", "c")
		sweep(t, store, noon().Add(time.Hour), project("a"), project("b"), project("c"))
		use(t, store, db.UsagePage{From: day(1), To: day(10), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(3), 50)))}})
		december := time.Date(2026, 12, 2, 6, 0, 0, 0, time.UTC)
		use(t, store, db.UsagePage{At: december, From: december.Add(-30 * time.Hour), To: december, Tenants: []db.TenantUsage{
			of("b", db.UsagePeriod{Start: december.Add(-30 * time.Hour), Plan: "scale_v3", Buckets: []db.UsageBucket{bucket(december.Add(-20*time.Hour), 4)}})}})

		pages := 0
		for after, done := int64(0), false; !done; pages++ {
			var err error
			if after, done, err = store.PeriodsPage(t.Context(), december, after, 2); err != nil {
				t.Fatal(err)
			}
		}
		if pages != 3 {
			t.Errorf("pages = %d, want 3: two with tenants, and one that found none", pages)
		}
		expect(t, store, "a - - 100000000 1798761600\nb 4 - 100000000 1798761600\nc - - 100000000 1798761600",
			`SELECT name, cu_s, active_s, storage_b, period_end FROM tenant ORDER BY id`)
		expectRollups(t, store)
	})
}

// expectRollups compares facets and sums with a recount.
func expectRollups(t testing.TB, store *db.DB) {
	t.Helper()
	for _, q := range []string{`SELECT * FROM facet WHERE n <> 0 ORDER BY plan, region, state, band, flags`,
		`SELECT * FROM fleet_sum WHERE known <> 0 ORDER BY plan, meter`, `SELECT * FROM seen_day WHERE n <> 0 ORDER BY day`} {
		kept := dumpOf(t, store, q)
		undo := errUndo{}
		err := store.Update(t.Context(), func(tx *db.DB) error {
			if err := tx.RebuildRollups(t.Context()); err != nil {
				return err
			}
			counted, err := tx.Dump(t.Context(), q)
			if err != nil {
				return err
			}
			if kept != counted {
				t.Errorf("%s\nkept:\n%s\ncounted:\n%s", q, kept, counted)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
	}
}

// errUndo ends a transaction that should leave nothing.
type errUndo struct{}

func (errUndo) Error() string { return "undo" }
