package charts

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"neonfleet/internal/fleet"
)

var update = flag.Bool("update", false, "write the golden files")

// picture is any chart.
type picture interface {
	SVG() ([]byte, error)
}

// pictures are one of each chart and the states worth seeing.
func pictures() map[string]picture {
	unlimited, over, empty, future := cumulative(), cumulative(), daily(), daily()
	unlimited.Forecast.Out, unlimited.Limit, unlimited.LimitLabel = time.Time{}, fleet.Unlimited, ""
	unlimited.Days = without(unlimited.Days, 7, 8, 9)
	over.Limit, over.LimitLabel, over.Forecast = fleet.Cap(800*3600), "", nil
	empty.Days = nil
	future.From, future.To = 20261101, 20261130
	return map[string]picture{
		"cumulative": cumulative(), "cumulative-unlimited": unlimited, "cumulative-over": over,
		"daily": daily(), "daily-empty": empty, "daily-period": future,
		"stacked": stacked(), "months": months(), "line": line(), "spark": spark(),
	}
}

func TestSVG_looksAsAgreed(t *testing.T) {
	for name, d := range pictures() {
		t.Run(name, func(t *testing.T) {
			got := render(t, d)
			file := filepath.Join("testdata", name+".svg")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("%s differs from %s; look at it, then go test -update", name, file)
			}
		})
	}
}

func render(t *testing.T, d picture) []byte {
	t.Helper()
	b, err := d.SVG()
	if err != nil {
		t.Fatalf("SVG: %v", err)
	}
	return b
}
