package neonsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// definitionFile is Neon's published definition, as its own npm package has it.
var definitionFile = filepath.Join("..", "..", "..", "node_modules", "@neondatabase", "api-client", "public-v2-for-users.gen.yaml")

// withoutNode is set by the one CI run that has no node: nothing can be held to
// the definition there, and the log says so.
const withoutNode = "NEONFLEET_NO_NODE"

// definition is loaded once: it takes a second.
var definition = sync.OnceValues(func() (routers.Router, error) {
	text, err := os.ReadFile(definitionFile)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(compilable(text))
	if err != nil {
		return nil, err
	}
	closeSchemas(doc)
	doc.Servers = openapi3.Servers{{URL: base}}
	return gorillamux.NewRouter(doc)
})

// compilable replaces the patterns of lists of ids, whose {0,99} repeats more
// than Go's regular expressions can.
func compilable(text []byte) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		if before, _, ok := bytes.Cut(line, []byte("pattern:")); ok && bytes.Contains(line, []byte("{0,99}")) {
			lines[i] = append(slices.Clone(before), []byte("pattern: '.*'")...)
		}
	}
	return bytes.Join(lines, []byte("\n"))
}

// closeSchemas makes unknown fields a mistake. Objects that are a part of an
// allOf stay open, because each part knows only its own fields; what the whole
// knows is compared by unknownFields.
func closeSchemas(doc *openapi3.T) {
	part, seen := map[*openapi3.Schema]bool{}, map[*openapi3.Schema]bool{}
	var visit func(ref *openapi3.SchemaRef, inPart bool)
	visit = func(ref *openapi3.SchemaRef, inPart bool) {
		if ref == nil || ref.Value == nil || seen[ref.Value] && (!inPart || part[ref.Value]) {
			return
		}
		s := ref.Value
		seen[s], part[s] = true, part[s] || inPart
		for _, a := range s.AllOf {
			visit(a, true)
		}
		for _, a := range slices.Concat(s.OneOf, s.AnyOf) {
			visit(a, inPart)
		}
		for _, p := range s.Properties {
			visit(p, false)
		}
		visit(s.Items, false)
		visit(s.AdditionalProperties.Schema, false)
	}
	for _, ref := range doc.Components.Schemas {
		visit(ref, false)
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			visitOperation(op, visit)
		}
	}
	no := false
	for s := range seen {
		if len(s.Properties) > 0 && !part[s] && len(s.AllOf) == 0 && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil {
			s.AdditionalProperties.Has = &no
		}
	}
}

func visitOperation(op *openapi3.Operation, visit func(*openapi3.SchemaRef, bool)) {
	content := func(c openapi3.Content) {
		for _, media := range c {
			visit(media.Schema, false)
		}
	}
	if op.RequestBody != nil {
		content(op.RequestBody.Value.Content)
	}
	for _, r := range op.Responses.Map() {
		content(r.Value.Content)
	}
}

// validate fails the test if a request or its answer is not what Neon's
// definition says. A request that was refused may be wrong: that is what it was
// refused for.
func validate(t *testing.T, req *http.Request, body string, got reply) {
	t.Helper()
	router := loadDefinition(t)
	if router == nil {
		return
	}
	for _, err := range violations(router, req, body, got) {
		t.Errorf("%s %s: %.1500s", req.Method, req.URL, err)
	}
}

func violations(router routers.Router, req *http.Request, body string, got reply) []error {
	route, params, err := router.FindRoute(req)
	if err != nil && got.status == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return []error{fmt.Errorf("answered %d, and is not in the definition", got.status)}
	}
	var wrong []error
	in := requestInput(req, body, route, params)
	if err := openapi3filter.ValidateRequest(req.Context(), in); err != nil && got.status < 400 {
		wrong = append(wrong, fmt.Errorf("request: %w", err))
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.status, Header: got.header, Options: in.Options}
	out.SetBodyBytes([]byte(got.body))
	if err := openapi3filter.ValidateResponse(req.Context(), out); err != nil {
		wrong = append(wrong, fmt.Errorf("answer %d: %w", got.status, err))
	}
	return append(wrong, unknownFields(route, got)...)
}

func requestInput(req *http.Request, body string, route *routers.Route, params map[string]string) *openapi3filter.RequestValidationInput {
	again := req.Clone(req.Context())
	again.Body = io.NopCloser(strings.NewReader(body))
	return &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: false,
		},
	}
}

// unknownFields compares the fields at the top of an answer that is composed of
// several schemas: closeSchemas cannot.
func unknownFields(route *routers.Route, got reply) []error {
	response := route.Operation.Responses.Status(got.status)
	if response == nil || response.Value.Content["application/json"] == nil {
		return nil
	}
	known := map[string]bool{}
	collect(response.Value.Content["application/json"].Schema, known)
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(got.body), &fields); err != nil {
		return nil // no object
	}
	var wrong []error
	for field := range fields {
		if !known[field] {
			wrong = append(wrong, fmt.Errorf("the answer's field %q is not in the definition", field))
		}
	}
	return wrong
}

func collect(ref *openapi3.SchemaRef, known map[string]bool) {
	for name := range ref.Value.Properties {
		known[name] = true
	}
	for _, part := range ref.Value.AllOf {
		collect(part, known)
	}
}

// loadDefinition fails loudly without the definition, unless this is the run
// without node.
func loadDefinition(t *testing.T) routers.Router {
	t.Helper()
	if os.Getenv(withoutNode) == "1" {
		t.Logf("NOT CHECKED against Neon's definition: %s=1", withoutNode)
		return nil
	}
	router, err := definition()
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("Neon's definition is missing: run npm ci (%v)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return router
}

func TestDefinition_isStrict(t *testing.T) {
	router := loadDefinition(t)
	if router == nil {
		t.Skipf("NOT CHECKED against Neon's definition: %s=1", withoutNode)
	}
	for body, ok := range map[string]bool{
		`{"project":{"name":"x"}}`:                                     true,
		`{"project":{"title":"x"}}`:                                    false,
		`{"project":{"settings":{"quota":{"active_time_seconds":0}}}}`: true,
		`{"project":{"settings":{"quota":{"active_time":0}}}}`:         false,
	} {
		req := request("PATCH", base+"/projects/p-1", body)
		route, params, err := router.FindRoute(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := openapi3filter.ValidateRequest(t.Context(), requestInput(req, body, route, params)); (err == nil) != ok {
			t.Errorf("PATCH %s: %v, want valid %v", body, err, ok)
		}
	}
}

func TestDefinition_refusesWrongAnswers(t *testing.T) {
	router := loadDefinition(t)
	if router == nil {
		t.Skipf("NOT CHECKED against Neon's definition: %s=1", withoutNode)
	}
	s := start(t, Config{Projects: 3, Seed: 1})
	req := request("GET", base+"/projects", "")
	good := serve(s, req)
	if wrong := violations(router, req, "", good); len(wrong) > 0 {
		t.Fatalf("a good answer is refused: %v", wrong)
	}
	for old, wrong := range map[string]string{
		`"active_time":`:         `"active_time_seconds":`,
		`"store_passwords":true`: `"store_passwords":"yes"`,
		`"created_at":"`:         `"created_at":"about `,
		`"applications":`:        `"application":`,
		`"compute_time_seconds"`: `"compute_seconds"`,
	} {
		bad := good
		bad.body = strings.Replace(good.body, old, wrong, 1)
		if bad.body == good.body || len(violations(router, req, "", bad)) == 0 {
			t.Errorf("%s instead of %s passes", wrong, old)
		}
	}
}
