package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neonfleet/internal/fleet"
)

// endpointsOf are the computes of these tenants as the last round read them.
func (d *DB) endpointsOf(ctx context.Context, ids []int64) (map[int64][]fleet.Endpoint, error) {
	found := map[int64][]fleet.Endpoint{}
	if len(ids) == 0 {
		return found, nil
	}
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT tenant, id, branch, min_cu, max_cu, suspend_s, disabled FROM endpoint WHERE tenant `+d.in(1)+` ORDER BY tenant, id`, arg)
	if err != nil {
		return nil, fmt.Errorf("read computes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var tenant, disabled int64
		var e fleet.Endpoint
		if err := rows.Scan(&tenant, &e.ID, &e.Branch, &e.Sizes.Min, &e.Sizes.Max, &e.Sizes.Suspend, &disabled); err != nil {
			return nil, fmt.Errorf("read computes: %w", err)
		}
		e.Disabled = disabled == 1
		found[tenant] = append(found[tenant], e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read computes: %w", err)
	}
	return found, nil
}

// ProjectEndpoints are all computes of a project, as one answer has them.
type ProjectEndpoints struct {
	ID        fleet.TenantID
	At        time.Time
	Endpoints []fleet.Endpoint
}

// EndpointsPage stores what the computes of a few projects are set to, with the
// step's cursor, and says of each tenant whether it drifted.
func (d *DB) EndpointsPage(ctx context.Context, m SyncMark, read []ProjectEndpoints) error {
	err := d.Update(ctx, func(tx *DB) error {
		latest := make(map[fleet.TenantID]ProjectEndpoints, len(read))
		ids := make([]fleet.TenantID, 0, len(read))
		for _, e := range read {
			ids = append(ids, e.ID)
			latest[e.ID] = e
		}
		if err := tx.storeEndpoints(ctx, ids, latest); err != nil {
			return err
		}
		return tx.mark(ctx, m, len(read))
	})
	if err != nil {
		return fmt.Errorf("store computes: %w", err)
	}
	return nil
}

func (d *DB) storeEndpoints(ctx context.Context, ids []fleet.TenantID, latest map[fleet.TenantID]ProjectEndpoints) error {
	before, err := d.tenantsOf(ctx, ids)
	if err != nil {
		return err
	}
	rows := append([]tenantRow(nil), before...)
	plans, err := d.planBook(ctx)
	if err != nil {
		return err
	}
	spans, err := d.planSpans(ctx, localIDs(rows))
	if err != nil {
		return err
	}
	need := map[int64]bool{}
	for i := range rows {
		need[rows[i].facts.settings] = true
	}
	book := newSettingsBook()
	if err := book.need(ctx, d, need); err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		e := latest[r.project]
		r.about.endpointsAt = e.At.Unix()
		r.setDrift(plans.settings[lastPlan(spans[r.id])], fleet.Observed{Settings: book.byNo[r.facts.settings], Endpoints: e.Endpoints})
	}
	if err := d.replaceEndpoints(ctx, rows, latest); err != nil {
		return err
	}
	return d.saveTenants(ctx, before, rows)
}

// replaceEndpoints writes the computes of those for whom they changed.
func (d *DB) replaceEndpoints(ctx context.Context, rows []tenantRow, latest map[fleet.TenantID]ProjectEndpoints) error {
	old, err := d.endpointsOf(ctx, localIDs(rows))
	if err != nil {
		return err
	}
	var fresh [][]any
	for i := range rows {
		r := &rows[i]
		now := settingsOnly(latest[r.project].Endpoints)
		if slices.Equal(now, old[r.id]) {
			continue
		}
		if _, err := d.q.ExecContext(ctx, `DELETE FROM endpoint WHERE tenant = $1`, r.id); err != nil {
			return fmt.Errorf("replace computes: %w", err)
		}
		for _, e := range now {
			fresh = append(fresh, []any{r.id, e.ID, e.Branch, int64(e.Sizes.Min), int64(e.Sizes.Max), int64(e.Sizes.Suspend), truth(e.Disabled)})
		}
	}
	return d.insertRows(ctx, `INSERT INTO endpoint (tenant, id, branch, min_cu, max_cu, suspend_s, disabled)`, "", fresh)
}

// settingsOnly is what is kept of computes, in the order of their ids, each
// once.
func settingsOnly(endpoints []fleet.Endpoint) []fleet.Endpoint {
	var kept []fleet.Endpoint
	for _, e := range endpoints {
		kept = append(kept, fleet.Endpoint{ID: e.ID, Branch: e.Branch, Sizes: e.Sizes, Disabled: e.Disabled})
	}
	slices.SortStableFunc(kept, func(a, b fleet.Endpoint) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(kept, func(a, b fleet.Endpoint) bool { return a.ID == b.ID })
}
