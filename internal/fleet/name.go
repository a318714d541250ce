package fleet

import "strings"

// CleanText removes what no store keeps and no page should show raw: NUL and
// invalid UTF-8. Everything else of a name is the tenant's own affair, and is
// escaped where it is shown.
func CleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// FoldName is the sort and search key of a name: lower case by simple folding,
// the same on every engine because it is made here.
func FoldName(s string) string { return strings.ToLower(CleanText(s)) }
