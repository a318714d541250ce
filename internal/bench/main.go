// Command bench measures what docs/performance.md promises, on both engines and
// beside each engine's own client in the same run, and writes that page. It
// ends with 1 where something that must hold does not. `make bench` runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and writes the page; with the argument "dashboard" it is the
// process whose sync is measured (child.go).
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 1 && args[0] == childName {
		return serveChild(ctx, stdin, stdout)
	}
	if len(args) > 0 {
		return fmt.Errorf("there are no arguments, only BENCH=quick or BENCH=full; not %q", args)
	}
	s, err := scaleOf(getenv)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "neonfleet-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the stores: %w", err)
	}
	b := &bench{scale: s, dir: dir, log: stderr, postgres: getenv("TEST_DATABASE_URL")}
	page, err := b.measure(ctx)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	if err := page.write(s.out); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s\n", page.summary())
	fmt.Fprintf(stdout, "Written to %s.\n", filepath.ToSlash(s.out))
	return page.judge()
}
