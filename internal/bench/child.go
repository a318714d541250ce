package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
	"neonfleet/internal/usagesync"
)

// childName is the argument that makes this program the process whose sync is
// measured: store, pages and sync together, as in production, and nothing else.
const childName = "dashboard"

// What the child is told, one JSON value after another on its standard input.
type (
	// opening comes first.
	opening struct {
		Store, Neon, Org string
	}
	// An order is a step to run, answered when it is over.
	order struct {
		Do  string // see child.do
		Now time.Time
		For time.Duration // cut off after that; 0: to its end
	}
)

// An account is what an order took; Address alone is the answer to the opening.
type account struct {
	Address string
	Problem string
	CPU     time.Duration // of the whole process
	Usage   time.Duration // the part of it after the first call for consumption
	Wall    time.Duration
	Peak    int64 // bytes that were resident at most since the process began
	Runs    []fleet.SyncRun
}

// owner holds the child's right to sync.
const owner = "bench"

type child struct {
	store *db.DB
	now   atomic.Int64
	asked atomic.Int64    // CPU spent when consumption was first asked for; 0: not yet
	fast  *usagesync.Jobs // without ceilings
	real  *usagesync.Jobs // with the default ones
}

func serveChild(ctx context.Context, stdin io.Reader, stdout io.Writer) (err error) {
	orders, answers := json.NewDecoder(stdin), json.NewEncoder(stdout)
	var o opening
	if err := orders.Decode(&o); err != nil {
		return fmt.Errorf("read the opening: %w", err)
	}
	c := &child{}
	c.now.Store(dbtest.Now().Unix())
	if c.store, err = db.Open(ctx, o.Store); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.store.Close()) }()
	pages, err := c.begin(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pages.close()) }()
	if err := answers.Encode(account{Address: pages.url}); err != nil {
		return err
	}
	for {
		var next order
		if err := orders.Decode(&next); errors.Is(err, io.EOF) {
			return nil // told everything
		} else if err != nil {
			return fmt.Errorf("read an order: %w", err)
		}
		if err := answers.Encode(c.obey(ctx, next)); err != nil {
			return err
		}
	}
}

func (c *child) begin(ctx context.Context, o opening) (*site, error) {
	now := func() time.Time { return time.Unix(c.now.Load(), 0).UTC() }
	fast, err := newClient(o.Neon, o.Org, unlimited, unlimited, c.called)
	if err != nil {
		return nil, err
	}
	ordinary, err := newClient(o.Neon, o.Org, neon.DefaultPerMinute, neon.DefaultConsumptionPerMinute, nil)
	if err != nil {
		return nil, err
	}
	jobs := func(client *neon.Client) *usagesync.Jobs {
		return &usagesync.Jobs{Syncer: &usagesync.Syncer{DB: c.store, Neon: client.In(neon.Sync), Now: now, Every: time.Minute, Keep: 400,
			Log: slog.New(slog.DiscardHandler), Owner: owner}}
	}
	c.fast, c.real = jobs(fast), jobs(ordinary)
	if err := c.fast.Lead(ctx); err != nil {
		return nil, err
	}
	go c.fast.KeepLead(ctx, neon.SystemClock{})
	return serveSite(ctx, c.store, ordinary, owner, now)
}

// called notes where the sweep's part of an order ends.
func (c *child) called(call neon.Call) {
	if strings.HasPrefix(call.Route, "/consumption") {
		c.asked.CompareAndSwap(0, int64(cpuSpent()))
	}
}

// obey runs an order and says what it took.
func (c *child) obey(ctx context.Context, o order) (a account) {
	c.now.Store(o.Now.Unix())
	before, err := c.lastRun(ctx)
	if err != nil {
		return account{Problem: err.Error()}
	}
	working, stop := ctx, context.CancelFunc(func() {})
	if o.For > 0 {
		working, stop = context.WithTimeout(ctx, o.For)
	}
	defer stop()
	c.asked.Store(0)
	began, spent := time.Now(), cpuSpent()
	if err := c.do(working, o.Do); err != nil && working.Err() == nil {
		return account{Problem: err.Error()}
	}
	now := cpuSpent()
	a.Wall, a.CPU, a.Peak = time.Since(began), now-spent, peakResident()
	if asked := time.Duration(c.asked.Load()); asked > 0 {
		a.Usage = now - asked
	}
	if a.Runs, err = c.runsAfter(ctx, before); err != nil {
		a.Problem = err.Error()
	}
	return a
}

func (c *child) do(ctx context.Context, what string) error {
	switch what {
	case "rest":
		return nil
	case "sweep": // and the usage of the active
		return c.fast.Sweep(ctx)
	case "settle":
		return c.fast.Settle(ctx, "bench")
	case "live":
		return c.live(ctx)
	}
	return fmt.Errorf("there is no order %q", what)
}

// live runs all steps side by side at the default ceilings, again and again,
// until ctx ends.
func (c *child) live(ctx context.Context) error {
	var all sync.WaitGroup
	var mu sync.Mutex
	var problem error
	for _, step := range []func(context.Context) error{
		c.real.Sweep,
		func(ctx context.Context) error { return c.real.Settle(ctx, "bench") },
		func(ctx context.Context) error { return c.real.Counters(ctx, "bench", false) },
	} {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := step(ctx); err != nil && ctx.Err() == nil {
					mu.Lock()
					problem = errors.Join(problem, err)
					mu.Unlock()
					return
				}
				select { // a step that is not due comes back at once
				case <-ctx.Done():
				case <-time.After(100 * time.Millisecond):
				}
			}
		})
	}
	all.Wait()
	return problem
}

func (c *child) lastRun(ctx context.Context) (int64, error) {
	runs, err := c.store.SyncRuns(ctx, 1)
	if err != nil || len(runs) == 0 {
		return 0, err
	}
	return runs[0].ID, nil
}

func (c *child) runsAfter(ctx context.Context, id int64) (list []fleet.SyncRun, err error) {
	runs, err := c.store.SyncRuns(context.WithoutCancel(ctx), 50)
	for _, r := range runs {
		if r.ID > id {
			list = append(list, r)
		}
	}
	return list, err
}

// cpuSpent is what the process has used of the cores so far.
func cpuSpent() time.Duration {
	u := usage()
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakResident is the most memory that the process ever had in use, in bytes.
// Linux says it in its own file: getrusage begins with what the parent had.
func peakResident() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return usage().Maxrss // not Linux: macOS counts bytes
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	return 0
}

func usage() (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("bench: getrusage of ourselves: " + err.Error()) // impossible
	}
	return u
}
