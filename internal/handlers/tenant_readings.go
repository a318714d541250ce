package handlers

import (
	"fmt"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"
)

// readings say where each figure comes from, and when it was read. metered
// says that Neon gives consumption by the day; else compute and transfer come
// from the project's own counters too (design.md §4).
func readings(d db.TenantDetail, metered bool) (r [5]pages.Reading) {
	counter := pages.Reading{Source: pages.FromCounter, At: d.CountersAt, Unknown: "The project's own counter has not been read in this billing period."}
	days := pages.Reading{Source: pages.FromDays, At: d.UsageThrough, Through: d.UsageThrough}
	sweep := pages.Reading{Source: pages.FromSweep, At: d.SweepAt}
	r = [5]pages.Reading{fleet.Compute: days, fleet.Active: sweep, fleet.Storage: sweep, fleet.Transfer: days, fleet.Written: counter}
	if !metered {
		r[fleet.Compute], r[fleet.Transfer] = counter, counter
	}
	if d.Tenant.StorageOfBranch.Known() {
		r[fleet.Storage] = pages.Reading{Source: pages.FromBranch, At: d.BranchAt}
	}
	return r
}

// notes are sentences on figures that disagree by more than lag explains: what
// the quota sees is the project's own counter. A counter that is older than the
// figures, or of another period, says nothing.
func notes(d db.TenantDetail, metered bool) (list []string) {
	if !metered || d.CountersAt.IsZero() || !d.CounterStart.Equal(d.Tenant.Period.Start) || d.CountersAt.Before(d.UsageThrough) {
		return nil
	}
	for _, m := range []fleet.Meter{fleet.Compute, fleet.Transfer} {
		sum, known := d.Tenant.Used[m].Get()
		counter, read := d.Counters[m].Get()
		switch {
		case !known || !read:
		case counter == 0 && sum > 0:
			list = append(list, fmt.Sprintf("The project's own counter of %s says 0, so Neon's quota may not stop it.", counterWords(m)))
		case m == fleet.Compute && counter < sum-sum/10: // of transfer the sum is an upper bound anyway
			list = append(list, fmt.Sprintf("The project's own counter of %s says %s, which is what the quota sees.", counterWords(m), m.Format(counter)))
		}
	}
	return list
}

func counterWords(m fleet.Meter) string {
	if m == fleet.Transfer {
		return "data transfer"
	}
	return "compute time"
}
