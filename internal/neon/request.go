package neon

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A request is one call before it is sent.
type request struct {
	method string
	route  string     // the definition's path; its {…} are filled from args, in order
	args   []string   // ids, role and database names
	query  url.Values // nil for none
	body   any        // nil for none; encoded as JSON
}

func get(route string, args ...string) request {
	return request{method: http.MethodGet, route: route, args: args}
}

func post(body any, route string, args ...string) request {
	return request{method: http.MethodPost, route: route, args: args, body: body}
}

func patch(body any, route string, args ...string) request {
	return request{method: http.MethodPatch, route: route, args: args, body: body}
}

func put(body any, route string, args ...string) request {
	return request{method: http.MethodPut, route: route, args: args, body: body}
}

func remove(route string, args ...string) request {
	return request{method: http.MethodDelete, route: route, args: args}
}

func (r request) with(q url.Values) request {
	r.query = q
	return r
}

var (
	idPattern   = regexp.MustCompile(`^[a-z0-9-]{1,60}$`) // FACTS §1, ids
	placeholder = regexp.MustCompile(`\{[a-z_]+\}`)
)

func validID(s string) bool { return idPattern.MatchString(s) }

// path fills the route, or says which part of it is no id or name. Nothing is
// sent with a wrong one: Neon answers an empty segment with a redirect.
func (r request) path() (string, error) {
	var wrong error
	args := r.args
	path := placeholder.ReplaceAllStringFunc(r.route, func(name string) string {
		arg := args[0]
		args = args[1:]
		if err := checkSegment(strings.Trim(name, "{}"), arg); err != nil && wrong == nil {
			wrong = err
		}
		return url.PathEscape(arg)
	})
	if wrong != nil {
		return "", fmt.Errorf("neon: %s %s: %w", r.method, r.route, wrong)
	}
	return path, nil
}

// checkSegment refuses what cannot stand in a path. Names of roles and
// databases are free text, but "." and ".." would be taken for directions.
func checkSegment(name, value string) error {
	switch {
	case strings.HasSuffix(name, "_name"):
		if value == "" || value == "." || value == ".." {
			return fmt.Errorf("%s %q cannot stand in a path", name, value)
		}
	case !validID(value):
		return fmt.Errorf("%s %q: want 1 to 60 of a-z, 0-9 and -", name, value)
	}
	return nil
}

// query builds a query string, leaving out what is empty.
type query struct{ values url.Values }

func (q *query) text(name, value string) {
	if value == "" {
		return
	}
	if q.values == nil {
		q.values = url.Values{}
	}
	q.values.Set(name, value)
}

func (q *query) number(name string, value int) {
	if value > 0 {
		q.text(name, strconv.Itoa(value))
	}
}

func (q *query) flag(name string, value bool) {
	if value {
		q.text(name, "true")
	}
}

func (q *query) time(name string, value time.Time) {
	if !value.IsZero() {
		q.text(name, value.UTC().Format(time.RFC3339Nano))
	}
}

// list joins with commas, as the official clients do (FACTS §1, paging).
func (q *query) list(name string, values []string) { q.text(name, strings.Join(values, ",")) }

// checkIDs refuses ids that go into a query, which path does not see.
func checkIDs(name string, ids ...string) error {
	for _, id := range ids {
		if !validID(id) {
			return fmt.Errorf("neon: %s %q: want 1 to 60 of a-z, 0-9 and -", name, id)
		}
	}
	return nil
}
