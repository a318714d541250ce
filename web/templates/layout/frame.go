// Package layout is the frame around every page: head, side bar, notices,
// palette and toast. It knows addresses and words only as they are handed in.
package layout

import (
	"strconv"
	"time"

	"neonfleet/web/static"
)

// A Frame is what stands around a page. package pages fills it in.
type Frame struct {
	Title    string // of the document, without the product's name: "acme · Usage"
	Nav      []Group
	Home     string // the brand's address
	Find     string // address of the find page; the palette asks it too
	Email    string // who is signed in; "" nobody
	Role     string
	Account  string // address of the own account
	SignOut  string // takes a POST
	Theme    Theme
	SetTheme string // takes a POST with theme and back
	Back     string // where a form of the frame comes back to: this page
	Zone     string // name of the time zone in which times are shown
	Health   Health
	Notices  []Notice
	Flash    string    // what just happened: "Password changed."
	Now      time.Time // the server's clock, for relative times in the browser
}

// A Group is a part of the navigation under a small heading; the first has none.
type Group struct {
	Title string
	Items []Item
}

// An Item is a link of the navigation.
type Item struct {
	Label   string
	URL     string
	Count   string // "" none
	Current bool   // the page is in this part
	Key     string // second key of "g o"; "" none
}

// Health is the dot at the foot: how the sync is doing.
type Health struct {
	OK    bool
	Words string
	URL   string
}

func (h Health) class() string {
	if h.OK {
		return "dot ok"
	}
	return "dot warn"
}

// A Notice stands above the page until its cause is gone.
type Notice struct {
	Bad  bool // red instead of amber
	Text string
	Link string // label of the link; "" none
	URL  string
}

func (n Notice) class() string {
	if n.Bad {
		return "notice bad"
	}
	return "notice warn"
}

// A Theme is how somebody wants the pages coloured.
type Theme string

// The themes. System follows the device.
const (
	System Theme = ""
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// ParseTheme reads a theme from a form or a cookie; what is none is System.
func ParseTheme(s string) Theme {
	switch t := Theme(s); t {
	case Light, Dark:
		return t
	}
	return System
}

// Title is the theme in words.
func (t Theme) Title() string {
	switch t {
	case Light:
		return "Light"
	case Dark:
		return "Dark"
	}
	return "Like the device"
}

// next is what the button at the foot changes to.
func (t Theme) next() Theme {
	switch t {
	case System:
		return Light
	case Light:
		return Dark
	}
	return System
}

// Product is the name at the end of every title.
const Product = "Neon Fleet"

func (f Frame) title() string {
	if f.Title == "" {
		return Product
	}
	return f.Title + " · " + Product
}

func (f Frame) now() string { return strconv.FormatInt(f.Now.Unix(), 10) }

// htmxConfig: no inline style, no eval (the content security policy refuses
// both), no copy of pages kept in the browser, and answers 422 are swapped in
// because they carry the form with what is wrong.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"historyCacheSize":0,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}`

// scripts are the scripts that are there, in the order they must run: ours
// makes the Trusted Types policy that htmx needs.
func scripts() (urls []string) {
	for _, name := range []string{"app.js", static.HTMX, static.SSE} {
		if static.Has(name) {
			urls = append(urls, static.URL(name))
		}
	}
	return urls
}
