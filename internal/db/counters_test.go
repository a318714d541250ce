package db_test

import (
	"fmt"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// reading are counters of a at a moment: written n, the others small.
func reading(at time.Time, written int64) db.ProjectCounters {
	return db.ProjectCounters{ID: "a", At: at, Active: fleet.Of(5000), Compute: fleet.Of(1250), Transfer: fleet.Of(77), Written: fleet.Of(written), Period: fleet.MonthPeriod(at)}
}

func count(t testing.TB, store *db.DB, list ...db.ProjectCounters) {
	t.Helper()
	if err := store.CountersPage(t.Context(), db.SyncMark{}, list); err != nil {
		t.Fatal(err)
	}
}

func TestCountersPage_booksWrittenDataAsDifferences(t *testing.T) {
	hour, days := time.Hour, 24*time.Hour
	cases := []struct {
		name     string
		at       []time.Time
		readings []int64
		want     string
	}{
		{"the first in the middle of a period", []time.Time{noon()}, []int64{500}, ""},
		{"two in one day", []time.Time{noon(), noon().Add(hour)}, []int64{500, 530}, "20261110 30"},
		{"over a day nobody knows", []time.Time{noon(), noon().Add(3 * days)}, []int64{500, 530}, ""},
		{"unchanged over days", []time.Time{noon(), noon().Add(2 * days)}, []int64{500, 500}, "20261111 0\n20261112 0"},
		{"a fall", []time.Time{noon(), noon().Add(hour)}, []int64{500, 20}, "20261110 20"},
		{"soon after the start of a period", []time.Time{day(1).Add(20 * hour)}, []int64{40}, "20261101 40"},
		{"the second of a period above the last of the one before", []time.Time{day(1).Add(-hour), day(1).Add(hour)}, []int64{500, 600}, "20261101 600"},
	}
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				p := project(c.name)
				sweep(t, store, c.at[0].Add(-time.Minute), p)
				for i, at := range c.at {
					r := reading(at, c.readings[i])
					r.ID = p.ID
					count(t, store, r)
					count(t, store, r)
				}
				expect(t, store, c.want, `SELECT day, u.written_b FROM usage_day u JOIN tenant t ON t.id = u.tenant WHERE project_id = $1 AND u.written_b IS NOT NULL ORDER BY day`, c.name)
				expect(t, store, fmt.Sprint(c.readings[len(c.readings)-1]), `SELECT written_b FROM tenant WHERE project_id = $1`, c.name)
			})
		}
	})
}

func TestCountersPage_ownCounterDecidesWhetherAQuotaIsReached(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		over := reading(noon(), 8)
		over.Compute = fleet.Of(25 * 3600)
		count(t, store, over)
		expect(t, store, "2 compute limit reached -", `SELECT t.state, d.state_reason, t.cu_s FROM tenant t JOIN tenant_detail d ON d.tenant = t.id`)

		next := project("a")
		next.ActiveSeconds, next.PeriodEnd = fleet.Of(1), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		next.LastActive = time.Date(2026, 12, 1, 2, 59, 0, 0, time.UTC)
		sweep(t, store, next.LastActive.Add(time.Minute), next)
		expect(t, store, "0 ", `SELECT t.state, d.state_reason FROM tenant t JOIN tenant_detail d ON d.tenant = t.id`)
	})
}

func TestCountersPage_periodIsNeonsOwnWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		own := fleet.Period{Start: day(4).Add(3 * time.Hour), End: day(4).Add(3*time.Hour).AddDate(0, 1, 0)}
		c := reading(noon(), 8)
		c.Period = own
		count(t, store, c)
		want := fmt.Sprint(own.Start.Unix(), " ", own.End.Unix(), " 1")
		bounds := `SELECT period_start, period_end, period_read FROM tenant t JOIN tenant_detail d ON d.tenant = t.id`
		expect(t, store, want, bounds)
		sweep(t, store, noon().Add(time.Minute), project("a")) // its quota_reset_at is a guess beside that
		expect(t, store, want, bounds)
		c.At, c.Period = noon().Add(time.Hour), fleet.Period{} // an answer without a period
		count(t, store, c)
		expect(t, store, want, bounds)
	})
}

func TestCountersPage_withoutConsumptionTheCountersAreThePeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		if err := store.SetConsumptionAllowed(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		count(t, store, reading(noon(), 8))
		more := reading(noon().Add(time.Hour), 8)
		more.Compute = fleet.Of(1300)
		count(t, store, more)
		expect(t, store, "1300 77 20261110 50 -", `SELECT t.cu_s, t.transfer_b, u.day, u.cu_s, u.pub_b FROM tenant t JOIN usage_day u ON u.tenant = t.id`)

		// Once consumption is allowed the days count again.
		if err := store.SetConsumptionAllowed(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		use(t, store, db.UsagePage{From: day(10), To: noon(), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(10), 60)))}})
		expect(t, store, "60 60", `SELECT cu_s, transfer_b FROM tenant`)
	})
}

func TestCountersPage_aProjectThatAnswersIsNotMissing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		if err := store.MarkMissing(t.Context(), []fleet.TenantID{"a"}, noon()); err != nil {
			t.Fatal(err)
		}
		count(t, store, reading(noon(), 8))
		expect(t, store, "0", `SELECT state FROM tenant`)
	})
}

func TestBranchesPage_largestBranchDecidesForADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		p := project("a")
		p.StorageBytes = fleet.Of(600_000_000) // data and history, above the limit of 512 MB
		sweep(t, store, noon(), p)
		shares := `SELECT storage_pm, state, branch_b FROM tenant`
		expect(t, store, "1172 0 -", shares)
		due, err := store.DueBranches(t.Context(), noon(), 0, 10)
		if err != nil || len(due) != 1 {
			t.Fatalf("due = %v, %v, want a", due, err)
		}
		for _, step := range []struct {
			size int64
			want string
		}{{256_000_000, "500 0 256000000"}, {512_000_000, "1000 3 512000000"}} {
			if err := store.BranchesPage(t.Context(), db.SyncMark{}, []db.LargestBranch{{ID: "a", At: noon(), Size: fleet.Of(step.size)}}); err != nil {
				t.Fatal(err)
			}
			expect(t, store, step.want, shares)
		}
		for i, want := range []bool{false, true} {
			if done, err := store.ExpirePage(t.Context(), noon().Add(25*time.Hour), 10); err != nil || done != want {
				t.Fatalf("page %d: done = %v, %v, want %v", i, done, err, want)
			}
		}
		expect(t, store, "1172 1 -", shares) // idle by then
	})
}

func TestEndpointsPage_aComputeThatDiffersIsDriftUntilItDoesNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		due, err := store.DueEndpoints(t.Context(), noon(), 0, 10)
		if err != nil || len(due) != 1 {
			t.Fatalf("due = %v, %v, want a", due, err)
		}
		free := fleet.FirstPlans()[0].Settings.Computes
		for _, step := range []struct {
			name string
			e    fleet.Endpoint
			want string
		}{
			{"larger", fleet.Endpoint{ID: "ep-1", Branch: "br-1", Sizes: fleet.Sizes{Min: 250, Max: 8000, Suspend: 300}}, "1 1"},
			{"as the plan says", fleet.Endpoint{ID: "ep-1", Branch: "br-1", Sizes: free}, "0 1"},
			{"disabled by somebody", fleet.Endpoint{ID: "ep-1", Branch: "br-1", Sizes: free, Disabled: true}, "1 1"},
		} {
			if err := store.EndpointsPage(t.Context(), db.SyncMark{}, []db.ProjectEndpoints{{ID: "a", At: noon(), Endpoints: []fleet.Endpoint{step.e, step.e}}}); err != nil {
				t.Fatal(err)
			}
			if got := dumpOf(t, store, `SELECT flags, (SELECT count(*) FROM endpoint) FROM tenant`); got != step.want {
				t.Errorf("%s: flags and computes = %s, want %s", step.name, got, step.want)
			}
		}
		// The sweep alone does not take it for settled.
		sweep(t, store, noon().Add(time.Hour), project("a"))
		expect(t, store, "1", `SELECT flags FROM tenant`)
	})
}

func TestDueCounters_isTheOldestReadingOfTheActive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		b, idle := project("b"), project("idle")
		idle.LastActive = noon().AddDate(0, 0, -3)
		sweep(t, store, noon(), project("a"), b, idle)
		c := reading(noon(), 8)
		d := c
		d.ID = "idle"
		count(t, store, c, d)
		due, err := store.DueCounters(t.Context(), 10)
		if err != nil || len(due) != 2 || due[0].ID != "b" || due[1].ID != "a" {
			t.Errorf("due = %v, %v, want b (never read), then a", due, err)
		}
	})
}
