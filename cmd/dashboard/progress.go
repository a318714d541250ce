package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// showProgress says on standard error how the running sync is doing, until ctx
// ends: a bar on a terminal, a line now and then elsewhere.
func (d *dashboard) showProgress(ctx context.Context) {
	terminal := isTerminal(d.out.stderr)
	every := 5 * time.Second
	if terminal {
		every = 200 * time.Millisecond
	}
	clock := neon.SystemClock{}
	for clock.Wait(ctx, every) == nil {
		runs, err := d.store.CurrentSync(ctx)
		if err != nil {
			return // the sync itself will say what is wrong with the store
		}
		for _, r := range runs {
			if terminal {
				fmt.Fprintf(d.out.stderr, "\r\033[K%s", bar(r))
			} else {
				fmt.Fprintf(d.out.stderr, "%s: %d of %s rows, %d calls\n", r.Step.Title(), r.Rows, total(r), r.Calls)
			}
		}
	}
	if terminal {
		fmt.Fprint(d.out.stderr, "\r\033[K")
	}
}

func total(r fleet.SyncRun) string {
	if r.Total == 0 {
		return "?"
	}
	return fmt.Sprint(r.Total)
}

// bar is a step's progress in one line.
func bar(r fleet.SyncRun) string {
	const width = 30
	if r.Total == 0 {
		return fmt.Sprintf("%-20s %d rows", r.Step.Title(), r.Rows)
	}
	filled := int(min(r.Rows, r.Total) * width / r.Total)
	return fmt.Sprintf("%-20s [%s%s] %d of %d", r.Step.Title(), strings.Repeat("=", filled), strings.Repeat(" ", width-filled), r.Rows, r.Total)
}
