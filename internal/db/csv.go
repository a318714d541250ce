package db

import (
	"io"
	"strings"
	"time"
)

// A CSV writes lines as interface.md promises them: UTF-8, CRLF, RFC 4180, and
// no cell that a spreadsheet takes for a formula. It gathers lines until Flush
// or until they are many; an error stays.
type CSV struct {
	w     io.Writer
	buf   []byte
	begun bool // the line has a cell already
	err   error
}

// csvBuffer is how much is gathered before it is written.
const csvBuffer = 64 << 10

// NewCSV writes to w, after a byte order mark if bom says so.
func NewCSV(w io.Writer, bom bool) *CSV {
	c := &CSV{w: w, buf: make([]byte, 0, csvBuffer+4096)}
	if bom {
		c.buf = append(c.buf, "\ufeff"...)
	}
	return c
}

// Row writes a line of texts.
func (c *CSV) Row(cells ...string) {
	for _, s := range cells {
		c.Text(s)
	}
	c.End()
}

// Text adds a cell that people may have written: a leading ' keeps a
// spreadsheet from calculating it.
func (c *CSV) Text(s string) {
	if isFormula(s) {
		s = "'" + s
	}
	c.next()
	if !strings.ContainsAny(s, ",\"\r\n") {
		c.buf = append(c.buf, s...)
		return
	}
	c.buf = append(c.buf, '"')
	c.buf = append(c.buf, strings.ReplaceAll(s, `"`, `""`)...)
	c.buf = append(c.buf, '"')
}

// Plain adds cells of our own making: numbers, words and dates, several with
// commas between them.
func (c *CSV) Plain(s string) {
	c.next()
	c.buf = append(c.buf, s...)
}

// Time adds a moment as RFC 3339 in UTC, from unix seconds; 0 is an empty cell.
func (c *CSV) Time(unix int64) {
	c.next()
	if unix != 0 {
		c.buf = time.Unix(unix, 0).UTC().AppendFormat(c.buf, time.RFC3339)
	}
}

func (c *CSV) next() {
	if c.begun {
		c.buf = append(c.buf, ',')
	}
	c.begun = true
}

// End ends the line.
func (c *CSV) End() {
	c.buf = append(c.buf, "\r\n"...)
	c.begun = false
	if len(c.buf) >= csvBuffer {
		c.write()
	}
}

// Flush writes what was gathered, and says what went wrong since the beginning.
func (c *CSV) Flush() error {
	c.write()
	return c.err
}

func (c *CSV) write() {
	if c.err == nil && len(c.buf) > 0 {
		_, c.err = c.w.Write(c.buf)
	}
	c.buf = c.buf[:0]
}

// isFormula says whether a spreadsheet would calculate a cell: it begins like
// a formula and is no number.
func isFormula(s string) bool {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return false
	}
	return !isNumber(s)
}

// isNumber knows -5, +3.25 and -1e9, and nothing more: +49 30 1234 is none.
func isNumber(s string) bool {
	s = strings.TrimLeft(s[:1], "+-") + s[1:]
	mantissa, exponent, has := strings.Cut(strings.ToLower(s), "e")
	if has && !areDigits(strings.TrimLeft(exponent[:min(1, len(exponent))], "+-")+exponent[min(1, len(exponent)):]) {
		return false
	}
	whole, fraction, dotted := strings.Cut(mantissa, ".")
	return areDigits(whole) && (!dotted || areDigits(fraction))
}

func areDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
