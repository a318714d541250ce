package ui

import "cmp"

// An SVG is a drawing made by our own charts package, and nothing else: it
// goes into the page as it is, so no text from people may reach it unescaped.
type SVG string

// A Link is an address with a label, in a row of alternatives.
type Link struct {
	Label   string
	URL     string
	Current bool
	Count   string // "" none
	ID      string // keeps the focus when a part is swapped; "" none
}

// A Key is an entry of a chart's legend. It has the fields of the charts
// package's own, so that one converts into the other.
type Key struct {
	Class string // s1 to s4
	Name  string
}

// A Chart is a drawing with its heading.
type Chart struct {
	Title string
	Note  string // at the right of the heading: "1,260 of 1,500 CU-h"
	Keys  []Key
	SVG   SVG
	Empty string // said where there is no drawing
}

// region names the frame that a drawing scrolls in where the window is narrow.
func (c Chart) region() string { return cmp.Or(c.Title, "Drawing") }

// A Notice is a sentence that stands out.
type Notice struct {
	Tone Tone // Info, Warn or Bad
	Text string
	Link Link // its label "" for none
}

func (n Notice) class() string {
	switch n.Tone {
	case Warn:
		return "notice warn"
	case Bad:
		return "notice bad"
	}
	return "notice"
}

// An Empty is one of the four states without content: nothing yet, no match,
// an error, not allowed.
type Empty struct {
	Title    string
	Text     string
	Detail   string // in small monospace: "request 01JD4Y8"
	Bad      bool
	Progress int // 0–100; -1 none
	Action   Link
}

func (e Empty) class() string {
	if e.Bad {
		return "panel empty bad"
	}
	return "panel empty"
}

// A Pager leads through a list by keyset: there are no page numbers.
type Pager struct {
	Note  string // "50 of 12,408"
	First string // addresses; "" where there is nothing to go to
	Prev  string
	Next  string
	Per   []Link // rows per page
	Swap  string // the part that htmx swaps; "" plain links
}

// An Option is a choice of a select.
type Option struct {
	Value    string
	Label    string
	Selected bool
}

// A Fact is a line of a list of facts.
type Fact struct {
	Label string
	Text  Text
}
