package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	"neonfleet/internal/fleet"
)

// A Loaded is a tenant as a bulk load brings it: for fixtures, measurements
// and demonstrations. Local, Shares and Band follow from the rest; the branch,
// where it is known, counts as read when the tenant was synced.
type Loaded struct {
	fleet.Tenant
	Computes    fleet.Sizes // of the project's defaults; Suspend is the tenant's
	PlanVersion int
	StateReason string
	StateSince  time.Time
	Out         time.Time // when the first limit is reached, and which
	OutMeter    fleet.Meter
}

// loadChunk is how many tenants go into one transaction.
const loadChunk = 5000

// Load stores tenants that are not there yet, in the order they come, and
// counts the fleet anew. Their plans must exist.
func (d *DB) Load(ctx context.Context, tenants iter.Seq[Loaded]) error {
	chunk := make([]Loaded, 0, loadChunk)
	for t := range tenants {
		if chunk = append(chunk, t); len(chunk) == loadChunk {
			if err := d.loadChunk(ctx, chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	if err := d.loadChunk(ctx, chunk); err != nil {
		return err
	}
	return d.rebuildRollups(ctx)
}

func (d *DB) loadChunk(ctx context.Context, chunk []Loaded) error {
	return d.Update(ctx, func(tx *DB) error {
		l, err := tx.newLoad(ctx, chunk)
		if err != nil {
			return err
		}
		for _, t := range chunk {
			if err := l.add(t); err != nil {
				return err
			}
		}
		return l.store(ctx)
	})
}

// load gathers the rows of one transaction.
type load struct {
	tx       *DB
	settings *settingsBook
	next     int64 // local id
	tenants  [][]any
	details  [][]any
	tags     [][]any
	plans    [][]any
	planNo   map[fleet.PlanID]int64
	regionNo map[string]int64
}

func (d *DB) newLoad(ctx context.Context, chunk []Loaded) (*load, error) {
	l := &load{tx: d, settings: newSettingsBook()}
	if err := d.q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) + 1 FROM tenant`).Scan(&l.next); err != nil {
		return nil, fmt.Errorf("last tenant: %w", err)
	}
	values, regions := map[string]fleet.Settings{}, map[string]bool{}
	for _, t := range chunk {
		s := t.settings()
		values[settingsKey(s)] = s
		regions[t.Region] = true
	}
	if err := l.settings.keep(ctx, d, values); err != nil {
		return nil, err
	}
	var rows [][]any
	for id := range regions {
		rows = append(rows, []any{id})
	}
	if err := d.insertRows(ctx, `INSERT INTO region (id)`, `ON CONFLICT (id) DO NOTHING`, rows); err != nil {
		return nil, fmt.Errorf("store regions: %w", err)
	}
	plans, known, err := d.numbers(ctx, true)
	l.planNo, l.regionNo = plans.no, known.no
	return l, err
}

func (t Loaded) settings() fleet.Settings {
	c := t.Computes
	if c.Max == 0 {
		c = fleet.Sizes{Min: 250, Max: 250}
	}
	c.Suspend = t.Suspend
	return fleet.Settings{Limits: t.Limits, Computes: c}
}

func (l *load) add(t Loaded) error {
	plan, ok := l.planNo[t.Plan]
	if !ok {
		return fleet.Errorf(fleet.NotFound, "There is no plan %q.", t.Plan)
	}
	id, figures, branchAt := l.next, t.Used, int64(0)
	if t.StorageOfBranch.Known() {
		figures[fleet.Storage], branchAt = t.StorageOfBranch, t.SyncedAt.Unix()
	}
	shares := fleet.Shares(figures, t.Limits)
	_, worst, _ := fleet.Worst(shares)
	row := []any{id, string(t.ID), t.Name, fleet.FoldName(t.Name), plan, l.regionNo[t.Region], int64(t.State), int64(worst.Band()), int64(t.Flags),
		l.settings.byKey[settingsKey(t.settings())], unixOf(t.CreatedAt), unixOf(t.LastActive), unixOf(t.SyncedAt), unixOf(t.SyncedAt),
		unixOf(t.Period.Start), unixOf(t.Period.End)}
	for _, used := range t.Used {
		row = append(row, used)
	}
	row = append(row, t.StorageOfBranch, branchAt)
	for _, s := range shares {
		row = append(row, int64(s))
	}
	l.tenants = append(l.tenants, append(row, int64(worst), unixOf(t.Out), int64(t.OutMeter)))
	l.details = append(l.details, []any{id, t.Owner, t.ExternalID, searchKey(t.Owner, t.ExternalID), t.StateReason, unixOf(t.StateSince)})
	for _, tag := range t.Tags {
		l.tags = append(l.tags, []any{fleet.FoldName(tag), id})
	}
	l.plans = append(l.plans, []any{id, int64(fleet.DayOf(t.CreatedAt)), plan, int64(max(1, t.PlanVersion))})
	l.next++
	return nil
}

// searchKey is what a search compares of owner and own reference.
func searchKey(owner, externalID string) string {
	if owner == "" && externalID == "" {
		return ""
	}
	return fleet.FoldName(owner) + "\n" + fleet.FoldName(externalID)
}

func unixOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func (l *load) store(ctx context.Context) error {
	for _, part := range []struct {
		head string
		rows [][]any
	}{
		{`INSERT INTO tenant (id, project_id, name, name_key, plan, region, state, band, flags, settings, created_at, last_active_at, synced_at, usage_at,
			period_start, period_end, cu_s, active_s, storage_b, transfer_b, written_b, branch_b, branch_at,
			cu_pm, active_pm, storage_pm, transfer_pm, written_pm, max_pm, out_at, out_meter)`, l.tenants},
		{`INSERT INTO tenant_detail (tenant, owner, external_id, search_key, state_reason, state_since)`, l.details},
		{`INSERT INTO tenant_tag (tag, tenant)`, l.tags},
		{`INSERT INTO tenant_plan (tenant, from_day, plan, version)`, l.plans},
	} {
		if err := l.tx.insertRows(ctx, part.head, "", part.rows); err != nil {
			return fmt.Errorf("load tenants: %w", err)
		}
	}
	if l.tx.engine == postgresEngine { // ids were given here: the sequence goes on after them
		if _, err := l.tx.q.ExecContext(ctx, `SELECT setval(pg_get_serial_sequence('tenant', 'id'), $1, false)`, l.next); err != nil {
			return fmt.Errorf("move the sequence of tenants: %w", err)
		}
	}
	return nil
}

// Raw is the pool that writes, for bulk loads and measurements that no method
// of the store is for.
func (d *DB) Raw() *sql.DB { return d.write }
