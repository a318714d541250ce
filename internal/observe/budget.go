package observe

import (
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// Budget is what is spent of Neon's API, in our words.
func Budget(s neon.BudgetSnapshot) fleet.Budget {
	return fleet.Budget{Requests: budgetPart(s.Requests), Consumption: budgetPart(s.Consumption)}
}

func budgetPart(s neon.BucketSnapshot) fleet.BudgetPart {
	p := fleet.BudgetPart{Ceiling: s.PerMinute, Spent: s.Spent, Throttled: s.Throttled, PausedUntil: s.PausedUntil}
	for _, l := range s.ByLane {
		p.Lanes = append(p.Lanes, fleet.Spent{Name: l.Lane.String(), Calls: l.Spent, Waiting: l.Waiting})
	}
	for _, r := range s.ByRoute {
		p.Routes = append(p.Routes, fleet.Spent{Name: r.Method + " " + r.Route, Calls: r.Spent})
	}
	return p
}
