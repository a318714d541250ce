package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// raw is the engine without us: its own client reads the same file with the
// same SQL.
type raw interface {
	name() string
	// query runs a statement and reads its rows to the end.
	query(ctx context.Context, statement string) error
	close() error
}

// openRaw opens the engine's own client, or what comes nearest to it.
func openRaw(ctx context.Context, s *subject) (raw, error) {
	switch {
	case !s.isSQLite():
		return openBarePostgres(ctx, s.url)
	case has("sqlite3"):
		return openShell(ctx, s.path)
	}
	return openBareSQLite(s.path)
}

// barePostgres is one connection of pgx with prepared statements, rows left in
// the server's own encoding.
type barePostgres struct{ conn *pgx.Conn }

func openBarePostgres(ctx context.Context, url string) (*barePostgres, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to Postgres: %w", err)
	}
	return &barePostgres{conn}, nil
}

func (p *barePostgres) name() string { return "a bare prepared pgx query" }

func (p *barePostgres) query(ctx context.Context, statement string) error {
	rows, err := p.conn.Query(ctx, statement) // pgx prepares and keeps it
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		_ = rows.RawValues() // read, not decoded
	}
	return rows.Err()
}

func (p *barePostgres) close() error { return p.conn.Close(context.Background()) }
