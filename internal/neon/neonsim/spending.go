package neonsim

import (
	"net/http"
	"slices"
)

// spendingOf checks that the organization of the path has a spending limit at
// all: those on Launch and Scale do, and what is sold as Scale.
func (c *call) spendingOf() error {
	if id := c.values["org_id"]; id != c.sim.cfg.Org {
		return notFound("organization", id)
	}
	if !slices.Contains([]string{"launch", "scale", "agent"}, c.sim.cfg.Plan) {
		return refuse(http.StatusForbidden, "", "spending limits are available on the Launch and Scale plans only")
	}
	return nil
}

type spendingLimit struct {
	Cents *int64 `json:"spending_limit_cents"`
}

func getSpendingLimit(c *call) (any, error) {
	if err := c.spendingOf(); err != nil {
		return nil, err
	}
	return spendingLimit{c.sim.spending}, nil
}

// setSpendingLimit sets the limit. It only sends mail: nothing is suspended. To
// end it there is DELETE; 0 and null are refused.
func setSpendingLimit(c *call) (any, error) {
	if err := c.spendingOf(); err != nil {
		return nil, err
	}
	var in spendingLimit
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Cents == nil || *in.Cents < 1 {
		return nil, badRequest("spending_limit_cents must be positive")
	}
	c.sim.spending = in.Cents
	c.sim.edits.Add(1)
	return in, nil
}

func clearSpendingLimit(c *call) (any, error) {
	if err := c.spendingOf(); err != nil {
		return nil, err
	}
	c.sim.spending = nil
	c.sim.edits.Add(1)
	return struct{}{}, nil
}
