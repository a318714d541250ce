package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"neonfleet/internal/config"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

const aboutDoctor = `Checks key, organization, Neon's plan, database, clock and disk, and says of
each what to do. Exit 1 if one fails. Changes nothing at Neon.`

// A check is one thing that must be in order. It returns what was found, and
// an error that says what to do.
type check struct {
	name string
	run  func(ctx context.Context) (found string, err error)
}

func doctorCommand(ctx context.Context, p process) error {
	if err := parse(flags(p, "doctor", aboutDoctor), p.args, 0); err != nil {
		return err
	}
	cfg, err := config.Load(p.getenv, config.Store)
	if err != nil {
		return exit(2, err)
	}
	doc := doctor{cfg: cfg}
	failed := 0
	for _, c := range doc.checks() {
		failed += examine(ctx, p.stdout, c)
	}
	if failed > 0 {
		return exit(1, fmt.Errorf("%d of the checks failed", failed))
	}
	return nil
}

// examine runs a check, prints its line, and counts a failure.
func examine(ctx context.Context, out io.Writer, c check) int {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	found, err := c.run(ctx)
	if err != nil {
		fmt.Fprintf(out, "✗ %-13s %s\n", c.name, adviceOf(err))
		return 1
	}
	fmt.Fprintf(out, "✓ %-13s %s\n", c.name, found)
	return 0
}

// adviceOf is the sentence for people, with the cause where there is no such.
func adviceOf(err error) string {
	if e, ok := errors.AsType[*fleet.Error](err); ok {
		if e.Err != nil {
			return e.Message + " (" + e.Err.Error() + ")"
		}
		return e.Message
	}
	return err.Error()
}

// doctor keeps what one check finds for the next.
type doctor struct {
	cfg    config.Config
	client *neon.Client
	org    string
}

func (d *doctor) checks() []check {
	return []check{
		{"key", d.key},
		{"organization", d.organization},
		{"plan", d.plan},
		{"clock", d.clock},
		{"database", d.database},
		{"disk", d.disk},
	}
}

func (d *doctor) key(ctx context.Context) (string, error) {
	if !d.cfg.NeonAPIKey.Set() {
		return "", fleet.Errorf(fleet.Invalid, "NEON_API_KEY is not set. Make an organization key in Neon's console, and set it, or NEON_API_KEY_FILE.")
	}
	client, err := neon.New(neon.Config{BaseURL: d.cfg.NeonAPIURL.String(), Key: d.cfg.NeonAPIKey.Reveal(), Org: d.cfg.NeonOrgID})
	if err != nil {
		return "", err
	}
	auth, err := client.Auth.Get(ctx)
	switch {
	case neon.StatusOf(err) == http.StatusUnauthorized:
		return "", fleet.Because(err, fleet.Upstream, "Neon does not accept the key: it is mistyped or revoked. Make a new one.")
	case err != nil:
		return "", fleet.Because(err, fleet.Upstream, "%s did not answer. Check NEON_API_URL and that this machine reaches it.", d.cfg.NeonAPIURL)
	}
	d.client = client
	return "accepted, of the kind " + auth.Method, nil
}

var errSkipped = fleet.Errorf(fleet.Invalid, "Not checked: the key must be right first.")

func (d *doctor) organization(ctx context.Context) (string, error) {
	if d.client == nil {
		return "", errSkipped
	}
	orgs, err := d.client.Organizations.List(ctx)
	if err != nil {
		return "", fleet.Because(err, fleet.Upstream, "Neon did not say which organizations the key sees. Set NEON_ORG_ID.")
	}
	for _, o := range orgs {
		if o.ID == d.cfg.NeonOrgID || d.cfg.NeonOrgID == "" && len(orgs) == 1 {
			d.org = o.ID
			return fmt.Sprintf("%s (%s), plan %s", o.Name, o.ID, o.Plan), nil
		}
	}
	if d.cfg.NeonOrgID != "" {
		return "", fleet.Errorf(fleet.Invalid, "The key does not see NEON_ORG_ID %s. Use a key of that organization.", d.cfg.NeonOrgID)
	}
	return "", fleet.Errorf(fleet.Invalid, "The key sees %d organizations. Set NEON_ORG_ID to the one meant.", len(orgs))
}

// plan asks for an hour of consumption: whether Neon's plan has it.
func (d *doctor) plan(ctx context.Context) (string, error) {
	if d.client == nil || d.org == "" {
		return "", errSkipped
	}
	now := time.Now().UTC().Truncate(time.Hour)
	query := neon.ConsumptionQuery{Org: d.org, From: now.Add(-time.Hour), To: now, Granularity: neon.Hourly, Limit: 1}
	for _, err := range d.client.Consumption.Projects(ctx, query) {
		switch {
		case neon.StatusOf(err) == http.StatusForbidden:
			return "", fleet.Errorf(fleet.Upstream, "Neon's plan has no consumption figures: compute and transfer come from each project's own counters, days and money are missing. Launch, Scale, Agent, Business and Enterprise have them.")
		case err != nil:
			return "", fleet.Because(err, fleet.Upstream, "Neon did not give consumption figures. Try again; if it goes on, ask Neon.")
		}
		break
	}
	return "gives consumption figures", nil
}

// clockTolerance is how far our clock may be from Neon's.
const clockTolerance = 30 * time.Second

func (d *doctor) clock(context.Context) (string, error) {
	if d.client == nil {
		return "", errSkipped
	}
	skew, ok := d.client.Skew()
	if !ok {
		return "", fleet.Errorf(fleet.Upstream, "Neon's answers carry no time, so the clock could not be compared.")
	}
	if skew.Abs() > clockTolerance && d.cfg.Clock != config.NeonClock {
		return "", fleet.Errorf(fleet.Invalid, "This machine's clock is %s away from Neon's. Days and periods would be wrong: set the clock, or CLOCK=neon.", skew.Round(time.Second))
	}
	return fmt.Sprintf("%s away from Neon's", skew.Round(time.Second)), nil
}

func (d *doctor) database(ctx context.Context) (string, error) {
	store, err := db.Open(ctx, d.cfg.Database.URL())
	if err != nil {
		return "", fleet.Because(err, fleet.Unavailable, "%s cannot be opened. Check DATABASE_URL, DATA_DIR and their permissions.", d.cfg.Database)
	}
	err = store.SetSetting(ctx, "doctor", time.Now().UTC().Format(time.RFC3339))
	if err = errors.Join(err, store.Close()); err != nil {
		return "", fleet.Because(err, fleet.Unavailable, "%s cannot be written.", d.cfg.Database)
	}
	return d.cfg.Database.String() + " can be read and written", nil
}
