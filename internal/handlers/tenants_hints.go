package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"
)

// hints are sentences on a search that finds nothing.
func hints(f fleet.Filter, plans []fleet.Plan, regions []string) (list []string) {
	for _, part := range f.Regions {
		if !slices.ContainsFunc(regions, func(id string) bool { return strings.Contains(id, part) }) && len(regions) > 0 {
			list = append(list, fmt.Sprintf("There is no region “%s”; you have %s.", part, strings.Join(regions, ", ")))
		}
	}
	for _, word := range f.Words {
		if i := slices.IndexFunc(plans, func(p fleet.Plan) bool {
			return strings.EqualFold(p.Name, word) || strings.EqualFold(string(p.ID), word)
		}); i >= 0 {
			list = append(list, fmt.Sprintf("To find tenants by plan, write plan:%s.", plans[i].ID))
		}
	}
	return list
}

// firstSweep is how far the very first reading of the organization is; nil once
// one was complete.
func firstSweep(ctx context.Context, store *db.DB, now time.Time) (*pages.FirstSweep, error) {
	fresh, err := store.Freshness(ctx)
	if err != nil {
		return nil, err
	}
	if _, swept := fresh.Complete[fleet.Sweep]; swept {
		return nil, nil //nolint:nilnil // nothing to say, and no error
	}
	first := &pages.FirstSweep{}
	if fresh.Failed != nil && fresh.Failed.Step == fleet.Sweep {
		first.Problem = fresh.Failed.Problem
	}
	running, err := store.CurrentSync(ctx)
	for _, r := range running {
		if r.Step == fleet.Sweep {
			first.Read, first.Total, first.Left, first.Problem = r.Rows, r.Total, timeLeft(r, now), ""
		}
	}
	return first, err
}

// timeLeft is how long a run takes yet if it goes on as it did; 0 not known.
func timeLeft(r fleet.SyncRun, now time.Time) time.Duration {
	took := now.Sub(r.Started)
	if r.Rows <= 0 || r.Total <= r.Rows || took <= 0 {
		return 0
	}
	return time.Duration(float64(took) * float64(r.Total-r.Rows) / float64(r.Rows))
}
