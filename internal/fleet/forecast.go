package fleet

import "time"

// A Forecast is an estimate of where a meter stands at the period's end if the
// last days' pace goes on.
type Forecast struct {
	AtEnd int64     // in the meter's unit
	Out   time.Time // when the limit is reached; zero: not within the period
}

// forecastAfter is how much of a period must have passed before a forecast is
// worth showing: two days of thirty say nothing.
const forecastAfter = 3 * 24 * time.Hour

// paceDays is how many of the last days make the pace.
const paceDays = 7

// Project estimates a meter's course. Counters go on by the average of the
// last known days (at most seven, inside the period); storage by its trend,
// since it is a level. ok is false early in the period or where too little is
// known. days are the daily figures of this meter, ascending, unknown ones
// included; today's is partial and left out of the pace.
func Project(m Meter, used Amount, limit Limit, p Period, days []Amount, now time.Time) (f Forecast, ok bool) {
	n, known := used.Get()
	if !known || p.IsZero() || !p.Contains(now) || now.Sub(p.Start) < forecastAfter {
		return Forecast{}, false
	}
	perDay, ok := pace(m, days)
	if !ok {
		return Forecast{}, false
	}
	left := p.End.Sub(now).Hours() / 24
	f.AtEnd = n + int64(perDay*left)
	if l, capped := limit.Get(); capped && perDay > 0 && n < l {
		if until := float64(l-n) / perDay; until <= left {
			f.Out = now.Add(time.Duration(until * 24 * float64(time.Hour)))
		}
	}
	return f, true
}

// pace is the meter's growth a day.
func pace(m Meter, days []Amount) (perDay float64, ok bool) {
	var known []int64
	for i := max(0, len(days)-paceDays); i < len(days); i++ {
		if n, ok := days[i].Get(); ok {
			known = append(known, n)
		}
	}
	if len(known) < 3 {
		return 0, false
	}
	if m == Storage {
		return float64(known[len(known)-1]-known[0]) / float64(len(known)-1), true
	}
	var sum int64
	for _, n := range known {
		sum += n
	}
	return float64(sum) / float64(len(known)), true
}
