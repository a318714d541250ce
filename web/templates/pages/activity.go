package pages

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// ActivityInput is the tab of what happened to a tenant.
type ActivityInput struct {
	Tenant     TenantInput
	Audit      []fleet.AuditEntry
	Syncs      []SyncEvent
	Operations []Operation
	NeonWhy    string    // why operations could not be read now, a sentence; "" they were
	NeonAt     time.Time // when they were read; zero: never
}

// A SyncEvent is something a sync noticed of a tenant: a state that changed,
// settings that changed, days that arrived.
type SyncEvent struct {
	At   time.Time
	Text string // a sentence: "Settings changed outside Neon Fleet: storage limit 10 GB → unlimited"
}

// An Operation is one of Neon's own, as Neon reports it.
type Operation struct {
	At       time.Time
	Action   string // Neon's word: start_compute
	Status   string // Neon's word: finished, running, failed, ...
	On       string // branch or compute, "" the project
	Duration time.Duration
	Error    string
}

// TenantActivity is the tab of what happened, newest first.
type TenantActivity struct {
	Frame  layout.Frame
	Head   TenantHead
	Events []Event
	Notice ui.Notice
}

// An Event is a line of what happened.
type Event struct {
	When   ui.When
	Who    string
	Text   string
	Detail string
	Badge  ui.Badge
	at     time.Time
}

// NewTenantActivity is what happened to a tenant: what staff did, what the sync
// noticed, what Neon did.
func NewTenantActivity(r Reader, in ActivityInput) TenantActivity {
	t := in.Tenant.Tenant
	m := TenantActivity{Frame: r.tenantFrame(t, ActivityTab), Head: newTenantHead(r, in.Tenant, ActivityTab)}
	for _, e := range in.Audit {
		m.Events = append(m.Events, auditEvent(r, e))
	}
	for _, e := range in.Syncs {
		m.Events = append(m.Events, Event{When: r.at(e.At), at: e.At, Who: "Sync", Text: e.Text, Badge: ui.Badge{Words: "Noticed", Plain: true}})
	}
	for _, o := range in.Operations {
		m.Events = append(m.Events, operationEvent(r, o))
	}
	slices.SortStableFunc(m.Events, func(a, b Event) int { return b.at.Compare(a.at) })
	if in.NeonWhy != "" {
		text := in.NeonWhy + " Neon's own operations are missing below."
		if !in.NeonAt.IsZero() {
			text = in.NeonWhy + " Neon's own operations are as of " + r.at(in.NeonAt).Words + "."
		}
		m.Notice = ui.Notice{Tone: ui.Warn, Text: text, Link: ui.Link{Label: "Try again", URL: TenantActivityURL(t.ID)}}
	}
	return m
}

func auditEvent(r Reader, e fleet.AuditEntry) Event {
	v := Event{When: r.at(e.At), at: e.At, Who: cmp.Or(e.By.Email, "Neon Fleet"), Text: sentence(e.Action), Detail: e.Detail}
	switch e.Outcome {
	case fleet.Done:
		v.Badge = ui.Badge{Words: "Done", Tone: ui.Good}
	case fleet.Failed:
		v.Badge = ui.Badge{Words: "Failed", Tone: ui.Bad}
	case fleet.Refused:
		v.Badge = ui.Badge{Words: "Refused", Tone: ui.Warn}
	default:
		v.Badge = ui.Badge{Words: "Begun", Tone: ui.Info}
	}
	return v
}

func operationEvent(r Reader, o Operation) Event {
	v := Event{When: r.at(o.At), at: o.At, Who: "Neon", Text: sentence(strings.ReplaceAll(o.Action, "_", " ")), Detail: o.Error, Badge: ui.Badge{Words: sentence(o.Status)}}
	if o.On != "" {
		v.Text += " on " + o.On
	}
	if o.Duration >= time.Second {
		v.Text += ", " + ui.Span(o.Duration)
	}
	switch o.Status {
	case "finished":
		v.Badge.Tone = ui.Good
	case "failed", "error":
		v.Badge.Tone = ui.Bad
	case "running", "scheduling":
		v.Badge.Tone = ui.Info
	}
	return v
}

// sentence begins with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
