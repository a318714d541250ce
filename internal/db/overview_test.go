package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestOverview_agreesWithTheRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		all := loadMixed(t, store, 600)
		want := db.Overview{States: map[fleet.State]int{}, Flags: map[fleet.Flags]int{}, Plans: map[fleet.PlanID]db.PlanCount{}}
		for _, x := range all {
			if x.State != fleet.StateGone {
				countInto(&want, x)
			}
		}
		got, err := store.Overview(t.Context(), dbtest.Now())
		if err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(want, got, gocmp.Comparer(func(a, b fleet.Amount) bool { return a == b })); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// countInto is the overview's meaning, told once more in plain Go.
func countInto(o *db.Overview, x db.Loaded) {
	_, worst, _ := x.Worst()
	o.Tenants++
	o.States[x.State]++
	o.Bands[worst.Band()]++
	p := o.Plans[x.Plan]
	p.Tenants++
	if worst >= 800 {
		p.Near++
	}
	if worst >= 1000 {
		p.Over++
	}
	o.Plans[x.Plan] = p
	for _, f := range []fleet.Flags{fleet.Drifted, fleet.NoPlan} {
		if x.Flags.Has(f) {
			o.Flags[f]++
		}
	}
	if x.CreatedAt.After(dbtest.Now().AddDate(0, 0, -7)) {
		o.NewThisWeek++
	}
	if !x.LastActive.Before(dbtest.Now().Truncate(24 * time.Hour)) {
		o.ActiveToday++
	}
	if x.Out.After(dbtest.Now()) && !x.Out.After(dbtest.Now().Add(48*time.Hour)) {
		o.OutSoon++
	}
	if x.Flags.Has(fleet.Drifted) || slices.Contains([]fleet.State{fleet.StateQuotaReached, fleet.StateStorageFull, fleet.StateMissing}, x.State) {
		o.Troubled++
	}
	for m, used := range x.Used {
		o.Used[m] = o.Used[m].Add(used)
	}
}

func TestOverview_ofAnEmptyFleetKnowsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		o, err := store.Overview(t.Context(), dbtest.Now())
		if err != nil {
			t.Fatal(err)
		}
		if o.Tenants != 0 || o.Used != (fleet.Figures{}) || o.OutSoon != 0 {
			t.Errorf("overview = %+v, want nothing, and sums unknown rather than 0", o)
		}
	})
}

func TestFleetDays_saysUnknownWhereNobodyKnows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		load(t, store, one("acme"))
		if err := store.Exec(t.Context(), `INSERT INTO fleet_day (day, plan, tenants, cu_n, known, active_n, storage_n, written_n,
				cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h, active_s, storage_b, written_b)
			VALUES (20261101, 1, 3, 3, 2, 0, 0, 0, 60, 5, 0, 0, 0, 7, 0, 0, 0, 0, 0), (20261103, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 9, 8, 0)`); err != nil {
			t.Fatal(err)
		}
		days, err := store.FleetDays(t.Context(), 20261101, 20261102)
		if err != nil {
			t.Fatal(err)
		}
		if len(days) != 1 || days[0].Plan != "free" || days[0].Tenants != 3 {
			t.Fatalf("days = %+v, want the one of Free", days)
		}
		if got, want := fmt.Sprint(days[0].Usage), "[60 5 0 0 0 7 0 0 unknown unknown unknown]"; got != want {
			t.Errorf("usage = %s, want %s", got, want)
		}
		if days, err = store.FleetDays(t.Context(), 20261102, 20261103); err != nil || len(days) != 1 || days[0].Plan != fleet.Unassigned {
			t.Fatalf("days = %+v (%v), want the one without a plan", days, err)
		}
		if got, want := fmt.Sprint(days[0].Usage), "[unknown unknown unknown unknown unknown unknown unknown unknown 9 8 0]"; got != want {
			t.Errorf("usage = %s, want %s", got, want)
		}
	})
}

func TestAttention_givesEachKindOfTroubleItsPlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		state := func(name string, s fleet.State, reason string) db.Loaded {
			x := one(name)
			x.State, x.StateReason, x.StateSince = s, reason, dbtest.Now().Add(-time.Hour)
			return x
		}
		out := func(name string, in time.Duration) db.Loaded {
			x := one(name)
			x.Out, x.OutMeter = dbtest.Now().Add(in), fleet.Transfer
			return x
		}
		drifted := one("drifted")
		drifted.Flags = fleet.Drifted
		tenants := []db.Loaded{one("fine"), drifted, out("later", 47*time.Hour), out("sooner", time.Hour), out("next week", 170*time.Hour), out("past", -time.Hour),
			state("gone", fleet.StateGone, "deleted"), state("lost", fleet.StateMissing, "project gone from Neon"), state("full", fleet.StateStorageFull, "largest branch at the storage limit")}
		for i := range 40 {
			tenants = append(tenants, state(fmt.Sprintf("stopped-%02d", i), fleet.StateQuotaReached, "compute limit reached"))
		}
		load(t, store, tenants...)
		list, err := store.Attention(t.Context(), 15, dbtest.Now())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, a := range list {
			names = append(names, a.Tenant.Name)
		}
		want := []string{"sooner", "later", "lost", "full"}
		if len(names) < 5 || !slices.Equal(names[:4], want) || !slices.Contains(names, "drifted") {
			t.Errorf("attention = %v, want it to begin with %v and to have the drifted one", names, want)
		}
		if len(list) > 15 {
			t.Errorf("%d tenants, want at most 15", len(list))
		}
		if a := list[0]; a.OutMeter != fleet.Transfer || !a.OutAt.Equal(dbtest.Now().Add(time.Hour)) {
			t.Errorf("the first is out of %v at %v, want transfer in an hour", a.OutMeter, a.OutAt)
		}
		if a := list[2]; a.Reason != "project gone from Neon" || !a.Since.Equal(dbtest.Now().Add(-time.Hour)) {
			t.Errorf("the missing one = %q since %v", a.Reason, a.Since)
		}
	})
}
