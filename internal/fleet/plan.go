package fleet

import "time"

// A PlanID is a plan's lasting name in addresses and files: lower case, never
// changes. "" is no plan: the tenant is unassigned.
type PlanID string

// Unassigned is the absence of a plan.
const Unassigned PlanID = ""

// Cents are US cents; prices of plans are whole cents.
type Cents int64

// A Plan is a named set of limits and compute settings with a price.
type Plan struct {
	ID       PlanID
	Name     string
	Version  int // of what follows; 1 is the first
	Settings Settings
	Price    Cents // a month
	Retired  bool  // takes no new tenants
	SavedAt  time.Time
	SavedBy  string
}

const (
	megabyte = 1_000_000
	gigabyte = 1_000_000_000
	hour     = 3600
)

// FirstPlans are the plans of an empty store.
func FirstPlans() []Plan {
	return []Plan{
		{ID: "free", Name: "Free", Version: 1, Price: 0, Settings: Settings{
			Limits{Cap(25 * hour), Cap(100 * hour), Cap(512 * megabyte), Cap(5 * gigabyte), Cap(1 * gigabyte)},
			Sizes{250, 250, 300}}},
		{ID: "pro", Name: "Pro", Version: 1, Price: 2900, Settings: Settings{
			Limits{Cap(1500 * hour), Cap(750 * hour), Cap(10 * gigabyte), Cap(50 * gigabyte), Cap(50 * gigabyte)},
			Sizes{250, 2000, 600}}},
		{ID: "enterprise", Name: "Enterprise", Version: 1, Price: 29900, Settings: Settings{
			Limits{Unlimited, Unlimited, Cap(100 * gigabyte), Unlimited, Unlimited},
			Sizes{1000, 8000, 0}}},
	}
}

// MatchPlan is the plan whose settings a project carries exactly. Retired
// plans match nobody; of two equal plans neither is guessed.
func MatchPlan(plans []Plan, s Settings) (PlanID, bool) {
	found := Unassigned
	for _, p := range plans {
		if p.Retired || !p.Settings.Same(s) {
			continue
		}
		if found != Unassigned {
			return Unassigned, false
		}
		found = p.ID
	}
	return found, found != Unassigned
}

// NearestPlan is the plan that differs from the settings in the fewest fields,
// and those fields: what stands in the way of an unassigned tenant.
func NearestPlan(plans []Plan, s Settings) (nearest Plan, inTheWay []Change) {
	best := -1
	for _, p := range plans {
		if p.Retired {
			continue
		}
		if d := Diff(Desired{Settings: p.Settings}, Observed{Settings: s}); best < 0 || len(d) < best {
			best, nearest, inTheWay = len(d), p, d
		}
	}
	return nearest, inTheWay
}
