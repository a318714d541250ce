package fleet

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestShareOf_keepsZeroUnknownAndUnlimitedApart(t *testing.T) {
	for _, c := range []struct {
		name  string
		used  Amount
		limit Limit
		want  Share
		text  string
	}{
		{"nothing used", Of(0), Cap(100), 0, "0.0"},
		{"half up", Of(1), Cap(3), 333, "33.3"},
		{"half up at the half", Of(5), Cap(10000), 1, "0.1"},
		{"reached", Of(100), Cap(100), 1000, "100.0"},
		{"unknown", Unknown, Cap(100), ShareUnknown, ""},
		{"unlimited", Of(5), Unlimited, ShareUnlimited, "unlimited"},
		{"unlimited and unknown", Unknown, Unlimited, ShareUnlimited, "unlimited"},
		{"petabytes", Of(math.MaxInt64), Cap(math.MaxInt64), 1000, "100.0"},
		{"absurd", Of(math.MaxInt64), Cap(1), 1<<53 - 1, "900719925474099.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ShareOf(c.used, c.limit)
			if got != c.want || got.Percent() != c.text {
				t.Errorf("share = %d %q, want %d %q", got, got.Percent(), c.want, c.text)
			}
		})
	}
}

func TestCap_readsZeroAsNeonDoes(t *testing.T) {
	if !Cap(0).Unlimited() || !Cap(-1).Unlimited() {
		t.Error("0 must be unlimited")
	}
	if got := Unlimited.Neon(); got != 0 {
		t.Errorf("unlimited goes to Neon as %d, want 0", got)
	}
	if n, capped := Cap(7).Get(); n != 7 || !capped {
		t.Errorf("cap = %d %v, want 7", n, capped)
	}
}

func TestLimit_survivesTheStore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Cap(rapid.Int64Min(0).Draw(t, "cap"))
		v, err := l.Value()
		if err != nil {
			t.Fatal(err)
		}
		var back Limit
		if err := back.Scan(v); err != nil || back != l {
			t.Errorf("back = %v (%v), want %v", back, err, l)
		}
	})
}

func TestWorst_isTheHighestKnown(t *testing.T) {
	for _, c := range []struct {
		name   string
		shares Shares5
		meter  Meter
		share  Share
		ok     bool
	}{
		{"one known", Shares5{-1, -2, 300, -1, -2}, Storage, 300, true},
		{"highest", Shares5{900, 950, 10, 20, 30}, Active, 950, true},
		{"all unlimited", Shares5{-1, -1, -1, -1, -1}, 0, ShareUnlimited, false},
		{"none known", Shares5{-1, -2, -1, -1, -1}, 0, ShareUnknown, false},
	} {
		m, s, ok := Worst(c.shares)
		if m != c.meter || s != c.share || ok != c.ok {
			t.Errorf("%s: %v %v %v, want %v %v %v", c.name, m, s, ok, c.meter, c.share, c.ok)
		}
	}
}

func TestBand(t *testing.T) {
	for s, want := range map[Share]Band{-2: Calm, -1: Calm, 0: Calm, 499: Calm, 500: Half, 799: Half, 800: Near, 999: Near, 1000: Over, 5000: Over} {
		if got := s.Band(); got != want {
			t.Errorf("band of %d = %d, want %d", s, got, want)
		}
	}
}
