package fleet

import "fmt"

// SuspensionLock is the active-time quota of a suspended project, in seconds:
// Neon's own advice to stop a project for good (FACTS §6).
const SuspensionLock = 1

// A Field is a setting that can differ.
type Field string

// The fields of Diff. Quota fields are named after their meter.
const (
	FieldMinCU    Field = "min_cu"
	FieldMaxCU    Field = "max_cu"
	FieldSuspend  Field = "suspend_timeout"
	FieldDisabled Field = "disabled"
)

// A Change is one setting that has to become another, with both values in
// words: "compute limit 100 h → 750 h", "endpoint ep-1 max 0.25 CU → 2 CU".
type Change struct {
	Endpoint string // "" for the project
	Field    Field
	From, To string
}

// String is the change in one line.
func (c Change) String() string {
	where := ""
	if c.Endpoint != "" {
		where = "endpoint " + c.Endpoint + " "
	}
	return fmt.Sprintf("%s%s %s → %s", where, c.Field.Title(), c.From, c.To)
}

// Title is the field in words.
func (f Field) Title() string {
	switch f {
	case FieldMinCU:
		return "smallest compute"
	case FieldMaxCU:
		return "largest compute"
	case FieldSuspend:
		return "suspend timeout"
	case FieldDisabled:
		return "disabled"
	}
	if m, ok := ParseMeter(string(f)); ok {
		switch m {
		case Compute:
			return "compute limit"
		case Active:
			return "active time limit"
		case Storage:
			return "storage limit"
		case Transfer:
			return "transfer limit"
		case Written:
			return "written data limit"
		}
	}
	return string(f)
}

// Diff is what has to change at Neon so that the observed state becomes the
// desired one; empty when nothing has to. It is pure, and everything that
// compares the two uses it. Suspend timeouts 0 and 300 are equal, as are the
// quota's absent, null and 0.
func Diff(want Desired, have Observed) []Change {
	var list []Change
	limits := want.Settings.Limits
	if want.Suspended {
		limits[Active] = Cap(SuspensionLock)
	}
	for _, m := range Meters() {
		if limits[m] != have.Settings.Limits[m] {
			list = append(list, Change{Field: Field(m.String()), From: m.FormatLimit(have.Settings.Limits[m]), To: m.FormatLimit(limits[m])})
		}
	}
	list = append(list, diffSizes("", want.Settings.Computes, have.Settings.Computes)...)
	for _, e := range have.Endpoints {
		list = append(list, diffSizes(e.ID, want.Settings.Computes, e.Sizes)...)
		if e.Disabled != want.Suspended {
			list = append(list, Change{Endpoint: e.ID, Field: FieldDisabled, From: yesNo(e.Disabled), To: yesNo(want.Suspended)})
		}
	}
	return list
}

func diffSizes(endpoint string, want, have Sizes) (list []Change) {
	if want.Min != have.Min {
		list = append(list, Change{endpoint, FieldMinCU, have.Min.String(), want.Min.String()})
	}
	if want.Max != have.Max {
		list = append(list, Change{endpoint, FieldMaxCU, have.Max.String(), want.Max.String()})
	}
	if want.Timeout() != have.Timeout() {
		list = append(list, Change{endpoint, FieldSuspend, have.SuspendWords(), want.SuspendWords()})
	}
	return list
}

// SuspendWords is the suspend timeout for people: "5 min", "never".
func (s Sizes) SuspendWords() string {
	if s.Timeout() == NeverSuspend {
		return "never"
	}
	return s.Timeout().String()
}

// FormatLimit is a limit of this meter in human units, or "unlimited".
func (m Meter) FormatLimit(l Limit) string {
	n, capped := l.Get()
	if !capped {
		return "unlimited"
	}
	return m.Format(n)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
