package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"neonfleet/internal/config"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon/neonsim"
)

// saveEvery is how often the simulator's changes are saved, if there are any.
const saveEvery = 5 * time.Second

// A keeper keeps the simulator's changes and clock in a file.
type keeper struct {
	sim  *neonsim.Sim
	path string
}

// load takes over what an earlier demo left. Another fleet's file is refused,
// not overwritten.
func (k keeper) load() error {
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return fmt.Errorf("folder of the demo: %w", err)
	}
	err := k.sim.Load(k.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case errors.Is(err, neonsim.ErrOtherFleet):
		return exit(2, fmt.Errorf("%s holds a demo with another --seed or --projects: use the same, or another --data, or delete the folder", filepath.Dir(k.path)))
	case err != nil:
		return fmt.Errorf("read the demo's changes: %w", err)
	}
	return nil
}

// keep saves changes until ctx ends, and the clock at the end.
func (k keeper) keep(ctx context.Context) error {
	last := k.sim.Edits()
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return k.save()
		case <-tick.C:
			if now := k.sim.Edits(); now != last {
				last = now
				if err := k.save(); err != nil {
					return err
				}
			}
		}
	}
}

func (k keeper) save() error {
	if err := k.sim.Save(k.path); err != nil {
		return fmt.Errorf("save the demo's changes: %w", err)
	}
	return nil
}

// demoStaff are the demo's accounts, one for each role.
var demoStaff = []struct {
	email string
	role  fleet.Role
}{{"admin@example.com", fleet.Admin}, {"support@example.com", fleet.Support}, {"finance@example.com", fleet.Finance}, {"viewer@example.com", fleet.Viewer}}

const demoHint = "This is a demo on simulated data. Sign in as admin@example.com, support@example.com, finance@example.com or viewer@example.com; the password stands in the terminal."

// demoPassword is DEMO_PASSWORD, or one that is made once and kept, so that a
// restart signs nobody out.
func demoPassword(cfg config.Config, dir string) (string, error) {
	if cfg.DemoPassword.Set() {
		return cfg.DemoPassword.Reveal(), nil
	}
	path := filepath.Join(dir, "password")
	b, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the demo's password: %w", err)
	}
	password := strings.ToLower(rand.Text()[:16])
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the demo's password: %w", err)
	}
	return password, nil
}

// demoAccounts makes the demo's accounts, or gives them the password if it is
// another one now.
func demoAccounts(ctx context.Context, d *dashboard, password string) error {
	by := fleet.Actor{Email: "demo"}
	for _, a := range demoStaff {
		_, hash, err := d.store.Credentials(ctx, a.email)
		if fleet.KindOf(err) == fleet.NotFound {
			if hash, err = d.hasher.Hash(ctx, password); err != nil {
				return err
			}
			if _, err = d.store.CreateStaff(ctx, by, a.email, a.role, hash, time.Now()); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := d.keepPassword(ctx, by, a.email, password, hash); err != nil {
			return err
		}
	}
	return nil
}

func (d *dashboard) keepPassword(ctx context.Context, by fleet.Actor, email, password, hash string) error {
	same, _, err := d.hasher.Verify(ctx, password, hash)
	if err != nil || same {
		return err
	}
	staff, err := d.store.StaffByEmail(ctx, email)
	if err != nil {
		return err
	}
	if hash, err = d.hasher.Hash(ctx, password); err != nil {
		return err
	}
	_, err = d.store.SetPassword(ctx, by, staff.ID, hash, time.Now())
	return err
}
