package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/template"
	"time"
)

// page is docs/performance.md.
type page struct {
	scale
	date, commit, machine string
	took                  time.Duration
	results               []*result
	pocketbase            *pocketbaseResult
	leftOut               []string
}

//go:embed performance.md.tmpl
var pageText string

func (b *bench) newPage(ctx context.Context) *page {
	p := &page{scale: b.scale, date: time.Now().UTC().Format("2 January 2006"), commit: commitOf(ctx),
		machine: fmt.Sprintf("%d cores, %s, %s/%s", runtime.NumCPU(), strings.Replace(runtime.Version(), "go", "Go ", 1), runtime.GOOS, runtime.GOARCH)}
	if b.postgres == "" {
		p.leftOut = append(p.leftOut, "Postgres, because TEST_DATABASE_URL was not set")
	}
	if !has("sqlite3") {
		p.leftOut = append(p.leftOut, "the sqlite3 program, because it is not installed: SQLite's raw figures are bare prepared modernc queries, and CSV has nothing beside it")
	}
	if b.postgres != "" && !has("psql") {
		p.leftOut = append(p.leftOut, "psql, because it is not installed: CSV on Postgres has nothing beside it")
	}
	if !b.year {
		p.leftOut = append(p.leftOut, "365 days and PocketBase, which `make bench BENCH=full` adds")
	}
	return p
}

// commitOf is what was measured, as git says it.
func commitOf(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--abbrev=10").Output()
	if err != nil {
		return "unknown" // not a clone
	}
	return strings.TrimSpace(string(out))
}

// A line is one figure beside its goal.
type line struct {
	What, Must, Aim string
	Store, HTTP     string // p50 / p95, of views
	Slowest         string
	Measured        string // of everything else
	Raw, Ratio      string
	Verdict         verdict
}

// A section is one engine's tables.
type section struct {
	Engine, Version, Raw string
	Views, Others        []line
	PerDay, Grown        string
	Years                string // 300,000 tenants × 400 days
	YearsGrown           string
}

func (p *page) sections() (list []section) {
	for _, r := range p.results {
		const rows = 300_000 * 400
		list = append(list, section{Engine: r.engine, Version: r.version, Raw: r.rawName, Views: r.views(), Others: r.others(),
			PerDay: number(r.dayBytes), Grown: number(r.grown), Years: gigabytes(r.dayBytes * rows), YearsGrown: gigabytes(r.grown * rows)})
	}
	return list
}

func gigabytes(bytes float64) string { return number(bytes/1e9) + " GB" }

// lines are all of them, with the engine's name before each.
func (p *page) lines() (list []line) {
	for _, s := range p.sections() {
		for _, l := range append(s.Views, s.Others...) {
			l.What = s.Engine + ": " + l.What
			list = append(list, l)
		}
	}
	return append(list, p.compared()...)
}

// missed are the figures that miss what must hold.
func (p *page) missed() (list []line) {
	for _, l := range p.lines() {
		if l.Verdict == missed {
			list = append(list, l)
		}
	}
	return list
}

// judge is an error where something misses what must hold, unless the run was
// too small to say so.
func (p *page) judge() error {
	if n := len(p.missed()); n > 0 && p.judged {
		return fmt.Errorf("figures that miss what must hold, see above: %d", n)
	}
	return nil
}

// summary is what is printed at the end.
func (p *page) summary() string {
	var b strings.Builder
	counts := map[verdict]int{}
	for _, l := range p.lines() {
		counts[l.Verdict]++
	}
	for _, l := range p.missed() {
		fmt.Fprintf(&b, "MISSED  %s: %s (must %s)\n", l.What, strings.TrimSpace(l.Store+" "+l.HTTP+" "+l.Slowest+" "+l.Measured), l.Must)
	}
	fmt.Fprintf(&b, "%d figures reach their aim, %d hold, %d miss what must hold; %s.", counts[aimed], counts[held], counts[missed], p.took.Round(time.Second))
	return b.String()
}

// write puts the page where it belongs.
func (p *page) write(path string) error {
	text, err := p.text()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return os.WriteFile(path, text, 0o644)
}

func (p *page) text() ([]byte, error) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("the page's text: %w", err)
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Date": p.date, "Commit": p.commit, "Machine": p.machine, "Took": p.took.Round(time.Second).String(), "Command": p.command(),
		"Tenants": thousands(int64(p.tenants)), "Days": p.days, "Rounds": p.rounds, "Far": thousands(int64(p.far)), "Spell": p.spell.String(),
		"Sections": p.sections(), "Compared": p.compared(), "LeftOut": p.leftOut, "Missed": p.missed(), "Judged": p.judged,
	})
	return b.Bytes(), err
}

func (p *page) command() string {
	if p.name == "" {
		return "make bench"
	}
	return "make bench BENCH=" + p.name
}
