package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// longestLine bounds what is read as one password.
const longestLine = 4096

// askPassword asks twice on a terminal, without showing what is typed; from
// anything else it reads one line. The question goes to stderr.
func askPassword(ctx context.Context, stdin io.Reader, stderr io.Writer, email string) (string, error) {
	if f, ok := stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return askTwice(ctx, int(f.Fd()), stderr, email)
	}
	line, err := bufio.NewReader(io.LimitReader(stdin, longestLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("no password came from standard input: send it as one line")
	}
	return line, nil
}

func askTwice(ctx context.Context, terminal int, stderr io.Writer, email string) (string, error) {
	first, err := askHidden(ctx, terminal, term.ReadPassword, stderr, "Password for "+email+": ")
	if err != nil {
		return "", err
	}
	again, err := askHidden(ctx, terminal, term.ReadPassword, stderr, "Once more: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return first, nil
}

// askHidden reads a line without echo. When ctx ends (Ctrl-C) the terminal is
// put back as it was; the read itself ends with the program.
func askHidden(ctx context.Context, terminal int, read func(terminal int) ([]byte, error), stderr io.Writer, question string) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("read the terminal's state: %w", err)
	}
	if _, err := io.WriteString(stderr, question); err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := read(terminal)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		fmt.Fprintln(stderr)
		if a.err != nil {
			return "", fmt.Errorf("read the password: %w", a.err)
		}
		return string(a.line), nil
	case <-ctx.Done():
		fmt.Fprintln(stderr)
		return "", errors.Join(ctx.Err(), term.Restore(terminal, before))
	}
}
