package main

import (
	"fmt"
	"strconv"
	"time"
)

// A scale says how much is measured, and where the page goes.
type scale struct {
	name    string
	tenants int
	days    int
	rounds  int           // how often each request is made
	spell   time.Duration // how long readers are measured at a time beside a writer
	settle  time.Duration // how long a settle is looked at; the rest follows from it
	far     int           // the far page of the lists
	every   int           // of all orders, every so many-th is read
	fewest  int           // views of each group in a round: where there are fewer, they are made more than once
	year    bool          // the same once more with 365 days, and PocketBase
	judged  bool          // a must that is missed is an error
	out     string
}

// scaleOf reads BENCH: "" is the goals' 300,000 tenants, "quick" a small run
// that only shows that the program works, "full" adds what takes long.
// BENCH_TENANTS and BENCH_OUT are for trying.
func scaleOf(getenv func(string) string) (scale, error) {
	s := scale{name: getenv("BENCH"), tenants: 300_000, days: 30, rounds: 8, spell: 6 * time.Second, settle: 8 * time.Second, far: 1000, every: 1, fewest: 20,
		judged: true, out: "docs/performance.md"}
	switch s.name {
	case "":
	case "full":
		s.year = true
	case "quick":
		s.tenants, s.days, s.rounds, s.every, s.fewest, s.judged = 20_000, 5, 1, 5, 1, false
		s.spell, s.settle = 300*time.Millisecond, 300*time.Millisecond
	default:
		return s, fmt.Errorf("BENCH is quick, full or nothing, not %q", s.name)
	}
	if n := getenv("BENCH_TENANTS"); n != "" {
		var err error
		if s.tenants, err = strconv.Atoi(n); err != nil || s.tenants < 2000 || s.tenants > 1_000_000 {
			return s, fmt.Errorf("BENCH_TENANTS is a number from 2000 to 1000000, not %q", n)
		}
	}
	if out := getenv("BENCH_OUT"); out != "" {
		s.out = out
	}
	s.far = min(s.far, s.tenants/perPage/2)
	return s, nil
}

// perPage is how many tenants a page of the list has.
const perPage = 50
