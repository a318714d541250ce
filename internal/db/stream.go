package db

import (
	"context"
	"fmt"
	"io"
	"time"

	"neonfleet/internal/fleet"
)

// A CSVQuery says which tenants go into a file, and how.
type CSVQuery struct {
	Filter fleet.Filter
	Sort   fleet.Sort // zero: as they were first seen, the fastest
	BOM    bool
	Now    time.Time
}

// Chunks of a file: each is a query of its own, closed before anything is
// sent, because a reader that stays open stops checkpoints. The first one is
// small, so that the file begins at once.
const (
	firstChunk = 500
	nextChunk  = 10_000
)

// TenantCSV writes all tenants that match, a line each, as /tenants.csv
// promises (interface.md). Nothing is written where the query itself is
// wrong; an error after that means the file is not whole.
func (d *DB) TenantCSV(ctx context.Context, w io.Writer, q CSVQuery) error {
	sel, err := d.selection(ctx, q.Filter, q.Now)
	if err != nil {
		return err
	}
	f, err := d.newTenantFile(ctx, sel, q)
	if err != nil {
		return err
	}
	f.csv = NewCSV(w, q.BOM)
	f.csv.Row(tenantCSVColumns()...)
	for size := firstChunk; ; size = nextChunk {
		n, err := f.chunk(ctx, size)
		if err != nil {
			return fmt.Errorf("export tenants: %w", err)
		}
		if err := f.csv.Flush(); err != nil {
			return fmt.Errorf("export tenants: %w", err)
		}
		if n < size {
			return nil
		}
	}
}

func tenantCSVColumns() []string {
	names := []string{"project_id", "name", "plan", "state", "state_reason", "region", "created_at", "last_active_at"}
	for _, m := range fleet.Meters() {
		names = append(names, m.Column(), m.LimitColumn(), m.String()+"_percent")
	}
	return append(names, "worst_meter", "worst_percent", "period_start", "period_end", "synced_at", "tags", "owner", "external_id", "storage_basis")
}

// tenantFile is a file being written.
type tenantFile struct {
	d     *DB
	sel   selection
	plan  plan
	order *order // nil: by local id
	last  entry  // of the last chunk
	begun bool
	names *decoder
	book  *settingsBook
	cut   int64 // branches read later than this count
	csv   *CSV
}

func (d *DB) newTenantFile(ctx context.Context, sel selection, q CSVQuery) (*tenantFile, error) {
	f := &tenantFile{d: d, sel: sel, book: newSettingsBook(), cut: q.Now.Add(-branchAge).Unix()}
	if q.Sort.By != "" {
		o, err := orderOf(q.Sort)
		if err != nil {
			return nil, err
		}
		f.order = &o
	}
	var err error
	if f.plan, err = d.plan(ctx, sel); err != nil {
		return nil, fmt.Errorf("export tenants: %w", err)
	}
	f.names, err = d.decoder(ctx)
	return f, err
}

// chunk writes the next tenants and says how many there were.
func (f *tenantFile) chunk(ctx context.Context, size int) (int, error) {
	if f.plan.none() {
		return 0, nil
	}
	lines, err := f.read(ctx, size)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	more, err := f.d.fileWords(ctx, lines)
	if err != nil {
		return 0, err
	}
	need := map[int64]bool{}
	for i := range lines {
		need[lines[i].settings] = true
	}
	if err := f.book.need(ctx, f.d, need); err != nil {
		return 0, err
	}
	for i := range lines {
		if err := f.write(ctx, &lines[i], more[lines[i].id]); err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

// read gives the next lines, in order.
func (f *tenantFile) read(ctx context.Context, size int) ([]fileLine, error) {
	if f.order == nil {
		return f.readByID(ctx, size)
	}
	from := &f.last
	if !f.begun {
		from = nil
	}
	found, err := f.d.page(ctx, f.sel, *f.order, from, false, size)
	if err != nil || len(found.entries) == 0 {
		return nil, err
	}
	f.last, f.begun = found.entries[len(found.entries)-1], true
	ids := make([]int64, len(found.entries))
	for i, e := range found.entries {
		ids[i] = e.id
	}
	arg, err := list(f.d, ids)
	if err != nil {
		return nil, err
	}
	lines, err := f.d.fileLines(ctx, "tenant t WHERE t.id "+f.d.in(1), args{arg})
	if err != nil {
		return nil, err
	}
	return inOrder(lines, ids), nil
}

func (f *tenantFile) readByID(ctx context.Context, size int) ([]fileLine, error) {
	var a args
	from := f.d.dialect().walk("")
	if f.plan.few {
		from = f.plan.from(f.d.dialect(), &a)
	}
	lines, err := f.d.fileLines(ctx, fmt.Sprintf("%s WHERE t.id > %s AND %s ORDER BY t.id LIMIT %d", from, a.add(f.last.id), f.sel.where(f.d.dialect(), &a, ""), size), a)
	if len(lines) > 0 {
		f.last.id = lines[len(lines)-1].id
	}
	return lines, err
}

// inOrder puts lines in the order of ids; a row deleted meanwhile is left out.
func inOrder(lines []fileLine, ids []int64) []fileLine {
	at := make(map[int64]int, len(lines))
	for i := range lines {
		at[lines[i].id] = i
	}
	sorted := make([]fileLine, 0, len(lines))
	for _, id := range ids {
		if i, ok := at[id]; ok {
			sorted = append(sorted, lines[i])
		}
	}
	return sorted
}
