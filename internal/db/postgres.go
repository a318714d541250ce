package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
)

// postgresConns bounds what one replica takes of the server's connections.
const postgresConns = 12

func openPostgres(ctx context.Context, url string) (*DB, error) {
	p, err := sql.Open("pgx", url)
	if err != nil {
		return nil, errors.New("DATABASE_URL is no address Postgres understands")
	}
	p.SetMaxOpenConns(postgresConns)
	p.SetMaxIdleConns(postgresConns / 2)
	p.SetConnMaxIdleTime(5 * time.Minute)
	if err := p.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to Postgres: %w", err), p.Close())
	}
	return &DB{engine: postgresEngine, write: p, read: p, q: p, names: new(names)}, nil
}
