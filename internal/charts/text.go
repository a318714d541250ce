package charts

import (
	"encoding/xml"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/golang/freetype/truetype"
	"github.com/wcharczuk/go-chart/v2"
	"golang.org/x/image/math/fixed"
)

// defaultFont is go-chart's font, for measuring only. go-chart's own getter
// reads its variable outside its lock, so it is asked once.
var defaultFont = sync.OnceValues(chart.GetDefaultFont)

// bidiIsolate keeps a right-to-left name from turning round the figures beside it.
func bidiIsolate(s string) string { return "\u2068" + s + "\u2069" }

// A ruler measures text by the font's advances. go-chart's own MeasureText
// builds a face, 1 MB of it, for every label.
type ruler struct {
	font *truetype.Font
	px   int // font size
}

// width of s in pixels. The page's font is another one, a little narrower or
// wider; runes the font does not have count as a full em.
func (r ruler) width(s string) float64 {
	scale := fixed.I(r.px)
	var w fixed.Int26_6
	for _, c := range s {
		i := r.font.Index(c)
		if i == 0 {
			w += scale
			continue
		}
		w += r.font.HMetric(scale, i).AdvanceWidth
	}
	return float64(w) / 64
}

// cut is s, or as much of it as fits into px pixels with an ellipsis; "" where
// not even that fits.
func (r ruler) cut(s string, px float64) string {
	const most = 300 // runes; no label has room for more
	if len(s) <= 4*most && r.width(s) <= px {
		return s
	}
	left := px - r.width("…")
	for i, c := range s {
		left -= r.width(string(c))
		if left < 0 || i > 4*most {
			s = strings.TrimRight(s[:i], " ")
			break
		}
	}
	if s == "" {
		return ""
	}
	return s + "…"
}

// escape is s as text of an SVG: markup stays text, and characters that XML
// does not have become U+FFFD.
func escape(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder never fails
	}
	return b.String()
}

// isPlain says that s needs no escaping: nearly every label does not, and a
// chart has hundreds.
func isPlain(s string) bool {
	for _, r := range s {
		if (r < ' ' && r != '\n') || r >= utf8.RuneError || strings.ContainsRune(`<>&"'`, r) {
			return false
		}
	}
	return true
}

// safeID is an id without anything that would break aria-labelledby.
func safeID(id string) string {
	id = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return -1
	}, id)
	if id == "" {
		return "chart"
	}
	return id
}
