//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// terminal is a pseudo-terminal: what the person sees and types, and what the
// program has.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatalf("make a terminal: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatalf("unlock the terminal: %v", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatalf("number of the terminal: %v", err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatalf("open the terminal: %v", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// typist answers each question only when it was asked: before, the terminal
// would still echo.
type typist struct {
	seen    bytes.Buffer
	program *os.File
	person  *os.File
	lines   []string
	typing  sync.WaitGroup
}

func (p *typist) Write(b []byte) (int, error) {
	if strings.HasSuffix(string(b), ": ") && len(p.lines) > 0 {
		line := p.lines[0]
		p.lines = p.lines[1:]
		p.typing.Go(func() { p.typeWhenHidden(line) })
	}
	return p.seen.Write(b)
}

func (p *typist) typeWhenHidden(line string) {
	for !p.hidden() {
		runtime.Gosched()
	}
	fmt.Fprintln(p.person, line)
}

// hidden says whether the terminal keeps to itself what is typed.
func (p *typist) hidden() bool {
	t, err := unix.IoctlGetTermios(int(p.program.Fd()), unix.TCGETS)
	return err != nil || t.Lflag&unix.ECHO == 0
}

func ask(t *testing.T, lines ...string) (password string, seen string, err error) {
	t.Helper()
	person, program := terminal(t)
	p := &typist{program: program, person: person, lines: lines}
	password, err = askPassword(t.Context(), program, p, "ada@example.com")
	p.typing.Wait()
	if p.hidden() {
		t.Error("the terminal was left without echo")
	}
	return password, p.seen.String(), err
}

func TestAskPassword_asksTwiceOnATerminalWithoutShowingIt(t *testing.T) {
	password, seen, err := ask(t, longPassword, longPassword)
	if err != nil || password != longPassword {
		t.Errorf("password = %q, %v", password, err)
	}
	if seen != "Password for ada@example.com: \nOnce more: \n" {
		t.Errorf("seen: %q", seen)
	}
}

func TestAskPassword_twoThatDifferChangeNothing(t *testing.T) {
	if _, _, err := ask(t, longPassword, "correct horse buttery"); err == nil || !strings.Contains(err.Error(), "differ") {
		t.Errorf("err = %v", err)
	}
}

func TestAskHidden_aBreakPutsTheTerminalBack(t *testing.T) {
	person, program := terminal(t)
	ctx, stop := context.WithCancel(t.Context())
	p := &typist{program: program, person: person}
	ended := make(chan struct{})
	read := func(fd int) ([]byte, error) {
		defer close(ended)
		return term.ReadPassword(fd)
	}
	go func() {
		for !p.hidden() {
			runtime.Gosched()
		}
		stop()
	}()
	if _, err := askHidden(ctx, int(program.Fd()), read, p, "Password: "); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if p.hidden() {
		t.Error("the terminal was left without echo")
	}
	fmt.Fprintln(person) // a program that ends would end the read
	<-ended
}
