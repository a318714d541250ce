package usagesync

import (
	"context"
	"errors"

	"neonfleet/internal/fleet"
)

// wishKey is where the store remembers who asked for a whole sync whose later
// steps have not begun: a restart between two steps does not lose it.
func wishKey(step fleet.Step) string { return "wanted_" + string(step) }

func (s *Syncer) wantWhole(ctx context.Context, by string) error {
	return errors.Join(s.DB.SetSetting(ctx, wishKey(fleet.Settle), by), s.DB.SetSetting(ctx, wishKey(fleet.Counters), by))
}

// takeWish takes up the wish for a step; from then on the step's own record
// and cursor keep it.
func (s *Syncer) takeWish(ctx context.Context, step fleet.Step) (by string, wanted bool, err error) {
	by, _, err = s.DB.Setting(ctx, wishKey(step))
	if err != nil || by == "" {
		return "", false, err
	}
	return by, true, s.DB.SetSetting(ctx, wishKey(step), "")
}
