package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// searchMax is how many tenants may have the words of a search to be looked up
// by them; commoner words are compared along the walk of the list.
const searchMax = 2000

// searchable says whether the trigram index knows a word: it needs three
// letters in a row that LIKE takes for themselves.
func searchable(word string) bool {
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return r == '%' || r == '_' }) {
		if utf8.RuneCountInString(part) >= 3 {
			return true
		}
	}
	return false
}

// candidates are ids of all tenants that the words may be part of, and false
// if they are more than searchMax; then some of them.
func (d *DB) candidates(ctx context.Context, words []string) (ids []int64, all bool, err error) {
	var a args
	rows, err := d.q.QueryContext(ctx, fmt.Sprintf("%s LIMIT %d", d.dialect().having(words, &a), searchMax+1), a...)
	if err != nil {
		return nil, false, fmt.Errorf("search for %q: %w", words, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, false, fmt.Errorf("search for %q: %w", words, err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("search for %q: %w", words, err)
	}
	if len(ids) > searchMax {
		return ids, false, nil
	}
	slices.Sort(ids) // a short word may be part of both name and reference
	return slices.Compact(ids), true, nil
}
