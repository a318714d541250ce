// Command dashboard is Neon Fleet: the dashboard, its demo, the simulated Neon
// and the commands of whoever runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // people choose a time zone, and an image from scratch has none
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(report(err, os.Stderr))
}

// run is the whole program; tests call it as a user would.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	name, rest := "serve", args
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, rest = args[0], args[1:]
	} else if len(args) > 0 && isHelp(args[0]) {
		name, rest = "help", nil
	}
	if name == "help" {
		return help(process{rest, getenv, stdin, stdout, stderr})
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, process{rest, getenv, stdin, stdout, stderr})
		}
	}
	return exit(2, fmt.Errorf("there is no command %q; `dashboard help` lists them", name))
}

func isHelp(s string) bool { return s == "-h" || s == "-help" || s == "--help" }

// process is what a command gets of the world around it.
type process struct {
	args           []string
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// exitError is an error that ends the program with a code of its own.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

// exit gives err an exit code.
func exit(code int, err error) error { return exitError{code, err} }

// report prints the error and says with which code to end: 0 for none, 2 for
// what the caller got wrong, 1 for everything else.
func report(err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, errHelp) {
		return 0
	}
	code := 1
	if e, ok := errors.AsType[exitError](err); ok {
		code = e.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(stderr, text)
	}
	return code
}
