package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"neonfleet/internal/config"
	"neonfleet/internal/db"
	"neonfleet/internal/neon"
)

// followerCalls is what the replicas that do not sync share for their people
// (design.md §7), a minute.
const followerCalls = 60

// newBudget is the process's share of Neon's limits. On Postgres it begins as a
// replica's; whoever takes the lead takes the sync's part too.
func newBudget(cfg config.Config) *neon.Budget {
	return neon.NewBudget(neon.BudgetConfig{
		PerMinute: cfg.RequestsPerMinute, ConsumptionPerMinute: cfg.ConsumptionPerMinute,
		PerRoutePerSecond: max(neon.DefaultPerRoutePerSecond, cfg.RequestsPerMinute/60),
	})
}

// newClient is a client for the organization of the settings, or the one the
// key belongs to.
func newClient(ctx context.Context, cfg config.Config, store *db.DB, log *slog.Logger) (*neon.Client, error) {
	client, err := neon.New(neon.Config{BaseURL: cfg.NeonAPIURL.String(), Key: cfg.NeonAPIKey.Reveal(), Org: cfg.NeonOrgID,
		Budget: newBudget(cfg), Log: log, UserAgent: "neonfleet/" + strings.ReplaceAll(version(), " ", "-")})
	if err != nil {
		return nil, exit(2, err)
	}
	if client.Org() != "" {
		return client, checkOrg(ctx, store, client.Org())
	}
	org, err := findOrg(ctx, client, store)
	if err != nil {
		return nil, err
	}
	return client.ForOrg(org), checkOrg(ctx, store, org)
}

// keyOrg is where the store remembers whose fleet it holds.
const keyOrg = "organization"

// errManyOrgs asks for the setting that a personal key needs.
var errManyOrgs = errors.New("the key sees several organizations; set NEON_ORG_ID to the one meant")

// findOrg asks Neon for the key's organization. Where Neon does not answer, the
// one of the last start is taken: the dashboard serves what it has.
func findOrg(ctx context.Context, client *neon.Client, store *db.DB) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	orgs, err := client.Organizations.List(ctx)
	if err != nil {
		known, ok, dbErr := store.Setting(context.WithoutCancel(ctx), keyOrg)
		if dbErr == nil && ok && neon.StatusOf(err) != http.StatusUnauthorized {
			return known, nil
		}
		return "", errors.Join(fmt.Errorf("find the key's organization: %w\nSet NEON_ORG_ID, or check NEON_API_KEY and NEON_API_URL; `dashboard doctor` tells more", err), dbErr)
	}
	if len(orgs) != 1 {
		var ids []string
		for _, o := range orgs {
			ids = append(ids, o.ID)
		}
		return "", exit(2, fmt.Errorf("%w: %s", errManyOrgs, strings.Join(ids, ", ")))
	}
	return orgs[0].ID, nil
}

// checkOrg refuses a store that holds another organization's fleet: a sync
// would call all of its tenants missing.
func checkOrg(ctx context.Context, store *db.DB, org string) error {
	known, ok, err := store.Setting(ctx, keyOrg)
	if err != nil {
		return err
	}
	if ok && known != org {
		return exit(2, fmt.Errorf("this store holds the fleet of organization %s, and the key belongs to %s: use another DATA_DIR or DATABASE_URL", known, org))
	}
	if ok {
		return nil
	}
	return store.SetSetting(ctx, keyOrg, org)
}

// clockOf is what decides days, periods and forecasts.
func clockOf(cfg config.Config, client *neon.Client) func() time.Time {
	if cfg.Clock != config.NeonClock {
		return func() time.Time { return time.Now().UTC() }
	}
	return func() time.Time {
		if t, ok := client.ServerTime(); ok {
			return t.UTC()
		}
		return time.Now().UTC()
	}
}

// readClock asks Neon for its time where that decides, before anything is
// decided by it: a sync that began by another clock would take everybody it
// sees for not seen.
func (d *dashboard) readClock(ctx context.Context) {
	if _, known := d.client.ServerTime(); known || d.cfg.Clock != config.NeonClock {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := d.client.Auth.Get(ctx); err != nil {
		d.log.Warn("Neon does not tell the time; this machine's clock decides until it does", "err", err)
	}
}

// skewOf is our clock minus Neon's; 0 while it is not known, and where Neon's
// clock is the one that decides.
func skewOf(cfg config.Config, client *neon.Client) func() time.Duration {
	return func() time.Duration {
		skew, ok := client.Skew()
		if !ok || cfg.Clock == config.NeonClock {
			return 0
		}
		return -skew
	}
}
