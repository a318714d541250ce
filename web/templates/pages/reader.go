// Package pages has a struct and a template for every page. A constructor does
// the formatting, the links and the choices; the template places them. Nothing
// here asks a database or Neon, and what a role may not see is left out by the
// constructor.
package pages

import (
	"cmp"
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/layout"
	"neonfleet/web/templates/ui"
)

// A Reader is who looks at a page, how, and when. Every constructor takes one.
type Reader struct {
	Email   string // "" nobody is signed in
	Role    fleet.Role
	Theme   layout.Theme
	Zone    *time.Location // nil: UTC
	Columns []Column       // of the list of tenants; nil: the usual ones
	Now     time.Time      // the domain's clock
	Path    string         // this page's path and query, to come back to
	Flash   string         // what just happened, shown once
	Tenants fleet.Amount   // in the navigation; unknown: not shown
	Plans   fleet.Amount
	Sync    SyncHealth
}

// SyncHealth is how fresh the store is, for the dot and the amber notice.
type SyncHealth struct {
	At      time.Time     // the last complete sweep; zero: none yet
	Every   time.Duration // between sweeps
	Running bool
	Problem string // why the last one failed, a sentence for people; "" it did not
}

// stale says whether figures must be shown with their age: the last sweep
// failed, or three were missed.
func (s SyncHealth) stale(now time.Time) bool {
	if s.At.IsZero() {
		return s.Problem != ""
	}
	return s.Problem != "" || now.Sub(s.At) > 3*cmp.Or(s.Every, 5*time.Minute)
}

func (r Reader) may(a fleet.Action) bool { return r.Role.May(a) }

func (r Reader) ago(t time.Time) ui.When { return ui.Ago(t, r.Now, r.Zone) }

func (r Reader) at(t time.Time) ui.When { return ui.At(t, r.Now, r.Zone) }

// A place is a part of the navigation.
type place struct {
	group, label, url, key string
	needs                  fleet.Action
	count                  func(Reader) fleet.Amount
}

func none(Reader) fleet.Amount { return fleet.Unknown }

// places are the parts there are, in the order of the side bar.
var places = []place{
	{"", "Overview", HomeURL, "o", fleet.See, none},
	{"", "Tenants", TenantListURL, "t", fleet.See, func(r Reader) fleet.Amount { return r.Tenants }},
	{"", "Plans", PlanListURL, "p", fleet.See, func(r Reader) fleet.Amount { return r.Plans }},
	{"Watch", "Sync", SyncURL, "s", fleet.See, none},
	{"Set up", "Account", AccountURL, "a", fleet.OwnAccount, none},
}

// frame is the frame of a page in the part of the navigation with this address.
func (r Reader) frame(title, part string) layout.Frame {
	return layout.Frame{
		Title: title, Nav: r.nav(part), Home: HomeURL, Find: FindURL, Email: r.Email, Role: r.Role.Title(), Account: AccountURL,
		SignOut: LogoutURL, Theme: r.Theme, SetTheme: ThemeURL, Back: cmp.Or(r.Path, part, HomeURL), Zone: r.zoneName(),
		Health: r.health(), Notices: r.notices(), Flash: r.Flash, Now: r.Now,
	}
}

func (r Reader) nav(part string) (groups []layout.Group) {
	for _, p := range places {
		if !r.may(p.needs) {
			continue
		}
		if len(groups) == 0 || groups[len(groups)-1].Title != p.group {
			groups = append(groups, layout.Group{Title: p.group})
		}
		item := layout.Item{Label: p.label, URL: p.url, Key: p.key, Current: p.url == part}
		if n, known := p.count(r).Get(); known {
			item.Count = fleet.Thousands(n)
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, item)
	}
	return groups
}

func (r Reader) zoneName() string {
	if r.Zone == nil {
		return "UTC"
	}
	return r.Zone.String()
}

func (r Reader) health() layout.Health {
	h := layout.Health{URL: SyncURL, OK: true}
	switch {
	case r.Sync.stale(r.Now):
		h.OK, h.Words = false, "Sync is late"
	case r.Sync.At.IsZero():
		h.OK, h.Words = false, "First sync"
	default:
		h.Words = "Synced " + r.ago(r.Sync.At).Words
	}
	return h
}

// notices say in amber how old the figures are, where they are not fresh.
func (r Reader) notices() []layout.Notice {
	if !r.Sync.stale(r.Now) {
		return nil
	}
	text := "No sweep has been completed yet."
	if !r.Sync.At.IsZero() {
		text = "As of " + r.at(r.Sync.At).Words + " (" + ui.Span(r.Now.Sub(r.Sync.At)) + " old)."
	}
	if r.Sync.Problem != "" {
		text += " " + r.Sync.Problem
	}
	return []layout.Notice{{Text: text, Link: "Sync", URL: SyncURL}}
}

// fresh is the dot with words beside a heading: how old the page's figures are.
func (r Reader) fresh() Fresh {
	if r.Sync.At.IsZero() {
		return Fresh{Words: "The first sync is running", Tone: "dot warn"}
	}
	f := Fresh{Words: "Usage as of " + r.at(r.Sync.At).Words + ", ", When: r.ago(r.Sync.At), Tone: "dot ok"}
	if r.Sync.stale(r.Now) {
		f.Tone = "dot warn"
	}
	return f
}

// Fresh is the age of a page's figures.
type Fresh struct {
	Words string
	When  ui.When
	Tone  string // class of the dot
}
