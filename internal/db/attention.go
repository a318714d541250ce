package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// An Attention is a tenant that somebody should look at.
type Attention struct {
	Tenant   fleet.Tenant
	Reason   string      // of its state; "" nothing to say
	Since    time.Time   // of its state; zero: not known
	OutAt    time.Time   // when the first limit is reached; zero: not foreseen
	OutMeter fleet.Meter // which one
}

// attentionParts are who needs it, the most urgent first: each gives a few, so
// that one kind of trouble does not hide the others.
var attentionParts = []fleet.Filter{
	{States: []fleet.State{fleet.StateMissing}},
	{States: []fleet.State{fleet.StateStorageFull}},
	{States: []fleet.State{fleet.StateQuotaReached}},
	{Is: fleet.Drifted},
}

// Attention are limit tenants of those who need it most: those who reach a
// limit within 48 hours, those stopped or full, missing ones, drifted ones.
func (d *DB) Attention(ctx context.Context, limit int, now time.Time) ([]Attention, error) {
	each := max(limit/(len(attentionParts)+1), 1)
	tenants, err := d.outSoon(ctx, each+limit%(len(attentionParts)+1), now)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, t := range tenants {
		seen[t.Local] = true
	}
	for _, f := range attentionParts {
		page, err := d.Tenants(ctx, ListQuery{Filter: f, Per: each, Now: now})
		if err != nil {
			return nil, err
		}
		for _, t := range page.Rows {
			if !seen[t.Local] {
				seen[t.Local], tenants = true, append(tenants, t)
			}
		}
	}
	return d.withReasons(ctx, tenants)
}

// outSoon are the next tenants to reach a limit.
func (d *DB) outSoon(ctx context.Context, limit int, now time.Time) ([]fleet.Tenant, error) {
	rows, err := d.q.QueryContext(ctx, `SELECT id FROM tenant WHERE out_at > $1 AND out_at <= $2 ORDER BY out_at, id LIMIT $3`,
		now.Unix(), now.Add(soon).Unix(), limit)
	if err != nil {
		return nil, fmt.Errorf("read who reaches a limit: %w", err)
	}
	defer rows.Close()
	var places []entry
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.id); err != nil {
			return nil, fmt.Errorf("read who reaches a limit: %w", err)
		}
		places = append(places, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read who reaches a limit: %w", err)
	}
	return d.tenantsAt(ctx, places, now)
}

func (d *DB) withReasons(ctx context.Context, tenants []fleet.Tenant) ([]Attention, error) {
	list, at, ids := make([]Attention, len(tenants)), map[int64]int{}, make([]int64, len(tenants))
	for i, t := range tenants {
		list[i].Tenant, at[t.Local], ids[i] = t, i, t.Local
	}
	rows, err := d.tenantRowsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		a := &list[at[r.id]]
		a.Reason, a.Since, a.OutAt, a.OutMeter = r.reason.text, moment(r.reason.since), moment(r.outAt), r.facts.outMeter
	}
	return list, nil
}

// tenantRowsOf are the rows of these local ids.
func (d *DB) tenantRowsOf(ctx context.Context, ids []int64) ([]tenantRow, error) {
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	return d.tenantRows(ctx, `t.id `+d.in(1), arg)
}
