package fleet

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawLimit(t *rapid.T, name string) Limit { return Cap(rapid.Int64Range(0, 4).Draw(t, name)) }

func drawSizes(t *rapid.T, name string) Sizes {
	return Sizes{
		Min:     CU(rapid.Int64Range(1, 3).Draw(t, name+" min") * 250),
		Max:     CU(rapid.Int64Range(4, 6).Draw(t, name+" max") * 250),
		Suspend: Seconds(rapid.SampledFrom([]int64{-1, 0, 60, 300, 600}).Draw(t, name+" suspend")),
	}
}

func drawSettings(t *rapid.T, name string) (s Settings) {
	for m := range s.Limits {
		s.Limits[m] = drawLimit(t, name+" limit")
	}
	s.Computes = drawSizes(t, name)
	return s
}

// apply does to the observed state what Neon does when all of want is sent.
func apply(want Desired, have Observed) Observed {
	have.Settings = want.Settings
	if want.Suspended {
		have.Settings.Limits[Active] = Cap(SuspensionLock)
	}
	eps := make([]Endpoint, len(have.Endpoints))
	for i, e := range have.Endpoints {
		e.Sizes, e.Disabled = want.Settings.Computes, want.Suspended
		eps[i] = e
	}
	have.Endpoints = eps
	return have
}

func TestDiff_appliedLeavesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Desired{Settings: drawSettings(t, "want"), Suspended: rapid.Bool().Draw(t, "suspended")}
		have := Observed{Settings: drawSettings(t, "have")}
		for range rapid.IntRange(0, 3).Draw(t, "endpoints") {
			have.Endpoints = append(have.Endpoints, Endpoint{ID: "ep", Sizes: drawSizes(t, "ep"), Disabled: rapid.Bool().Draw(t, "disabled")})
		}
		after := apply(want, have)
		if d := Diff(want, after); len(d) != 0 {
			t.Fatalf("after applying, still %v", d)
		}
		if same := want.Settings.Same(have.Settings); same && !want.Suspended && len(have.Endpoints) == 0 && len(Diff(want, have)) != 0 {
			t.Fatalf("same settings, yet %v", Diff(want, have))
		}
	})
}

func TestDiff_neverTakesUnlimitedForZero(t *testing.T) {
	want, have := Desired{}, Observed{}
	want.Settings.Limits[Transfer] = Cap(50_000_000_000)
	got := Diff(want, have)
	if len(got) != 1 || got[0].String() != "transfer limit unlimited → 50\u00a0GB" {
		t.Errorf("diff = %v", got)
	}
}

func TestDiff_equalSuspendTimeouts(t *testing.T) {
	want := Desired{Settings: Settings{Computes: Sizes{250, 250, 0}}}
	have := Observed{Settings: Settings{Computes: Sizes{250, 250, 300}}}
	if got := Diff(want, have); len(got) != 0 {
		t.Errorf("0 and 300 differ: %v", got)
	}
}

func TestDiff_reachesEveryEndpoint(t *testing.T) {
	want := Desired{Settings: Settings{Computes: Sizes{250, 2000, 600}}}
	have := Observed{Settings: want.Settings, Endpoints: []Endpoint{{ID: "ep-1", Sizes: Sizes{250, 250, 600}}, {ID: "ep-2", Sizes: want.Settings.Computes}}}
	got := Diff(want, have)
	if len(got) != 1 || !strings.HasPrefix(got[0].String(), "endpoint ep-1 largest compute") {
		t.Errorf("diff = %v", got)
	}
}

func TestMatchPlan(t *testing.T) {
	plans := FirstPlans()
	if id, ok := MatchPlan(plans, plans[1].Settings); !ok || id != "pro" {
		t.Errorf("match = %s %v, want pro", id, ok)
	}
	other := plans[1].Settings
	other.Limits[Storage] = Cap(20 * gigabyte)
	if id, ok := MatchPlan(plans, other); ok {
		t.Errorf("match = %s, want none", id)
	}
	near, way := NearestPlan(plans, other)
	if near.ID != "pro" || len(way) != 1 || way[0].Field != "storage" {
		t.Errorf("nearest = %s %v, want pro, storage in the way", near.ID, way)
	}
	twin := plans[1]
	twin.ID = "pro-2"
	if id, ok := MatchPlan(append(plans, twin), plans[1].Settings); ok {
		t.Errorf("two equal plans: guessed %s", id)
	}
}
