package neonsim

import (
	"net/http"
	"net/url"
	"strings"
)

// base is where Neon's API begins.
const base = "/api/v2"

// A route is one operation of Neon's definition. Its path is the definition's.
type route struct {
	method, path string
	kind         routeKind
	answer       func(*call) (any, error)
}

// A routeKind says which rate limit a route counts against, and whether it
// changes anything.
type routeKind uint8

const (
	reads routeKind = iota
	writes
	consumes
)

// A router finds routes by method and the segments of the path. Where a fixed
// segment and a parameter both fit, the fixed one does.
type router struct{ root node }

type node struct {
	fixed map[string]*node
	any   *node
	name  string            // of the parameter that leads here
	ends  map[string]*route // by method
}

func newRouter(routes []route) *router {
	r := &router{}
	for i := range routes {
		n := &r.root
		for segment := range strings.SplitSeq(strings.Trim(routes[i].path, "/"), "/") {
			n = n.next(segment)
		}
		if n.ends == nil {
			n.ends = map[string]*route{}
		}
		n.ends[routes[i].method] = &routes[i]
	}
	return r
}

// next is the node behind a segment of a path of the definition.
func (n *node) next(segment string) *node {
	if name, ok := strings.CutPrefix(segment, "{"); ok {
		if n.any == nil {
			n.any = &node{name: strings.TrimSuffix(name, "}")}
		}
		return n.any
	}
	if n.fixed == nil {
		n.fixed = map[string]*node{}
	}
	if n.fixed[segment] == nil {
		n.fixed[segment] = &node{}
	}
	return n.fixed[segment]
}

// find is the route of a request with the values of its parameters, unescaped.
func (r *router) find(req *http.Request) (*route, map[string]string) {
	path, ok := strings.CutPrefix(req.URL.EscapedPath(), base+"/")
	if !ok {
		return nil, nil
	}
	values := map[string]string{}
	n := r.root.walk(strings.Split(path, "/"), values)
	if n == nil {
		return nil, nil
	}
	return n.ends[req.Method], values
}

func (n *node) walk(segments []string, values map[string]string) *node {
	if len(segments) == 0 {
		if n.ends == nil {
			return nil
		}
		return n
	}
	if next := n.fixed[segments[0]]; next != nil {
		if got := next.walk(segments[1:], values); got != nil {
			return got
		}
	}
	value, err := url.PathUnescape(segments[0])
	if n.any == nil || err != nil {
		return nil
	}
	got := n.any.walk(segments[1:], values)
	if got != nil {
		values[n.any.name] = value
	}
	return got
}
