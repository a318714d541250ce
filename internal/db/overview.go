package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// soon is how far ahead the overview looks for limits that will be reached.
const soon = 48 * time.Hour

// An Overview is the fleet at a glance, all of it from roll-ups: it costs the
// same for 300 tenants and for 300,000.
type Overview struct {
	Tenants     int
	NewThisWeek int // first made at Neon within seven days
	ActiveToday int // used since midnight UTC
	States      map[fleet.State]int
	Bands       [4]int              // by fleet.Band
	Flags       map[fleet.Flags]int // by single flag
	Plans       map[fleet.PlanID]PlanCount
	Used        fleet.Figures // sums of what is known of the period to date
	OutSoon     int           // reach a limit within 48 hours at this pace
	Troubled    int           // quota reached, storage full, missing or drifted
}

// Overview is the fleet at now.
func (d *DB) Overview(ctx context.Context, now time.Time) (o Overview, err error) {
	rows, err := d.facetRows(ctx)
	if err != nil {
		return o, err
	}
	o = Overview{States: map[fleet.State]int{}, Flags: map[fleet.Flags]int{}}
	for _, r := range rows {
		o.add(r)
	}
	if o.Plans, err = d.planCounts(ctx, rows); err != nil {
		return o, err
	}
	if o.Used, err = d.fleetSums(ctx); err != nil {
		return o, err
	}
	err = d.q.QueryRowContext(ctx, `SELECT coalesce((SELECT n FROM seen_day WHERE day = $1), 0),
		(SELECT count(*) FROM tenant WHERE created_at > $2 AND state <> 6),
		(SELECT count(*) FROM tenant WHERE out_at > $3 AND out_at <= $4)`,
		int64(fleet.DayOf(now)), now.AddDate(0, 0, -7).Unix(), now.Unix(), now.Add(soon).Unix()).Scan(&o.ActiveToday, &o.NewThisWeek, &o.OutSoon)
	if err != nil {
		return o, fmt.Errorf("read the overview: %w", err)
	}
	return o, nil
}

func (o *Overview) add(r facetRow) {
	o.Tenants += r.n
	o.States[r.state] += r.n
	o.Bands[r.band] += r.n
	for _, f := range []fleet.Flags{fleet.Drifted, fleet.NotApplied, fleet.NoPlan, fleet.Overridden} {
		if r.flags.Has(f) {
			o.Flags[f] += r.n
		}
	}
	switch r.state {
	case fleet.StateQuotaReached, fleet.StateStorageFull, fleet.StateMissing:
		o.Troubled += r.n
	default:
		if r.flags.Has(fleet.Drifted) {
			o.Troubled += r.n
		}
	}
}

// fleetSums are the fleet's figures of the period to date, of whom they are known.
func (d *DB) fleetSums(ctx context.Context) (f fleet.Figures, err error) {
	rows, err := d.q.QueryContext(ctx, `SELECT meter, CAST(sum(known) AS BIGINT), CAST(sum(total) AS BIGINT) FROM fleet_sum GROUP BY meter`)
	if err != nil {
		return f, fmt.Errorf("read the fleet's sums: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m fleet.Meter
		var known, total int64
		if err := rows.Scan(&m, &known, &total); err != nil {
			return f, fmt.Errorf("read the fleet's sums: %w", err)
		}
		if known > 0 {
			f[m] = fleet.Of(total)
		}
	}
	return f, rows.Err()
}

// A FleetDay is a day's sums of the tenants that were on a plan that day. What
// nobody knows is unknown; what is known of some is their sum.
type FleetDay struct {
	Day     fleet.Day
	Plan    fleet.PlanID
	Tenants int // of whom anything is known
	Usage   fleet.Usage
}

// FleetDays are the fleet's days by plan, from from to to, both included,
// ascending by day. Of the storage peak it is the sum of the tenants' peaks.
func (d *DB) FleetDays(ctx context.Context, from, to fleet.Day) ([]FleetDay, error) {
	names, err := d.decoder(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT day, plan, tenants, cu_n, known, active_n, storage_n, written_n, `+usageColumns+`
		FROM fleet_day WHERE day BETWEEN $1 AND $2 ORDER BY day, plan`, int64(from), int64(to))
	if err != nil {
		return nil, fmt.Errorf("read the fleet's days: %w", err)
	}
	defer rows.Close()
	var list []FleetDay
	for rows.Next() {
		var f FleetDay
		var plan, compute, known, active, storage, written int64
		if err := rows.Scan(append([]any{&f.Day, &plan, &f.Tenants, &compute, &known, &active, &storage, &written}, scanUsage(&f.Usage)...)...); err != nil {
			return nil, fmt.Errorf("read the fleet's days: %w", err)
		}
		for m := range f.Usage {
			knowers := known
			switch fleet.Metric(m) {
			case fleet.ComputeCUSeconds:
				knowers = compute
			case fleet.ActiveSeconds:
				knowers = active
			case fleet.StoragePeakBytes:
				knowers = storage
			case fleet.WrittenBytes:
				knowers = written
			}
			if knowers == 0 {
				f.Usage[m] = fleet.Unknown
			}
		}
		f.Plan = names.plans.id[plan] // a plan that another replica has just added shows from the next reading on
		list = append(list, f)
	}
	return list, rows.Err()
}
