package neonsim

import (
	"fmt"
	"strings"
)

// A line of a difference: kept (' '), taken away ('-') or added ('+').
type line struct {
	mark byte
	text string
}

// unifiedDiff is the difference of two texts as diff -u shows it, and empty if
// there is none.
func unifiedDiff(from, to, before, after string) string {
	if before == after {
		return ""
	}
	lines := difference(strings.Split(strings.TrimSuffix(before, "\n"), "\n"), strings.Split(strings.TrimSuffix(after, "\n"), "\n"))
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", from, to)
	for start := 0; start < len(lines); {
		first, end := hunk(lines, start)
		if first == end {
			break
		}
		writeHunk(&b, lines, first, end)
		start = end
	}
	return b.String()
}

// hunk finds the next changed lines, with three kept ones around them. It is
// empty if nothing changed any more.
func hunk(lines []line, start int) (first, end int) {
	const around = 3
	at := start
	for at < len(lines) && lines[at].mark == ' ' {
		at++
	}
	if at == len(lines) {
		return at, at
	}
	last := at
	for i := at; i < len(lines) && i <= last+2*around; i++ {
		if lines[i].mark != ' ' {
			last = i
		}
	}
	return max(start, at-around), min(len(lines), last+1+around)
}

func writeHunk(b *strings.Builder, lines []line, first, end int) {
	count := func(lines []line, without byte) (n int) {
		for _, l := range lines {
			if l.mark != without {
				n++
			}
		}
		return n
	}
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", count(lines[:first], '+')+1, count(lines[first:end], '+'), count(lines[:first], '-')+1, count(lines[first:end], '-'))
	for _, l := range lines[first:end] {
		b.WriteByte(l.mark)
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
}

// difference keeps the longest common lines of two texts, which are short.
func difference(a, b []string) []line {
	common := make([][]int, len(a)+1) // the most lines that a[i:] and b[j:] share
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var got []line
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			got = append(got, line{' ', a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			got = append(got, line{'-', a[i]})
			i++
		default:
			got = append(got, line{'+', b[j]})
			j++
		}
	}
	return got
}
