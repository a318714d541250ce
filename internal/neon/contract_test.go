package neon

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// definition is Neon's published API definition, as npm ci brings it.
const definition = "node_modules/@neondatabase/api-client/public-v2-for-users.gen.yaml"

// everything is an answer that satisfies every call.
const everything = `{"account_id":"a","id":"x","count":1,"diff":"","uri":"postgresql://u:p@h/d","password":"p","spending_limit_cents":1,"schedule":[],
	"project":{"id":"p-1"},"branch":{"id":"br-1"},"endpoint":{"id":"ep-1"},"snapshot":{"id":"snap-1"},"role":{"name":"r"},"database":{"name":"d"},
	"operation":{"id":"8c3a3c5e-2b57-4a0f-9d6a-0c7b2f2f1a11","status":"finished"},"organizations":[],"regions":[],"projects":[],"branches":[],"endpoints":[],
	"operations":[],"snapshots":[],"roles":[],"databases":[]}`

// requests are all calls of all services, with all that can be sent in them:
// the keys are Service.Method, or Service.Method with a word on the variant.
func requests(c *Client) map[string]func(context.Context) error {
	const p, br, ep, op = "shiny-wind-12345678", "br-cool-sea-1", "ep-calm-sun-1", "8c3a3c5e-2b57-4a0f-9d6a-0c7b2f2f1a11"
	quota := &Quota{ActiveTimeSeconds: new(int64(360000)), LogicalSizeBytes: new(int64(1 << 30))}
	defaults := &DefaultEndpointSettings{AutoscalingLimitMinCU: new(0.25), AutoscalingLimitMaxCU: new(2.0), SuspendTimeoutSeconds: new(int64(-1)), PgSettings: map[string]string{"work_mem": "8MB"}}
	settings := &ProjectSettings{Quota: quota, AllowedIPs: &AllowedIPs{IPs: []string{"10.0.0.1"}}, EnableLogicalReplication: new(false), MaintenanceWindow: &MaintenanceWindow{Weekdays: []int{1}, StartTime: "01:00", EndTime: "02:00"},
		BlockPublicConnections: new(false), BlockVPCConnections: new(true), AuditLogLevel: "base", HIPAA: new(false), PreloadLibraries: &PreloadLibraries{UseDefaults: new(true), EnabledLibraries: []string{"timescaledb"}}}
	usage := ConsumptionQuery{From: start.Add(-24 * time.Hour), To: start, Granularity: Daily, ProjectIDs: []string{p, "other-1"}}
	return map[string]func(context.Context) error{
		"Auth.Get":                          func(ctx context.Context) error { _, err := c.Auth.Get(ctx); return err },
		"Organizations.List":                func(ctx context.Context) error { _, err := c.Organizations.List(ctx); return err },
		"Organizations.Get":                 func(ctx context.Context) error { _, err := c.Organizations.Get(ctx, "org-x"); return err },
		"Organizations.SpendingLimit":       func(ctx context.Context) error { _, err := c.Organizations.SpendingLimit(ctx, "org-x"); return err },
		"Organizations.SetSpendingLimit":    func(ctx context.Context) error { return c.Organizations.SetSpendingLimit(ctx, "org-x", 10000) },
		"Organizations.RemoveSpendingLimit": func(ctx context.Context) error { return c.Organizations.RemoveSpendingLimit(ctx, "org-x") },
		"Regions.List":                      func(ctx context.Context) error { _, err := c.Regions.List(ctx); return err },

		"Projects.Pages": func(ctx context.Context) error {
			return drain(c.Projects.Pages(ctx, ProjectQuery{Cursor: "c 1", Search: "ü&", Timeout: 20 * time.Second}))
		},
		"Projects.Pages, recoverable": func(ctx context.Context) error {
			return drain(c.Projects.Pages(ctx, ProjectQuery{Recoverable: true}))
		},
		"Projects.Get": func(ctx context.Context) error { _, err := c.Projects.Get(ctx, p); return err },
		"Projects.Create": func(ctx context.Context) error {
			_, err := c.Projects.Create(ctx, ProjectCreate{Name: "n", RegionID: "aws-us-east-2", PgVersion: 17, Branch: &ProjectCreateBranch{"b", "r", "d"}, Settings: settings, DefaultEndpointSettings: defaults, StorePasswords: new(true), HistoryRetentionSeconds: new(int64(0))})
			return err
		},
		"Projects.Create, empty": func(ctx context.Context) error { _, err := c.Projects.Create(ctx, ProjectCreate{}); return err },
		"Projects.Update": func(ctx context.Context) error {
			_, _, err := c.Projects.Update(ctx, p, ProjectUpdate{Name: "n", Settings: settings, DefaultEndpointSettings: defaults, HistoryRetentionSeconds: new(int64(86400))})
			return err
		},
		"Projects.Update, quota lifted": func(ctx context.Context) error {
			_, _, err := c.Projects.Update(ctx, p, ProjectUpdate{Settings: &ProjectSettings{Quota: &Quota{}}})
			return err
		},
		"Projects.Delete":                   func(ctx context.Context) error { _, err := c.Projects.Delete(ctx, p); return err },
		"Projects.Recover":                  func(ctx context.Context) error { _, _, err := c.Projects.Recover(ctx, p); return err },
		"Projects.Transfer":                 func(ctx context.Context) error { return c.Projects.Transfer(ctx, "org-x", "org-y", []string{p}) },
		"Projects.RequestTransfer":          func(ctx context.Context) error { _, err := c.Projects.RequestTransfer(ctx, p, time.Hour); return err },
		"Projects.RequestTransfer, default": func(ctx context.Context) error { _, err := c.Projects.RequestTransfer(ctx, p, 0); return err },
		"Projects.AcceptTransfer":           func(ctx context.Context) error { return c.Projects.AcceptTransfer(ctx, p, op, "org-y") },
		"Projects.ConnectionURI": func(ctx context.Context) error {
			_, err := c.Projects.ConnectionURI(ctx, p, URIQuery{Branch: br, Endpoint: ep, Database: "d b", Role: "r", Pooled: true})
			return err
		},

		"Branches.Pages": func(ctx context.Context) error {
			return drain(c.Branches.Pages(ctx, p, BranchQuery{Cursor: "c", Search: "s", SortBy: "created_at", SortOrder: "asc", IncludeDeleted: true}))
		},
		"Branches.Get":   func(ctx context.Context) error { _, err := c.Branches.Get(ctx, p, br); return err },
		"Branches.Count": func(ctx context.Context) error { _, err := c.Branches.Count(ctx, p, "dev"); return err },
		"Branches.Create": func(ctx context.Context) error {
			_, err := c.Branches.Create(ctx, p, BranchCreate{Name: "n", ParentID: br, ParentTimestamp: start, Protected: new(false), InitSource: "parent-data", ExpiresAt: start,
				Endpoints: []BranchCreateEndpoint{{Type: ReadWrite, AutoscalingLimitMinCU: new(0.25), AutoscalingLimitMaxCU: new(1.0), SuspendTimeoutSeconds: new(int64(300))}}})
			return err
		},
		"Branches.Create, at an LSN": func(ctx context.Context) error {
			_, err := c.Branches.Create(ctx, p, BranchCreate{ParentLSN: "0/1DE2850"})
			return err
		},
		"Branches.Update": func(ctx context.Context) error {
			_, _, err := c.Branches.Update(ctx, p, br, BranchUpdate{Name: "n", Protected: new(true), ExpiresAt: start})
			return err
		},
		"Branches.Update, kept for ever": func(ctx context.Context) error {
			_, _, err := c.Branches.Update(ctx, p, br, BranchUpdate{NeverExpires: true})
			return err
		},
		"Branches.Delete": func(ctx context.Context) error { _, err := c.Branches.Delete(ctx, p, br); return err },
		"Branches.Restore": func(ctx context.Context) error {
			_, _, err := c.Branches.Restore(ctx, p, br, BranchRestore{SourceBranchID: br, SourceTimestamp: start, PreserveUnderName: "old"})
			return err
		},
		"Branches.Restore, at an LSN": func(ctx context.Context) error {
			_, _, err := c.Branches.Restore(ctx, p, br, BranchRestore{SourceBranchID: br, SourceLSN: "0/1"})
			return err
		},
		"Branches.FinalizeRestore":          func(ctx context.Context) error { _, err := c.Branches.FinalizeRestore(ctx, p, br, "old"); return err },
		"Branches.FinalizeRestore, unnamed": func(ctx context.Context) error { _, err := c.Branches.FinalizeRestore(ctx, p, br, ""); return err },
		"Branches.SetDefault":               func(ctx context.Context) error { _, _, err := c.Branches.SetDefault(ctx, p, br); return err },
		"Branches.CompareSchema": func(ctx context.Context) error {
			_, err := c.Branches.CompareSchema(ctx, p, br, SchemaQuery{Database: "d", LSN: "0/1", Timestamp: start, BaseBranch: "br-2", BaseLSN: "0/2", BaseTimestamp: start})
			return err
		},

		"Endpoints.List":         func(ctx context.Context) error { _, err := c.Endpoints.List(ctx, p); return err },
		"Endpoints.ListOfBranch": func(ctx context.Context) error { _, err := c.Endpoints.ListOfBranch(ctx, p, br); return err },
		"Endpoints.Get":          func(ctx context.Context) error { _, err := c.Endpoints.Get(ctx, p, ep); return err },
		"Endpoints.Create": func(ctx context.Context) error {
			_, _, err := c.Endpoints.Create(ctx, p, EndpointCreate{BranchID: br, Type: ReadOnly, Name: "n", AutoscalingLimitMinCU: new(0.25), AutoscalingLimitMaxCU: new(8.0), SuspendTimeoutSeconds: new(int64(0)), Disabled: new(false)})
			return err
		},
		"Endpoints.Update": func(ctx context.Context) error {
			_, _, err := c.Endpoints.Update(ctx, p, ep, EndpointUpdate{Name: "n", AutoscalingLimitMinCU: new(0.25), AutoscalingLimitMaxCU: new(2.0), SuspendTimeoutSeconds: new(int64(300)), Disabled: new(true), Settings: json.RawMessage(`{"pg_settings":{"work_mem":"8MB"}}`)})
			return err
		},
		"Endpoints.Start":   func(ctx context.Context) error { _, _, err := c.Endpoints.Start(ctx, p, ep); return err },
		"Endpoints.Suspend": func(ctx context.Context) error { _, _, err := c.Endpoints.Suspend(ctx, p, ep); return err },
		"Endpoints.Restart": func(ctx context.Context) error { _, _, err := c.Endpoints.Restart(ctx, p, ep); return err },
		"Endpoints.Delete":  func(ctx context.Context) error { _, err := c.Endpoints.Delete(ctx, p, ep); return err },

		"Operations.Pages": func(ctx context.Context) error {
			return drain(c.Operations.Pages(ctx, p, OperationQuery{Cursor: "2025-01-16T21:02:04.214837Z", Limit: 50}))
		},
		"Operations.Get": func(ctx context.Context) error { _, err := c.Operations.Get(ctx, p, op); return err },
		"Operations.Follow": func(ctx context.Context) error {
			return c.Operations.Follow(ctx, p, []Operation{{ID: op, Status: Running}}, nil)
		},

		"Consumption.Projects": func(ctx context.Context) error { return drain(c.Consumption.Projects(ctx, usage)) },
		"Consumption.Projects, the organization's": func(ctx context.Context) error {
			return drain(c.Consumption.Projects(ctx, ConsumptionQuery{From: start.Add(-time.Hour), To: start, Granularity: Monthly, Cursor: "delicate-dawn-54854667"}))
		},
		"Consumption.BranchPages": func(ctx context.Context) error { return drain(c.Consumption.BranchPages(ctx, usage, br, "br-2")) },
		"Consumption.Legacy":      func(ctx context.Context) error { return drain(c.Consumption.Legacy(ctx, usage)) },

		"Snapshots.List": func(ctx context.Context) error { _, err := c.Snapshots.List(ctx, p); return err },
		"Snapshots.Create": func(ctx context.Context) error {
			_, _, err := c.Snapshots.Create(ctx, p, br, SnapshotCreate{Name: "before", Timestamp: start, ExpiresAt: start.Add(time.Hour)})
			return err
		},
		"Snapshots.Create, at an LSN": func(ctx context.Context) error {
			_, _, err := c.Snapshots.Create(ctx, p, br, SnapshotCreate{LSN: "0/1"})
			return err
		},
		"Snapshots.Rename": func(ctx context.Context) error { _, err := c.Snapshots.Rename(ctx, p, "snap-1", "n"); return err },
		"Snapshots.Restore": func(ctx context.Context) error {
			_, err := c.Snapshots.Restore(ctx, p, "snap-1", SnapshotRestore{Name: "n", TargetBranchID: br, Finalize: true})
			return err
		},
		"Snapshots.Delete":   func(ctx context.Context) error { _, err := c.Snapshots.Delete(ctx, p, "snap-1"); return err },
		"Snapshots.Schedule": func(ctx context.Context) error { _, err := c.Snapshots.Schedule(ctx, p, br); return err },
		"Snapshots.SetSchedule": func(ctx context.Context) error {
			return c.Snapshots.SetSchedule(ctx, p, br, []ScheduleItem{{Frequency: "daily", Hour: new(0), RetentionSeconds: new(int64(86400))}})
		},
		"Snapshots.SetSchedule, none": func(ctx context.Context) error { return c.Snapshots.SetSchedule(ctx, p, br, nil) },

		"Roles.List":           func(ctx context.Context) error { _, err := c.Roles.List(ctx, p, br); return err },
		"Roles.Get":            func(ctx context.Context) error { _, err := c.Roles.Get(ctx, p, br, "r/1"); return err },
		"Roles.Create":         func(ctx context.Context) error { _, _, err := c.Roles.Create(ctx, p, br, "r"); return err },
		"Roles.Delete":         func(ctx context.Context) error { _, err := c.Roles.Delete(ctx, p, br, "r"); return err },
		"Roles.RevealPassword": func(ctx context.Context) error { _, err := c.Roles.RevealPassword(ctx, p, br, "r"); return err },
		"Roles.ResetPassword":  func(ctx context.Context) error { _, _, err := c.Roles.ResetPassword(ctx, p, br, "r"); return err },

		"Databases.List":   func(ctx context.Context) error { _, err := c.Databases.List(ctx, p, br); return err },
		"Databases.Get":    func(ctx context.Context) error { _, err := c.Databases.Get(ctx, p, br, "d"); return err },
		"Databases.Create": func(ctx context.Context) error { _, _, err := c.Databases.Create(ctx, p, br, "d", "r"); return err },
		"Databases.Update": func(ctx context.Context) error {
			_, _, err := c.Databases.Update(ctx, p, br, "d", "e", "r")
			return err
		},
		"Databases.Delete": func(ctx context.Context) error { _, err := c.Databases.Delete(ctx, p, br, "d"); return err },
	}
}

func drain[P any](pages func(func(P, error) bool)) (err error) {
	for _, err = range pages {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestContract_everyRequestIsValidByNeonsDefinition(t *testing.T) {
	contract := readContract(t)
	var mu sync.Mutex
	var problems []string
	var sent int
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		sent++
		problems = append(problems, contract.check(r)...)
		say(200, everything)(w, r)
	})
	calls := requests(c)
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		problems, sent = nil, 0
		if err := calls[name](t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if sent == 0 {
			t.Errorf("%s sent nothing", name)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", name, p)
		}
	}
}

func TestContract_coversEveryMethod(t *testing.T) {
	c, _ := serve(t, say(200, everything))
	calls := requests(c)
	for i := range reflect.TypeFor[Client]().NumField() {
		field := reflect.TypeFor[Client]().Field(i)
		if !field.IsExported() {
			continue
		}
		for m := range field.Type.NumMethod() {
			if name := field.Name + "." + field.Type.Method(m).Name; calls[name] == nil {
				t.Errorf("%s is not held to the definition", name)
			}
		}
	}
}

// The check itself must be able to fail, in each of the ways it is there for.
func TestContract_noticesWhatIsWrong(t *testing.T) {
	contract := readContract(t)
	for name, r := range map[string]*http.Request{
		"a path that is none":    httptest.NewRequest("GET", "/api/v2/project", nil),
		"a method that is none":  httptest.NewRequest("PUT", "/api/v2/projects/p-1", nil),
		"an unknown field":       httptest.NewRequest("PATCH", "/api/v2/projects/p-1", strings.NewReader(`{"project":{"settings":{"quota":{"active_time":0}}}}`)),
		"a value out of bounds":  httptest.NewRequest("PATCH", "/api/v2/projects/p-1/endpoints/ep-1", strings.NewReader(`{"endpoint":{"autoscaling_limit_min_cu":0.1}}`)),
		"an unknown query":       httptest.NewRequest("GET", "/api/v2/projects?page=2", nil),
		"a query too large":      httptest.NewRequest("GET", "/api/v2/projects?limit=401", nil),
		"a query that is needed": httptest.NewRequest("GET", "/api/v2/projects/p-1/connection_uri?role_name=r", nil),
	} {
		r.Header.Set("Content-Type", "application/json")
		if problems := contract.check(r); len(problems) == 0 {
			t.Errorf("%s passes", name)
		}
	}
}

// contract is Neon's definition, made strict.
type contract struct{ router routers.Router }

// readContract loads the definition. Without node the contract cannot be
// checked, which has to be said: NEONFLEET_NO_NODE=1.
func readContract(t *testing.T) contract {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", definition))
	if os.IsNotExist(err) && os.Getenv("NEONFLEET_NO_NODE") == "1" {
		t.Skip("LEFT OUT: without node there is no definition of Neon's API, so no request was held to it")
	}
	if err != nil {
		t.Fatalf("Neon's definition is missing, run npm ci: %v", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(compilable(text))
	if err != nil {
		t.Fatal(err)
	}
	forbidUnknownFields(doc)
	doc.Servers = openapi3.Servers{{URL: "/api/v2"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return contract{router}
}

// compilable replaces the patterns that Go's regexp refuses for their length.
func compilable(text []byte) []byte {
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if before, _, ok := strings.Cut(line, "pattern:"); ok && strings.Contains(line, "{0,99}") {
			lines[i] = before + "pattern: '.*'"
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// forbidUnknownFields closes the object schemas of the definition, which leaves
// them open. A part of an allOf stays open, since the other parts' fields are
// unknown to it.
func forbidUnknownFields(doc *openapi3.T) {
	seen := map[*openapi3.Schema]bool{}
	var visit func(ref *openapi3.SchemaRef, part bool)
	visit = func(ref *openapi3.SchemaRef, part bool) {
		if ref == nil || ref.Value == nil || seen[ref.Value] {
			return
		}
		s := ref.Value
		seen[s] = true
		for _, p := range s.AllOf {
			visit(p, true)
		}
		for _, p := range slices.Concat(s.OneOf, s.AnyOf) {
			visit(p, part)
		}
		for _, p := range s.Properties {
			visit(p, false)
		}
		visit(s.Items, false)
		if !part && len(s.AllOf) == 0 && len(s.Properties) > 0 && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil {
			s.AdditionalProperties.Has = new(false)
		}
	}
	for _, path := range doc.Paths.Map() {
		for _, op := range path.Operations() {
			if op.RequestBody == nil {
				continue
			}
			for _, m := range op.RequestBody.Value.Content {
				visit(m.Schema, false)
			}
		}
	}
}

// check returns what is wrong with a request as it arrived.
func (c contract) check(r *http.Request) []string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return []string{err.Error()}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return []string{r.Method + " " + r.URL.String() + ": " + err.Error()}
	}
	var problems []string
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true}})
	if err != nil {
		problems = append(problems, err.Error())
	}
	if route.Operation.RequestBody == nil && len(body) > 0 {
		problems = append(problems, "a body where none is defined: "+string(body))
	}
	return append(problems, unknownQueries(r.URL.Query(), route)...)
}

// unknownQueries finds query parameters that the definition does not have; the
// validator lets them pass.
func unknownQueries(q url.Values, route *routers.Route) (problems []string) {
	for name := range q {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil && route.PathItem.Parameters.GetByInAndName("query", name) == nil {
			problems = append(problems, "no query parameter "+name)
		}
	}
	return problems
}
