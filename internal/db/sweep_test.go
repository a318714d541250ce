package db_test

import (
	"fmt"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/google/go-cmp/cmp"
)

// noon is 10 November 2026, 12:00 UTC, a Tuesday inside a period.
func noon() time.Time { return time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC) }

// withPlans gives the store the first plans, as an empty one gets them.
func withPlans(t testing.TB, store *db.DB) {
	t.Helper()
	if err := store.SeedPlans(t.Context(), fleet.FirstPlans(), noon()); err != nil {
		t.Fatal(err)
	}
}

// project is a project of the Free plan, created in October, last used at 11:55.
func project(id string) db.SweepProject {
	return db.SweepProject{
		ID: fleet.TenantID(id), Name: id, Region: "aws-us-east-1", PgVersion: 17,
		CreatedAt:  time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC),
		LastActive: noon().Add(-5 * time.Minute),
		Settings:   fleet.FirstPlans()[0].Settings, ActiveSeconds: fleet.Of(5000), StorageBytes: fleet.Of(100_000_000),
		PeriodEnd: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), HistorySeconds: 86400,
	}
}

func sweep(t testing.TB, store *db.DB, at time.Time, projects ...db.SweepProject) db.SweepDone {
	t.Helper()
	done, err := store.SweepPage(t.Context(), db.SweepPage{At: at, Projects: projects})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// expect compares what a query answers with lines; NULL is "-".
func expect(t testing.TB, store *db.DB, want, query string, args ...any) {
	t.Helper()
	got, err := store.Dump(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n(-want +got)\n%s", query, diff)
	}
}

func TestSweepPage_putsAProjectOnThePlanWhoseSettingsItCarries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		odd := project("odd")
		odd.Settings.Limits[fleet.Compute] = fleet.Cap(7)
		done := sweep(t, store, noon(), project("free"), odd)

		if done.New != 2 {
			t.Errorf("new = %d, want 2", done.New)
		}
		expect(t, store, "1 free 1 0\n2 odd 0 4", `SELECT id, project_id, plan, flags FROM tenant ORDER BY id`)
		expect(t, store, "1 20261005 1 1\n2 20261005 0 0", `SELECT tenant, from_day, plan, version FROM tenant_plan ORDER BY tenant`)
		expect(t, store, "2", `SELECT count(*) FROM settings`)
	})
}

// everything is all that a page of the sweep or of usage may change.
func everything(t testing.TB, store *db.DB) (all []string) {
	t.Helper()
	for _, table := range []string{"tenant", "tenant_detail", "tenant_plan", "usage_day", "usage_month", "fleet_day", "usage_part", "facet", "fleet_sum", "seen_day", "settings", "region"} {
		all = append(all, table+"\n"+dumpOf(t, store, `SELECT * FROM `+table+` ORDER BY 1, 2`))
	}
	return all
}

func TestSweepPage_bookedTwiceChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		sweep(t, store, noon().Add(-5*time.Minute), project("a"), project("b"))
		moved := project("a")
		moved.ActiveSeconds = fleet.Of(5200)
		sweep(t, store, noon(), moved, project("b"))
		before := everything(t, store)

		sweep(t, store, noon(), moved, project("b"), moved)

		if diff := cmp.Diff(before, everything(t, store)); diff != "" {
			t.Errorf("(-before +after)\n%s", diff)
		}
	})
}

func TestSweepPage_quietSweepsLeaveTheDaysAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		swept(t, store, "a")
		sweep(t, store, noon().Add(time.Minute), project("a"))
		use(t, store, db.UsagePage{From: day(9), To: noon(), Tenants: []db.TenantUsage{of("a", novemberOpen(bucket(day(10), 7)))}})
		days := `SELECT * FROM usage_day ORDER BY day`
		months, fleets := `SELECT * FROM usage_month`, `SELECT * FROM fleet_day ORDER BY day`
		before := []string{dumpOf(t, store, days), dumpOf(t, store, months), dumpOf(t, store, fleets)}
		for i := range 3 {
			sweep(t, store, noon().Add(time.Duration(i+2)*time.Minute), project("a"))
		}
		after := []string{dumpOf(t, store, days), dumpOf(t, store, months), dumpOf(t, store, fleets)}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("(-before +after)\n%s", diff)
		}
	})
}

func TestSweepPage_aFirstPageThatComesTwiceIsNoSecondReading(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		for range 2 {
			sweep(t, store, noon(), project("a"))
			expect(t, store, "- -", `SELECT active_s, cu_s FROM usage_day`)
		}
	})
}

func TestSweepPage_leavesWhatALaterPageStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		late := project("a")
		late.Name = "old name"
		sweep(t, store, noon(), project("a"))
		sweep(t, store, noon().Add(-time.Minute), late)
		expect(t, store, "a", `SELECT name FROM tenant`)
	})
}

func TestSweepPage_booksActiveTimeByTheDayOfTheLaterReading(t *testing.T) {
	day := 24 * time.Hour
	cases := []struct {
		name   string
		at     []time.Time // readings
		active []int64
		want   string // day, active, compute
	}{
		{"one reading says nothing of the day", []time.Time{noon()}, []int64{5000}, "20261110 - -"},
		{"two in one day", []time.Time{noon(), noon().Add(time.Hour)}, []int64{5000, 5300}, "20261110 300 -"},
		{"from yesterday to today", []time.Time{noon(), noon().Add(day)}, []int64{5000, 5300}, "20261110 - -\n20261111 300 -"},
		{"over a day in between nobody knows", []time.Time{noon(), noon().Add(2 * day)}, []int64{5000, 5300}, "20261110 - -\n20261112 - -"},
		{"unchanged over days is a known 0, compute too", []time.Time{noon(), noon().Add(3 * day)}, []int64{5000, 5000},
			"20261110 - -\n20261111 0 0\n20261112 0 0\n20261113 0 0"},
		{"unchanged in one day is a known 0", []time.Time{noon(), noon().Add(time.Hour)}, []int64{5000, 5000}, "20261110 0 0"},
		{"unchanged after use leaves compute unknown", []time.Time{noon(), noon().Add(time.Hour), noon().Add(2 * time.Hour)}, []int64{5000, 5300, 5300}, "20261110 300 -"},
		{"a fall began again at 0", []time.Time{noon(), noon().Add(time.Hour)}, []int64{5000, 120}, "20261110 120 -"},
	}
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				p := project(c.name)
				for i, at := range c.at {
					p.ActiveSeconds = fleet.Of(c.active[i])
					sweep(t, store, at, p)
				}
				expect(t, store, c.want, `SELECT day, u.active_s, u.cu_s FROM usage_day u JOIN tenant t ON t.id = u.tenant WHERE project_id = $1 ORDER BY day`, c.name)
			})
		}
	})
}

func TestSweepPage_anAnswerWithoutActiveTimeIsUnknownAndSoIsTheDifferenceAfterIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		without, later := project("a"), project("a")
		without.ActiveSeconds, later.ActiveSeconds = fleet.Unknown, fleet.Of(9000)
		sweep(t, store, noon(), project("a"))
		sweep(t, store, noon().Add(time.Minute), without)
		expect(t, store, "5000 -", `SELECT t.active_s, u.active_s FROM tenant t JOIN usage_day u ON u.tenant = t.id`)
		sweep(t, store, noon().Add(2*time.Minute), later)
		expect(t, store, "9000 -", `SELECT t.active_s, u.active_s FROM tenant t JOIN usage_day u ON u.tenant = t.id`)
	})
}

func TestSweepPage_aProjectCreatedTodayHasAllItsActiveTimeToday(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		p := project("a")
		p.CreatedAt, p.ActiveSeconds = noon().Add(-time.Hour), fleet.Of(40)
		sweep(t, store, noon(), p)
		expect(t, store, "20261110 40 100000000", `SELECT day, active_s, storage_b FROM usage_day`)
	})
}

func TestSweepPage_keepsTheHighestStorageOfADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		for i, gauge := range []int64{100, 300, 200} {
			p := project("a")
			p.StorageBytes = fleet.Of(gauge)
			sweep(t, store, noon().Add(time.Duration(i)*time.Minute), p)
		}
		expect(t, store, "300 300", `SELECT d.storage_b, m.storage_b FROM usage_day d JOIN usage_month m ON m.tenant = d.tenant`)
		expect(t, store, "200", `SELECT storage_b FROM tenant`)
	})
}

func TestSweepPage_saysStateReasonAndSince(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		stopped, idle := project("stopped"), project("idle")
		stopped.ActiveSeconds = fleet.Of(100 * 3600)
		idle.LastActive = noon().Add(-time.Hour)
		sweep(t, store, noon(), stopped, idle)
		since := noon().Unix()
		expect(t, store, fmt.Sprintf("stopped 2 3 1000 active time limit reached %d\nidle 1 0 195  %d", since, since),
			`SELECT t.project_id, t.state, t.band, t.max_pm, d.state_reason, d.state_since FROM tenant t JOIN tenant_detail d ON d.tenant = t.id ORDER BY t.id`)

		raised := stopped
		raised.Settings = fleet.FirstPlans()[1].Settings
		sweep(t, store, noon().Add(time.Hour), raised, idle)
		expect(t, store, fmt.Sprintf("stopped 1 1  %d\nidle 0 1  %d", noon().Add(time.Hour).Unix(), since),
			`SELECT t.project_id, t.flags, t.state, d.state_reason, d.state_since FROM tenant t JOIN tenant_detail d ON d.tenant = t.id ORDER BY t.id`)
	})
}

func TestSweepPage_driftComesAndGoesWithTheSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		drifted, equal := project("a"), project("a")
		drifted.Settings.Computes.Max = 4000
		equal.Settings.Computes.Suspend = 0 // Neon's default, which is the plan's 300 s
		for i, p := range []db.SweepProject{project("a"), drifted, equal} {
			sweep(t, store, noon().Add(time.Duration(i)*time.Minute), p)
			want := map[bool]string{true: "1", false: "0"}[i == 1]
			expect(t, store, want, `SELECT flags FROM tenant`)
		}
	})
}

func TestSweepPage_beginsANewPeriodWithUnknownFigures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		sweep(t, store, noon(), project("a"))
		december := time.Date(2026, 12, 1, 0, 20, 0, 0, time.UTC)
		lagging, begun := project("a"), project("a")
		begun.ActiveSeconds = fleet.Of(30)
		begun.PeriodEnd = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		figures := `SELECT period_start, period_end, active_s, storage_b FROM tenant`
		start, end := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

		sweep(t, store, december, lagging) // Neon still shows November's active time and end
		expect(t, store, fmt.Sprint(start, end, " - 100000000"), figures)

		sweep(t, store, december.Add(5*time.Minute), begun)
		expect(t, store, fmt.Sprint(start, end, " 30 100000000"), figures)
	})
}

func TestMissing_needsACompleteSweepWithoutTheProjectAndComesBackWithIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		sweep(t, store, noon(), project("here"), project("gone"), project("unavailable"))
		began := noon().Add(time.Hour)
		if _, err := store.SweepPage(t.Context(), db.SweepPage{At: began, Projects: []db.SweepProject{project("here")},
			Unavailable: []fleet.TenantID{"unavailable", "never seen"}}); err != nil {
			t.Fatal(err)
		}

		got, err := store.MissingCandidates(t.Context(), began, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]db.Due{{Local: 2, ID: "gone"}}, got); diff != "" {
			t.Fatalf("candidates (-want +got)\n%s", diff)
		}
		if err := store.MarkMissing(t.Context(), []fleet.TenantID{"gone"}, began); err != nil {
			t.Fatal(err)
		}
		expect(t, store, "gone 5 project gone from Neon", `SELECT t.name, t.state, d.state_reason FROM tenant t JOIN tenant_detail d ON d.tenant = t.id WHERE t.id = 2`)
		if got, err := store.MissingCandidates(t.Context(), began, 0, 10); err != nil || len(got) != 0 {
			t.Errorf("candidates after = %v, %v, want none", got, err)
		}

		if done := sweep(t, store, began.Add(time.Hour), project("gone")); done.Recovered != 1 {
			t.Errorf("recovered = %d, want 1", done.Recovered)
		}
		expect(t, store, "1 ", `SELECT t.state, d.state_reason FROM tenant t JOIN tenant_detail d ON d.tenant = t.id WHERE t.id = 2`)
	})
}

func TestSweepPage_keepsHostileNamesWholeButWithoutNUL(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		withPlans(t, store)
		p := project("a")
		p.Name = "=1+1<script>\x00 Ünïcode 🚀 \u202e"
		sweep(t, store, noon(), p)
		expect(t, store, "=1+1<script> Ünïcode 🚀 \u202e =1+1<script> ünïcode 🚀 \u202e", `SELECT name, name_key FROM tenant`)
	})
}
