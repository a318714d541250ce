package main

import (
	"fmt"
	"time"
)

// views are the table of what people look at.
func (r *result) views() (list []line) {
	for _, x := range r.reads {
		list = append(list, x.line())
	}
	return list
}

// line judges a group by the p95 of all its views together. One view alone
// must not be slow as a rule either, so its median must hold too.
func (r reading) line() line {
	l := line{What: r.name, Must: r.goal.mustText(), Aim: r.goal.aimText(), Store: pair(r.store), HTTP: pair(r.http), Verdict: r.verdict()}
	if len(r.visits) > 1 {
		l.Slowest = fmt.Sprintf("%s (%s)", number(ms(r.slowestAt)), r.slowest)
	}
	if len(r.raw) > 0 {
		l.Raw, l.Ratio = number(ms(r.raw.p50())), number(ratio(r.beside.p50(), r.raw.p50()))
	}
	return l
}

func (r reading) verdict() verdict {
	if r.goal.of(ms(r.slowestAt)) == missed {
		return missed
	}
	all := r.http
	if len(all) == 0 {
		all = r.store
	}
	return r.goal.of(ms(all.p95()))
}

// judged is a line of one figure.
func judged(what string, g goal, figure float64, measured string) line {
	return line{What: what, Must: g.mustText(), Aim: g.aimText(), Measured: measured, Verdict: g.of(figure)}
}

const mega = 1e6

var (
	bytesGoal   = goal{must: 60, aim: 45, unit: "bytes"}
	memoryGoal  = goal{must: 300, aim: 120, unit: "MB"}
	ownGoal     = goal{must: 5, aim: 1, unit: "%"}
	restGoal    = goal{must: 2, unit: "×"}
	flatOutGoal = goal{must: 15, unit: "ms"}
	fileGoal    = goal{must: 2, aim: 1.4, unit: "×"}
)

// others are the table of everything else.
func (r *result) others() []line {
	day := bytesGoal
	if !r.isSQLite() {
		day = goal{} // no goal was set for Postgres, whose rows have headers
	}
	list := []line{
		judged("tenant-day, written tenant by tenant", day, r.dayBytes, number(r.dayBytes)+" bytes"),
		judged("tenant-day, written day by day", day, r.grown, number(r.grown)+" bytes"),
		{What: "a tenant without usage, all its indexes included", Measured: number(float64(r.tenantRows)/float64(r.tenants)) + " bytes"},
		{What: "the whole store", Measured: gigabytes(float64(r.size))},
	}
	list = append(list, r.syncLines()...)
	return append(list, r.fileLines()...)
}

func (r *result) syncLines() []line {
	m, f := r.sync, r.flatOut
	busier := ratio(m.busy.p95(), m.rest.p95())
	return []line{
		judged("resident at most, syncing and serving", memoryGoal, float64(m.peak)/mega,
			fmt.Sprintf("%s MB (%s MB before the first sync)", number(float64(m.peak)/mega), number(float64(m.atRest)/mega))),
		m.sweep.line("sweep, own time ÷ Neon's", ownGoal),
		m.recent.line("usage of the active, own time ÷ Neon's", ownGoal),
		m.settle.line("a night's settle, own time ÷ Neon's", ownGoal),
		judged("list p95 while all steps sync at the default ceilings ÷ at rest", restGoal, busier,
			fmt.Sprintf("%s × (%s ms at rest, %s ms beside %s rows)", number(busier), pair(m.rest), pair(m.busy), thousands(m.stored))),
		judged("list p95 beside a writer that runs flat out", flatOutGoal, ms(f.busy.p95()),
			fmt.Sprintf("%s ms (%s ms at rest; %s tenants written a second)", pair(f.busy), pair(f.rest), thousands(int64(f.rate)))),
	}
}

func (c stepCost) line(what string, g goal) line {
	return judged(what, g, 100*c.share(), fmt.Sprintf("%s %% (%s ms of CPU for a page that Neon gives every %s ms; %s pages, %s rows)",
		number(100*c.share()), number(ms(c.perPage())), number(ms(c.slot)), thousands(c.pages), thousands(c.rows)))
}

func (r *result) fileLines() []line {
	f := r.files
	size := fmt.Sprintf("%s MB", number(float64(f.bytes)/mega))
	web := line{What: "the same over HTTP, packed", Measured: fmt.Sprintf("%s, first byte after %s ms", seconds(f.http.p50()), number(ms(f.first.p50())))}
	if f.tool == "" {
		return []line{{What: "CSV of all tenants", Measured: seconds(f.ours.p50()) + ", " + size}, web}
	}
	same, bare := ratio(f.ours.p50(), f.same.p50()), ratio(f.ours.p50(), f.bare.p50())
	l := judged("CSV of all tenants ÷ "+f.tool+" writing the same file", fileGoal, same, fmt.Sprintf("%s (%s)", seconds(f.ours.p50()), size))
	l.Raw, l.Ratio = seconds(f.same.p50()), number(same)
	return []line{l,
		{What: "CSV of all tenants ÷ " + f.tool + " writing bare numbers", Measured: seconds(f.ours.p50()), Raw: seconds(f.bare.p50()), Ratio: number(bare)}, web}
}

func seconds(d time.Duration) string { return number(d.Seconds()) + " s" }

// compared are the lines of BENCH=full.
func (p *page) compared() (list []line) {
	for _, r := range p.results {
		if y := r.year; y != nil {
			list = append(list, y.lines(r)...)
		}
	}
	if p.pocketbase != nil {
		list = append(list, p.pocketbase.line(p.results[0]))
	}
	return list
}

var yearGoal = goal{must: 1.2, aim: 1, unit: "×"}

// lines compare the medians of each group at the store.
func (y *yearResult) lines(r *result) (list []line) {
	for i, long := range y.long {
		q := ratio(long.store.p50(), y.short[i].store.p50())
		list = append(list, judged(r.engine+", "+long.name+": 365 days ÷ "+fmt.Sprint(r.days), yearGoal, q,
			fmt.Sprintf("%s × (%s ms, %s ms)", number(q), number(ms(long.store.p50())), number(ms(y.short[i].store.p50())))))
	}
	return append(list, line{What: r.engine + ": the whole store with 365 days", Measured: fmt.Sprintf("%s, %s bytes per tenant-day", gigabytes(float64(y.size)), number(y.dayBytes))})
}
