package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"neonfleet/internal/fleet"
)

// branchAge is how long the size of the largest branch holds as the basis of
// the storage share (interface.md).
const branchAge = 24 * time.Hour

// tagGap separates the tags of one tenant in one column.
const tagGap = "\x1f"

// tenantColumns are what scanTenant reads.
const tenantColumns = `t.id, t.project_id, t.name, t.plan, t.region, t.state, t.flags, t.created_at, t.last_active_at, t.synced_at,
	t.period_start, t.period_end, t.cu_s, t.active_s, t.storage_b, t.transfer_b, t.written_b, t.branch_b, t.branch_at,
	t.cu_pm, t.active_pm, t.storage_pm, t.transfer_pm, t.written_pm,
	s.compute_s, s.active_s, s.storage_b, s.transfer_b, s.written_b, coalesce(s.suspend_s, 0),
	coalesce(d.owner, ''), coalesce(d.external_id, ''),
	(SELECT string_agg(g.tag, '` + tagGap + `' ORDER BY g.tag) FROM tenant_tag g WHERE g.tenant = t.id)`

const tenantTables = `tenant t LEFT JOIN settings s ON s.no = t.settings LEFT JOIN tenant_detail d ON d.tenant = t.id`

// tenantsAt are the rows of a page, in the order of its places.
func (d *DB) tenantsAt(ctx context.Context, places []entry, now time.Time) ([]fleet.Tenant, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids, at := make([]int64, len(places)), make(map[int64]int, len(places))
	for i, e := range places {
		ids[i], at[e.id] = e.id, i
	}
	arg, err := list(d, ids)
	if err != nil {
		return nil, err
	}
	names, err := d.decoder(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := d.q.QueryContext(ctx, `SELECT `+tenantColumns+` FROM `+tenantTables+` WHERE t.id `+d.in(1), arg)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	defer rows.Close()
	found, read := make([]fleet.Tenant, len(places)), 0
	for ; rows.Next(); read++ {
		t, err := scanTenant(ctx, rows, names, now)
		if err != nil {
			return nil, fmt.Errorf("read tenants: %w", err)
		}
		found[at[t.Local]] = t
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	return withoutGaps(found, read), nil
}

// withoutGaps drops the places of rows that were deleted between the search
// and the reading.
func withoutGaps(list []fleet.Tenant, read int) []fleet.Tenant {
	if read == len(list) {
		return list
	}
	kept := list[:0]
	for _, t := range list {
		if t.Local != 0 {
			kept = append(kept, t)
		}
	}
	return kept
}

type scanner interface{ Scan(dest ...any) error }

// scanTenant reads tenantColumns. more are the columns after them.
func scanTenant(ctx context.Context, row scanner, names *decoder, now time.Time, more ...any) (t fleet.Tenant, err error) {
	var plan, region, created, active, synced, start, end, branchAt int64
	var branch fleet.Amount
	var tags sql.NullString
	dest := []any{&t.Local, &t.ID, &t.Name, &plan, &region, &t.State, &t.Flags, &created, &active, &synced, &start, &end,
		&t.Used[0], &t.Used[1], &t.Used[2], &t.Used[3], &t.Used[4], &branch, &branchAt,
		&t.Shares[0], &t.Shares[1], &t.Shares[2], &t.Shares[3], &t.Shares[4],
		&t.Limits[0], &t.Limits[1], &t.Limits[2], &t.Limits[3], &t.Limits[4], &t.Suspend, &t.Owner, &t.ExternalID, &tags}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return t, err
	}
	if t.Plan, t.Region, err = names.ids(ctx, plan, region); err != nil {
		return t, err
	}
	t.CreatedAt, t.LastActive, t.SyncedAt = moment(created), moment(active), moment(synced)
	t.Period = fleet.Period{Start: moment(start), End: moment(end)}
	if branchAt > now.Add(-branchAge).Unix() {
		t.StorageOfBranch = branch
	} else if branchAt > 0 { // the stored share is still the old reading's; the next sweep sets it right
		t.Shares[fleet.Storage] = fleet.ShareOf(t.Used[fleet.Storage], t.Limits[fleet.Storage])
	}
	if tags.Valid {
		t.Tags = strings.Split(tags.String, tagGap)
	}
	return t, nil
}

// moment is a column of unix seconds; 0 is no time.
func moment(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

// notThere says of a row that was not found whose it would have been.
func notThere(err error, id fleet.TenantID) error {
	if err = translate(err); fleet.KindOf(err) == fleet.NotFound {
		return fleet.Because(err, fleet.NotFound, "There is no tenant %s.", id)
	}
	return fmt.Errorf("read tenant %s: %w", id, err)
}
