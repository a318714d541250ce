package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"neonfleet/internal/neon/neonsim"
)

// simulateFlags are the options of "dashboard simulate".
type simulateFlags struct {
	addr     string
	projects int
	seed     int64
	latency  time.Duration
	key      string
	keyKind  string
	org      string
	plan     string
	limits   string
}

// simulate serves the simulated Neon alone until ctx ends, within Neon's own
// rate limits. Its address, key and organization go to stdout.
func simulate(ctx context.Context, args []string, _ func(string) string, stdout, stderr io.Writer) error {
	cfg, addr, err := simulateConfig(args, stderr)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for the simulated Neon: %w", err)
	}
	sim := neonsim.New(cfg)
	fmt.Fprintf(stdout, "simulated Neon  http://%s/api/v2\ncontrols        http://%[1]s/_sim/\nkey             %s\norganization    %s\n",
		listener.Addr(), cfg.Key, sim.Org())
	return serveSimulated(ctx, listener, sim)
}

func simulateConfig(args []string, stderr io.Writer) (neonsim.Config, string, error) {
	var f simulateFlags
	set := flag.NewFlagSet("dashboard simulate", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&f.addr, "addr", "127.0.0.1:9090", "`address` to listen on")
	set.IntVar(&f.projects, "projects", 2000, "`number` of projects, 0 to 1000000")
	set.Int64Var(&f.seed, "seed", 1, "`number` that the fleet is made from: same seed, same fleet")
	set.DurationVar(&f.latency, "latency", 30*time.Millisecond, "`time` that every answer takes")
	set.StringVar(&f.key, "key", "napi_simulated", "the only API `key` that is accepted")
	set.StringVar(&f.keyKind, "key-kind", "org", "`kind` of that key: org or personal")
	set.StringVar(&f.org, "org", "", "the organization's `id` (default: made from the seed)")
	set.StringVar(&f.plan, "plan", "agent", "the organization's `plan`: free, launch, scale, agent, business or enterprise")
	set.StringVar(&f.limits, "limits", "neon", "rate limits: neon (its own), off, or a `number` of calls a minute")
	set.Usage = func() {
		fmt.Fprint(stderr, "Usage: dashboard simulate [options]\n\nServes a simulated Neon API under /api/v2 and its controls under /_sim/.\n\nOptions:\n")
		set.PrintDefaults()
	}
	if err := set.Parse(args); err != nil {
		return neonsim.Config{}, "", err
	}
	cfg, err := f.config(set.Args())
	return cfg, f.addr, err
}

// config checks all options and reports every mistake at once.
func (f *simulateFlags) config(rest []string) (neonsim.Config, error) {
	var wrong []error
	if len(rest) > 0 {
		wrong = append(wrong, fmt.Errorf("simulate: unexpected argument %q", rest[0]))
	}
	if f.projects < 0 || f.projects > 1_000_000 {
		wrong = append(wrong, fmt.Errorf("simulate: --projects must be 0 to 1000000, not %d", f.projects))
	}
	if f.latency < 0 {
		wrong = append(wrong, fmt.Errorf("simulate: --latency must not be negative"))
	}
	if f.key == "" {
		wrong = append(wrong, fmt.Errorf("simulate: --key must not be empty"))
	}
	kind := neonsim.KeyKind(f.keyKind)
	if kind != neonsim.OrgKey && kind != neonsim.PersonalKey {
		wrong = append(wrong, fmt.Errorf("simulate: --key-kind must be org or personal, not %q", f.keyKind))
	}
	switch f.plan {
	case "free", "launch", "scale", "agent", "business", "enterprise":
	default:
		wrong = append(wrong, fmt.Errorf("simulate: --plan %q is none of Neon's", f.plan))
	}
	limits, err := parseLimits(f.limits)
	if err != nil {
		wrong = append(wrong, err)
	}
	return neonsim.Config{
		Projects: f.projects, Seed: f.seed, Latency: f.latency, Key: f.key, KeyKind: kind, Org: f.org, Plan: f.plan, Limits: limits,
	}, errors.Join(wrong...)
}

func parseLimits(text string) (neonsim.Limits, error) {
	switch text {
	case "neon":
		return neonsim.Limits{}, nil
	case "off":
		return neonsim.Limits{Off: true}, nil
	}
	calls, err := strconv.Atoi(text)
	if err != nil || calls < 1 {
		return neonsim.Limits{}, fmt.Errorf("simulate: --limits must be neon, off or a number of calls a minute, not %q", text)
	}
	return neonsim.EveryMinute(calls), nil
}

// serveSimulated serves until ctx ends, and lets answers under way finish.
func serveSimulated(ctx context.Context, listener net.Listener, sim http.Handler) error {
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		// ctx is over, and the answers under way still need time.
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		done <- server.Shutdown(stop)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the simulated Neon: %w", err)
	}
	return <-done
}
