package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"time"

	"neonfleet/internal/config"
	"neonfleet/internal/neon/neonsim"
)

const aboutDemo = `Serves the dashboard on a simulated Neon with a believable fleet, and prints
addresses and accounts. Store, simulated changes and clock are kept in --data.`

// demoFlags are the options of the demo.
type demoFlags struct {
	projects, days     int
	seed               int64
	data, simAddr, key string
}

func demoCommand(ctx context.Context, p process) error {
	cfg, err := config.Load(p.getenv, config.Demo)
	if err != nil {
		return exit(2, err)
	}
	var f demoFlags
	set := flags(p, "demo", aboutDemo)
	set.IntVar(&f.projects, "projects", 2000, "`number` of projects, 0 to 1000000")
	set.Int64Var(&f.seed, "seed", 1, "`number` that the fleet is made from: same seed, same fleet")
	set.IntVar(&f.days, "days", 90, "`days` of history, 59 to 360")
	set.StringVar(&f.data, "data", filepath.Join(cfg.DataDir, "demo"), "`folder` that everything is kept in")
	set.StringVar(&f.simAddr, "sim-addr", "127.0.0.1:0", "`address` of the simulated Neon")
	set.StringVar(&f.key, "key", "napi_demo", "`key` that the simulated Neon accepts")
	if err := parse(set, p.args, 0); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return exit(2, err)
	}
	return runDemo(ctx, cfg.In(f.data), f, p)
}

func (f demoFlags) check() error {
	var wrong []error
	if f.projects < 0 || f.projects > 1_000_000 {
		wrong = append(wrong, fmt.Errorf("--projects must be 0 to 1000000, not %d", f.projects))
	}
	if f.days < historyDays || f.days > 360 {
		wrong = append(wrong, fmt.Errorf("--days must be %d to 360, not %d", historyDays, f.days))
	}
	if f.key == "" {
		wrong = append(wrong, errors.New("--key must not be empty"))
	}
	return errors.Join(wrong...)
}

// runDemo serves both, and keeps the simulator's changes.
func runDemo(ctx context.Context, cfg config.Config, f demoFlags, p process) error {
	now := time.Now().UTC().Truncate(time.Second)
	sim := neonsim.New(neonsim.Config{Projects: f.projects, Seed: f.seed, Anchor: now, Start: now.AddDate(0, 0, historyDays-f.days),
		Key: f.key, Limits: neonsim.EveryMinute(demoCalls)})
	kept := keeper{sim: sim, path: filepath.Join(f.data, "neon.json")}
	if err := kept.load(); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.simAddr)
	if err != nil {
		return fmt.Errorf("listen for the simulated Neon on %s: %w", f.simAddr, err)
	}
	password, err := demoPassword(cfg, f.data)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	address := "http://" + listener.Addr().String()
	cfg = cfg.Against(url.URL{Scheme: "http", Host: listener.Addr().String(), Path: "/api/v2"}, f.key)
	inside, stop := context.WithCancel(ctx)
	simulated := make(chan error, 1)
	go func() { simulated <- serveSimulated(inside, listener, sim) }()
	saved := make(chan error, 1)
	go func() { saved <- kept.keep(inside) }()
	err = serve(ctx, cfg, p, serveOptions{
		hint:     demoHint,
		accounts: func(ctx context.Context, d *dashboard) error { return demoAccounts(ctx, d, password) },
		prelude:  func(ctx context.Context, d *dashboard) error { return d.makeHistory(ctx, sim) },
		ready:    func(site string) { printDemo(p, site, address, f.key, sim.Org(), password) },
	})
	stop()
	return errors.Join(err, <-simulated, <-saved)
}

// demoCalls is what the simulator's buckets allow a minute in the demo.
const demoCalls = 60_000

func printDemo(p process, url, sim, key, org, password string) {
	fmt.Fprintf(p.stdout, "Neon Fleet demo    %s\n\n", url)
	for _, a := range demoStaff {
		fmt.Fprintf(p.stdout, "  %-20s %s\n", a.email, password)
	}
	fmt.Fprintf(p.stdout, "\nsimulated Neon     %s/api/v2\ncontrols           %s/_sim/\nkey                %s\norganization       %s\n", sim, sim, key, org)
}
