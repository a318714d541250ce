package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// A servant is the child process (child.go), as its parent sees it.
type servant struct {
	cmd     *exec.Cmd
	stdin   io.Closer
	orders  *json.Encoder
	answers *json.Decoder
	address string
}

// hire starts the child on a store.
func hire(ctx context.Context, o opening, stderr io.Writer) (*servant, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	s := &servant{cmd: exec.CommandContext(ctx, self, childName)}
	s.cmd.Stderr = stderr
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.stdin, s.orders, s.answers = stdin, json.NewEncoder(stdin), json.NewDecoder(stdout)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the dashboard's process: %w", err)
	}
	a, err := s.tell(o)
	if err != nil {
		return nil, errors.Join(err, s.dismiss())
	}
	s.address = a.Address
	return s, nil
}

// order has a step run and waits for its account.
func (s *servant) order(o order) (account, error) { return s.tell(o) }

func (s *servant) tell(what any) (a account, err error) {
	if err := s.orders.Encode(what); err != nil {
		return a, fmt.Errorf("tell the dashboard's process: %w", err)
	}
	if err := s.answers.Decode(&a); err != nil {
		return a, fmt.Errorf("hear from the dashboard's process: %w", err)
	}
	if a.Problem != "" {
		return a, fmt.Errorf("the dashboard's process: %s", a.Problem) //nolint:err113 // its words are the error
	}
	return a, nil
}

// dismiss lets the child end.
func (s *servant) dismiss() error { return errors.Join(s.stdin.Close(), s.cmd.Wait()) }
