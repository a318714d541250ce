package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// shell is the sqlite3 program, kept running: C SQLite with as much cache as
// our readers have. It writes rows to nowhere, and after each statement a
// complaint about an unknown command, which comes at once because errors are
// not held back: that is how we know it is done.
type shell struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	errors *bufio.Reader
}

const doneMark = ".done"

var errShell = errors.New("sqlite3")

func openShell(ctx context.Context, path string) (*shell, error) {
	s := &shell{cmd: exec.CommandContext(ctx, "sqlite3", "-batch", path)}
	var err error
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	s.errors = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start sqlite3: %w", err)
	}
	return s, s.query(ctx, "PRAGMA query_only=1; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY")
}

func (s *shell) name() string { return "sqlite3" }

func (s *shell) query(_ context.Context, statement string) error {
	if _, err := io.WriteString(s.stdin, statement+";\n"+doneMark+"\n"); err != nil {
		return fmt.Errorf("ask sqlite3: %w", err)
	}
	var said []string
	for {
		line, err := s.errors.ReadString('\n')
		if err != nil {
			return fmt.Errorf("ask sqlite3: %w", err)
		}
		if strings.Contains(line, `"`+strings.TrimPrefix(doneMark, ".")+`"`) {
			break
		}
		said = append(said, strings.TrimSpace(line))
	}
	if said != nil {
		return fmt.Errorf("%w says of %s: %s", errShell, statement, strings.Join(said, " "))
	}
	return nil
}

// close lets the program end. That it ends with an error is the unknown command's doing.
func (s *shell) close() error {
	err := s.stdin.Close()
	if ended, failed := errors.AsType[*exec.ExitError](s.cmd.Wait()); failed && ended.ExitCode() != 1 {
		err = errors.Join(err, fmt.Errorf("sqlite3 ended: %w", ended))
	}
	return err
}

// bareSQLite is our own engine without our code: prepared statements, cells
// left as bytes. It stands in where there is no sqlite3.
type bareSQLite struct {
	db       *sql.DB
	prepared map[string]*sql.Stmt
}

func openBareSQLite(path string) (*bareSQLite, error) {
	d, err := sql.Open("sqlite", "file:"+path+"?_pragma=query_only(ON)&_pragma=cache_size(-16384)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	return &bareSQLite{d, map[string]*sql.Stmt{}}, nil
}

func (b *bareSQLite) name() string { return "a bare prepared modernc query (no sqlite3 here)" }

func (b *bareSQLite) query(ctx context.Context, statement string) (err error) {
	stmt := b.prepared[statement]
	if stmt == nil {
		if stmt, err = b.db.PrepareContext(ctx, statement); err != nil {
			return err
		}
		b.prepared[statement] = stmt
	}
	rows, err := stmt.QueryContext(ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, places := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range cells {
		places[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (b *bareSQLite) close() error { return b.db.Close() }
