package db

import (
	"context"
	"time"

	"neonfleet/internal/fleet"
)

// FindTenants are the first few tenants whose name, id, owner or own reference
// has all of the words, by name; more says that there are others.
func (d *DB) FindTenants(ctx context.Context, words []string, limit int, now time.Time) (list []fleet.Tenant, more bool, err error) {
	page, err := d.Tenants(ctx, ListQuery{Filter: fleet.Filter{Words: words}, Sort: fleet.Sort{By: fleet.ByName}, Per: limit, Now: now})
	return page.Rows, page.Next != "", err
}
