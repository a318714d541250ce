package db_test

import (
	"fmt"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"pgregory.net/rapid"
)

// Whatever comes in whatever order, every sum is what counting anew gives.
func TestSync_keepsEverySumAsCountingAnewGivesIt(t *testing.T) {
	store := dbtest.SQLite(t) // arithmetic in Go; the statements run on both engines in the other tests
	withPlans(t, store)
	f := &chaos{TB: t, store: store, now: noon()}
	f.sweep(f.ids(), fleet.Of(100), 0)
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(1, 5).Draw(r, "operations") {
			f.step(r)
		}
		expectRollups(t, store)
		f.expectSums()
		if t.Failed() {
			r.FailNow()
		}
	})
}

// chaos does things to a small fleet, in random order.
type chaos struct {
	testing.TB
	store *db.DB
	now   time.Time
	keep  db.UsagePage // the last page, to come once more
	last  []db.SweepProject
}

func (f *chaos) ids() (ids []fleet.TenantID) {
	for i := range 6 {
		ids = append(ids, fleet.TenantID(fmt.Sprint("p", i)))
	}
	return ids
}

func (f *chaos) step(r *rapid.T) {
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(f.ids()), 1, 6, rapid.ID[fleet.TenantID]).Draw(r, "tenants")
	n := rapid.Int64Range(0, 3).Draw(r, "n")
	f.now = f.now.Add(time.Duration(rapid.SampledFrom([]int{0, 5, 90, 700, 4000}).Draw(r, "minutes")) * time.Minute)
	today := fleet.DayOf(f.now)
	switch rapid.SampledFrom([]string{"sweep", "usage", "again", "counters", "missing", "quiet", "quiet", "plan", "period", "settle", "branch"}).Draw(r, "what") {
	case "sweep":
		f.sweep(some, rapid.SampledFrom([]fleet.Amount{fleet.Unknown, fleet.Of(0), fleet.Of(100), fleet.Of(360000)}).Draw(r, "figure"), n)
	case "usage":
		f.keep = f.page(some, 0, n)
		use(f, f.store, f.keep)
	case "again":
		if f.keep.Tenants != nil {
			use(f, f.store, f.keep)
		}
	case "counters":
		var list []db.ProjectCounters
		for _, id := range some {
			c := reading(f.now, n*700_000_000)
			c.ID, c.Compute = id, fleet.Of(n*40_000)
			list = append(list, c)
		}
		count(f, f.store, list...)
	case "quiet":
		sweep(f, f.store, f.now, f.last...)
	case "missing":
		f.must(f.store.MarkMissing(f.Context(), some, f.now))
	case "plan": // from tomorrow on: days that have been counted keep theirs
		f.must(f.store.Exec(f.Context(), `INSERT INTO tenant_plan (tenant, from_day, plan, version) VALUES (1, $1, $2, 1) ON CONFLICT (tenant, from_day) DO NOTHING`,
			int64(today.Add(1)), n))
	case "period":
		_, _, err := f.store.PeriodsPage(f.Context(), f.now, 0, 4)
		f.must(err)
	case "settle":
		no, err := f.store.BeginSettle(f.Context(), today.Add(-3), today.Add(-1), f.now)
		f.must(err)
		use(f, f.store, f.page(some, no, n))
		f.must(f.store.CompleteSettle(f.Context(), no))
		markAll(f, f.store)
	case "branch":
		f.must(f.store.BranchesPage(f.Context(), db.SyncMark{}, []db.LargestBranch{{ID: some[0], At: f.now, Size: fleet.Of(n * 200_000_000)}}))
	}
}

func (f *chaos) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *chaos) sweep(ids []fleet.TenantID, figure fleet.Amount, n int64) {
	var list []db.SweepProject
	for i, id := range ids {
		p := project(string(id))
		p.Settings = fleet.FirstPlans()[(int64(i)+n)%3].Settings
		p.ActiveSeconds, p.LastActive, p.StorageBytes = figure, f.now.Add(-time.Duration(n)*time.Hour), fleet.Of((n+1)*200_000_000)
		p.PeriodEnd = fleet.MonthPeriod(f.now).End
		list = append(list, p)
	}
	f.last = list
	sweep(f, f.store, f.now, list...)
}

func (f *chaos) page(ids []fleet.TenantID, settle, n int64) db.UsagePage {
	p := db.UsagePage{At: f.now, From: fleet.DayOf(f.now).Add(-3).Start(), To: f.now.Truncate(time.Hour), Settle: settle}
	for i, id := range ids {
		var periods []db.UsagePeriod
		month := fleet.MonthPeriod(f.now)
		for k := range n {
			at := f.now.Add(-time.Duration(k*20+int64(i)) * time.Hour)
			periods = append(periods, db.UsagePeriod{Start: month.Start, Plan: fmt.Sprint("plan", k%2), Buckets: []db.UsageBucket{bucket(at.Truncate(time.Hour), n+int64(i))}})
		}
		p.Tenants = append(p.Tenants, of(string(id), periods...))
	}
	return p
}

// expectSums compares months, the fleet's days and periods with sums of the days.
func (f *chaos) expectSums() {
	f.Helper()
	const known = `sum(CASE WHEN root_bh IS NOT NULL THEN 1 ELSE 0 END)`
	const sums = `sum(cu_s), sum(root_bh), sum(child_bh), sum(hist_bh), sum(snap_bh), sum(pub_b), sum(priv_b), sum(branch_h), sum(active_s)`
	expect(f, f.store, dumpOf(f, f.store, `SELECT day / 100, tenant, `+sums+`, max(storage_b), sum(written_b), `+known+`, sum(CASE WHEN settled = 1 THEN 1 ELSE 0 END)
		FROM usage_day GROUP BY day / 100, tenant ORDER BY 1, 2`), `SELECT month, tenant, cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h, active_s, storage_b, written_b,
		days_known, days_settled FROM usage_month ORDER BY 1, 2`)
	expect(f, f.store, dumpOf(f, f.store, `SELECT day, coalesce((SELECT plan FROM tenant_plan p WHERE p.tenant = u.tenant AND from_day <= day ORDER BY from_day DESC LIMIT 1),
			(SELECT plan FROM tenant_plan p WHERE p.tenant = u.tenant ORDER BY from_day LIMIT 1)) AS plan,
		count(*), count(cu_s), `+known+`, count(active_s), count(storage_b), count(written_b), coalesce(sum(cu_s), 0), coalesce(sum(root_bh), 0), coalesce(sum(pub_b), 0), coalesce(sum(active_s), 0),
		coalesce(sum(storage_b), 0), coalesce(sum(written_b), 0) FROM usage_day u GROUP BY 1, 2 ORDER BY 1, 2`),
		`SELECT day, plan, tenants, cu_n, known, active_n, storage_n, written_n, cu_s, root_bh, pub_b, active_s, storage_b, written_b FROM fleet_day WHERE tenants > 0 ORDER BY 1, 2`)
	expect(f, f.store, dumpOf(f, f.store, `SELECT id, (SELECT sum(cu_s) FROM usage_day u WHERE u.tenant = t.id AND day / 100 = CAST(strftime('%Y%m', period_start, 'unixepoch') AS INTEGER)) FROM tenant t ORDER BY id`),
		`SELECT id, cu_s FROM tenant ORDER BY id`)
}
