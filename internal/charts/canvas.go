package charts

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/golang/freetype/truetype"
	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// fine is how many of go-chart's whole units make one of the viewBox: its
// coordinates are integers, and bars of 6.5 pixels need tenths.
const fine = 10

// canvas is the chart.Renderer for a page with a strict content security
// policy: classes and presentation attributes instead of style attributes,
// escaped text, a title and a description. Shapes without a class are go-chart's
// own background, and are not drawn. One canvas draws one chart.
type canvas struct {
	buf   bytes.Buffer
	path  []byte
	class string
	ruler ruler
	dpi   float64
}

// newCanvas begins an SVG of s with its texts.
func newCanvas(s size, r ruler, h Head, desc string) *canvas {
	c := &canvas{ruler: r}
	c.buf.Grow(16 << 10)
	id := safeID(h.ID)
	fmt.Fprintf(&c.buf, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-t %s-d" font-size="%d" fill="currentColor">`+
		`<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		s.w, s.h, id, id, s.font, id, escape(h.Title), id, escape(desc))
	return c
}

// Save ends the SVG and writes it.
func (c *canvas) Save(w io.Writer) error {
	c.buf.WriteString("</svg>")
	_, err := w.Write(c.buf.Bytes())
	return err
}

// bare are the attributes that keep a class readable without the style sheet,
// whose rules come before them.
func bare(class string) string {
	switch class {
	case "grid", "hatch":
		return ` fill="none" stroke="currentColor" stroke-opacity=".2"`
	case "line":
		return ` fill="none" stroke="currentColor" stroke-width="2"`
	case "limit", "forecast":
		return ` fill="none" stroke="currentColor" stroke-dasharray="4 4"`
	case "area":
		return ` fill-opacity=".12"`
	case "future":
		return ` fill-opacity=".05"`
	case "hit":
		return ` fill-opacity="0"`
	case "plate":
		return ` fill="canvas"`
	}
	return ""
}

// open begins an element with its class; the caller goes on with attributes.
func (c *canvas) open(tag, class string) {
	c.buf.WriteString("<" + tag + ` class="` + class + `"` + bare(class))
}

// attr writes a coordinate or length, given in tenths.
func (c *canvas) attr(name string, v int) {
	c.buf.WriteString(" " + name + `="`)
	c.buf.Write(number(c.buf.AvailableBuffer(), v))
	c.buf.WriteByte('"')
}

// number appends v tenths as short as can be: 125 is "12.5", 120 "12".
func number(b []byte, v int) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	b = strconv.AppendInt(b, int64(v/fine), 10)
	if v%fine != 0 {
		b = append(b, '.', byte('0'+v%fine))
	}
	return b
}

// rect draws a box of the class.
func (c *canvas) rect(class string, b chart.Box) {
	c.open("rect", class)
	c.attr("x", b.Left)
	c.attr("y", b.Top)
	c.attr("width", max(0, b.Right-b.Left))
	c.attr("height", max(0, b.Bottom-b.Top))
	c.buf.WriteString("/>")
}

// dot draws a circle of radius r tenths.
func (c *canvas) dot(class string, x, y, r int) {
	c.open("circle", class)
	c.attr("cx", x)
	c.attr("cy", y)
	c.attr("r", r)
	c.buf.WriteString("/>")
}

// text writes s, anchored start, middle or end at x.
func (c *canvas) text(class, anchor, s string, x, y int) {
	if s == "" {
		return
	}
	c.open("text", class)
	c.attr("x", x)
	c.attr("y", y)
	if anchor != "start" {
		c.buf.WriteString(` text-anchor="` + anchor + `"`)
	}
	c.buf.WriteString(">" + escape(s) + "</text>")
}

// group begins a group that says title where the pointer rests.
func (c *canvas) group(title string) {
	c.buf.WriteString(`<g class="slot"><title>` + escape(title) + `</title>`)
}

func (c *canvas) endGroup() { c.buf.WriteString("</g>") }

// paint writes the path so far in a class and begins a new one.
func (c *canvas) paint(class string) {
	if class != "" && len(c.path) > 0 {
		c.open("path", class)
		c.buf.WriteString(` d="`)
		c.buf.Write(c.path)
		c.buf.WriteString(`"/>`)
	}
	c.path = c.path[:0]
}

// Fill paints the area under a line: go-chart has one class for both.
func (c *canvas) Fill() {
	if c.class == "line" {
		c.paint("area")
		return
	}
	c.paint(c.class)
}

// Stroke paints a line.
func (c *canvas) Stroke() { c.paint(c.class) }

// FillStroke paints a shape.
func (c *canvas) FillStroke() { c.paint(c.class) }

// MoveTo begins a line.
func (c *canvas) MoveTo(x, y int) { c.step('M', x, y) }

// LineTo goes on with it.
func (c *canvas) LineTo(x, y int) { c.step('L', x, y) }

// Close goes back to where the line began.
func (c *canvas) Close() { c.path = append(c.path, 'z') }

func (c *canvas) step(op byte, points ...int) {
	c.path = append(c.path, op)
	for i, v := range points {
		if i > 0 {
			c.path = append(c.path, ' ')
		}
		c.path = number(c.path, v)
	}
}

// QuadCurveTo draws a curve with one control point.
func (c *canvas) QuadCurveTo(cx, cy, x, y int) { c.step('Q', cx, cy, x, y) }

// ArcTo draws nothing: no chart here has an arc.
func (c *canvas) ArcTo(int, int, float64, float64, float64, float64) {}

// Circle draws a dot of the present class.
func (c *canvas) Circle(r float64, x, y int) { c.dot(c.class, x, y, int(r*fine)) }

// Text writes a label that go-chart placed.
func (c *canvas) Text(s string, x, y int) { c.text("label", "start", s, x, y) }

// MeasureText measures a label with the ruler.
func (c *canvas) MeasureText(s string) chart.Box {
	return chart.Box{Right: int(c.ruler.width(s) * fine), Bottom: c.ruler.px * fine}
}

// ResetStyle forgets the class.
func (c *canvas) ResetStyle() { c.class = "" }

// SetClassName sets the class of what comes next.
func (c *canvas) SetClassName(class string) { c.class = class }

// GetDPI is the resolution that go-chart set.
func (c *canvas) GetDPI() float64 { return c.dpi }

// SetDPI keeps the resolution; nothing here depends on it.
func (c *canvas) SetDPI(dpi float64) { c.dpi = dpi }

// Colours, widths, dashes and fonts are the style sheet's business.

// SetStrokeColor does nothing.
func (c *canvas) SetStrokeColor(drawing.Color) {}

// SetFillColor does nothing.
func (c *canvas) SetFillColor(drawing.Color) {}

// SetStrokeWidth does nothing.
func (c *canvas) SetStrokeWidth(float64) {}

// SetStrokeDashArray does nothing.
func (c *canvas) SetStrokeDashArray([]float64) {}

// SetFont does nothing.
func (c *canvas) SetFont(*truetype.Font) {}

// SetFontColor does nothing.
func (c *canvas) SetFontColor(drawing.Color) {}

// SetFontSize does nothing.
func (c *canvas) SetFontSize(float64) {}

// SetTextRotation does nothing: every label is level.
func (c *canvas) SetTextRotation(float64) {}

// ClearTextRotation does nothing.
func (c *canvas) ClearTextRotation() {}
