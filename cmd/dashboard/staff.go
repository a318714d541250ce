package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/config"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
)

const staffUsage = `Usage: dashboard staff COMMAND [EMAIL] [--role ROLE]

Accounts of those who may sign in. Works beside a running dashboard; what
changes an account ends its sessions.

  add EMAIL --role ROLE    add an account (viewer if no role is given)
  list                     list all accounts
  role EMAIL --role ROLE   give an account another role
  password EMAIL           give an account another password
  disable EMAIL            close an account; nothing it did is lost
  enable EMAIL             open it again

ROLE is viewer, support, finance or admin. add and password ask for the
password without showing it, or read one line from standard input.
The store is the one of DATABASE_URL, or the file in DATA_DIR.
`

// staff is the command `dashboard staff`: accounts from the shell.
func staff(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	asked, err := parseStaff(args)
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(stdout, staffUsage)
		return err
	}
	if err != nil {
		return exit(2, fmt.Errorf("%w\n`dashboard staff --help` shows how", err))
	}
	cfg, err := config.Load(getenv, config.Store)
	if err != nil {
		return exit(2, err)
	}
	store, err := db.Open(ctx, cfg.Database.URL())
	if err != nil {
		return fmt.Errorf("open the store %s: %w", cfg.Database, err)
	}
	desk := staffDesk{store: store, now: time.Now, stdin: stdin, stdout: stdout, stderr: stderr,
		hasher: auth.NewHasher(runtime.GOMAXPROCS(0)), throttle: auth.NewThrottle(store, time.Now)}
	return errors.Join(forShell(desk.do(ctx, asked)), store.Close())
}

// forShell leaves of an error for people what people need.
func forShell(err error) error {
	if e, ok := errors.AsType[*fleet.Error](err); ok {
		return errors.New(e.Message)
	}
	return err
}

// staffAsked is what the command line says.
type staffAsked struct {
	command string
	email   string
	role    fleet.Role // "" if none was given
}

// parseStaff reads the command line; --role may stand anywhere.
func parseStaff(args []string) (asked staffAsked, err error) {
	f := flag.NewFlagSet("staff", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	role := f.String("role", "", "viewer, support, finance or admin")
	var words []string
	for rest := args; ; {
		if err := f.Parse(rest); err != nil {
			return asked, err
		}
		if f.NArg() == 0 {
			break
		}
		words, rest = append(words, f.Arg(0)), f.Args()[1:]
	}
	if len(words) == 0 || slices.Equal(words, []string{"help"}) {
		return asked, flag.ErrHelp
	}
	asked.command = words[0]
	if *role != "" {
		var ok bool
		if asked.role, ok = fleet.ParseRole(*role); !ok {
			return asked, fmt.Errorf("there is no role %q: use viewer, support, finance or admin", *role)
		}
	}
	return asked, asked.check(words[1:])
}

// check takes the e-mail address and refuses what the command has no use for.
func (a *staffAsked) check(rest []string) (err error) {
	switch a.command {
	case "list":
		if len(rest) > 0 || a.role != "" {
			return errors.New("staff list takes nothing more")
		}
		return nil
	case "add", "role", "password", "disable", "enable":
	default:
		return fmt.Errorf("there is no command %q for staff", a.command)
	}
	switch {
	case len(rest) == 0:
		return fmt.Errorf("staff %s needs the e-mail address of an account", a.command)
	case len(rest) > 1:
		return fmt.Errorf("staff %s takes one e-mail address; a password is asked for, never an argument", a.command)
	case a.command == "role" && a.role == "":
		return errors.New("staff role needs --role viewer, support, finance or admin")
	case a.command != "role" && a.command != "add" && a.role != "":
		return fmt.Errorf("staff %s takes no --role", a.command)
	}
	a.email, err = auth.CheckEmail(rest[0])
	return forShell(err)
}

// staffDesk does what was asked, on the store.
type staffDesk struct {
	store          *db.DB
	hasher         *auth.Hasher
	throttle       *auth.Throttle
	now            func() time.Time
	stdin          io.Reader
	stdout, stderr io.Writer
}

// shell is who acts here: whoever has a shell on the machine.
var shell = fleet.Actor{Email: "shell"}

func (d staffDesk) do(ctx context.Context, asked staffAsked) error {
	switch asked.command {
	case "list":
		return d.list(ctx)
	case "add":
		return d.add(ctx, asked)
	}
	account, err := d.store.StaffByEmail(ctx, asked.email)
	if err != nil {
		return err
	}
	switch asked.command {
	case "role":
		account, err = d.store.SetRole(ctx, shell, account.ID, asked.role, d.now())
		return d.say(err, "%s is %s.", account.Email, account.Role.Title())
	case "disable", "enable":
		account, err = d.store.SetDisabled(ctx, shell, account.ID, asked.command == "disable", d.now())
		return d.say(err, "%s is %sd.", account.Email, asked.command)
	default:
		return d.password(ctx, account)
	}
}

func (d staffDesk) add(ctx context.Context, asked staffAsked) error {
	switch _, err := d.store.StaffByEmail(ctx, asked.email); { // before a password is typed for nothing
	case err == nil:
		return fmt.Errorf("%s has an account already", asked.email)
	case fleet.KindOf(err) != fleet.NotFound:
		return err
	}
	hash, err := d.newPassword(ctx, asked.email)
	if err != nil {
		return err
	}
	role := asked.role
	if role == "" {
		role = fleet.Viewer
	}
	account, err := d.store.CreateStaff(ctx, shell, asked.email, role, hash, d.now())
	return d.say(err, "Added %s as %s.", account.Email, account.Role.Title())
}

func (d staffDesk) password(ctx context.Context, account fleet.Staff) error {
	hash, err := d.newPassword(ctx, account.Email)
	if err != nil {
		return err
	}
	if _, err := d.store.SetPassword(ctx, shell, account.ID, hash, d.now()); err != nil {
		return err
	}
	return d.say(d.throttle.Forget(ctx, account.Email, ""), "Changed the password of %s.", account.Email)
}

func (d staffDesk) newPassword(ctx context.Context, email string) (hash string, err error) {
	password, err := askPassword(ctx, d.stdin, d.stderr, email)
	if err != nil {
		return "", err
	}
	if err := auth.CheckPassword(password, email); err != nil {
		return "", err
	}
	return d.hasher.Hash(ctx, password)
}

func (d staffDesk) list(ctx context.Context) error {
	all, err := d.store.StaffList(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(d.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "EMAIL\tROLE\tSTATE\tLAST SIGN-IN")
	for _, s := range all {
		state, last := "enabled", "never"
		if s.Disabled {
			state = "disabled"
		}
		if !s.LastSignIn.IsZero() {
			last = s.LastSignIn.Format(time.RFC3339)
		}
		fmt.Fprintln(w, strings.Join([]string{s.Email, string(s.Role), state, last}, "\t"))
	}
	return w.Flush()
}

// say prints what was done, if it was.
func (d staffDesk) say(err error, format string, args ...any) error {
	if err == nil {
		_, err = fmt.Fprintf(d.stdout, format+"\n", args...)
	}
	return err
}
