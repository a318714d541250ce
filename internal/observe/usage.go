package observe

import (
	"fmt"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// mostUsage is the highest figure of one timeframe that is believed: 134
// petabytes kept for a month of hours. What is above would break the sums of
// everybody else, and no project comes near it.
const mostUsage = 100_000_000_000_000_000

// Usage are the figures of a project's answer in our words. A metric left out
// is 0 (FACTS §8); metrics we do not know are left alone. A figure that is
// negative or beyond all measure is nonsense: the project's answer is refused
// rather than believed in part.
func Usage(p neon.ProjectConsumption) (db.TenantUsage, error) {
	u := db.TenantUsage{ID: fleet.TenantID(p.ProjectID)}
	for _, period := range p.Periods {
		own := db.UsagePeriod{Start: period.Start, End: period.End, Plan: fleet.CleanText(period.Plan)}
		for _, t := range period.Consumption {
			b, err := billed(t)
			if err != nil {
				return u, fmt.Errorf("usage of %s: %w", p.ProjectID, err)
			}
			own.Buckets = append(own.Buckets, db.UsageBucket{Start: t.Start, Billed: b})
		}
		u.Periods = append(u.Periods, own)
	}
	return u, nil
}

func billed(t neon.Timeframe) (b db.Billed, err error) {
	for _, v := range t.Metrics {
		for m := range fleet.BilledCount {
			if fleet.Metric(m).NeonName() != v.Name {
				continue
			}
			if v.Value < 0 || v.Value > mostUsage {
				return b, fmt.Errorf("%s is %d at %s, which cannot be", v.Name, v.Value, t.Start)
			}
			b[m] = v.Value
		}
	}
	return b, nil
}

// Counters are a project's own counters in our words.
func Counters(p neon.Project) db.ProjectCounters {
	c := db.ProjectCounters{
		ID: fleet.TenantID(p.ID), Active: amount(p.ActiveTimeSeconds), Compute: amount(p.ComputeTimeSeconds),
		Transfer: amount(p.DataTransferBytes), Written: amount(p.WrittenDataBytes),
		Period: period(p.ConsumptionPeriodStart, p.ConsumptionPeriodEnd),
	}
	if p.Owner != nil {
		c.NeonPlan = fleet.CleanText(p.Owner.SubscriptionType)
	}
	return c
}

// Endpoints are a project's computes in our words.
func Endpoints(list []neon.Endpoint) []fleet.Endpoint {
	own := make([]fleet.Endpoint, len(list))
	for i, e := range list {
		own[i] = endpoint(e)
	}
	return own
}

// Branches are a project's branches in our words.
func Branches(list []neon.Branch) []fleet.Branch {
	own := make([]fleet.Branch, len(list))
	for i, b := range list {
		own[i] = branch(b)
	}
	return own
}

// Operations are a project's operations in our words.
func Operations(list []neon.Operation) []fleet.Operation {
	own := make([]fleet.Operation, len(list))
	for i, o := range list {
		own[i] = operation(o)
	}
	return own
}
