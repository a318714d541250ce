// Package architecture_test compares who imports whom with the table of the
// design: docs/architecture.md shows the same one. A new arrow is a design
// decision; whoever draws it changes the table in the same commit.
package architecture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "neonfleet/"

// everything is what a room of programs may import.
const everything = "everything"

// allowed is the table: each room on the left may import the rooms on its right,
// besides the standard library and other people's modules.
var allowed = table(
	"fleet, config, scheduler, neon, web/static", "",
	"neonsim", "",
	"db, charts, auth", "fleet",
	"dbtest", "fleet, db",
	"reports, alerts", "fleet, db",
	"observe", "fleet, db, neon",
	"provision, usagesync", "fleet, db, neon, observe",
	"layout", "web/static",
	"ui", "fleet",
	"pages", "fleet, layout, ui",
	"handlers", "fleet, db, observe, provision, reports, alerts, auth, charts, web/static, layout, ui, pages",
	"cmd/dashboard", everything,
	"bench", everything, // the program behind make bench; nothing imports it
)

// places are the rooms that do not stand in internal/ under their own name.
var places = map[string]string{
	"neonsim":       "internal/neon/neonsim",
	"dbtest":        "internal/db/dbtest",
	"layout":        "web/templates/layout",
	"ui":            "web/templates/ui",
	"pages":         "web/templates/pages",
	"web/static":    "web/static",
	"cmd/dashboard": "cmd/dashboard",
}

// domainMay are the foreign packages that the domain may import: a decimal type.
var domainMay = []string{"github.com/cockroachdb/apd/v3"}

// nameless are names that say nothing of what is inside.
var nameless = []string{"util", "utils", "common", "helper", "helpers", "types", "models"}

// A pkg is what go list says of a package; only imports outside tests count.
type pkg struct {
	ImportPath string
	Name       string
	GoFiles    []string // none: tests only
	Imports    []string
}

func TestImports_followTheTable(t *testing.T) {
	packages := list(t)
	if len(packages) == 0 {
		t.Fatal("go list found no package")
	}
	for _, v := range violations(packages) {
		t.Error(v)
	}
}

func TestViolations_areSeen(t *testing.T) {
	for name, c := range map[string]struct {
		given pkg
		want  []string
	}{
		"what the table allows": {pkg{ImportPath: "neonfleet/internal/observe", Imports: []string{"fmt", "neonfleet/internal/neon", "neonfleet/internal/db"}}, nil},
		"an arrow that is not in the table": {
			pkg{ImportPath: "neonfleet/internal/charts", Imports: []string{"neonfleet/internal/db"}},
			[]string{"internal/charts must not import internal/db"},
		},
		"a program may import everything": {pkg{ImportPath: "neonfleet/cmd/dashboard", Imports: []string{"neonfleet/internal/neon/neonsim"}}, nil},
		"a room without an entry": {
			pkg{ImportPath: "neonfleet/internal/billing"},
			[]string{"internal/billing has no entry in the table"},
		},
		"a name that says nothing": {
			pkg{ImportPath: "neonfleet/web/templates/ui", Name: "helpers"},
			[]string{"web/templates/ui: a package called helpers says nothing of what is inside"},
		},
		"a foreign module in the domain": {
			pkg{ImportPath: "neonfleet/internal/fleet", Imports: []string{"time", "github.com/cockroachdb/apd/v3", "github.com/google/uuid"}},
			[]string{"internal/fleet must not import github.com/google/uuid: the domain has the standard library and a decimal type only"},
		},
		"the domain does no input and output": {
			pkg{ImportPath: "neonfleet/internal/fleet", Imports: []string{"database/sql", "net/http"}},
			[]string{"internal/fleet must not import database/sql: the domain is rules only", "internal/fleet must not import net/http: the domain is rules only"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.given.GoFiles = []string{"a.go"}
			if diff := cmp.Diff(c.want, violations([]pkg{c.given})); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

// violations are the sentences about what the table or the names forbid.
func violations(packages []pkg) []string {
	var found []string
	for _, p := range packages {
		if len(p.GoFiles) == 0 {
			continue
		}
		room := strings.TrimPrefix(p.ImportPath, module)
		for _, name := range slices.Compact([]string{p.Name, path.Base(room)}) {
			if slices.Contains(nameless, name) {
				found = append(found, fmt.Sprintf("%s: a package called %s says nothing of what is inside", room, name))
			}
		}
		may, ok := allowed[room]
		if !ok {
			found = append(found, room+" has no entry in the table")
			continue
		}
		found = append(found, forbidden(room, p.Imports, may)...)
	}
	return found
}

func forbidden(room string, imports, may []string) []string {
	var found []string
	for _, imported := range imports {
		ours, isOurs := strings.CutPrefix(imported, module)
		switch {
		case isOurs && !slices.Contains(may, ours) && !slices.Contains(may, everything):
			found = append(found, room+" must not import "+ours)
		case isOurs || room != "internal/fleet":
		case strings.Contains(imported, ".") && !slices.Contains(domainMay, imported):
			found = append(found, room+" must not import "+imported+": the domain has the standard library and a decimal type only")
		case imported == "database/sql" || imported == "net/http" || imported == "os":
			found = append(found, room+" must not import "+imported+": the domain is rules only")
		}
	}
	return found
}

// table reads pairs of lines, rooms and what they may import, into paths.
func table(lines ...string) map[string][]string {
	rooms := map[string][]string{}
	for pair := range slices.Chunk(lines, 2) {
		for _, room := range paths(pair[0]) {
			rooms[room] = paths(pair[1])
		}
	}
	return rooms
}

func paths(names string) []string {
	var all []string
	for name := range strings.SplitSeq(names, ", ") {
		switch place, elsewhere := places[name]; {
		case elsewhere:
			all = append(all, place)
		case name == everything:
			all = append(all, name)
		case name != "":
			all = append(all, "internal/"+name)
		}
	}
	return all
}

// list asks the go command for every package of the module. -e: a package that
// does not compile still has imports.
func list(t *testing.T) []pkg {
	t.Helper()
	lookAtSources(t)
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Name,GoFiles,Imports", "./...")
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("read the answer of go list: %v", err)
		}
		all = append(all, p)
	}
}

// lookAtSources makes the sources an input of this test: the go command keeps a
// passed test's result for as long as the files that the test itself looked at
// stay as they were, and does not see what go list reads.
func lookAtSources(t *testing.T) {
	t.Helper()
	for _, top := range []string{"cmd", "internal", "web"} {
		err := filepath.WalkDir(filepath.Join("..", "..", top), func(name string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".go" {
				return err
			}
			_, err = os.Stat(name)
			return err
		})
		if err != nil {
			t.Fatalf("look at the sources: %v", err)
		}
	}
}
