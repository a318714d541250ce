package charts

import (
	"math"

	"github.com/wcharczuk/go-chart/v2"
)

// yTicks are round values from 0 up to top (raw units) with their labels,
// about four steps.
func (s scale) yTicks(top float64) []chart.Tick {
	step := niceStep(top / s.div / 4)
	if s.whole {
		step = max(1, math.Ceil(step))
	}
	decimals := stepDecimals(step)
	ticks := []chart.Tick{{Value: 0, Label: "0"}}
	for i := 1; float64(i)*step*s.div <= top*(1+1e-9); i++ {
		v := float64(i) * step
		ticks = append(ticks, chart.Tick{Value: v * s.div, Label: withUnit(decimal(v, decimals), s.unit)})
	}
	return ticks
}

// niceTop is top, or the next round value where that is little more.
func (s scale) niceTop(top float64) float64 {
	step := niceStep(top/s.div/4) * s.div
	if next := math.Ceil(top/step) * step; next <= top*1.12 {
		return next
	}
	return top
}

// niceStep is the round number at or above raw: 1, 2, 2.5 or 5 times a power
// of ten.
func niceStep(raw float64) float64 {
	if raw <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, f := range []float64{1, 2, 2.5, 5} {
		if f*power >= raw*(1-1e-9) {
			return f * power
		}
	}
	return 10 * power
}

// stepDecimals is how many decimals tell two steps apart: 2 for 0.25.
func stepDecimals(step float64) int {
	for d := 0; d < 9; d++ {
		if p := step * math.Pow(10, float64(d)); math.Abs(p-math.Round(p)) < 1e-6*p {
			return d
		}
	}
	return 9
}

// daySteps are every how many days a label may stand: weeks, once there are
// more than two of them.
func daySteps(n int) []int {
	if n <= 16 {
		return []int{1, 2, 7, 14}
	}
	return []int{1, 7, 14, 28, 56, 112}
}

// monthSteps are every how many months a label may stand: parts of the year.
func monthSteps(int) []int { return []int{1, 2, 3, 6, 12} }

// xTicks label columns of which each is width pixels wide, as many as fit. The
// first is always labelled. at gives a column's middle.
func xTicks(labels []string, at func(i int) float64, width float64, steps []int, r ruler) []chart.Tick {
	widest := 0.0
	for _, l := range labels {
		widest = max(widest, r.width(l))
	}
	step := steps[len(steps)-1]
	for _, s := range steps {
		if float64(s)*width >= widest+float64(r.px) {
			step = s
			break
		}
	}
	var ticks []chart.Tick
	for i := 0; i < len(labels); i += step {
		ticks = append(ticks, chart.Tick{Value: at(i), Label: labels[i]})
	}
	return ticks
}
