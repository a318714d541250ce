package main

import (
	"slices"
	"time"
)

// times are how long the same thing took, again and again.
type times []time.Duration

// at is the time that so many of a hundred did not exceed; 0 of none.
func (t times) at(percent int) time.Duration {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

func (t times) p50() time.Duration { return t.at(50) }
func (t times) p95() time.Duration { return t.at(95) }

// took runs something and says how long that took.
func took(do func() error) (time.Duration, error) {
	began := time.Now()
	err := do()
	return time.Since(began), err
}

// ratio is a over b, and 0 where there is no b.
func ratio[T time.Duration | int64 | float64](a, b T) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
