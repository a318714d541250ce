package db_test

import (
	"slices"
	"testing"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// one is a tenant of the Free plan that nothing is the matter with.
func one(name string) db.Loaded {
	plan := fleet.FirstPlans()[0]
	var t db.Loaded
	t.ID, t.Name, t.Plan, t.Region = fleet.TenantID("p-"+name), name, plan.ID, "aws-us-east-1"
	t.Limits, t.Computes, t.Suspend = plan.Settings.Limits, plan.Settings.Computes, plan.Settings.Computes.Suspend
	t.CreatedAt, t.SyncedAt, t.LastActive = dbtest.Now().AddDate(0, -2, 0), dbtest.Now(), dbtest.Now()
	t.Period = fleet.MonthPeriod(dbtest.Now())
	return t
}

// load stores tenants, and the first plans with them.
func load(t *testing.T, store *db.DB, tenants ...db.Loaded) {
	t.Helper()
	if err := store.SeedPlans(t.Context(), fleet.FirstPlans(), dbtest.Now()); err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), slices.Values(tenants)); err != nil {
		t.Fatal(err)
	}
}
