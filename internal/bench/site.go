package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"neonfleet/internal/auth"
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/handlers"
	"neonfleet/internal/neon"
	"neonfleet/internal/observe"
)

const (
	email    = "bench@example.com"
	password = "measure twice, cut once"
)

// A site is the dashboard's pages at an address of this machine.
type site struct {
	url    string
	server *http.Server
	ended  chan error
}

// serveSite serves the pages of a store, with sessions and a line of log for
// each request as in production.
func serveSite(ctx context.Context, store *db.DB, client *neon.Client, owner string, now func() time.Time) (*site, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &site{url: "http://" + listener.Addr().String(), ended: make(chan error, 1)}
	pages, err := s.pages(ctx, store, client, owner, now)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.server = &http.Server{Handler: pages, ReadHeaderTimeout: 5 * time.Second}
	go func() { s.ended <- s.server.Serve(listener) }()
	return s, nil
}

func (s *site) pages(ctx context.Context, store *db.DB, client *neon.Client, owner string, now func() time.Time) (http.Handler, error) {
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	hasher := auth.NewHasher(1)
	if _, err := auth.FirstAdmin(ctx, store, hasher, email, password, time.Now()); err != nil {
		return nil, err
	}
	sessions, err := auth.NewStore(store, [][]byte{[]byte(strings.Repeat("k", 32))}, false, time.Now, log)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(s.url)
	if err != nil {
		return nil, err
	}
	return handlers.New(handlers.Deps{
		DB: store, Log: log, Now: now, BaseURL: base,
		Desk: &auth.Desk{Accounts: store, Hasher: hasher, Throttle: auth.NewThrottle(store, time.Now), Sessions: sessions, Now: time.Now},
		Live: &observe.Reader{Neon: client, DB: store, Now: now},
		Sync: handlers.SyncView{Every: 15 * time.Minute, Owner: owner, Skew: func() time.Duration { return 0 },
			Budget: func() fleet.Budget { return observe.Budget(client.Budget().Snapshot()) }},
	})
}

func (s *site) close() error {
	err := s.server.Close()
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// A browser is somebody signed in, on one connection at a time.
type browser struct {
	client *http.Client
	url    string
	buf    []byte
}

// signIn begins a session at a site.
func signIn(ctx context.Context, at string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &browser{client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		url: at, buf: make([]byte, 64<<10)}
	form := url.Values{"email": {email}, "password": {password}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at+"/login", strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("sign in: %s", resp.Status)
	}
	return b, nil
}

// get reads a page to its end, packed as browsers ask for it, and says when
// its first bytes came. An empty page is an error.
func (b *browser) get(ctx context.Context, path string) (first time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+path, http.NoBody)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip") // said by us, so that the client does not unpack
	began := time.Now()
	resp, err := b.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	for {
		n, err := resp.Body.Read(b.buf)
		if first == 0 && n > 0 {
			first = time.Since(began)
		}
		switch {
		case errors.Is(err, io.EOF) && first > 0:
			return first, nil
		case err != nil:
			return first, fmt.Errorf("GET %s: %w", path, err)
		}
	}
}
