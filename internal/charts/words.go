package charts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"neonfleet/internal/fleet"
)

// desc is the chart in words: the caller's, or made from the data.
func (c columns) desc() string {
	if c.head.Desc != "" {
		return c.head.Desc
	}
	return c.summary()
}

// summary says what somebody sees at first sight: "Between 402 and 618 CU-hours
// a day; 20 November is incomplete; 3 days unknown."
func (c columns) summary() string {
	if _, known := c.largest(); !known {
		return c.head.empty()
	}
	parts := []string{c.between()}
	unknown, over := 0, 0
	for _, col := range c.list {
		switch {
		case col.unknown():
			unknown++
		case col.partial && col.total().Known():
			parts = append(parts, col.name+" is "+col.note)
		}
		if c.over(col) {
			over++
		}
	}
	if len(parts) > 4 {
		parts = append(parts[:1], plural(len(parts)-1, c.noun)+" known in part")
	}
	if over > 0 {
		n, _ := c.limit.Get()
		parts = append(parts, plural(over, c.noun)+" at or above the limit of "+c.scale.longLimit(n))
	}
	if unknown > 0 {
		parts = append(parts, plural(unknown, c.noun)+" unknown")
	}
	return title(strings.Join(parts, "; ")) + "."
}

// between is the range of the columns that are complete.
func (c columns) between() string {
	least, most, n := int64(math.MaxInt64), int64(0), 0
	for _, col := range c.list {
		if v, known := col.total().Get(); known && !col.partial {
			least, most, n = min(least, v), max(most, v), n+1
		}
	}
	switch {
	case n == 0:
		last, _ := c.largest()
		return c.scale.long(last) + " so far"
	case c.scale.number(least) == c.scale.number(most):
		return strings.TrimSpace(c.scale.long(least) + " " + c.per)
	}
	return strings.TrimSpace(fmt.Sprintf("between %s and %s %s", c.scale.number(least), c.scale.long(most), c.per))
}

// over says that a column has reached the limit.
func (c columns) over(col column) bool {
	limit, capped := c.limit.Get()
	n, known := col.total().Get()
	return capped && known && n >= limit
}

// note is what the table says beside a figure.
func (c columns) note(col column) string {
	notes := []string{}
	switch {
	case col.unknown():
		return "Unknown."
	case col.partial:
		notes = append(notes, col.note)
	}
	for i, name := range c.names {
		if !col.parts[i].Known() {
			notes = append(notes, bidiIsolate(name)+" unknown")
		}
	}
	if c.over(col) {
		notes = append(notes, "at or above the limit")
	}
	if len(notes) == 0 {
		return ""
	}
	return title(strings.Join(notes, "; ")) + "."
}

// hover is what a column says where the pointer rests: the same as its row.
// names are cut already: see hoverNames.
func (c columns) hover(col column, names []string) string {
	var b strings.Builder
	b.WriteString(col.name + ": ")
	if total := col.total(); total.Known() {
		b.WriteString(c.text(total))
	} else {
		b.WriteString("unknown")
	}
	if col.partial && col.total().Known() {
		b.WriteString(", " + col.note)
	}
	for i, name := range names {
		text := c.text(col.parts[i])
		if !col.parts[i].Known() {
			text = "unknown"
		}
		b.WriteString("\n" + name + ": " + text)
	}
	return b.String()
}

// hoverNames are the parts' names as every column repeats them.
func (c columns) hoverNames(r ruler) []string {
	list := make([]string, len(c.names))
	for i, name := range c.names {
		list[i] = bidiIsolate(r.cut(name, hoverWidth))
	}
	return list
}

// hoverWidth bounds a plan's name in every column's text, in pixels: 90 days of
// four names of 256 characters would be 90 kB.
const hoverWidth = 110

// toCome is the sentence over the days to come.
func (c columns) toCome(n int) string {
	s := plural(n, c.noun) + " to come"
	if v, known := c.atEnd.Get(); known {
		s += " · on this pace " + c.scaleOf(v).short(v)
	}
	return s
}

// scaleOf is the chart's scale for a number that is larger than its columns.
func (c columns) scaleOf(n int64) scale {
	s := c.scale
	s.decimals = precision(float64(n)/s.div, s.whole)
	return s
}

func (c columns) limitText() string { return limitText(c.limit, c.limitLabel, c.scale) }

// limitText is the label of a limit's line.
func limitText(l fleet.Limit, label string, s scale) string {
	if n, _ := l.Get(); label == "" {
		return "Limit " + s.limit(n)
	}
	return label
}

// limit is a limit with its unit, without decimals that say nothing: "10 GB".
func (s scale) limit(n int64) string { return withUnit(trimZeros(s.number(n)), s.unit) }

// longLimit is a limit with its unit in words.
func (s scale) longLimit(n int64) string { return withUnit(trimZeros(s.number(n)), s.word) }

func trimZeros(number string) string {
	if !strings.Contains(number, ".") {
		return number
	}
	return strings.TrimRight(strings.TrimRight(number, "0"), ".")
}

// plural is "1 day", "3 days".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// title is s with a capital first letter.
func title(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
