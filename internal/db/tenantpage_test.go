package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

func TestDetail_saysEverythingWithItsAge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		x := one("acme")
		x.State, x.StateReason, x.StateSince = fleet.StateQuotaReached, "transfer limit reached", dbtest.Now().Add(-2*time.Hour)
		x.Out, x.OutMeter, x.PlanVersion = dbtest.Now().Add(time.Hour), fleet.Compute, 3
		x.Tags, x.Owner = []string{"vip", "beta"}, "Ada"
		load(t, store, one("other"), x)
		read := dbtest.Now().Add(-10 * time.Minute).Unix()
		if err := store.Exec(t.Context(), `UPDATE tenant_detail SET counter_at = $1, counter_start = $2, counter_cu_s = 7, counter_transfer_b = 0, neon_plan = 'agent', pg_version = 17, endpoints_at = $1 WHERE tenant = 2`,
			read, x.Period.Start.Unix()); err != nil {
			t.Fatal(err)
		}
		got, err := store.Detail(t.Context(), x.ID, dbtest.Now())
		if err != nil {
			t.Fatal(err)
		}
		if got.Tenant.Name != "acme" || strings.Join(got.Tenant.Tags, " ") != "beta vip" || got.Tenant.Owner != "Ada" {
			t.Errorf("tenant = %+v", got.Tenant)
		}
		if got.Reason != x.StateReason || !got.Since.Equal(x.StateSince) || got.OutMeter != fleet.Compute || !got.OutAt.Equal(x.Out) || got.PlanVersion != 3 {
			t.Errorf("detail = %+v, want reason, since, forecast and plan version", got)
		}
		if got, want := fmt.Sprint(got.Counters), "[7 unknown unknown 0 unknown]"; got != want {
			t.Errorf("counters = %s, want %s", got, want)
		}
		if got.CountersAt.Unix() != read || got.EndpointsAt.Unix() != read || !got.CounterStart.Equal(x.Period.Start) || !got.BranchAt.IsZero() {
			t.Errorf("ages = %v, %v, %v, %v", got.CountersAt, got.EndpointsAt, got.CounterStart, got.BranchAt)
		}
		if got.NeonPlan != "agent" || got.PgVersion != 17 || got.Observed.Limits != x.Limits || !got.Observed.Computes.Same(x.Computes) {
			t.Errorf("settings = %+v", got)
		}
	})
}

func TestDetail_knowsNobodyDeletedOrUnknown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		x := one("acme")
		x.State = fleet.StateGone
		load(t, store, x)
		for _, id := range []fleet.TenantID{x.ID, "p-nobody", ""} {
			if _, err := store.Detail(t.Context(), id, dbtest.Now()); fleet.KindOf(err) != fleet.NotFound {
				t.Errorf("%q: err = %v, want NotFound", id, err)
			}
		}
	})
}

func TestUsage_hasADayAndAMonthForEachAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		load(t, store, one("acme"), one("other"))
		if err := store.Exec(t.Context(), `INSERT INTO usage_day (tenant, day, cu_s, settled) VALUES (1, 20261030, 1, 1), (1, 20261101, 0, 0), (2, 20261031, 5, 1)`); err != nil {
			t.Fatal(err)
		}
		if err := store.Exec(t.Context(), `INSERT INTO usage_month (month, tenant, cu_s, storage_b, days_known, days_settled) VALUES (202610, 1, 1, 9, 1, 1), (202611, 2, 5, 5, 5, 5)`); err != nil {
			t.Fatal(err)
		}
		days, err := store.UsageDays(t.Context(), 1, 20261029, 20261102)
		if err != nil {
			t.Fatal(err)
		}
		var text []string
		for _, d := range days {
			text = append(text, fmt.Sprintf("%v %v %v", d.Day, d.Usage[fleet.ComputeCUSeconds], d.Final))
		}
		if got, want := strings.Join(text, ", "), "2026-10-29 unknown false, 2026-10-30 1 true, 2026-10-31 unknown false, 2026-11-01 0 false, 2026-11-02 unknown false"; got != want {
			t.Errorf("days = %s, want %s", got, want)
		}
		months, err := store.UsageMonths(t.Context(), 1, 202609, 202611)
		if err != nil {
			t.Fatal(err)
		}
		text = nil
		for _, m := range months {
			text = append(text, fmt.Sprintf("%v %v %v %d", m.Month, m.Usage[fleet.ComputeCUSeconds], m.Usage[fleet.StoragePeakBytes], m.DaysKnown))
		}
		if got, want := strings.Join(text, ", "), "2026-09 unknown unknown 0, 2026-10 1 9 1, 2026-11 unknown unknown 0"; got != want {
			t.Errorf("months = %s, want %s", got, want)
		}
	})
}

func TestFindTenants_byAnyOfTheirWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		acme := one("acme-shop")
		acme.Owner, acme.ExternalID = "Ada Lovelace", "CUS_42"
		gone := one("acme-gone")
		gone.State = fleet.StateGone
		load(t, store, one("zebra"), one("acme-analytics"), acme, gone)
		for _, c := range []struct{ words, want string }{
			{"acme", "acme-analytics acme-shop"}, {"ACME shop", "acme-shop"}, {"p-zeb", "zebra"}, {"lovelace", "acme-shop"}, {"cus_42", "acme-shop"}, {"cus%42", ""},
			{"ada shop", "acme-shop"}, {"a", "acme-analytics acme-shop zebra"}, {"zz", ""}, {"_4", "acme-shop"}, {"acme zebra", ""},
		} {
			list, more, err := store.FindTenants(t.Context(), strings.Fields(c.words), 5, dbtest.Now())
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, x := range list {
				names = append(names, x.Name)
			}
			if got := strings.Join(names, " "); got != c.want || more {
				t.Errorf("%q found %q (more: %v), want %q", c.words, got, more, c.want)
			}
		}
		list, more, err := store.FindTenants(t.Context(), []string{"acme"}, 1, dbtest.Now())
		if err != nil || len(list) != 1 || !more {
			t.Errorf("one of two = %d rows, more %v (%v), want 1 and more", len(list), more, err)
		}
	})
}

func TestFindTenants_afterARenameByTheNewNameOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		x := one("before")
		x.ExternalID = "cus_1"
		load(t, store, x)
		for _, q := range []string{`UPDATE tenant SET name = 'after', name_key = 'after' WHERE id = 1`, `UPDATE tenant_detail SET search_key = 'bob' || chr(10), owner = 'bob', external_id = '' WHERE tenant = 1`} {
			if store.Engine() == "sqlite" {
				q = strings.ReplaceAll(q, "chr(", "char(")
			}
			if err := store.Exec(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		for word, want := range map[string]int{"before": 1, "after": 1, "cus_1": 0, "bob": 1} { // the id is p-before still
			list, _, err := store.FindTenants(t.Context(), []string{word}, 5, dbtest.Now())
			if err != nil || len(list) != want {
				t.Errorf("%q found %d (%v), want %d", word, len(list), err, want)
			}
		}
	})
}
