package db

import (
	"context"
	"maps"
	"slices"
)

// Regions are the ids of all regions that were ever seen, in order.
func (d *DB) Regions(ctx context.Context) ([]string, error) {
	_, regions, err := d.numbers(ctx, true)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(regions.no)), nil
}
