package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// A reading is what a group of visits took.
type reading struct {
	group
	store, http, raw times
	beside           times // the store's times of the visits that raw was asked for too
	slowest          string
	slowestAt        time.Duration // its median: over HTTP, or at the store where there is no page
}

// readAll makes every visit rounds times after one to warm up, all of them in
// turn and in another order each round, so that no one has the caches to itself.
func readAll(ctx context.Context, groups []group, who *browser, engine raw, fewest, rounds int) ([]reading, error) {
	type place struct{ group, visit int }
	var order []place
	var slow []slowness
	list := make([]reading, len(groups))
	for i, g := range groups {
		list[i].group = g
		slow = append(slow, make(slowness, len(g.visits)))
		for range max(1, fewest/len(g.visits)) {
			for j := range g.visits {
				order = append(order, place{i, j})
			}
		}
	}
	shuffle := rand.New(rand.NewPCG(seed, 2))
	for round := -1; round < rounds; round++ { // the first one warms up
		shuffle.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, at := range order {
			v := list[at.group].visits[at.visit]
			took, err := v.make(ctx, who, engine)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", list[at.group].name, v.name, err)
			}
			if round >= 0 {
				list[at.group].add(v, took)
				slow[at.group][at.visit] = append(slow[at.group][at.visit], max(took.http, took.store))
			}
		}
	}
	for i := range list {
		list[i].slowest, list[i].slowestAt = slow[i].worst(list[i].visits)
	}
	return list, nil
}

// merge adds the times of the same groups, read again.
func merge(list, more []reading) []reading {
	if list == nil {
		return more
	}
	for i, r := range more {
		list[i].store = append(list[i].store, r.store...)
		list[i].http = append(list[i].http, r.http...)
	}
	return list
}

// slowness are the times of each visit of a group.
type slowness []times

func (s slowness) worst(visits []visit) (name string, at time.Duration) {
	for i, t := range s {
		if p := t.p50(); p > at {
			name, at = visits[i].name, p
		}
	}
	return name, at
}

// once is how long a visit took: at the store, over HTTP, by the engine alone.
type once struct{ store, http, raw time.Duration }

func (v visit) make(ctx context.Context, who *browser, engine raw) (o once, err error) {
	if o.store, err = took(func() error { return v.store(ctx) }); err != nil {
		return o, err
	}
	if v.path != "" {
		if o.http, err = took(func() error { _, err := who.get(ctx, v.path); return err }); err != nil {
			return o, err
		}
	}
	if len(v.raw) == 0 {
		return o, nil
	}
	o.raw, err = took(func() error {
		for _, statement := range v.raw {
			if err := engine.query(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	return o, err
}

func (r *reading) add(v visit, o once) {
	r.store = append(r.store, o.store)
	if v.path != "" {
		r.http = append(r.http, o.http)
	}
	if len(v.raw) > 0 {
		r.raw, r.beside = append(r.raw, o.raw), append(r.beside, o.store)
	}
}

// lists are the paths of the groups that are pages of the list.
func lists(groups []group) (paths []string) {
	for _, g := range groups {
		if g.goal != listGoal {
			continue
		}
		for _, v := range g.visits {
			if v.path != "" {
				paths = append(paths, v.path)
			}
		}
	}
	return paths
}

// readFor asks for pages one after another, with a breath between them, until
// the time is over.
func readFor(ctx context.Context, who *browser, paths []string, spell time.Duration) (t times, err error) {
	shuffle := rand.New(rand.NewPCG(seed, 3))
	breath := time.NewTicker(5 * time.Millisecond)
	defer breath.Stop()
	for end := time.Now().Add(spell); time.Now().Before(end); {
		path := paths[shuffle.IntN(len(paths))]
		d, err := took(func() error { _, err := who.get(ctx, path); return err })
		if err != nil {
			return nil, err
		}
		t = append(t, d)
		<-breath.C
	}
	return t, nil
}
