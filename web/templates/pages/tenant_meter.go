package pages

import (
	"cmp"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/ui"
)

func newTenantMeter(r Reader, in TenantInput, m fleet.Meter) TenantMeter {
	t, reading := in.Tenant, in.Readings[m]
	why := cmp.Or(reading.Unknown, whyUnknown(m))
	used := usedOf(t, m)
	out := TenantMeter{
		Title: m.Title(), Used: ui.Amount(m, used, why), Of: ui.LimitText(m, t.Limits[m]), Meter: ui.MeterOf(m, t, r.Now, why),
		Source: reading.Source.Title(), Resets: resets(m, t.Period),
	}
	out.Of.Words = "of " + out.Of.Words + shareWords(m, t, out.Meter.Percent)
	if n, known := used.Get(); known {
		out.Left = leftOf(m, n, t.Limits[m])
		out.Age = ageOfReading(r, reading)
		if f := in.Forecasts[m]; f != nil {
			out.Forecast = forecastWords(m, *f, t.Limits[m], t.Period)
		}
	}
	return out
}

// shareWords is ", 84%". A project's gauge counts history and all branches, but
// the limit applies to each branch: its percentage is an upper bound.
func shareWords(m fleet.Meter, t fleet.Tenant, percent string) string {
	switch {
	case percent == "":
		return ""
	case m == fleet.Storage && !t.StorageOfBranch.Known():
		return ", at most " + percent
	}
	return ", " + percent
}

// usedOf is the figure that the meter's share is of.
func usedOf(t fleet.Tenant, m fleet.Meter) fleet.Amount {
	if m == fleet.Storage && t.StorageOfBranch.Known() {
		return t.StorageOfBranch
	}
	return t.Used[m]
}

func ageOfReading(r Reader, reading Reading) ui.When {
	if reading.At.IsZero() {
		return ui.When{}
	}
	w := r.ago(reading.At)
	if !reading.Through.IsZero() {
		w.Exact = "Read " + w.Exact + "; covers up to " + ui.Exact(reading.Through, r.Zone)
	}
	return w
}

func leftOf(m fleet.Meter, used int64, l fleet.Limit) string {
	limit, capped := l.Get()
	switch {
	case !capped:
		return "no limit"
	case used >= limit:
		return m.Format(used-limit) + " over"
	}
	return m.Format(limit-used) + " left"
}

func resets(m fleet.Meter, p fleet.Period) string {
	switch {
	case !m.Resets():
		return "does not reset"
	case p.IsZero():
		return ""
	}
	return "resets " + p.End.UTC().Format("2 Jan")
}

// forecastWords is one sentence, and called an estimate.
func forecastWords(m fleet.Meter, f fleet.Forecast, l fleet.Limit, p fleet.Period) string {
	if !f.Out.IsZero() {
		return "Reaches the limit on " + f.Out.UTC().Format("2 Jan") + " at this pace (estimate)"
	}
	at := m.Format(max(f.AtEnd, 0))
	if n, capped := l.Get(); capped && n > 0 {
		at = ui.PercentOf(fleet.ShareOf(fleet.Of(max(f.AtEnd, 0)), l)).Words
	}
	return "On track to " + at + " by " + fleet.DayOf(p.End).Add(-1).Short() + " (estimate)"
}
