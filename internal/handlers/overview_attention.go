package handlers

import (
	"context"
	"fmt"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"
)

// shownAttention is how many tenants the overview names.
const shownAttention = 8

func (p overviewPages) attention(ctx context.Context, now time.Time, in *pages.OverviewInput) error {
	list, err := p.db.Attention(ctx, shownAttention, now)
	if err != nil {
		return err
	}
	names := map[fleet.PlanID]string{}
	for _, plan := range in.Plans {
		names[plan.Plan.ID] = planName(plan.Plan)
	}
	for _, a := range list {
		in.Attention = append(in.Attention, pages.Attention{Tenant: a.Tenant, Plan: names[a.Tenant.Plan], Why: why(a, now)})
	}
	return nil
}

// why is the sentence on a tenant that needs attention.
func why(a db.Attention, now time.Time) string {
	since := ""
	if !a.Since.IsZero() {
		since = " since " + a.Since.UTC().Format("2 Jan 15:04") + "\u00a0UTC"
	}
	until := ", until " + a.Tenant.Period.End.UTC().Format("2 Jan")
	switch a.Tenant.State {
	case fleet.StateMissing:
		return "Its project is gone from Neon" + since
	case fleet.StateStorageFull:
		return "Writes refused by Neon" + since + ": storage limit reached"
	case fleet.StateQuotaReached:
		return "Stopped by Neon" + since + until + ": " + a.Reason
	}
	if a.OutAt.After(now) {
		days := int(a.Tenant.Period.End.Sub(a.OutAt).Hours() / 24)
		return fmt.Sprintf("%s limit reached on %s at this pace, %d days early", a.OutMeter.Title(), a.OutAt.UTC().Format("2 Jan"), days)
	}
	return "Settings at Neon differ from those of its plan"
}
