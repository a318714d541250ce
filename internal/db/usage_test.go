package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// novemberOpen is Neon's period of the month, still open.
func novemberOpen(buckets ...db.UsageBucket) db.UsagePeriod {
	return db.UsagePeriod{Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Plan: "scale_v3", Buckets: buckets}
}

// bucket has n of compute and of public transfer, and 10 n of root storage.
func bucket(start time.Time, n int64) db.UsageBucket {
	return db.UsageBucket{Start: start, Billed: db.Billed{fleet.ComputeCUSeconds: n, fleet.RootByteHours: 10 * n, fleet.PublicBytes: n}}
}

func of(id string, periods ...db.UsagePeriod) db.TenantUsage {
	return db.TenantUsage{ID: fleet.TenantID(id), Periods: periods}
}

// day is 00:00 UTC of a day in November 2026.
func day(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }

func use(t testing.TB, store *db.DB, p db.UsagePage) {
	t.Helper()
	if p.At.IsZero() {
		p.At = noon()
	}
	if err := store.UsagePage(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// swept is a store with the tenants a, b, ... on Free, seen at noon.
func swept(t testing.TB, store *db.DB, ids ...string) {
	t.Helper()
	withPlans(t, store)
	var list []db.SweepProject
	for _, id := range ids {
		list = append(list, project(id))
	}
	sweep(t, store, noon(), list...)
}

func TestUsagePage_aMissingMetricIsZeroAndAMissingTenantUnknown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a", "absent", "nothing used")
		use(t, store, db.UsagePage{From: day(9), To: noon(), Tenants: []db.TenantUsage{
			of("a", novemberOpen(bucket(day(9).Add(time.Hour), 5), bucket(day(10).Add(2*time.Hour), 7))),
			of("nothing used"),
			of("nobody we know", novemberOpen(bucket(day(9), 1))),
		}})
		expect(t, store, "1 20261109 5 50 0 5\n1 20261110 7 70 0 7\n2 20261110 - - - -\n3 20261109 0 0 0 0\n3 20261110 0 0 0 0",
			`SELECT tenant, day, cu_s, root_bh, priv_b, pub_b FROM usage_day ORDER BY tenant, day`)
		expect(t, store, "a 12 12\nabsent - -\nnothing used 0 0", `SELECT name, cu_s, transfer_b FROM tenant ORDER BY id`)
		expect(t, store, "1 12 2\n2 - 0\n3 0 2", `SELECT tenant, cu_s, days_known FROM usage_month ORDER BY tenant`)
	})
}

func TestUsagePage_twiceChangesNothingAndALaterAnswerReplaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		page := db.UsagePage{From: day(9), To: noon(), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(9), 5), bucket(day(10), 7)))}}
		sums := `SELECT m.cu_s, m.pub_b, m.days_known, f.cu_s, f.known, f.tenants, t.cu_s FROM usage_month m JOIN tenant t ON t.id = m.tenant JOIN fleet_day f ON f.day = 20261109 AND f.plan = 1`
		for range 2 {
			use(t, store, page)
			expect(t, store, "12 12 2 5 1 1 12", sums)
		}
		page.To = noon().Add(time.Hour)
		page.Tenants = []db.TenantUsage{of("a", novemberOpen(bucket(day(9), 4), bucket(day(10), 9)))}
		use(t, store, page)
		expect(t, store, "13 13 2 4 1 1 13", sums)
	})
}

func TestUsagePage_anEarlierHourNeverTakesBackToday(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		use(t, store, db.UsagePage{From: day(10), To: noon(), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(10), 7)))}})
		use(t, store, db.UsagePage{From: day(10), To: noon().Add(-time.Hour), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(10), 6)))}})
		expect(t, store, "7 7", `SELECT u.cu_s, t.cu_s FROM usage_day u JOIN tenant t ON t.id = u.tenant`)
	})
}

func TestUsagePage_countsABucketThatStandsTwiceOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		twice := of("a", novemberOpen(bucket(day(9), 5), bucket(day(9), 5)))
		use(t, store, db.UsagePage{From: day(9), To: day(10), Tenants: []db.TenantUsage{twice, twice}})
		expect(t, store, "5", `SELECT cu_s FROM usage_day WHERE day = 20261109`)
	})
}

func TestUsagePage_keepsADayThatNeonDividesByItsParts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		change := day(8).Add(18 * time.Hour)
		first := db.UsagePeriod{Start: day(1), End: change, Plan: "launch_v3", Buckets: []db.UsageBucket{bucket(day(7), 1), bucket(day(8), 3)}}
		second := db.UsagePeriod{Start: change, Plan: "scale_v3", Buckets: []db.UsageBucket{bucket(day(8), 20), bucket(day(9), 30)}}
		use(t, store, db.UsagePage{From: day(7), To: day(10), Tenants: []db.TenantUsage{of("a", first, second)}})

		expect(t, store, "20261107 1\n20261108 23\n20261109 30", `SELECT day, cu_s FROM usage_day WHERE day < 20261110 ORDER BY day`)
		expect(t, store, "20261108 launch_v3 3\n20261108 scale_v3 20", `SELECT day, neon_plan, cu_s FROM usage_part ORDER BY neon_plan`)
		expect(t, store, "54", `SELECT cu_s FROM tenant`)

		// Neon itself says that the period began within the day.
		if err := store.CountersPage(t.Context(), db.SyncMark{}, []db.ProjectCounters{{ID: "a", At: noon(), Active: fleet.Of(9), Written: fleet.Of(8),
			Period: fleet.Period{Start: change, End: day(8).Add(18*time.Hour).AddDate(0, 1, 0)}}}); err != nil {
			t.Fatal(err)
		}
		expect(t, store, "50 50", `SELECT cu_s, transfer_b FROM tenant`)

		// A correction undivides the day.
		use(t, store, db.UsagePage{From: day(8), To: day(9), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(8), 23)))}})
		expect(t, store, "", `SELECT * FROM usage_part`)
	})
}

func TestUsagePage_hasNoDaysBeforeTheProject(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		p := project("a")
		p.CreatedAt = day(8).Add(5 * time.Hour)
		sweep(t, store, noon(), p)
		use(t, store, db.UsagePage{From: day(1), To: day(10), Tenants: []db.TenantUsage{of("a")}})
		expect(t, store, "20261108\n20261109\n20261110", `SELECT day FROM usage_day ORDER BY day`)
	})
}

func TestUsagePage_aChangeOfPlanLeavesOldSumsWhereTheyWere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		use(t, store, db.UsagePage{From: day(8), To: day(9), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(8), 5)))}})
		if err := store.Exec(t.Context(), `INSERT INTO tenant_plan (tenant, from_day, plan, version) VALUES (1, 20261109, 2, 1)`); err != nil {
			t.Fatal(err)
		}
		use(t, store, db.UsagePage{From: day(8), To: day(10), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(8), 6), bucket(day(9), 7)))}})
		expect(t, store, "20261108 1 6\n20261109 2 7", `SELECT day, plan, cu_s FROM fleet_day WHERE known > 0 ORDER BY day, plan`)
	})
}

func TestUsagePage_isAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		before, err := store.Dump(t.Context(), `SELECT * FROM usage_day`)
		if err != nil {
			t.Fatal(err)
		}
		cutOff := errors.New("cut off")
		err = store.Update(t.Context(), func(tx *db.DB) error {
			if err := tx.UsagePage(t.Context(), db.UsagePage{At: noon(), From: day(9), To: noon(), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(9), 5)))}}); err != nil {
				return err
			}
			return cutOff
		})
		if !errors.Is(err, cutOff) {
			t.Fatalf("err = %v, want %v", err, cutOff)
		}
		expect(t, store, before, `SELECT * FROM usage_day`)
		expect(t, store, "- 0", `SELECT cu_s, usage_at FROM tenant`)
		expect(t, store, "0 0", `SELECT max(known), max(cu_s) FROM fleet_day`)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := store.UsagePage(ctx, db.UsagePage{At: noon(), From: day(9), To: noon(), Tenants: []db.TenantUsage{of("a")}}); err == nil {
			t.Error("a page stored after its context ended")
		}
	})
}

func TestUsagePage_forecastsWhenTheFirstLimitIsReached(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "quick", "slow")
		pace := func(n int64) db.UsagePeriod {
			var list []db.UsageBucket
			for d := 1; d <= 9; d++ {
				list = append(list, db.UsageBucket{Start: day(d), Billed: db.Billed{fleet.ComputeCUSeconds: n}})
			}
			return novemberOpen(list...)
		}
		// 25 CU-h are 90,000 CU-s: nine days of 9,000 leave one day; of 500 they last.
		use(t, store, db.UsagePage{From: day(1), To: noon(), Tenants: []db.TenantUsage{of("quick", pace(9000)), of("slow", pace(500))}})
		if got, want := dumpOf(t, store, `SELECT name, out_at, out_meter FROM tenant ORDER BY id`),
			"quick 1794398400 0\nslow 0 0"; got != want {
			t.Errorf("got %s, want %s (%s)", got, want, time.Unix(1794398400, 0).UTC())
		}
	})
}

func dumpOf(t testing.TB, store *db.DB, query string) string {
	t.Helper()
	got, err := store.Dump(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDueUsage_isWhoWasActiveSinceTheLastReading(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		read, never, again := project("read"), project("never used"), project("again")
		read.LastActive, never.LastActive = noon().Add(-2*time.Hour), time.Time{}
		sweep(t, store, noon(), read, never, again)
		names := func(after int64) (ids []fleet.TenantID) {
			list, err := store.DueUsage(t.Context(), after, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range list {
				ids = append(ids, u.ID)
			}
			return ids
		}
		if got := names(0); len(got) != 2 || got[0] != "read" || got[1] != "again" {
			t.Errorf("due at first = %v, want read, again", got)
		}
		if got := names(1); len(got) != 1 || got[0] != "again" {
			t.Errorf("due after 1 = %v, want again", got)
		}
		use(t, store, db.UsagePage{From: day(9), To: noon(), Tenants: []db.TenantUsage{of("read"), of("again")}})
		if got := names(0); len(got) != 1 || got[0] != "again" {
			t.Errorf("due after reading to noon = %v, want again: it was used at 11:55, and figures come late", got)
		}
	})
}

func TestSweepPage_aQuietDayIsAKnownZeroOfThePeriodToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		expect(t, store, "-", `SELECT cu_s FROM tenant`)
		sweep(t, store, noon().Add(time.Hour), project("a"))
		expect(t, store, "0 0 0", `SELECT t.cu_s, m.cu_s, m.days_known FROM tenant t JOIN usage_month m ON m.tenant = t.id`)
		expect(t, store, "1 0 1", `SELECT cu_n, known, active_n FROM fleet_day`)
	})
}
