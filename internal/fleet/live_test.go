package fleet

import (
	"fmt"
	"slices"
	"testing"
)

func TestTree_losesNoBranch(t *testing.T) {
	for _, c := range []struct {
		name     string
		branches []Branch
		want     string
	}{
		{"children after parents, by name", []Branch{{ID: "c", Name: "z", Parent: "a"}, {ID: "b", Name: "dev", Parent: "a"}, {ID: "a", Name: "main"}, {ID: "d", Name: "x", Parent: "b"}}, "[main/0 dev/1 x/2 z/1]"},
		{"parent not in the list", []Branch{{ID: "b", Name: "dev", Parent: "gone"}}, "[dev/0]"},
		{"a circle", []Branch{{ID: "a", Name: "a", Parent: "b"}, {ID: "b", Name: "b", Parent: "a"}}, "[a/0 b/1]"},
		{"its own parent", []Branch{{ID: "a", Name: "a", Parent: "a"}}, "[a/0]"},
		{"none", nil, "[]"},
	} {
		ordered, depth := Tree(c.branches)
		got := make([]string, len(ordered))
		for i, b := range ordered {
			got[i] = fmt.Sprintf("%s/%d", b.Name, depth[i])
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestLargestBranch(t *testing.T) {
	l := Live{Branches: []Branch{{Size: Of(3)}, {Size: Unknown}, {Size: Of(7)}}}
	if got := l.LargestBranch(); got != Of(7) {
		t.Errorf("largest = %v, want 7", got)
	}
	if got := (Live{Branches: slices.Repeat([]Branch{{}}, 2)}).LargestBranch(); got.Known() {
		t.Errorf("largest = %v, want unknown", got)
	}
}
