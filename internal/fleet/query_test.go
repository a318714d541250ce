package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseQuery(t *testing.T) {
	const top = Share(1<<53 - 1)
	for q, want := range map[string]Filter{
		"":                        {},
		"  acme  eu-shop ":        {Words: []string{"acme", "eu-shop"}},
		"plan:Pro used:>80":       {Plans: []PlanID{"pro"}, Shares: []ShareRange{{Worst: true, Min: 801, Max: top}}},
		"compute:>=95.5":          {Shares: []ShareRange{{Meter: Compute, Min: 955, Max: top}}},
		"storage:<10% plan:none":  {Plans: []PlanID{""}, Shares: []ShareRange{{Meter: Storage, Min: 0, Max: 99}}},
		"region:eu state:missing": {Regions: []string{"eu"}, States: []State{StateMissing}},
		"is:drift is:overridden":  {Is: Drifted | Overridden},
		"tag:VIP idle:>30d":       {Tags: []string{"vip"}, IdleMin: 30 * 24 * time.Hour},
		"idle:<6h":                {IdleMax: 6 * time.Hour},
		`"10:30 batch" x`:         {Words: []string{"10:30 batch", "x"}},
		`tag:"very important"`:    {Tags: []string{"very important"}},
		`"open`:                   {Words: []string{"open"}},
	} {
		got, err := ParseQuery(q)
		if err != nil {
			t.Errorf("%q: %v", q, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", q, d)
		}
	}
}

func TestParseQuery_namesWhatIsWrong(t *testing.T) {
	for q, part := range map[string]string{
		"colour:red":   "colour: is no qualifier",
		"state:asleep": "state:asleep",
		"is:odd":       "is:odd",
		"used:lots":    "used:lots",
		"used:>30d":    "used:>30d",
		"idle:30":      "idle:30",
		"idle:>1.5d":   "idle:>1.5d",
		"plan:":        "plan: needs a value",
	} {
		_, err := ParseQuery(q)
		if KindOf(err) != Invalid || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v, want an Invalid error with %q", q, err, part)
		}
	}
}

func TestParseQuery_neverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, err := ParseQuery(rapid.String().Draw(t, "query"))
		if err != nil && KindOf(err) != Invalid {
			t.Fatalf("err = %v, want Invalid or nil", err)
		}
	})
}

func TestParseSort(t *testing.T) {
	if s, err := ParseSort("-compute"); err != nil || s != (Sort{ByCompute, true}) || s.String() != "-compute" {
		t.Errorf("sort = %v %v", s, err)
	}
	if _, err := ParseSort("size"); KindOf(err) != Invalid {
		t.Errorf("err = %v, want Invalid", err)
	}
}
