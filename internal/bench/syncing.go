package main

import (
	"context"
	"errors"
	"time"

	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"
)

// synced is what a sync takes, in a process of its own.
type synced struct {
	sweep, recent, settle stepCost
	peak                  int64 // bytes resident at most
	atRest                int64 // before the first sync
	rest, busy            times // of the list, over HTTP
	stored                int64 // rows stored while readers were measured
}

// A stepCost is a step's own time beside what Neon dictates for it.
type stepCost struct {
	pages, rows int64
	cpu         time.Duration // of these pages
	slot        time.Duration // how long Neon makes us wait for a page
}

const (
	// sweepSlot is how long Neon takes for a page of projects; cursors are
	// serial, so it bounds the sweep.
	sweepSlot = 500 * time.Millisecond
	// usageSlot follows from about 50 consumption calls a minute (FACTS §1).
	usageSlot = time.Minute / 50
)

func (c stepCost) perPage() time.Duration {
	if c.pages == 0 {
		return 0
	}
	return c.cpu / time.Duration(c.pages)
}

func (c stepCost) share() float64 { return ratio(c.perPage(), c.slot) }

// measureSync runs the sync of a process of its own against a simulated Neon
// of the whole fleet: without ceilings for what it costs, with the default
// ones for those who read meanwhile.
func (b *bench) measureSync(ctx context.Context, s *subject, paths []string) (m synced, err error) {
	if err := s.pretendSettled(ctx); err != nil {
		return m, err
	}
	n := startNeon(b.tenants)
	defer n.server.Close()
	child, err := hire(ctx, opening{Store: s.url, Neon: n.url(), Org: n.sim.Org()}, b.log)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, child.dismiss()) }()
	a, err := child.order(order{Do: "rest", Now: n.sim.Now()})
	if err != nil {
		return m, err
	}
	m.atRest = a.Peak
	if err := m.costs(n, child, b.settle); err != nil {
		return m, err
	}
	return m, m.readers(ctx, n, child, paths, b.spell)
}

// pretendSettled makes the next settle one of every night, not the first one
// that reads 59 days.
func (s *subject) pretendSettled(ctx context.Context) error {
	today := fleet.DayOf(dbtest.Now())
	no, err := s.BeginSettle(ctx, today.Add(-30), today.Add(-3), dbtest.Now())
	if err != nil {
		return err
	}
	_, err = s.Raw().ExecContext(ctx, `UPDATE settle SET complete = 1, final = 1 WHERE no = $1`, no)
	return err
}

// costs runs a sweep with the usage of the active, and a part of a night's settle.
func (m *synced) costs(n *neonServer, child *servant, settle time.Duration) error {
	n.sim.Advance(20 * time.Minute)
	a, err := child.order(order{Do: "sweep", Now: n.sim.Now()})
	if err != nil {
		return err
	}
	m.sweep, m.recent = costOf(a, fleet.Sweep, a.CPU-a.Usage, sweepSlot), costOf(a, fleet.Recent, a.Usage, usageSlot)
	if a, err = child.order(order{Do: "settle", Now: n.sim.Now(), For: settle}); err != nil {
		return err
	}
	m.settle, m.peak = costOf(a, fleet.Settle, a.CPU, usageSlot), a.Peak
	return nil
}

func costOf(a account, step fleet.Step, cpu, slot time.Duration) stepCost {
	c := stepCost{cpu: cpu, slot: slot}
	for _, r := range a.Runs {
		if r.Step == step {
			c.pages, c.rows = c.pages+r.Pages, c.rows+r.Rows
		}
	}
	return c
}

// readers measures the list at rest and while all steps run at the default
// ceilings, with Neon's time to answer.
func (m *synced) readers(ctx context.Context, n *neonServer, child *servant, paths []string, spell time.Duration) error {
	who, err := signIn(ctx, child.address)
	if err != nil {
		return err
	}
	if _, err := readFor(ctx, who, paths, spell/4); err != nil { // warms up
		return err
	}
	if m.rest, err = readFor(ctx, who, paths, spell); err != nil {
		return err
	}
	n.sim.Advance(15 * time.Minute)
	n.delay.Store(int64(sweepSlot))
	done := make(chan error, 1)
	go func() {
		a, err := child.order(order{Do: "live", Now: n.sim.Now(), For: 2 * spell})
		for _, r := range a.Runs {
			m.stored += r.Rows
		}
		done <- err
	}()
	m.busy, err = readFor(ctx, who, paths, 2*spell)
	return errors.Join(err, <-done)
}
