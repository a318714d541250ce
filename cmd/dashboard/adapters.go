package main

import (
	"context"
	"errors"
	"flag"
)

// simulateCommand and staffCommand have options of their own making.
func simulateCommand(ctx context.Context, p process) error {
	err := simulate(ctx, p.args, p.getenv, p.stdout, p.stderr)
	if errors.Is(err, flag.ErrHelp) {
		return errHelp
	}
	return err
}

func staffCommand(ctx context.Context, p process) error {
	return staff(ctx, p.args, p.getenv, p.stdin, p.stdout, p.stderr)
}
