package db

import (
	"context"
	"fmt"
	"io"

	"neonfleet/internal/fleet"
)

// A UsageQuery says whose days go into a file, and which: both ends included.
type UsageQuery struct {
	Tenant   fleet.TenantID
	From, To fleet.Day
	BOM      bool
}

// UsageCSV writes a tenant's days as /tenants/{id}/usage.csv promises, one
// line a day from the one its project was made on. NotFound, and nothing
// written, where there is no such tenant.
func (d *DB) UsageCSV(ctx context.Context, w io.Writer, q UsageQuery) error {
	var local, created int64
	err := d.q.QueryRowContext(ctx, `SELECT id, created_at FROM tenant WHERE project_id = $1 AND state <> 6`, string(q.Tenant)).Scan(&local, &created)
	if err != nil {
		return notThere(err, q.Tenant)
	}
	days, err := d.UsageDays(ctx, local, max(q.From, fleet.DayOf(moment(created))), q.To)
	if err != nil {
		return err
	}
	c := NewCSV(w, q.BOM)
	c.Plain("day")
	for m := range fleet.Metric(fleet.MetricCount) {
		c.Plain(m.Column())
	}
	c.Plain("final")
	c.End()
	for _, day := range days {
		c.Plain(day.Day.String())
		for _, n := range day.Usage {
			c.amount(n)
		}
		c.Plain(map[bool]string{true: "true", false: "false"}[day.Final])
		c.End()
	}
	if err := c.Flush(); err != nil {
		return fmt.Errorf("export usage of %s: %w", q.Tenant, err)
	}
	return nil
}

// amount adds a figure; what is unknown is an empty cell.
func (c *CSV) amount(a fleet.Amount) {
	if n, known := a.Get(); known {
		c.number(n)
	} else {
		c.Plain("")
	}
}
