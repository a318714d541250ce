package charts

import (
	"strconv"

	"github.com/wcharczuk/go-chart/v2"

	"neonfleet/internal/fleet"
)

// draw is the chart of the columns: bars, or a line with gaps.
func (c columns) draw(marks func(f frame) []chart.Series) ([]byte, error) {
	f, width, err := newFrame(c.head, c.desc(), c.scale, c.top())
	if err != nil {
		return nil, err
	}
	f.xMax = float64(max(1, len(c.list)))
	labels := make([]string, len(c.list))
	for i, col := range c.list {
		labels[i] = col.tick
	}
	if len(labels) > 0 {
		f.xTicks = xTicks(labels, middle, width/f.xMax, c.tickSteps(len(labels)), f.ruler)
	}
	_, known := c.largest()
	if !known {
		f.yTicks = f.yTicks[:1]
	}
	f.layers = append(f.layers, layer(c.unknownDays), c.futureDays(f))
	f.layers = append(f.layers, marks(f)...)
	f.layers = append(f.layers, limitLine(f, c.limit, c.limitText(), known)...)
	if !known {
		f.layers = append(f.layers, f.say(c.head.empty()))
	}
	return f.svg()
}

// middle is the x value of a column's middle.
func middle(i int) float64 { return float64(i) + .5 }

// bars are the columns as bars from the bottom up, each in a group that covers
// its whole column and says its values.
func (c columns) bars(f frame) []chart.Series {
	names := c.hoverNames(f.ruler)
	return []chart.Series{layer(func(cv *canvas, p plot) {
		for i, col := range c.list {
			if col.future || col.absent {
				continue
			}
			whole := p.span(float64(i), float64(i+1))
			cv.group(c.hover(col, names))
			cv.rect("hit", whole)
			c.stack(cv, p, col, inner(whole))
			cv.endGroup()
		}
	})}
}

// inner leaves air between bars, less where there are many.
func inner(b chart.Box) chart.Box {
	air := max(1, b.Width()*14/100)
	b.Left, b.Right = b.Left+air, b.Right-air
	if b.Width() > 480 {
		air = (b.Width() - 480) / 2 // a single day is no wall
		b.Left, b.Right = b.Left+air, b.Right-air
	}
	return b
}

// stack draws one column's parts. What is above 0 is seen, however little it is.
func (c columns) stack(cv *canvas, p plot, col column, b chart.Box) {
	sum := 0.0
	bottom := p.y(0)
	for i, part := range col.parts {
		n, known := part.Get()
		if !known || n == 0 {
			continue
		}
		sum += float64(n)
		b.Bottom, b.Top = bottom, min(p.y(sum), bottom-fine)
		bottom = b.Top
		if i < len(col.parts)-1 && b.Height() > 3*fine {
			b.Top += fine // a hairline between parts
		}
		cv.rect(c.class(i, col), b)
	}
}

// class of a column's part. Colour is never the only sign: the limit's line and
// the words say the same.
func (c columns) class(part int, col column) string {
	class := "bar"
	if len(c.names) > 0 {
		class = "s" + strconv.Itoa(part+1)
	}
	if c.over(col) {
		class += " over"
	}
	if col.partial {
		class += " partial"
	}
	return class
}

// unknownDays hatches each run of columns nobody knows.
func (c columns) unknownDays(cv *canvas, p plot) {
	for _, r := range c.runs(column.unknown) {
		hatch(cv, p.span(float64(r[0]), float64(r[1])))
	}
}

// futureDays are the band of what is to come, with its sentence where it fits.
func (c columns) futureDays(f frame) layer {
	return func(cv *canvas, p plot) {
		for _, r := range c.runs(func(col column) bool { return col.future }) {
			b := p.span(float64(r[0]), float64(r[1]))
			b.Left, b.Right = b.Left+2*fine, b.Right-2*fine
			cv.rect("future", b)
			n := r[1] - r[0]
			for _, s := range []string{c.toCome(n), plural(n, c.noun) + " to come", plural(n, c.noun)} {
				if f.ruler.width(s) <= float64(b.Width())/fine-gutter {
					cv.text("say", "middle", s, (b.Left+b.Right)/2, (b.Top+b.Bottom)/2)
					break
				}
			}
		}
	}
}

// runs are the stretches [from, to) of columns that are as asked.
func (c columns) runs(is func(column) bool) (list [][2]int) {
	for i, col := range c.list {
		switch {
		case !is(col):
		case len(list) > 0 && list[len(list)-1][1] == i:
			list[len(list)-1][1] = i + 1
		default:
			list = append(list, [2]int{i, i + 1})
		}
	}
	return list
}

// hatch fills a box with slanting lines, cut at its edges. It is a path and no
// pattern, so that it needs no id, which swapped parts of a page could repeat.
func hatch(cv *canvas, b chart.Box) {
	const every = 6 * fine
	h := b.Height()
	for x := b.Left - h + every/2; x < b.Right; x += every {
		left, right := max(x, b.Left), min(x+h, b.Right)
		if left < right {
			cv.MoveTo(left, b.Bottom-(left-x))
			cv.LineTo(right, b.Bottom-(right-x))
		}
	}
	cv.paint("hatch")
}

// limitLine is a dashed line across the chart with its label, if there is a
// limit and anything to compare with it.
func limitLine(f frame, l fleet.Limit, label string, known bool) []chart.Series {
	n, capped := l.Get()
	if !capped || !known {
		return nil
	}
	at := float64(n)
	return []chart.Series{
		path("limit", false, []float64{f.xMin, f.xMax}, []float64{at, at}),
		layer(func(cv *canvas, p plot) {
			label = f.ruler.cut(label, float64(p.box.Width())/fine-2*gutter)
			cv.text("limit-label", "start", label, p.box.Left+6*fine, p.y(at)-5*fine)
		}),
	}
}
