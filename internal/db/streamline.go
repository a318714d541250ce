package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"neonfleet/internal/fleet"
)

// A fileLine is a tenant as a file reads it. numbers are all its numeric
// columns in one text, joined by the engine: reading them one by one takes
// twice as long (docs/performance.md).
type fileLine struct {
	id            int64
	project, name string
	numbers       string
	settings      int64
}

// fileColumns are the numbers of a line, in the order that write reads them.
var fileColumns = []string{"settings", "plan", "region", "state", "created_at", "last_active_at", "period_start", "period_end", "synced_at", "branch_at",
	"cu_pm", "active_pm", "storage_pm", "transfer_pm", "written_pm", "cu_s", "active_s", "storage_b", "transfer_b", "written_b"}

// firstFigure is where the columns begin that may be NULL.
const firstFigure = 15

// fileQuery reads lines; what follows FROM is added. concat_ws leaves NULLs
// out, so those become empty texts first.
var fileQuery = func() string {
	columns := make([]string, len(fileColumns))
	for i, c := range fileColumns {
		if columns[i] = "t." + c; i >= firstFigure {
			columns[i] = "coalesce(CAST(t." + c + " AS TEXT), '')"
		}
	}
	return "SELECT t.id, t.project_id, t.name, t.settings, concat_ws(',', " + strings.Join(columns, ", ") + ") FROM "
}()

func (d *DB) fileLines(ctx context.Context, from string, a args) (lines []fileLine, err error) {
	rows, err := d.q.QueryContext(ctx, fileQuery+from, a...)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l fileLine
		if err := rows.Scan(&l.id, &l.project, &l.name, &l.settings, &l.numbers); err != nil {
			return nil, fmt.Errorf("read tenants: %w", err)
		}
		lines = append(lines, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	return lines, nil
}

// write is one line of the file. A branch that was read too long ago no longer
// says what the storage share is of, even where no sweep has noticed yet.
func (f *tenantFile) write(ctx context.Context, l *fileLine, w fileWords) error {
	var cells [20]string
	rest, read := l.numbers, 0
	for ; read < len(cells); read++ {
		cells[read], rest, _ = strings.Cut(rest, ",")
	}
	var n [firstFigure]int64
	for i := range n {
		var err error
		if n[i], err = strconv.ParseInt(cells[i], 10, 64); err != nil {
			return fmt.Errorf("%s of %s: %w", fileColumns[i], l.project, err)
		}
	}
	plan, region, err := f.names.ids(ctx, n[1], n[2])
	if err != nil {
		return err
	}
	limits := f.book.byNo[l.settings].Limits
	shares := fleet.Shares5{fleet.Share(n[10]), fleet.Share(n[11]), fleet.Share(n[12]), fleet.Share(n[13]), fleet.Share(n[14])}
	basis := "project"
	if at := n[9]; at > f.cut {
		basis = "branch"
	} else if at > 0 {
		shares[fleet.Storage] = fleet.ShareOf(amountOf(cells[firstFigure+int(fleet.Storage)]), limits[fleet.Storage])
	}
	c := f.csv
	c.Text(l.project)
	c.Text(l.name)
	c.Text(string(plan))
	c.Plain(fleet.State(n[3]).String())
	c.Text(w.reason)
	c.Text(region)
	c.Time(n[4])
	c.Time(n[5])
	c.meters(cells[firstFigure:], limits, shares)
	c.Time(n[6])
	c.Time(n[7])
	c.Time(n[8])
	c.Text(strings.Join(w.tags, " "))
	c.Text(w.owner)
	c.Text(w.externalID)
	c.Plain(basis)
	c.End()
	return nil
}

// meters adds figure, limit and percent of each meter, then the worst.
func (c *CSV) meters(used []string, limits fleet.Limits, shares fleet.Shares5) {
	for m := range shares {
		c.Plain(used[m])
		if l, capped := limits[m].Get(); capped {
			c.number(l)
		} else {
			c.Plain("unlimited")
		}
		c.percent(shares[m])
	}
	worst, share, known := fleet.Worst(shares)
	if known {
		c.Plain(worst.String())
	} else {
		c.Plain("")
	}
	c.percent(share)
}

func (c *CSV) number(n int64) {
	c.next()
	c.buf = strconv.AppendInt(c.buf, n, 10)
}

// percent adds a share as Share.Percent writes it, without making a string.
func (c *CSV) percent(s fleet.Share) {
	if !s.Known() {
		c.Plain(s.Percent())
		return
	}
	c.number(int64(s) / 10)
	c.buf = append(c.buf, '.', byte('0'+s%10))
}

func amountOf(cell string) fleet.Amount {
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil { // empty: unknown
		return fleet.Unknown
	}
	return fleet.Of(n)
}

// fileWords are what only some tenants have.
type fileWords struct {
	reason, owner, externalID string
	tags                      []string
}

// fileWords reads them for a chunk, by local id.
func (d *DB) fileWords(ctx context.Context, lines []fileLine) (map[int64]fileWords, error) {
	where, a, err := d.whichTenants(lines)
	if err != nil {
		return nil, err
	}
	words := map[int64]fileWords{}
	err = d.eachRow(ctx, `SELECT tenant, state_reason, owner, external_id FROM `+d.dialect().worded+` WHERE (state_reason <> '' OR search_key <> '') AND `+where, a,
		func(row scanner) error {
			var id int64
			var w fileWords
			if err := row.Scan(&id, &w.reason, &w.owner, &w.externalID); err != nil {
				return err
			}
			words[id] = w
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read owners: %w", err)
	}
	err = d.eachRow(ctx, `SELECT tenant, tag FROM tenant_tag WHERE `+where+` ORDER BY tenant, tag`, a, func(row scanner) error {
		var id int64
		var tag string
		if err := row.Scan(&id, &tag); err != nil {
			return err
		}
		w := words[id]
		w.tags = append(w.tags, tag)
		words[id] = w
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	return words, nil
}

// whichTenants is the condition for the tenants of some lines: from the first
// to the last where most between them are meant, which is a scan of the few
// that have words, else a list.
func (d *DB) whichTenants(lines []fileLine) (where string, a args, err error) {
	ids := make([]int64, len(lines))
	for i := range lines {
		ids[i] = lines[i].id
	}
	if first, last := slices.Min(ids), slices.Max(ids); last-first < 4*int64(len(ids)) {
		return "tenant BETWEEN $1 AND $2", args{first, last}, nil
	}
	arg, err := list(d, ids)
	return "tenant " + d.in(1), args{arg}, err
}

func (d *DB) eachRow(ctx context.Context, query string, a args, do func(row scanner) error) error {
	rows, err := d.q.QueryContext(ctx, query, a...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
