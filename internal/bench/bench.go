package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
)

// bench is a run.
type bench struct {
	scale
	dir      string // for SQLite's files
	postgres string // a server that may be filled; "" leaves it out
	log      io.Writer
	began    time.Time

	projects []db.SweepProject // the first of the fleet, for the writer
}

// writerTenants is how many tenants the writer goes round in.
const writerTenants = 20_000

// grownTenants is how many tenants' days are copied one day after the other.
const grownTenants = 5_000

// result is everything that was measured of one engine.
type result struct {
	*subject
	size    int64 // bytes of the whole store
	grown   float64
	rawName string
	reads   []reading
	files   filing
	sync    synced
	flatOut flatOut

	year *yearResult // with BENCH=full
}

// say tells whoever waits how far it is.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.log, "%6.1f s  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}

// measure is the whole run, one engine after the other.
func (b *bench) measure(ctx context.Context) (p *page, err error) {
	b.began = time.Now()
	p = b.newPage(ctx)
	open := []func() (*subject, error){func() (*subject, error) { return openSQLite(ctx, b.dir, "fleet") }}
	if b.postgres == "" {
		b.say("*** LEFT OUT: everything on Postgres, because TEST_DATABASE_URL is not set.")
	} else {
		open = append(open, func() (*subject, error) { return openPostgres(ctx, b.postgres) })
	}
	for _, fresh := range open {
		s, err := fresh()
		if err != nil {
			return nil, err
		}
		r, err := b.one(ctx, s)
		if err = errors.Join(err, s.close()); err != nil {
			return nil, fmt.Errorf("%s: %w", s.engine, err)
		}
		p.results = append(p.results, r)
	}
	if b.year {
		if p.pocketbase, err = b.measurePocketBase(ctx); err != nil {
			return nil, fmt.Errorf("PocketBase: %w", err)
		}
	}
	p.took = time.Since(b.began)
	return p, nil
}

// one measures one engine. What changes the fleet comes last.
func (b *bench) one(ctx context.Context, s *subject) (r *result, err error) {
	r = &result{subject: s}
	if err := b.prepare(ctx, r); err != nil {
		return nil, err
	}
	engine, err := openRaw(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, engine.close()) }()
	r.rawName = engine.name()
	web, who, err := b.visitor(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, web.close()) }()
	groups, err := s.groups(ctx, b.scale)
	if err != nil {
		return nil, err
	}
	b.say("%s: reading", s.engine)
	if r.reads, err = readAll(ctx, groups, who, engine, b.fewest, b.rounds); err != nil {
		return nil, err
	}
	b.say("%s: CSV", s.engine)
	if r.files, err = s.files(ctx, who, min(5, b.rounds)); err != nil {
		return nil, err
	}
	if b.year {
		if r.year, err = b.measureYear(ctx, s, groups, who, engine); err != nil {
			return nil, fmt.Errorf("with 365 days: %w", err)
		}
	}
	b.say("%s: sync", s.engine)
	if r.sync, err = b.measureSync(ctx, s, lists(groups)); err != nil {
		return nil, fmt.Errorf("sync: %w", err)
	}
	b.say("%s: readers beside a writer", s.engine)
	r.flatOut, err = besideWriter(ctx, s, who, lists(groups), b.projects, b.spell)
	return r, err
}

// prepare fills the store and weighs it.
func (b *bench) prepare(ctx context.Context, r *result) error {
	b.say("%s: listing %s projects of the simulated Neon", r.engine, thousands(int64(b.tenants)))
	listed, err := listFleet(ctx, b.tenants)
	if err != nil {
		return err
	}
	b.projects = some(listed, writerTenants)
	b.say("%s: filling the store with %d days of each", r.engine, b.days)
	if err := r.fill(ctx, listed, b.days); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	if r.size, err = r.subject.size(ctx); err != nil {
		return err
	}
	factor, err := r.growth(ctx, min(grownTenants, b.tenants/5), b.days)
	r.grown = factor * r.dayBytes
	return err
}

// visitor serves a store's pages and signs somebody in.
func (b *bench) visitor(ctx context.Context, s *subject) (*site, *browser, error) {
	nobody, err := newClient("http://127.0.0.1:1/api/v2", "org-bench", 1, 1, nil) // no page that is measured asks Neon
	if err != nil {
		return nil, nil, err
	}
	web, err := serveSite(ctx, s.DB, nobody, owner, dbtest.Now)
	if err != nil {
		return nil, nil, err
	}
	who, err := signIn(ctx, web.url)
	if err != nil {
		return nil, nil, errors.Join(err, web.close())
	}
	return web, who, nil
}

// yearResult are the same views of the same fleet with 30 days and with 365,
// read in turns.
type yearResult struct {
	days     int
	dayBytes float64
	size     int64
	short    []reading
	long     []reading
}

func (b *bench) measureYear(ctx context.Context, s *subject, groups []group, who *browser, engine raw) (y *yearResult, err error) {
	y = &yearResult{days: 365}
	long, err := b.openLike(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, long.close()) }()
	b.say("%s: filling a store with %d days of each", s.engine, y.days)
	listed, err := listFleet(ctx, b.tenants)
	if err != nil {
		return nil, err
	}
	if err := long.fill(ctx, listed, y.days); err != nil {
		return nil, err
	}
	y.dayBytes = long.dayBytes
	if y.size, err = long.size(ctx); err != nil {
		return nil, err
	}
	web, reader, err := b.visitor(ctx, long)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, web.close()) }()
	longGroups, err := long.groups(ctx, b.scale)
	if err != nil {
		return nil, err
	}
	other, err := openRaw(ctx, long)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, other.close()) }()
	b.say("%s: reading 365 days beside %d", s.engine, b.days)
	const turns = 4 // the one and the other, so that the machine's moods meet both
	for range turns {
		part, err := readAll(ctx, longGroups, reader, other, b.fewest, max(1, b.rounds/turns))
		if err != nil {
			return nil, err
		}
		y.long = merge(y.long, part)
		if part, err = readAll(ctx, groups, who, engine, b.fewest, max(1, b.rounds/turns)); err != nil {
			return nil, err
		}
		y.short = merge(y.short, part)
	}
	return y, nil
}

// openLike makes an empty store of the same engine.
func (b *bench) openLike(ctx context.Context, s *subject) (*subject, error) {
	if s.isSQLite() {
		return openSQLite(ctx, filepath.Clean(b.dir), "year")
	}
	return openPostgres(ctx, b.postgres)
}
