package pages

import (
	"cmp"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// SyncInput is the sync page.
type SyncInput struct {
	Running   []fleet.SyncRun // going on now; a cut-off one is none
	Last      []fleet.SyncRun // the last finished run of each step that ever ran
	Past      []fleet.SyncRun // newest first
	Settled   fleet.Day       // the last final day; 0 none
	Next      time.Time       // of the next sweep; zero: not known
	Requested time.Time       // a sync was asked for and has not begun; zero: none
	Elsewhere bool            // another instance does the syncing
	Budget    []Bucket
	Skew      time.Duration // our clock minus Neon's
	Problem   string        // what is wrong with the form just sent
}

// A Bucket is one of the two budgets of calls to Neon.
type Bucket struct {
	Name        string // "Requests", "Consumption"
	PerMinute   int    // our ceiling
	Spent       int    // in the last 60 s
	Lanes       []Spending
	Routes      []Spending
	Throttled   int64     // answers 429 since start
	PausedUntil time.Time // after a 429; zero: not pausing
}

// Spending is a lane's or a route's part of a bucket.
type Spending struct {
	Name    string
	Spent   int
	Waiting int // calls in the queue; lanes only
}

// Sync is the page about the sync.
type Sync struct {
	Frame    layout.Frame
	Now      bool   // the reader may start one
	Who      string // who may, for those who may not
	Problem  string
	Warnings []ui.Notice
	Live     SyncLive
	Steps    []StepRow
	Settled  string
	Past     []RunRow
}

// SyncLive is the part that a running sync keeps changing: the server sends it
// as the event "progress".
type SyncLive struct {
	Requested bool
	Idle      string // what is said while nothing runs
	Next      ui.When
	Runs      []LiveRun
	Buckets   []BucketRow
}

// LiveRun is a step that is running.
type LiveRun struct {
	Title    string
	Progress int    // 0–100, -1 unknown
	Words    string // "800 of 12,400 rows"
	Detail   string // "3 pages, 3 calls, since 14:45"
}

// BucketRow is a budget with its parts.
type BucketRow struct {
	Name   string
	Fill   int
	Words  string // "108 of 600 a minute"
	Lanes  []ui.Fact
	Routes []ui.Fact
	Paused string
}

// StepRow is a step with its last run.
type StepRow struct {
	Title, Does string
	When        ui.When
	Outcome     ui.Badge
	Words       string
}

// RunRow is a line of the past runs.
type RunRow struct {
	Step, Reason                  string
	Started                       ui.When
	Took                          string
	Pages, Rows, Calls, Throttled string
	Outcome                       ui.Badge
	Problem                       string
}

// maxSkew is the difference of clocks that is worth a warning (interface.md, CLOCK).
const maxSkew = 30 * time.Second

// NewSync is the page about the sync.
func NewSync(r Reader, in SyncInput) Sync {
	m := Sync{Frame: r.frame("Sync", SyncURL), Now: r.may(fleet.SyncNow), Who: whoMay(fleet.SyncNow), Problem: in.Problem,
		Live: NewSyncLive(r, in), Settled: "nothing yet", Warnings: syncWarnings(in)}
	if in.Settled != 0 {
		m.Settled = ui.Date(in.Settled.Start()).Words
	}
	for _, step := range []fleet.Step{fleet.Sweep, fleet.Recent, fleet.Settle, fleet.Counters} {
		m.Steps = append(m.Steps, newStepRow(r, step, in.Last))
	}
	for _, run := range in.Past {
		m.Past = append(m.Past, newRunRow(r, run))
	}
	return m
}

func syncWarnings(in SyncInput) (list []ui.Notice) {
	if d := in.Skew.Abs(); d > maxSkew {
		way := "ahead of"
		if in.Skew < 0 {
			way = "behind"
		}
		list = append(list, ui.Notice{Tone: ui.Warn, Text: "This machine's clock is " + ui.Span(d) + " " + way + " Neon's. Days and periods may be cut in the wrong place: set the clock, or CLOCK=neon."})
	}
	if in.Elsewhere {
		list = append(list, ui.Notice{Tone: ui.Info, Text: "Another instance on this database does the syncing. What follows is from its records; calls are this instance's own."})
	}
	return list
}

// NewSyncLive is the part that is sent while a sync runs.
func NewSyncLive(r Reader, in SyncInput) SyncLive {
	m := SyncLive{Requested: !in.Requested.IsZero(), Idle: "Nothing is running."}
	if !in.Next.IsZero() {
		m.Next = r.ago(in.Next)
	}
	for _, run := range in.Running {
		m.Runs = append(m.Runs, newLiveRun(r, run))
	}
	for _, b := range in.Budget {
		m.Buckets = append(m.Buckets, newBucketRow(r, b))
	}
	return m
}

func newLiveRun(r Reader, run fleet.SyncRun) LiveRun {
	v := LiveRun{Title: run.Step.Title(), Progress: -1, Words: fleet.Thousands(run.Rows) + " rows",
		Detail: plural(int(run.Pages), "page") + ", " + plural(int(run.Calls), "call") + ", since " + r.at(run.Started).Words}
	if run.Total > 0 {
		v.Words = fleet.Thousands(run.Rows) + " of " + fleet.Thousands(run.Total) + " rows"
		v.Progress = int(min(100, run.Rows*100/run.Total))
	}
	if run.Throttled > 0 {
		v.Detail += ", slowed down by Neon " + plural(int(run.Throttled), "time")
	}
	return v
}

func newBucketRow(r Reader, b Bucket) BucketRow {
	v := BucketRow{Name: b.Name, Words: fleet.Thousands(int64(b.Spent)) + " of " + fleet.Thousands(int64(b.PerMinute)) + " in the last minute"}
	if b.PerMinute > 0 {
		v.Fill = min(100, b.Spent*100/b.PerMinute)
	}
	for _, l := range b.Lanes {
		words := fleet.Thousands(int64(l.Spent))
		if l.Waiting > 0 {
			words += ", " + fleet.Thousands(int64(l.Waiting)) + " waiting"
		}
		v.Lanes = append(v.Lanes, ui.Fact{Label: l.Name, Text: ui.Plain(words)})
	}
	for _, route := range b.Routes {
		v.Routes = append(v.Routes, ui.Fact{Label: route.Name, Text: ui.Plain(fleet.Thousands(int64(route.Spent)))})
	}
	if !b.PausedUntil.IsZero() && b.PausedUntil.After(r.Now) {
		v.Paused = "Neon asked to wait; it goes on " + r.ago(b.PausedUntil).Words + "."
	} else if b.Throttled > 0 {
		v.Paused = "Neon answered “too many requests” " + plural(int(b.Throttled), "time") + " since the start."
	}
	return v
}

// stepDoes says what each step is for.
func stepDoes(s fleet.Step) string {
	switch s {
	case fleet.Sweep:
		return "Everybody's settings, storage, active time and last activity"
	case fleet.Recent:
		return "Consumption of the tenants that were active since"
	case fleet.Settle:
		return "The last days of all tenants, until they are final"
	case fleet.Counters:
		return "Single projects' own counters, with what budget is left"
	}
	return ""
}

func newStepRow(r Reader, step fleet.Step, last []fleet.SyncRun) StepRow {
	row := StepRow{Title: step.Title(), Does: stepDoes(step), When: ui.When{Words: "never"}, Outcome: ui.Badge{Words: "Not yet"}}
	for _, run := range last {
		if run.Step != step {
			continue
		}
		row.When, row.Outcome = r.ago(cmpTime(run.Finished, run.Started)), runOutcome(run)
		row.Words = fleet.Thousands(run.Rows) + " rows, " + plural(int(run.Calls), "call") + tookWords(run)
	}
	return row
}

func cmpTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

func tookWords(run fleet.SyncRun) string {
	if run.Finished.IsZero() {
		return ""
	}
	return ", " + ui.Span(run.Finished.Sub(run.Started))
}

func runOutcome(run fleet.SyncRun) ui.Badge {
	switch {
	case run.Finished.IsZero():
		return ui.Badge{Words: "Cut off", Tone: ui.Warn, Title: "The program was stopped meanwhile; the next run goes on from its cursor"}
	case run.Complete:
		return ui.Badge{Words: "Complete", Tone: ui.Good}
	case run.Problem != "":
		return ui.Badge{Words: "Failed", Tone: ui.Bad, Title: "What was read is kept; the next run goes on from its cursor"}
	}
	return ui.Badge{Words: "Stopped early", Tone: ui.Warn, Title: "What was read is kept; the next run goes on from its cursor"}
}

func newRunRow(r Reader, run fleet.SyncRun) RunRow {
	row := RunRow{Step: run.Step.Title(), Reason: cmp.Or(run.Reason, "schedule"), Started: r.at(run.Started), Took: "–", Pages: fleet.Thousands(run.Pages),
		Rows: fleet.Thousands(run.Rows), Calls: fleet.Thousands(run.Calls), Throttled: fleet.Thousands(run.Throttled), Outcome: runOutcome(run), Problem: run.Problem}
	if !run.Finished.IsZero() {
		row.Took = ui.Span(run.Finished.Sub(run.Started))
	}
	return row
}
