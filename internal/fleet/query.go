package fleet

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseQuery reads what people type into the search box: words and qualifiers,
//
//	acme plan:pro used:>80 compute:>=95 region:eu state:suspended is:drift tag:vip idle:>30d
//
// A word in double quotes is taken as it is. An unknown qualifier or a value it
// cannot have is an Invalid error that names it; a colon in a word that is no
// qualifier of ours ("10:30") needs quotes.
func ParseQuery(q string) (Filter, error) {
	var f Filter
	for _, t := range splitQuery(q) {
		key, value, ok := strings.Cut(t.text, ":")
		if !ok || t.quoted {
			f.Words = append(f.Words, t.text)
			continue
		}
		if err := f.qualify(strings.ToLower(key), strings.Trim(value, `"`)); err != nil {
			return Filter{}, err
		}
	}
	return f, nil
}

func (f *Filter) qualify(key, value string) error {
	if value == "" {
		return Errorf(Invalid, "%s: needs a value, like %s", key, exampleOf(key))
	}
	switch key {
	case "plan":
		f.Plans = append(f.Plans, ParsePlanID(value))
	case "region":
		f.Regions = append(f.Regions, strings.ToLower(value))
	case "tag":
		f.Tags = append(f.Tags, strings.ToLower(value))
	case "state":
		s, ok := ParseState(strings.ToLower(value))
		if !ok {
			return Errorf(Invalid, "state:%s is no state. Use one of %v.", value, States())
		}
		f.States = append(f.States, s)
	case "is":
		flag, ok := ParseFlag(strings.ToLower(value))
		if !ok {
			return Errorf(Invalid, "is:%s is unknown. Use drift, not_applied, unassigned or overridden.", value)
		}
		f.Is |= flag
	case "idle":
		return f.qualifyIdle(value)
	default:
		return f.qualifyShare(key, value)
	}
	return nil
}

// ParsePlanID reads a plan's id from an address; "none" is no plan.
func ParsePlanID(s string) PlanID {
	if s = strings.ToLower(s); s == "none" {
		return Unassigned
	}
	return PlanID(s)
}

var compared = regexp.MustCompile(`^(>=|<=|>|<|=|)([0-9]+(?:\.[0-9])?)(%|d|h|)$`)

func (f *Filter) qualifyShare(key, value string) error {
	r := ShareRange{Worst: key == "used"}
	if m, ok := ParseMeter(key); ok {
		r.Meter = m
	} else if !r.Worst {
		return Errorf(Invalid, "%s: is no qualifier. Use plan, region, state, is, tag, idle, used, compute, active, storage, transfer or written; put words with a colon in quotes.", key)
	}
	p := compared.FindStringSubmatch(value)
	if p == nil || p[3] == "d" || p[3] == "h" {
		return Errorf(Invalid, "%s:%s is no percentage; write it like %s", key, value, exampleOf(key))
	}
	n, err := strconv.ParseFloat(p[2], 64)
	if err != nil || n > 1e9 {
		return Errorf(Invalid, "%s:%s is out of range; percentages go from 0 to 1,000,000,000.", key, value)
	}
	pm := Share(math.Round(n * 10))
	r.Min, r.Max = bounds(p[1], pm)
	f.Shares = append(f.Shares, r)
	return nil
}

func bounds(op string, pm Share) (lo, hi Share) {
	const top = Share(1<<53 - 1)
	switch op {
	case ">":
		return pm + 1, top
	case ">=":
		return pm, top
	case "<":
		return 0, pm - 1
	case "<=":
		return 0, pm
	}
	return pm, pm
}

func (f *Filter) qualifyIdle(value string) error {
	p := compared.FindStringSubmatch(value)
	if p == nil || p[1] == "=" || p[1] == "" || p[3] == "%" || strings.Contains(p[2], ".") {
		return Errorf(Invalid, "idle:%s is no span of time; write it like %s", value, exampleOf("idle"))
	}
	unit := 24 * time.Hour
	if p[3] == "h" {
		unit = time.Hour
	}
	n, err := strconv.ParseInt(p[2], 10, 32)
	if err != nil || n > 36500 {
		return Errorf(Invalid, "idle:%s is out of range; use at most 36500 days.", value)
	}
	if strings.HasPrefix(p[1], ">") {
		f.IdleMin = time.Duration(n) * unit
	} else {
		f.IdleMax = time.Duration(n) * unit
	}
	return nil
}

func exampleOf(key string) string {
	examples := map[string]string{"plan": "plan:pro", "region": "region:eu", "state": "state:suspended", "is": "is:drift", "tag": "tag:vip", "idle": "idle:>30d"}
	if e, ok := examples[key]; ok {
		return e
	}
	return key + ":>80"
}

type queryToken struct {
	text   string
	quoted bool
}

// splitQuery cuts at white space outside double quotes; a quote that is never
// closed reaches to the end.
func splitQuery(q string) (list []queryToken) {
	for q = strings.TrimSpace(q); q != ""; q = strings.TrimSpace(q) {
		if q[0] == '"' {
			text, rest, _ := strings.Cut(q[1:], `"`)
			if text != "" {
				list = append(list, queryToken{text, true})
			}
			q = rest
			continue
		}
		end := strings.IndexFunc(q, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' })
		if i := strings.Index(q, `:"`); i > 0 && (end < 0 || i < end) {
			if j := strings.IndexByte(q[i+2:], '"'); j >= 0 {
				end = i + 2 + j + 1
			} else {
				end = len(q)
			}
		}
		if end < 0 {
			end = len(q)
		}
		list = append(list, queryToken{q[:end], false})
		q = q[end:]
	}
	return list
}

// And is both filters at once: what the address says besides the query.
func (f Filter) And(g Filter) Filter {
	f.Words = slices.Concat(f.Words, g.Words)
	f.Plans = slices.Concat(f.Plans, g.Plans)
	f.Regions = slices.Concat(f.Regions, g.Regions)
	f.States = slices.Concat(f.States, g.States)
	f.Tags = slices.Concat(f.Tags, g.Tags)
	f.Shares = slices.Concat(f.Shares, g.Shares)
	f.Is |= g.Is
	f.IdleMin = max(f.IdleMin, g.IdleMin)
	if f.IdleMax == 0 || (g.IdleMax > 0 && g.IdleMax < f.IdleMax) {
		f.IdleMax = g.IdleMax
	}
	return f
}
