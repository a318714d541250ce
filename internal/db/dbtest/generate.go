package dbtest

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
)

// Now is the moment of generated fleets: in the middle of a day, late in a month.
func Now() time.Time { return time.Date(2026, 11, 20, 14, 45, 0, 0, time.UTC) }

// Generate fills an empty store with n tenants and days of usage up to Now's.
// The same seed makes the same fleet. Daily rows, months and the fleet's days
// agree with each other; the tenants' figures of the period are drawn apart.
func Generate(ctx context.Context, store *db.DB, n, days int, seed uint64) error {
	if err := store.SeedPlans(ctx, fleet.FirstPlans(), Now()); err != nil {
		return err
	}
	if err := store.Load(ctx, Fleet(n, seed)); err != nil {
		return err
	}
	return GenerateUsage(ctx, store, n, days, seed)
}

var (
	regions   = []string{"aws-us-east-1", "aws-us-east-2", "aws-us-west-2", "aws-eu-central-1", "aws-eu-west-2", "aws-ap-southeast-1", "azure-eastus2"}
	owners    = []string{"acme", "bluebird", "cobalt", "delta", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kestrel", "lumen", "mosaic", "northwind", "opal", "pioneer", "quartz", "raven", "sable", "tundra"}
	purposes  = []string{"analytics", "backend", "crm", "forms", "notes", "inventory", "pay", "bookings", "helpdesk", "iot", "lms", "studio", "events", "erp", "journal", "maps", "surveys", "chat", "shop", "wiki"}
	endings   = []string{"", "-prod", "-staging", "-dev", "-eu", "-test"}
	landscape = []string{"meadow", "cloud", "river", "forest", "dune", "lake", "rain", "snow"}
	moods     = []string{"wispy", "cool", "silent", "bold", "late", "odd", "proud", "still"}
)

// Fleet draws n tenants as a fleet has them: most small and idle, some busy, a
// few at a limit, drifted, suspended or without a plan.
func Fleet(n int, seed uint64) iter.Seq[db.Loaded] {
	return func(yield func(db.Loaded) bool) {
		r := rand.New(rand.NewPCG(seed, 1))
		for i := range n {
			if !yield(drawTenant(r, i)) {
				return
			}
		}
	}
}

func drawTenant(r *rand.Rand, i int) db.Loaded {
	plans := fleet.FirstPlans()
	plan := plans[0]
	switch p := r.IntN(1000); {
	case p < 8:
		plan = plans[2]
	case p < 160:
		plan = plans[1]
	}
	var t db.Loaded
	t.ID = fleet.TenantID(fmt.Sprintf("%s-%s-%08d", pick(r, moods), pick(r, landscape), i*61_803_399%100_000_000)) // scattered, and no two alike
	t.Name = pick(r, owners) + "-" + pick(r, purposes) + pick(r, endings)
	if r.IntN(3) > 0 {
		t.Name += fmt.Sprintf("-%d", r.IntN(10_000))
	}
	t.Plan, t.Limits, t.Computes, t.Suspend = plan.ID, plan.Settings.Limits, plan.Settings.Computes, plan.Settings.Computes.Suspend
	t.Region = regions[min(r.IntN(len(regions)), r.IntN(len(regions)))]
	t.CreatedAt = Now().Add(-time.Duration(r.Int64N(int64(900 * 24 * time.Hour)))).Truncate(time.Second)
	t.SyncedAt = Now().Add(-4 * time.Minute)
	t.Period = fleet.MonthPeriod(Now())
	drawActivity(r, &t)
	drawFigures(r, &t)
	drawState(r, &t)
	return t
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// drawActivity makes half the fleet active today and leaves a long tail behind.
func drawActivity(r *rand.Rand, t *db.Loaded) {
	ago := time.Duration(math.Exp(r.Float64()*12) * float64(time.Minute)) // 1 min to 113 days, evenly by its logarithm
	if t.LastActive = Now().Add(-ago).Truncate(time.Second); t.LastActive.Before(t.CreatedAt) {
		t.LastActive = t.CreatedAt
	}
	if r.IntN(200) == 0 {
		t.LastActive = time.Time{}
	}
}

func drawFigures(r *rand.Rand, t *db.Loaded) {
	typical := [...]float64{15 * 3600, 40 * 3600, 80e6, 600e6, 150e6}
	if t.Plan == "enterprise" {
		typical[fleet.Storage] = 20e9
	}
	active := t.Period.Contains(t.LastActive)
	for m := range t.Used {
		n := int64(typical[m] * math.Exp(r.NormFloat64()*1.1-1))
		if !active && fleet.Meter(m).Resets() {
			n = 0
		}
		if fleet.Meter(m) == fleet.Written && r.IntN(20) == 0 {
			continue // not read yet
		}
		t.Used[m] = fleet.Of(n)
	}
	if fleet.ShareOf(t.Used[fleet.Storage], t.Limits[fleet.Storage]) >= 700 {
		t.StorageOfBranch = fleet.Of(t.Used[fleet.Storage].Or(0) * 9 / 10)
	}
}

func drawState(r *rand.Rand, t *db.Loaded) {
	if r.IntN(1000) == 0 {
		t.Flags |= fleet.Drifted
	}
	if r.IntN(2500) == 0 {
		t.Flags |= fleet.NoPlan
		t.Plan = fleet.Unassigned
	}
	figures := t.Used
	if t.StorageOfBranch.Known() {
		figures[fleet.Storage] = t.StorageOfBranch
	}
	shares := fleet.Shares(figures, t.Limits)
	c := fleet.Circumstances{Missing: r.IntN(10_000) == 0, Suspended: r.IntN(1500) == 0, Quota: shares, Storage: shares[fleet.Storage],
		LastActive: t.LastActive, Suspend: t.Suspend, Now: Now()}
	t.State = c.Derive()
	t.StateSince = t.LastActive
	switch t.State {
	case fleet.StateQuotaReached:
		m, _ := c.QuotaMeter()
		t.StateReason = m.String() + " limit reached"
	case fleet.StateStorageFull:
		t.StateReason = "largest branch at the storage limit"
	case fleet.StateSuspended:
		t.StateReason = "abuse, ticket 4711"
	case fleet.StateMissing:
		t.StateReason = "project gone from Neon"
	}
	if _, worst, ok := fleet.Worst(shares); ok && worst >= 800 && worst < 1000 && r.IntN(4) == 0 {
		t.Out, t.OutMeter = Now().Add(time.Duration(r.Int64N(int64(9*24*time.Hour)))).Truncate(time.Second), fleet.Compute
	}
	if r.IntN(50) == 0 {
		t.Tags = []string{"beta"}
	}
	if r.IntN(400) == 0 {
		t.Tags = append(t.Tags, "vip")
		t.Owner, t.ExternalID = "ada@example.com", fmt.Sprintf("cus_%06d", r.IntN(1_000_000))
	}
}

// usageChunk is how many tenants' days are made in one transaction.
const usageChunk = 10_000

// GenerateUsage makes the daily rows of tenants 1 to n for the days up to
// Now's, their months and the fleet's days. Three tenant-days of ten are
// active, idle ones still have storage; the last two days are not final.
func GenerateUsage(ctx context.Context, store *db.DB, n, days int, seed uint64) error {
	if days <= 0 {
		return nil
	}
	for from := 1; from <= n; from += usageChunk {
		err := generateUsage(ctx, store, from, min(n, from+usageChunk-1), days, seed)
		if err != nil {
			return fmt.Errorf("generate usage of tenants from %d: %w", from, err)
		}
	}
	return nil
}

func generateUsage(ctx context.Context, store *db.DB, from, to, days int, seed uint64) error {
	tx, err := store.Raw().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, q := range []string{dayRows(days, seed), monthRows, fleetRows} {
		if _, err := tx.ExecContext(ctx, q, from, to); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// dayRows is one INSERT for all rows of tenants $1 to $2. h is a hash of
// tenant and day, 0 to 1,000,002.
func dayRows(days int, seed uint64) string {
	values := make([]string, days)
	today := fleet.DayOf(Now())
	for i := range values {
		day := today.Add(i + 1 - days)
		settled := 1
		if today.Sub(day) < 2 {
			settled = 0
		}
		values[i] = fmt.Sprintf("(%d,%d,%d,%d)", i, day, day.End().Unix(), settled)
	}
	return `WITH d (i, day, ends, settled) AS (VALUES ` + strings.Join(values, ",") + `),
	x AS (SELECT t.id AS tenant, d.day AS day, d.settled AS settled, coalesce(t.storage_b, 0) AS b,
		(t.id * 7919 + d.i * 104729 + ` + fmt.Sprint(seed%1_000_003) + `) % 1000003 AS h
		FROM tenant t CROSS JOIN d WHERE t.id BETWEEN $1 AND $2 AND t.created_at < d.ends)
	INSERT INTO usage_day (tenant, day, cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h, active_s, storage_b, written_b, settled)
	SELECT tenant, day,
		CASE WHEN h % 10 < 3 THEN h % 7200 ELSE 0 END, b * 20, b * 2, b * 4, 0,
		CASE WHEN h % 10 < 3 THEN h * 83 ELSE 0 END, CASE WHEN h % 10 < 1 THEN h * 7 ELSE 0 END, 24 * (h % 2),
		CASE WHEN h % 10 < 3 THEN h % 20000 ELSE 0 END, b, CASE WHEN h % 10 < 3 THEN h * 11 ELSE 0 END, settled
	FROM x`
}

const monthRows = `INSERT INTO usage_month (month, tenant, cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h, active_s, storage_b, written_b, days_known, days_settled)
	SELECT day / 100, tenant, sum(cu_s), sum(root_bh), sum(child_bh), sum(hist_bh), sum(snap_bh), sum(pub_b), sum(priv_b), sum(branch_h),
		sum(active_s), max(storage_b), sum(written_b), count(*), sum(settled)
	FROM usage_day WHERE tenant BETWEEN $1 AND $2 GROUP BY tenant, day / 100`

// fleetRows adds a chunk to the fleet's days: here every tenant was on its
// plan of today all along.
const fleetRows = `INSERT INTO fleet_day (day, plan, tenants, cu_n, known, active_n, storage_n, written_n,
		cu_s, root_bh, child_bh, hist_bh, snap_bh, pub_b, priv_b, branch_h, active_s, storage_b, written_b)
	SELECT u.day, t.plan, count(*), count(*), count(*), count(*), count(*), count(*), sum(u.cu_s), sum(u.root_bh), sum(u.child_bh), sum(u.hist_bh),
		sum(u.snap_bh), sum(u.pub_b), sum(u.priv_b), sum(u.branch_h), sum(u.active_s), sum(u.storage_b), sum(u.written_b)
	FROM usage_day u JOIN tenant t ON t.id = u.tenant WHERE u.tenant BETWEEN $1 AND $2 GROUP BY u.day, t.plan
	ON CONFLICT (day, plan) DO UPDATE SET tenants = fleet_day.tenants + excluded.tenants, cu_n = fleet_day.cu_n + excluded.cu_n,
		known = fleet_day.known + excluded.known, active_n = fleet_day.active_n + excluded.active_n,
		storage_n = fleet_day.storage_n + excluded.storage_n, written_n = fleet_day.written_n + excluded.written_n,
		cu_s = fleet_day.cu_s + excluded.cu_s, root_bh = fleet_day.root_bh + excluded.root_bh, child_bh = fleet_day.child_bh + excluded.child_bh,
		hist_bh = fleet_day.hist_bh + excluded.hist_bh, snap_bh = fleet_day.snap_bh + excluded.snap_bh, pub_b = fleet_day.pub_b + excluded.pub_b,
		priv_b = fleet_day.priv_b + excluded.priv_b, branch_h = fleet_day.branch_h + excluded.branch_h, active_s = fleet_day.active_s + excluded.active_s,
		storage_b = fleet_day.storage_b + excluded.storage_b, written_b = fleet_day.written_b + excluded.written_b`
