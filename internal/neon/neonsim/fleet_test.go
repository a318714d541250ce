package neonsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFleet_hasAsManyProjectsAsAsked(t *testing.T) {
	for _, n := range []int{0, 1, 5, 24, 25, 26, 300, 2000} {
		s := start(t, Config{Projects: n, Seed: 7})
		ids := s.IDs()
		if len(ids) != n {
			t.Errorf("%d projects asked for, %d listed", n, len(ids))
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != n {
			t.Errorf("of %d projects some share an id", n)
		}
	}
}

func TestFleet_isTheSameForTheSameSeed(t *testing.T) {
	page := func(seed int64) string {
		s := start(t, Config{Projects: 400, Seed: seed, Org: "org-x"})
		return ask(t, s, "GET", "/projects?limit=400", "").body
	}
	if first, again := page(3), page(3); first != again {
		t.Error("the same seed made two fleets")
	}
	if page(3) == page(4) {
		t.Error("two seeds made the same fleet")
	}
}

func TestFleet_findsEveryProjectByItsID(t *testing.T) {
	f := newFleet(5, 300_000, noon)
	for index := 0; index < f.born; index += 997 {
		got, ok := f.index(f.id(index))
		if !ok || got != index {
			t.Fatalf("index(id(%d)) = %d, %v", index, got, ok)
		}
	}
	for _, id := range []string{"", "short", "wispy-meadow-00000000", "no-digits-here-abcdefgh", f.id(3) + "0"} {
		if got, ok := f.index(id); ok {
			t.Errorf("index(%q) = %d, want none", id, got)
		}
	}
}

func TestFleet_isNumberedByCreation(t *testing.T) {
	f := newFleet(5, 3000, noon)
	for i := 1; i < f.born+200; i++ {
		if f.createdAt(i) < f.createdAt(i-1) {
			t.Fatalf("project %d was created before project %d", i, i-1)
		}
		at := f.createdAt(i)
		if n := f.count(at); f.createdAt(n-1) > at || f.createdAt(n) <= at {
			t.Fatalf("count at the creation of %d = %d", i, n)
		}
	}
	if got := f.count(f.anchor); got != f.born {
		t.Errorf("count at the anchor = %d, want %d", got, f.born)
	}
}

func TestFleet_growsAndLosesProjectsAsTimePasses(t *testing.T) {
	s := start(t, Config{Projects: 2000, Seed: 1})
	before := s.IDs()
	s.Advance(30 * 24 * time.Hour)
	after := s.IDs()
	var made, gone int
	for _, id := range after {
		if !slices.Contains(before, id) {
			made++
		}
	}
	for _, id := range before {
		if !slices.Contains(after, id) {
			gone++
		}
	}
	if made < 100 || made > 250 || gone < 3 || gone > 60 {
		t.Errorf("in 30 days %d projects came and %d went, want about 150 and 20", made, gone)
	}
}

func TestFleet_startsEarlierThanItsAnchor(t *testing.T) {
	s := start(t, Config{Projects: 2000, Seed: 1, Start: noon.AddDate(0, 0, -31)})
	early := len(s.IDs())
	if early >= 2000 || early < 1700 {
		t.Errorf("31 days before the anchor there are %d projects, want about 1850", early)
	}
	s.Advance(31 * 24 * time.Hour)
	if got := len(s.IDs()); got != 2000 {
		t.Errorf("at the anchor there are %d projects, want 2000", got)
	}
}

func TestFleet_looksLikeOne(t *testing.T) {
	f := newFleet(1, 5000, noon)
	now := noon.Unix()
	count := map[string]int{}
	for i := range f.born {
		p := f.grow(i, now)
		if !p.exists(now) {
			count["deleted"]++
			if p.recoverable(now) {
				count["recoverable"]++
			}
			continue
		}
		count["plan "+p.tier.String()]++
		tally(count, p, now)
	}
	for what, bounds := range map[string][2]int{
		"plan free": {4100, 4300}, "plan pro": {630, 770}, "plan enterprise": {70, 130},
		"exactly its plan's": {4800, 4980}, "idle for a day": {3200, 3900}, "never active": {350, 700},
		"locked": {30, 200}, "storage full": {15, 120}, "drifted": {20, 90}, "children": {200, 500},
		"deleted": {150, 220}, "recoverable": {30, 90}, "hostile": {25, 45}, "split": {8, 40},
	} {
		if got := count[what]; got < bounds[0] || got > bounds[1] {
			t.Errorf("%s: %d of 5000, want %d to %d", what, got, bounds[0], bounds[1])
		}
	}
}

func tally(count map[string]int, p *project, now int64) {
	note := func(what string, is bool) {
		if is {
			count[what]++
		}
	}
	q, d := p.quota(), p.Defaults.size()
	if d.Suspend == 300 && p.tier == enterprise {
		d.Suspend = 0
	}
	run, ran := p.lastRun("", now)
	note("exactly its plan's", q == quotas[p.tier] && d == sizes[p.tier])
	note("never active", !ran)
	note("idle for a day", !ran || run.to < now-day)
	note("locked", p.ledger(now, now).locked)
	note("storage full", q.Logical > 0 && p.size(int32(now/day)) >= q.Logical)
	note("drifted", p.Updated != p.created)
	note("children", len(p.Branches) > 1)
	note("hostile", slices.Contains(hostile, p.Name))
	note("split", p.planChange != 0 && p.planChange < now)
}

func TestNames_areWhatNeonTakes(t *testing.T) {
	f := newFleet(1, 3000, noon)
	seen := map[string]bool{}
	for i := range 3000 {
		n := name(i, f.hash(i))
		if length := len([]rune(n)); length < 1 || length > 256 {
			t.Errorf("name %d has %d characters", i, length)
		}
		seen[n] = true
	}
	for _, n := range hostile {
		if !seen[n] {
			t.Errorf("no project is called %q", n)
		}
	}
	if len(seen) < 2000 {
		t.Errorf("3000 projects have only %d names", len(seen))
	}
	if !strings.HasPrefix(hostile[1], "=") {
		t.Error("no name begins like a formula")
	}
}

// The fleet must be the same on every machine, for ever: people compare what
// they saw. Change these only together with a word in the README.
func TestFleet_neverChanges(t *testing.T) {
	s := start(t, Config{Projects: 300, Seed: 1})
	var got []string
	for _, id := range s.IDs()[:3] {
		p, _ := s.lookup(id, noon.Unix())
		l := p.ledger(noon.Unix(), noon.Unix())
		got = append(got, fmt.Sprint(p.id, " ", p.Name, " ", p.created, " ", l.shownNow()[active], " ", p.gauge(noon.Unix())))
	}
	want := []string{
		"tight-term-13715636 kitchen-analytics-21 1795092873 1018 31304960",
		"silent-fire-51912237 kitchen-store-22 1795017410 0 31196160",
		"orange-butterfly-90108838 tenant-3254-zenith 1794929746 1182 31522560",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
