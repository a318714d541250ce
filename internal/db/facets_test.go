package db_test

import (
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestFacets_countEachKindWithoutItsOwnChoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		all := loadMixed(t, store, 600)
		for _, query := range []string{"", "plan:pro", "region:eu state:idle", "is:drift plan:free", "used:>=80 plan:pro", "tag:vip", "lovelace state:idle", "storage:>=90 is:drift"} {
			f, err := fleet.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := store.Facets(t.Context(), f, dbtest.Now())
			if err != nil {
				t.Fatal(err)
			}
			if d := gocmp.Diff(countFacets(all, f), got); d != "" {
				t.Errorf("%q (-want +got):\n%s", query, d)
			}
		}
	})
}

// countFacets is the counts' meaning, told once more in plain Go.
func countFacets(all []db.Loaded, f fleet.Filter) db.Facets {
	x := db.Facets{Plans: map[fleet.PlanID]int{}, Regions: map[string]int{}, States: map[fleet.State]int{}, Flags: map[fleet.Flags]int{}}
	noPlan, noRegion, noState, noBand, noFlag, idle := f, f, f, f, f, f
	noPlan.Plans, noRegion.Regions, noState.States, noFlag.Is = nil, nil, nil, 0
	noBand.Shares = nil
	for _, r := range f.Shares {
		if !r.Worst {
			noBand.Shares = append(noBand.Shares, r)
		}
	}
	idle.IdleMin = db.IdleChip
	for _, t := range all {
		if matches(fleet.Filter{}, t) {
			x.All++
		}
		if matches(noPlan, t) {
			x.Plans[t.Plan]++
		}
		if matches(noRegion, t) {
			x.Regions[t.Region]++
		}
		if matches(noState, t) {
			x.States[t.State]++
		}
		if _, worst, _ := t.Worst(); matches(noBand, t) {
			x.Bands[worst.Band()]++
		}
		for _, flag := range []fleet.Flags{fleet.Drifted, fleet.NoPlan} {
			if matches(noFlag, t) && t.Flags.Has(flag) {
				x.Flags[flag]++
			}
		}
		if matches(idle, t) {
			x.Idle++
		}
	}
	return x
}

func TestTenants_refusesWhatItCannotRead(t *testing.T) {
	store := dbtest.SQLite(t)
	load(t, store, one("a"), one("b"), one("c"))
	byName := fleet.Sort{By: fleet.ByName}
	next := listPage(t, store, db.ListQuery{Sort: byName, Per: 1, Now: dbtest.Now()}).Next
	for what, q := range map[string]db.ListQuery{
		"after: the place in the list is damaged, or belongs to another order. Begin at the first page.":  {Sort: byName, After: next[:len(next)-1] + "x"},
		"before: the place in the list is damaged, or belongs to another order. Begin at the first page.": {Sort: fleet.Sort{By: fleet.ByName, Descending: true}, Before: next},
		"after and before cannot both be given.":                                                          {Sort: byName, After: next, Before: next},
		"plan=gold: there is no such plan.":                                                               {Filter: fleet.Filter{Plans: []fleet.PlanID{"gold"}}},
		"sort=size: tenants cannot be sorted by that.":                                                    {Sort: fleet.Sort{By: "size"}},
	} {
		q.Now = dbtest.Now()
		_, err := store.Tenants(t.Context(), q)
		if fleet.KindOf(err) != fleet.Invalid || err.Error() != what {
			t.Errorf("err = %v, want Invalid: %s", err, what)
		}
	}
}

func TestTenants_givesRowsWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		x := one("<b>acme</b>")
		x.Used = fleet.Figures{fleet.Of(0), fleet.Unknown, fleet.Of(256e6), fleet.Of(1), fleet.Unknown}
		x.StorageOfBranch = fleet.Of(128e6)
		x.Limits[fleet.Transfer] = fleet.Unlimited
		x.Flags, x.State, x.LastActive = fleet.Drifted, fleet.StateSuspended, time.Time{}
		x.Tags, x.Owner, x.ExternalID = []string{"beta", "vip"}, "Ada", "cus_1"
		load(t, store, x)
		want := x.Tenant
		want.Local = 1
		want.Shares = fleet.Shares5{0, fleet.ShareUnknown, 250, fleet.ShareUnlimited, fleet.ShareUnknown}
		got := listPage(t, store, db.ListQuery{Now: dbtest.Now()}).Rows
		if d := gocmp.Diff([]fleet.Tenant{want}, got, gocmp.Comparer(func(a, b fleet.Amount) bool { return a == b }), gocmp.Comparer(func(a, b fleet.Limit) bool { return a == b })); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}
