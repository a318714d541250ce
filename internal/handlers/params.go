package handlers

import (
	"net/url"
	"slices"
	"strings"

	"neonfleet/internal/fleet"

	"github.com/labstack/echo/v4"
)

// params are the parameters of an address, cleaned. An empty value is as good
// as none.
type params struct{ url.Values }

// queryOf reads the parameters that a page knows, each at most once. What it
// does not know is an error that names it, and never silently ignored.
func queryOf(c echo.Context, known ...string) (params, error) { return queryWith(c, nil, known...) }

// queryWith is queryOf with parameters that may come several times.
func queryWith(c echo.Context, repeated []string, once ...string) (params, error) {
	values, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return params{}, fleet.Because(err, fleet.Invalid, "The part of the address after ? cannot be read.")
	}
	p := params{url.Values{}}
	for name, list := range values {
		if !slices.Contains(once, name) && !slices.Contains(repeated, name) {
			return params{}, unknownParameter(name, slices.Concat(once, repeated))
		}
		for _, v := range list {
			if v = fleet.CleanText(v); v != "" {
				p.Add(name, v)
			}
		}
		if len(p.Values[name]) > 1 && !slices.Contains(repeated, name) {
			return params{}, fleet.Errorf(fleet.Invalid, "%s: give it once.", name)
		}
	}
	return p, nil
}

func unknownParameter(name string, known []string) error {
	name = fleet.CleanText(name)
	if len(known) == 0 {
		return fleet.Errorf(fleet.Invalid, "%s: this page takes no parameters.", name)
	}
	return fleet.Errorf(fleet.Invalid, "%s: this page has no such parameter. It knows %s.", name, strings.Join(known, ", "))
}

// choice is a parameter that is one of a few words; the first is the default.
func (p params) choice(name string, words ...string) (string, error) {
	switch v := p.Get(name); {
	case v == "":
		return words[0], nil
	case slices.Contains(words, v):
		return v, nil
	default:
		return "", fleet.Errorf(fleet.Invalid, "%s=%s: use one of %s.", name, v, strings.Join(words, ", "))
	}
}

// bom reads ?bom=1, for spreadsheets that need to be told of UTF-8.
func (p params) bom() (bool, error) {
	v, err := p.choice("bom", "0", "1")
	return v == "1", err
}

// day is a parameter that is a day, else def.
func (p params) day(name string, def fleet.Day) (fleet.Day, error) {
	text := p.Get(name)
	if text == "" {
		return def, nil
	}
	day, err := fleet.ParseDay(text)
	if err != nil {
		return 0, fleet.Errorf(fleet.Invalid, "%s=%s is no day; write it like 2026-11-03.", name, text)
	}
	return day, nil
}
