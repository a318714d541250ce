package db_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// manyTenants is above what the store collects and sorts, so that both ways of
// finding a page are walked.
const manyTenants = 3400

// hostile are names that break careless lists: LIKE's and JSON's characters,
// markup, formulas, folding, right-to-left, emoji.
var hostile = []string{"100%", "a_b", `back\slash`, `"quoted"`, "<script>alert(1)</script>", "=1+1", "ACME Ünïcode", "שלום", "🦄 unicorn", "o'hara", "", "日本", strings.Repeat("x", 256)}

// mixedFleet has ties in every column, unlimited and unknown meters, deleted
// tenants, tags and references.
func mixedFleet(n int) []db.Loaded {
	r := rand.New(rand.NewPCG(7, 7))
	list := slices.Collect(dbtest.Fleet(n, 7))
	for i := range list {
		t := &list[i]
		for m := range t.Used {
			switch r.IntN(4) {
			case 0:
				t.Used[m] = fleet.Unknown
			case 1:
				t.Limits[m] = fleet.Unlimited
			default:
				t.Limits[m], t.Used[m] = fleet.Cap(1000), fleet.Of(int64(r.IntN(12)*100))
			}
		}
		t.StorageOfBranch = fleet.Unknown
		t.CreatedAt = dbtest.Now().AddDate(0, 0, -r.IntN(40))
		if i%3 == 0 {
			t.Name = hostile[r.IntN(len(hostile))]
		}
		if r.IntN(20) == 0 {
			t.State = fleet.StateGone
		}
		if r.IntN(10) == 0 {
			t.Tags = []string{"beta", "vip"}[:1+r.IntN(2)]
		}
		if r.IntN(30) == 0 {
			t.Owner, t.ExternalID = "Ada Lovelace", fmt.Sprintf("CUS_%d", r.IntN(50))
		}
		if r.IntN(30) == 0 {
			t.Flags |= fleet.Drifted
		}
	}
	return list
}

func loadMixed(t *testing.T, store *db.DB, n int) []db.Loaded {
	t.Helper()
	list := mixedFleet(n)
	if err := store.SeedPlans(t.Context(), fleet.FirstPlans(), dbtest.Now()); err != nil {
		t.Fatal(err)
	}
	if err := store.Load(t.Context(), slices.Values(list)); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i].Local = int64(i + 1)
		list[i].Shares = fleet.Shares(list[i].Used, list[i].Limits)
		slices.Sort(list[i].Tags)
	}
	return list
}

// matches is the filter's meaning, told once more in plain Go.
func matches(f fleet.Filter, t db.Loaded) bool {
	_, worst, known := t.Worst()
	inRange := func(r fleet.ShareRange) bool {
		if r.Worst {
			return known && worst >= r.Min && worst <= r.Max
		}
		s := t.Shares[r.Meter]
		return s.Known() && s >= r.Min && s <= r.Max
	}
	for _, w := range f.Words {
		w = fleet.FoldName(w)
		if !slices.ContainsFunc([]string{t.Name, string(t.ID), t.Owner, t.ExternalID}, func(s string) bool { return strings.Contains(fleet.FoldName(s), w) }) {
			return false
		}
	}
	for _, r := range f.Shares {
		if !inRange(r) {
			return false
		}
	}
	idle := dbtest.Now().Sub(t.LastActive)
	return t.State != fleet.StateGone &&
		(len(f.Plans) == 0 || slices.Contains(f.Plans, t.Plan)) &&
		(len(f.Regions) == 0 || slices.ContainsFunc(f.Regions, func(part string) bool { return strings.Contains(t.Region, part) })) &&
		(len(f.States) == 0 || slices.Contains(f.States, t.State)) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(f.Tags, func(tag string) bool { return slices.Contains(t.Tags, tag) })) &&
		t.Flags.Has(f.Is) && idle >= f.IdleMin && (f.IdleMax == 0 || idle <= f.IdleMax)
}

// inOrder is the sort's meaning, told once more in plain Go.
func inOrder(s fleet.Sort) func(a, b db.Loaded) int {
	sign := 1
	if s.Descending {
		sign = -1
	}
	key := func(t db.Loaded) int64 {
		switch s.By {
		case fleet.ByCreated:
			return t.CreatedAt.Unix()
		case fleet.BySeen:
			if t.LastActive.IsZero() {
				return 0
			}
			return t.LastActive.Unix()
		case fleet.ByWorst:
			_, worst, _ := t.Worst()
			return int64(worst)
		}
		m, _ := fleet.ParseMeter(string(s.By))
		return int64(t.Shares[m])
	}
	return func(a, b db.Loaded) int {
		if s.By == fleet.ByName {
			return sign * cmp.Or(strings.Compare(fleet.FoldName(a.Name), fleet.FoldName(b.Name)), cmp.Compare(a.Local, b.Local))
		}
		x, y := key(a), key(b)
		if x < 0 || y < 0 { // unlimited, then unknown, after every number in both directions
			return cmp.Or(cmp.Compare(min(y, 0), min(x, 0)), sign*cmp.Compare(a.Local, b.Local))
		}
		return sign * cmp.Or(cmp.Compare(x, y), cmp.Compare(a.Local, b.Local))
	}
}

func drawFilter(t *rapid.T) (f fleet.Filter) {
	some := func(what string, oneIn int) bool { return rapid.IntRange(0, oneIn-1).Draw(t, what) == 0 }
	if some("words", 3) {
		f.Words = rapid.SliceOfN(rapid.SampledFrom([]string{"acme", "a", "e", "-prod", "zq", "lovelace", "CUS_4", "a_b", "100%", `k\s`, "שלום", "ünï", "日本", "wispy", "🦄", "1", "xxx", "nosuchname"}), 1, 2).Draw(t, "word")
	}
	if some("plan", 3) {
		f.Plans = rapid.SliceOfN(rapid.SampledFrom([]fleet.PlanID{"free", "pro", "enterprise", fleet.Unassigned}), 1, 2).Draw(t, "plans")
	}
	if some("region", 4) {
		f.Regions = []string{rapid.SampledFrom([]string{"eu", "aws", "us-east", "azure", "mars"}).Draw(t, "regions")}
	}
	if some("state", 4) {
		f.States = rapid.SliceOfN(rapid.SampledFrom(fleet.States()), 1, 3).Draw(t, "states")
	}
	if some("flag", 6) {
		f.Is = fleet.Drifted
	}
	if some("tag", 6) {
		f.Tags = rapid.SliceOfN(rapid.SampledFrom([]string{"beta", "vip", "none"}), 1, 2).Draw(t, "tags")
	}
	if some("share", 3) {
		edges := []fleet.Share{0, 1, 300, 500, 799, 800, 801, 1000, 1<<53 - 1}
		f.Shares = []fleet.ShareRange{{Worst: rapid.Bool().Draw(t, "worst"), Meter: rapid.SampledFrom(fleet.Meters()).Draw(t, "meter"),
			Min: rapid.SampledFrom(edges).Draw(t, "min"), Max: rapid.SampledFrom(edges).Draw(t, "max")}}
	}
	if some("idle", 6) {
		f.IdleMin = rapid.SampledFrom([]time.Duration{time.Hour, 30 * 24 * time.Hour}).Draw(t, "idle at least")
	}
	if some("recent", 8) {
		f.IdleMax = 7 * 24 * time.Hour
	}
	return f
}

func TestTenants_givesEveryMatchOnceForwardAndBackward(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		all := loadMixed(t, store, manyTenants)
		rapid.Check(t, func(r *rapid.T) {
			q := db.ListQuery{Filter: drawFilter(r), Now: dbtest.Now(), Per: rapid.SampledFrom([]int{150, 500, 1500}).Draw(r, "per"),
				Sort: fleet.Sort{By: rapid.SampledFrom(fleet.SortKeys()).Draw(r, "sort"), Descending: rapid.Bool().Draw(r, "descending")}}
			var want []int64
			for _, x := range slices.SortedFunc(slices.Values(all), inOrder(q.Sort)) {
				if matches(q.Filter, x) {
					want = append(want, x.Local)
				}
			}
			got, last := pages(t, store, q)
			if d := gocmp.Diff(want, got); d != "" {
				r.Fatalf("forward (-want +got):\n%s", d)
			}
			if back := pagesBack(t, store, q, last); !slices.Equal(back, want[:max(0, len(want)-len(last.Rows))]) {
				r.Fatalf("backward got %v, want %v", back, want)
			}
			checkTotal(r, last, len(want))
		})
	})
}

// checkTotal: a total is exact unless it says it is not, and then not above the truth.
func checkTotal(t *rapid.T, p db.TenantPage, want int) {
	if p.More && (p.Total > want || len(p.Rows) > p.Total) {
		t.Errorf("total = at least %d, there are %d", p.Total, want)
	}
	if !p.More && p.Total != want {
		t.Errorf("total = %d, want %d", p.Total, want)
	}
}

// pages goes forward to the end.
func pages(t *testing.T, store *db.DB, q db.ListQuery) (ids []int64, p db.TenantPage) {
	t.Helper()
	for {
		p = listPage(t, store, q)
		for _, x := range p.Rows {
			ids = append(ids, x.Local)
		}
		if p.Next == "" {
			return ids, p
		}
		q.After = p.Next
	}
}

// pagesBack goes back from the last page and gives what lies before it.
func pagesBack(t *testing.T, store *db.DB, q db.ListQuery, p db.TenantPage) (ids []int64) {
	t.Helper()
	for p.Prev != "" {
		q.Before = p.Prev
		p = listPage(t, store, q)
		part := make([]int64, len(p.Rows))
		for i, x := range p.Rows {
			part[i] = x.Local
		}
		ids = slices.Concat(part, ids)
	}
	return ids
}

func listPage(t *testing.T, store *db.DB, q db.ListQuery) db.TenantPage {
	t.Helper()
	p, err := store.Tenants(t.Context(), q)
	if err != nil {
		t.Fatalf("list %+v: %v", q, err)
	}
	return p
}
