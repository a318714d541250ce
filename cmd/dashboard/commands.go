package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"text/tabwriter"
	"time"

	"neonfleet/internal/config"
)

// A command is a word behind `dashboard`.
type command struct {
	name string
	does string
	run  func(ctx context.Context, p process) error
}

// commands are all of them but help, in its order.
func commands() []command {
	return []command{
		{"serve", "the dashboard (also what `dashboard` alone does)", serveCommand},
		{"demo", "a simulated Neon with a believable fleet, and the dashboard on it", demoCommand},
		{"simulate", "the simulated Neon alone", simulateCommand},
		{"sync", "one sync now, in the foreground", syncCommand},
		{"staff", "accounts: add, list, role, password, disable", staffCommand},
		{"doctor", "check key, organization, plan, database, clock and disk", doctorCommand},
		{"backup", "copy the database to FILE while it is in use", backupCommand},
		{"healthcheck", "ask the running dashboard whether it is alive (for containers)", healthcheckCommand},
		{"version", "print the version", versionCommand},
	}
}

// errHelp ends a command that only printed its help.
var errHelp = errors.New("help was asked for")

func help(p process) error {
	fmt.Fprintln(p.stdout, "Neon Fleet: the admin dashboard for fleets of Neon projects.")
	fmt.Fprintln(p.stdout, "\nUsage: dashboard [command] [options]\n\nCommands:")
	w := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\t%s\n", c.name, c.does)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print help: %w", err)
	}
	fmt.Fprintln(p.stdout, "\n`dashboard COMMAND --help` tells more. Settings come from the environment; see the README.")
	return nil
}

// flags makes a command's flag set. about is the text above the options.
func flags(p process, name, about string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(p.stdout)
	f.Usage = func() {
		fmt.Fprintf(p.stdout, "Usage: dashboard %s\n\n%s\n", name, about)
		if hasFlags(f) {
			fmt.Fprintln(p.stdout, "\nOptions:")
			f.PrintDefaults()
		}
	}
	return f
}

func hasFlags(f *flag.FlagSet) (some bool) {
	f.VisitAll(func(*flag.Flag) { some = true })
	return some
}

// parse reads the options and insists on the number of arguments.
func parse(f *flag.FlagSet, args []string, want int) error {
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return errHelp
	case err != nil:
		return exit(2, fmt.Errorf("%w; `dashboard %s --help` lists the options", err, f.Name()))
	case f.NArg() != want:
		return exit(2, fmt.Errorf("wanted %d arguments, got %d; `dashboard %s --help` shows how", want, f.NArg(), f.Name()))
	}
	return nil
}

// release is set by the linker where a version is built; an image has no other
// record of it.
var release string

// version is the build's: what the linker said, else the module's own record.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "development"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			v += " " + s.Value[:12]
		}
	}
	return v
}

func versionCommand(_ context.Context, p process) error {
	if err := parse(flags(p, "version", "Prints the version."), p.args, 0); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "neonfleet", version())
	return nil
}

// healthcheckCommand is what a container's health check runs: the image has no
// shell and no curl.
func healthcheckCommand(ctx context.Context, p process) error {
	if err := parse(flags(p, "healthcheck", "Asks the dashboard at LISTEN_ADDR whether it is alive; exit 1 if it is not."), p.args, 0); err != nil {
		return err
	}
	cfg, err := config.Load(p.getenv, config.Store)
	if err != nil {
		return exit(2, err)
	}
	host, port, err := net.SplitHostPort(cfg.ListenAddr)
	if err != nil {
		return exit(2, fmt.Errorf("LISTEN_ADDR %q is no host:port", cfg.ListenAddr))
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("the dashboard does not answer: %w", err)
	}
	if err := resp.Body.Close(); err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the dashboard answers %s", resp.Status)
	}
	return nil
}
