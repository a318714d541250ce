package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// paceDays is how many days before today make a pace (fleet.Project).
const paceDays = 7

// foresee says when each tenant reaches its first limit if the last days' pace
// goes on, where that is within its period.
func (d *DB) foresee(ctx context.Context, rows []*tenantRow, book *settingsBook, now time.Time) error {
	var ids []int64
	for _, r := range rows {
		r.outAt, r.facts.outMeter = 0, 0
		if r.canRunOut(now) {
			ids = append(ids, r.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	first, last := fleet.DayOf(now).Add(-paceDays), fleet.DayOf(now).Add(-1)
	days, err := d.paces(ctx, ids, first, last)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if perMeter, ok := days[r.id]; ok {
			r.setOutlook(perMeter, first, book.byNo[r.facts.settings].Limits, now)
		}
	}
	return nil
}

// canRunOut leaves out, without reading their days, those whose limit is out
// of reach: the pace of three days or more is at most a third of what the
// period has so far (of storage's trend, half).
func (r *tenantRow) canRunOut(now time.Time) bool {
	p := r.period()
	if !p.Contains(now) || !r.seenAtAll() {
		return false
	}
	left := p.End.Sub(now).Hours() / 24
	for _, share := range r.shares {
		if s := float64(share) / 1000; s > 0 && s < 1 && (1-s)*2/s <= left {
			return true
		}
	}
	return false
}

func (r *tenantRow) seenAtAll() bool { return r.seen > 0 && r.kind.state != fleet.StateMissing }

// daysOf are a meter's figures of the last days, unknown where there are none.
type daysOf [len(fleet.Figures{})][paceDays]fleet.Amount

// paces are the days from first to last of these tenants, by meter.
func (d *DB) paces(ctx context.Context, ids []int64, first, last fleet.Day) (map[int64]*daysOf, error) {
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT tenant, day, cu_s, active_s, storage_b, pub_b, priv_b, written_b FROM usage_day
		WHERE tenant `+d.in(1)+` AND day BETWEEN $2 AND $3`, arg, int64(first), int64(last))
	if err != nil {
		return nil, fmt.Errorf("read the last days: %w", err)
	}
	defer rows.Close()
	found := make(map[int64]*daysOf, len(ids))
	for rows.Next() {
		var k dayKey
		var u fleet.Usage
		if err := rows.Scan(&k.tenant, &k.day, &u[fleet.ComputeCUSeconds], &u[fleet.ActiveSeconds], &u[fleet.StoragePeakBytes],
			&u[fleet.PublicBytes], &u[fleet.PrivateBytes], &u[fleet.WrittenBytes]); err != nil {
			return nil, fmt.Errorf("read the last days: %w", err)
		}
		days := found[k.tenant]
		if days == nil {
			days = new(daysOf)
			found[k.tenant] = days
		}
		i := k.day.Sub(first)
		days[fleet.Compute][i], days[fleet.Active][i] = u[fleet.ComputeCUSeconds], u[fleet.ActiveSeconds]
		days[fleet.Storage][i], days[fleet.Transfer][i], days[fleet.Written][i] = u[fleet.StoragePeakBytes], u.Transfer(), u[fleet.WrittenBytes]
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the last days: %w", err)
	}
	return found, nil
}

// setOutlook takes the first limit that is reached.
func (r *tenantRow) setOutlook(days *daysOf, first fleet.Day, limits fleet.Limits, now time.Time) {
	p := r.period()
	skip := 0 // days before the period began
	for skip < paceDays && first.Add(skip).Start().Before(p.Start) {
		skip++
	}
	for _, m := range fleet.Meters() {
		used := r.facts.used[m]
		if m == fleet.Storage && r.branch.at > 0 {
			used = r.branch.size
		}
		f, ok := fleet.Project(m, used, limits[m], p, days[m][skip:], now)
		if !ok || f.Out.IsZero() || r.shares[m] == fleet.ShareUnknown {
			continue
		}
		if at := f.Out.Unix(); r.outAt == 0 || at < r.outAt {
			r.outAt, r.facts.outMeter = at, m
		}
	}
}
