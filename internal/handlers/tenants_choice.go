package handlers

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"neonfleet/internal/fleet"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// A listChoice is what the address of the list says, in the page's words and
// as the filter it means.
type listChoice struct {
	query  pages.TenantQuery
	filter fleet.Filter
}

// What somebody may search for at once: more characters than any name has, and
// no more conditions than a store compares in one query without much planning.
const (
	longestSearch  = 1000
	mostConditions = 24
)

// chosen reads the address of the list, or of its file with more parameters.
// Plans and regions that come more than once become qualifiers of the search,
// where they mean the same.
func chosen(c echo.Context, more ...string) (choice listChoice, p params, err error) {
	p, err = queryWith(c, []string{"plan", "region", "state"}, append([]string{"q", "sort", "per", "after", "before"}, more...)...)
	if err != nil {
		return choice, p, err
	}
	q := pages.TenantQuery{Q: strings.TrimSpace(p.Get("q")), After: p.Get("after"), Before: p.Get("before")}
	q.Plan = strings.ToLower(p.oneOrQualifiers("plan", &q.Q))
	q.Region = strings.ToLower(p.oneOrQualifiers("region", &q.Q))
	if err := checkLength("q", q.Q); err != nil {
		return choice, p, err
	}
	if q.States, err = p.states(); err != nil {
		return choice, p, err
	}
	if q.Sort, err = fleet.ParseSort(p.Get("sort")); err != nil {
		return choice, p, err
	}
	if q.Per, err = p.per(); err != nil {
		return choice, p, err
	}
	choice.query = q
	if choice.filter, err = filterOf(q); err != nil {
		return choice, p, err
	}
	return choice, p, checkConditions(choice.filter)
}

// checkConditions counts what narrows the search one by one; plans, regions
// and states are one condition however many.
func checkConditions(f fleet.Filter) error {
	if len(f.Words)+len(f.Tags)+len(f.Shares) > mostConditions {
		return fleet.Errorf(fleet.Invalid, "q: has too many words; use at most %d.", mostConditions)
	}
	return nil
}

func checkLength(name, s string) error {
	if utf8.RuneCountInString(s) > longestSearch {
		return fleet.Errorf(fleet.Invalid, "%s: is too long; use at most %s characters.", name, fleet.Thousands(longestSearch))
	}
	return nil
}

// oneOrQualifiers is a parameter's one value; of more than one each goes into
// the search.
func (p params) oneOrQualifiers(name string, search *string) string {
	values := p.Values[name]
	if len(values) == 1 {
		return values[0]
	}
	for _, v := range values {
		*search = strings.TrimSpace(*search + " " + name + `:"` + strings.ReplaceAll(v, `"`, "") + `"`)
	}
	return ""
}

func (p params) states() (list []fleet.State, err error) {
	for _, word := range p.Values["state"] {
		s, ok := fleet.ParseState(word)
		if !ok {
			return nil, fleet.Errorf(fleet.Invalid, "state=%s is no state. Use one of %v.", word, fleet.States())
		}
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list, nil
}

func (p params) per() (int, error) {
	text := p.Get("per")
	if text == "" {
		return pages.DefaultPer, nil
	}
	for _, n := range pages.PerChoices() {
		if text == strconv.Itoa(n) {
			return n, nil
		}
	}
	return 0, fleet.Errorf(fleet.Invalid, "per=%s: a page has 25, 50, 100 or 200 rows.", text)
}

// filterOf is the filter that a query of the list means.
func filterOf(q pages.TenantQuery) (fleet.Filter, error) {
	f, err := fleet.ParseQuery(q.Q)
	if err != nil {
		return f, err
	}
	more := fleet.Filter{States: q.States}
	if q.Plan != "" {
		more.Plans = []fleet.PlanID{fleet.ParsePlanID(q.Plan)}
	}
	if q.Region != "" {
		more.Regions = []string{q.Region}
	}
	return f.And(more), nil
}
