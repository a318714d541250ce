package db_test

import (
	"errors"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestSeedPlans_onlyWhereThereAreNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		at := dbtest.Now().Truncate(time.Second)
		for range 2 {
			if err := store.SeedPlans(t.Context(), fleet.FirstPlans(), at); err != nil {
				t.Fatal(err)
			}
		}
		want := fleet.FirstPlans()
		for i := range want {
			want[i].SavedAt = at
		}
		got, err := store.Plans(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(want, got, gocmp.Comparer(func(a, b fleet.Limit) bool { return a == b })); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestPlan_hasItsVersionsNewestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		load(t, store)
		for _, q := range []string{
			`INSERT INTO plan_version SELECT plan, 2, compute_s, active_s, storage_b, transfer_b, NULL, min_cu, max_cu, suspend_s, 500, 1800000000, 'admin@example.com' FROM plan_version WHERE plan = 1`,
			`UPDATE plan SET version = 2, retired = 1 WHERE no = 1`,
		} {
			if err := store.Exec(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		p, err := store.Plan(t.Context(), "free")
		if err != nil {
			t.Fatal(err)
		}
		if p.Version != 2 || !p.Retired || p.Price != 500 || !p.Settings.Limits[fleet.Written].Unlimited() || p.SavedBy != "admin@example.com" {
			t.Errorf("plan = %+v, want version 2", p)
		}
		versions, err := store.PlanVersions(t.Context(), "free")
		if err != nil || len(versions) != 2 || versions[0].Version != 2 || versions[1].Price != 0 {
			t.Errorf("versions = %+v (%v), want 2, then 1", versions, err)
		}
		for _, id := range []fleet.PlanID{"gold", ""} {
			_, err := store.Plan(t.Context(), id)
			_, err2 := store.PlanVersions(t.Context(), id)
			if fleet.KindOf(err) != fleet.NotFound || fleet.KindOf(err2) != fleet.NotFound {
				t.Errorf("%q: %v, %v, want NotFound", id, err, err2)
			}
		}
	})
}

func TestPlanCounts_byPlanWithoutTheDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		near, over, gone, none := one("near"), one("over"), one("gone"), one("none")
		near.Used[fleet.Compute], over.Used[fleet.Compute] = fleet.Of(25*3600*8/10), fleet.Of(25*3600)
		gone.State, none.Plan = fleet.StateGone, fleet.Unassigned
		load(t, store, one("calm"), near, over, gone, none)
		got, err := store.PlanCounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(map[fleet.PlanID]db.PlanCount{"free": {Tenants: 3, Near: 2, Over: 1}, fleet.Unassigned: {Tenants: 1}}, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// A number that was given in a transaction that failed may be given again.
func TestRegions_ofATransactionThatFailedAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		load(t, store, one("acme"))
		errNo := errors.New("no")
		err := store.Update(t.Context(), func(tx *db.DB) error {
			if err := tx.Exec(t.Context(), `INSERT INTO region (no, id) VALUES (2, 'aws-nowhere')`); err != nil {
				return err
			}
			if list, err := tx.Regions(t.Context()); err != nil || len(list) != 2 {
				t.Errorf("inside: regions = %v (%v), want two", list, err)
			}
			return errNo
		})
		if !errors.Is(err, errNo) {
			t.Fatal(err)
		}
		x := one("other")
		x.Region = "aws-eu-central-1" // with the number that aws-nowhere had on SQLite
		if err := store.Load(t.Context(), func(yield func(db.Loaded) bool) { yield(x) }); err != nil {
			t.Fatal(err)
		}
		rows := listPage(t, store, db.ListQuery{Sort: fleet.Sort{By: fleet.ByName}, Now: dbtest.Now()}).Rows
		if len(rows) != 2 || rows[0].Region != "aws-us-east-1" || rows[1].Region != "aws-eu-central-1" {
			t.Errorf("rows = %+v, want each with its own region", rows)
		}
	})
}

func TestLoad_leavesTheNextIDFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		load(t, store, one("a"), one("b"))
		if err := store.Exec(t.Context(), `INSERT INTO tenant (project_id, name, name_key, region, state, settings, created_at, synced_at, period_start, period_end)
			VALUES ('p-c', 'c', 'c', 1, 0, 1, 1, 1, 1, 2)`); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Dump(t.Context(), `SELECT id FROM tenant WHERE project_id = 'p-c'`); err != nil || got != "3" {
			t.Errorf("the next tenant has id %s (%v), want 3", got, err)
		}
	})
}

func TestGenerate_makesTheSameFleetWithItsUsage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		if err := dbtest.Generate(t.Context(), store, 300, 40, 5); err != nil {
			t.Fatal(err)
		}
		again := dbtest.SQLite(t)
		if err := dbtest.Generate(t.Context(), again, 300, 40, 5); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			`SELECT id, project_id, name, plan, state, band, cu_s, storage_b, max_pm FROM tenant ORDER BY id`,
			`SELECT month, count(*), sum(cu_s), sum(days_known), max(storage_b) FROM usage_month GROUP BY month ORDER BY month`,
		} {
			a, err := store.Dump(t.Context(), q)
			b, err2 := again.Dump(t.Context(), q)
			if err != nil || err2 != nil || a != b || a == "" {
				t.Errorf("%s differs (%v, %v)", q, err, err2)
			}
		}
		days, err := store.Dump(t.Context(), `SELECT sum(cu_s), sum(storage_b), count(*) FROM usage_day`)
		sums, err2 := store.Dump(t.Context(), `SELECT sum(cu_s), sum(storage_b), sum(tenants) FROM fleet_day`)
		if err != nil || err2 != nil || days != sums {
			t.Errorf("days sum to %s (%v), the fleet's days to %s (%v)", days, err, sums, err2)
		}
	})
}
