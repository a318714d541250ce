package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A goal is what must hold and what is aimed at; 0 is no such goal. Smaller is
// better everywhere.
type goal struct {
	must, aim float64
	unit      string // "ms", "×", "%", "MB", "bytes"
}

// A verdict says how a figure stands to its goal.
type verdict string

const (
	aimed  verdict = "aim"
	held   verdict = "must"
	missed verdict = "MISSED"
	told   verdict = "" // no goal: told for comparison
)

func (g goal) of(figure float64) verdict {
	switch {
	case g.must == 0 && g.aim == 0:
		return told
	case g.must > 0 && figure > g.must:
		return missed
	case g.aim > 0 && figure <= g.aim:
		return aimed
	}
	return held
}

func (g goal) mustText() string { return g.text(g.must) }
func (g goal) aimText() string  { return g.text(g.aim) }

func (g goal) text(n float64) string {
	if n == 0 {
		return ""
	}
	return number(n) + " " + g.unit
}

// number writes three figures at most.
func number(n float64) string {
	switch {
	case n >= 100:
		return thousands(int64(n + 0.5))
	case n >= 10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0")
	case n == float64(int64(n)):
		return fmt.Sprint(int64(n))
	case n >= 0.1:
		return fmt.Sprintf("%.2f", n)
	}
	return fmt.Sprintf("%.3f", n)
}

// thousands writes 300000 as 300,000.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// pair is p50 / p95 in milliseconds.
func pair(t times) string {
	if len(t) == 0 {
		return ""
	}
	return number(ms(t.p50())) + " / " + number(ms(t.p95()))
}
