package charts

import (
	"fmt"
	"io"

	"github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// A size is a chart's viewBox and the height of its letters in it. The narrow
// one is shown at about two thirds, so its letters are larger.
type size struct{ w, h, font int }

func (h Head) size() size {
	if h.Wide {
		return size{w: 960, h: 230, font: 11}
	}
	return size{w: 640, h: 200, font: 13}
}

// sparkSize is that of a Spark, which has no letters.
var sparkSize = size{w: 96, h: 20, font: 11}

// A frame is what all charts have: texts, axes, and layers drawn in order.
type frame struct {
	head       Head
	desc       string
	ruler      ruler
	xMin, xMax float64
	top        float64 // of the y axis, which begins at 0; raw units, above 0
	xTicks     []chart.Tick
	yTicks     []chart.Tick
	layers     []chart.Series
	size       size
	margin     chart.Box // in pixels; the left one follows the labels of the y axis
}

// newFrame has the axes but no layers yet. width is what is left of the chart
// for drawing, in pixels.
func newFrame(h Head, desc string, s scale, top float64) (f frame, width float64, err error) {
	font, err := defaultFont()
	if err != nil {
		return frame{}, 0, fmt.Errorf("chart font: %w", err)
	}
	top = s.niceTop(top)
	f = frame{head: h, desc: desc, ruler: ruler{font, h.size().font}, top: top, yTicks: s.yTicks(top), size: h.size()}
	widest := 0.0
	for _, t := range f.yTicks {
		widest = max(widest, f.ruler.width(t.Label))
	}
	f.margin = chart.Box{Top: 10, Right: 10, Left: max(34, int(widest)+12), Bottom: f.size.font + 12}
	return f, float64(f.size.w - f.margin.Left - f.margin.Right), nil
}

// gutter is the air between a label and the drawing, in pixels.
const gutter = 8

// svg draws the frame and its layers.
func (f frame) svg() ([]byte, error) {
	layers := append([]chart.Series{layer(f.grid)}, f.layers...)
	c := chart.Chart{
		Width: f.size.w * fine, Height: f.size.h * fine,
		Font: f.ruler.font,
		Background: chart.Style{Padding: chart.Box{IsSet: true,
			Top: f.margin.Top * fine, Left: f.margin.Left * fine, Right: f.margin.Right * fine, Bottom: f.margin.Bottom * fine}},
		XAxis:          chart.XAxis{Style: chart.Hidden(), Range: &chart.ContinuousRange{Min: f.xMin, Max: f.xMax}},
		YAxis:          chart.YAxis{Style: chart.Hidden(), Range: &chart.ContinuousRange{Min: 0, Max: f.top}},
		YAxisSecondary: chart.YAxis{Style: chart.Hidden()},
		Series:         append(layers, layer(f.labels)),
	}
	cv := newCanvas(f.size, f.ruler, f.head, f.desc)
	if err := c.Render(func(int, int) (chart.Renderer, error) { return cv, nil }, io.Discard); err != nil {
		return nil, fmt.Errorf("draw chart %s: %w", f.head.ID, err)
	}
	return cv.buf.Bytes(), nil // what Save wrote, without a copy
}

// grid draws a line for each label of the y axis.
func (f frame) grid(c *canvas, p plot) {
	for _, t := range f.yTicks {
		c.MoveTo(p.box.Left, p.y(t.Value))
		c.LineTo(p.box.Right, p.y(t.Value))
	}
	c.paint("grid")
}

// labels writes the axes. They are placed here and not by go-chart, which
// aligns by its own font's widths: the page's font is another.
func (f frame) labels(c *canvas, p plot) {
	for _, t := range f.yTicks {
		c.text("label", "end", t.Label, p.box.Left-gutter*fine, p.y(t.Value)+f.ruler.px*fine*35/100)
	}
	for _, t := range f.xTicks {
		label := f.ruler.cut(t.Label, float64(p.box.Width())/fine)
		half := int(f.ruler.width(label) * fine / 2)
		x := min(max(p.x(t.Value), half), f.size.w*fine-half)
		c.text("label", "middle", label, x, p.box.Bottom+(f.ruler.px+6)*fine)
	}
}

// say writes a sentence into the middle of the drawing, on a plate of the
// page's colour.
func (f frame) say(sentence string) layer {
	return func(c *canvas, p plot) {
		sentence = f.ruler.cut(sentence, float64(p.box.Width())/fine-2*gutter)
		x, y := (p.box.Left+p.box.Right)/2, (p.box.Top+p.box.Bottom)/2
		half := int(f.ruler.width(sentence)*fine/2) + gutter*fine
		c.rect("plate", chart.Box{Left: x - half, Right: x + half, Top: y - f.ruler.px*fine, Bottom: y + f.ruler.px*fine})
		c.text("say", "middle", sentence, x, y+f.ruler.px*fine*35/100)
	}
}

// A layer is a chart.Series of our own: it draws with the whole canvas.
type layer func(*canvas, plot)

// GetName has no use here.
func (l layer) GetName() string { return "" }

// GetYAxis is the only one.
func (l layer) GetYAxis() chart.YAxisType { return chart.YAxisPrimary }

// GetStyle has no use here: layers set their classes themselves.
func (l layer) GetStyle() chart.Style { return chart.Style{} }

// Validate finds nothing wrong.
func (l layer) Validate() error { return nil }

// Render draws the layer. The renderer is ours: svg gives no other.
func (l layer) Render(r chart.Renderer, box chart.Box, x, y chart.Range, _ chart.Style) {
	if c, ok := r.(*canvas); ok {
		l(c, plot{box, x, y})
	}
}

// A plot says where values stand, in tenths.
type plot struct {
	box    chart.Box
	xr, yr chart.Range
}

func (p plot) x(v float64) int { return p.box.Left + p.xr.Translate(v) }
func (p plot) y(v float64) int { return p.box.Bottom - p.yr.Translate(v) }

// span is the whole height between two x values.
func (p plot) span(from, to float64) chart.Box {
	return chart.Box{Left: p.x(from), Right: p.x(to), Top: p.box.Top, Bottom: p.box.Bottom}
}

// path is a line through points, of a class, with the area below where asked.
func path(class string, area bool, x, y []float64) chart.Series {
	// The colours are never written; they only make go-chart draw.
	s := chart.Style{ClassName: class, StrokeWidth: 1, StrokeColor: drawing.ColorBlack}
	if area {
		s.FillColor = drawing.ColorBlack
	}
	return chart.ContinuousSeries{XValues: x, YValues: y, Style: s}
}
