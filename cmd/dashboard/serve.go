package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/config"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/handlers"
	"neonfleet/internal/neon"
	"neonfleet/internal/observe"
	"neonfleet/internal/scheduler"
)

const aboutServe = `Serves the dashboard until it is told to stop. Settings come from the
environment: NEON_API_KEY is needed, the rest has defaults (see the README).
Without a key, ` + "`dashboard demo`" + ` shows everything on a simulated Neon.`

func serveCommand(ctx context.Context, p process) error {
	if err := parse(flags(p, "serve", aboutServe), p.args, 0); err != nil {
		return err
	}
	cfg, err := config.Load(p.getenv, config.Serve)
	if err != nil {
		return exit(2, err)
	}
	return serve(ctx, cfg, p, serveOptions{})
}

// serveOptions are what the demo does otherwise.
type serveOptions struct {
	hint     string                                        // on the page to sign in
	accounts func(ctx context.Context, d *dashboard) error // instead of the first administrator
	prelude  func(ctx context.Context, d *dashboard) error // before the jobs, while pages are served already
	ready    func(address string)                          // once pages are served
}

// dashboard is everything that serves one fleet.
type dashboard struct {
	cfg    config.Config
	log    *slog.Logger
	out    process
	store  *db.DB
	client *neon.Client
	hasher *auth.Hasher
	desk   *auth.Desk
	now    func() time.Time
	sync   *syncing
}

// serve builds each part, hands it to the next by name, and closes all of it
// in turn when ctx ends.
func serve(ctx context.Context, cfg config.Config, p process, o serveOptions) (err error) {
	log := newLog(cfg, p.stderr)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.ListenAddr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.ListenAddr, err)
	}
	cfg = cfg.At(listener.Addr())
	d, err := open(ctx, cfg, p, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	if o.accounts == nil {
		o.accounts = firstAdmin
	}
	if err := o.accounts(ctx, d); err != nil {
		return errors.Join(err, listener.Close())
	}
	stopping := make(chan struct{})
	site, err := d.site(o.hint, stopping)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	background, stop := context.WithCancel(ctx)
	jobs := d.start(background, o.prelude)
	log.Info("serving", "address", cfg.BaseURL.String(), "version", version(), "settings", cfg)
	if o.ready != nil {
		o.ready(cfg.BaseURL.String())
	}
	err = answer(ctx, listener, site, stopping)
	stop()
	return errors.Join(err, <-jobs)
}

// open opens the store and finds Neon; neither waits for a sync.
func open(ctx context.Context, cfg config.Config, p process, log *slog.Logger) (*dashboard, error) {
	store, err := db.Open(ctx, cfg.Database.URL())
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", cfg.Database, err)
	}
	d := &dashboard{cfg: cfg, log: log, out: p, store: store, hasher: auth.NewHasher(runtime.GOMAXPROCS(0))}
	if err := d.build(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return d, nil
}

func (d *dashboard) build(ctx context.Context) (err error) {
	if err := d.store.SeedPlans(ctx, fleet.FirstPlans(), time.Now()); err != nil {
		return err
	}
	if d.client, err = newClient(ctx, d.cfg, d.store, d.log); err != nil {
		return err
	}
	d.readClock(ctx)
	d.now = clockOf(d.cfg, d.client)
	d.sync = newSyncing(d.cfg, d.store, d.client, d.now, d.log)
	keys, err := d.cfg.SessionKeys()
	if err != nil {
		return err
	}
	sessions, err := auth.NewStore(d.store, keys, d.cfg.SecureCookies(), time.Now, d.log)
	if err != nil {
		return err
	}
	d.desk = &auth.Desk{Accounts: d.store, Hasher: d.hasher, Throttle: auth.NewThrottle(d.store, time.Now), Sessions: sessions, Now: time.Now}
	return nil
}

// firstAdmin makes the first administrator of an empty store, and prints the
// password once if it is ours.
func firstAdmin(ctx context.Context, d *dashboard) error {
	first, err := auth.FirstAdmin(ctx, d.store, d.hasher, d.cfg.AdminEmail, d.cfg.AdminPassword.Reveal(), time.Now())
	if err != nil {
		return err
	}
	if first.Made && first.Password != "" {
		fmt.Fprintf(d.out.stdout, "First administrator: %s\nPassword, shown only now: %s\n", first.Email, first.Password)
	}
	return nil
}

func (d *dashboard) site(hint string, stopping <-chan struct{}) (http.Handler, error) {
	base := d.cfg.BaseURL.URL
	return handlers.New(handlers.Deps{
		DB: d.store, Desk: d.desk, Log: d.log, Now: d.now, Hint: hint,
		Live: &observe.Reader{Neon: d.client, DB: d.store, Now: d.now},
		Sync: handlers.SyncView{Every: d.cfg.SyncEvery, Owner: d.sync.Owner, Skew: skewOf(d.cfg, d.client),
			Budget: func() fleet.Budget { return observe.Budget(d.client.Budget().Snapshot()) }},
		BaseURL: &base, TrustedProxies: d.cfg.TrustedProxies, Stopping: stopping,
	})
}

// start runs the prelude and then the jobs until ctx ends; the channel then
// says how they came to rest.
func (d *dashboard) start(ctx context.Context, prelude func(context.Context, *dashboard) error) <-chan error {
	done := make(chan error, 1)
	go func() {
		leading, resign := context.WithCancel(ctx)
		defer resign()
		go d.sync.KeepLead(leading, neon.SystemClock{})
		if prelude != nil {
			if err := prelude(ctx, d); err != nil && ctx.Err() == nil {
				d.log.Error("the demo's history could not be made", "err", err)
			}
		}
		jobs, err := scheduler.Start(d.log, d.sync.jobs()...)
		if err != nil {
			done <- err
			return
		}
		<-ctx.Done()
		err = jobs.Close()
		resigning, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		done <- errors.Join(err, d.sync.Resign(resigning))
	}()
	return done
}

const (
	// readWithin and writeWithin bound a request; streams lift theirs.
	readWithin  = 30 * time.Second
	writeWithin = 10 * time.Minute // a CSV of 300,000 rows over a slow line
	// stopWithin is how long running requests may still take after a stop.
	stopWithin = 10 * time.Second
)

// answer serves requests until ctx ends. Then it closes stopping, on which
// streams end, and lets the other requests finish.
func answer(ctx context.Context, listener net.Listener, site http.Handler, stopping chan<- struct{}) error {
	requests := context.WithoutCancel(ctx)
	server := &http.Server{Handler: site, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: readWithin, WriteTimeout: writeWithin,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return requests }}
	server.RegisterOnShutdown(func() { close(stopping) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
