package db

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/fleet"
)

// figuresLate is how long after use Neon's figures may still change: a tenant
// is read again until then (design.md §4).
const figuresLate = time.Hour

// A Due is a tenant that a step should ask Neon about. Queues go by local id,
// so that neighbours are written together.
type Due struct {
	Local int64
	ID    fleet.TenantID
}

// present leaves out of a queue whom Neon does not have.
const present = ` t.state NOT IN (5, 6) `

// DueUsage are the next tenants after a local id whose consumption is read up
// to a moment earlier than an hour after their last activity.
func (d *DB) DueUsage(ctx context.Context, after int64, limit int) ([]Due, error) {
	return d.due(ctx, `SELECT t.id, t.project_id FROM tenant t WHERE t.id > $1 AND t.last_active_at > 0
		AND t.usage_at < t.last_active_at + $3 AND`+present+`ORDER BY t.id LIMIT $2`, after, limit, int64(figuresLate/time.Second))
}

// AllTenants are the next tenants after a local id, whoever Neon has: for a
// sync that leaves out nobody.
func (d *DB) AllTenants(ctx context.Context, after int64, limit int) ([]Due, error) {
	return d.due(ctx, `SELECT t.id, t.project_id FROM tenant t WHERE t.id > $1 AND`+present+`ORDER BY t.id LIMIT $2`, after, limit)
}

// DueCounters are the tenants whose own counters are the oldest, of those who
// were active since these were read.
func (d *DB) DueCounters(ctx context.Context, limit int) ([]Due, error) {
	return d.due(ctx, `SELECT t.id, t.project_id FROM tenant_detail d JOIN tenant t ON t.id = d.tenant
		WHERE t.last_active_at > 0 AND d.counter_at < t.last_active_at + $2 AND`+present+`ORDER BY d.counter_at, d.tenant LIMIT $1`, limit, int64(figuresLate/time.Second))
}

// DueBranches are the next tenants after a local id whose storage gauge is at
// 70 % of the limit or more, and whose branches were last read before a moment.
func (d *DB) DueBranches(ctx context.Context, readBefore time.Time, after int64, limit int) ([]Due, error) {
	return d.due(ctx, `SELECT t.id, t.project_id FROM tenant t JOIN settings s ON s.no = t.settings
		WHERE t.id > $1 AND t.branch_at < $3 AND s.storage_b IS NOT NULL AND t.storage_b * 10 >= s.storage_b * 7 AND`+present+`ORDER BY t.id LIMIT $2`,
		after, limit, readBefore.Unix())
}

// DueEndpoints are the next tenants after a local id whose computes were last
// read before a moment.
func (d *DB) DueEndpoints(ctx context.Context, readBefore time.Time, after int64, limit int) ([]Due, error) {
	return d.due(ctx, `SELECT t.id, t.project_id FROM tenant t JOIN tenant_detail d ON d.tenant = t.id
		WHERE t.id > $1 AND d.endpoints_at < $3 AND`+present+`ORDER BY t.id LIMIT $2`, after, limit, readBefore.Unix())
}

// MissingCandidates are the next tenants after a local id that a complete
// sweep, begun at a moment, neither saw nor heard to be unavailable. Each is
// missing only if asking for it alone answers 404 too.
func (d *DB) MissingCandidates(ctx context.Context, sweepBegan time.Time, after int64, limit int) ([]Due, error) {
	return d.due(ctx, `SELECT t.id, t.project_id FROM tenant t LEFT JOIN unavailable u ON u.tenant = t.id
		WHERE t.id > $1 AND t.synced_at < $3 AND coalesce(u.at, 0) < $3 AND`+present+`ORDER BY t.id LIMIT $2`, after, limit, sweepBegan.Unix())
}

func (d *DB) due(ctx context.Context, query string, args ...any) ([]Due, error) {
	rows, err := d.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read who is due: %w", err)
	}
	defer rows.Close()
	var list []Due
	for rows.Next() {
		var u Due
		if err := rows.Scan(&u.Local, &u.ID); err != nil {
			return nil, fmt.Errorf("read who is due: %w", err)
		}
		list = append(list, u)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read who is due: %w", err)
	}
	return list, nil
}
