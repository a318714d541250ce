package neon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// shelf answers /projects from pages by cursor and notes the queries.
func shelf(t *testing.T, pages map[string]string) (*Client, *[]url.Values) {
	t.Helper()
	var asked []url.Values
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query())
		body, ok := pages[r.URL.Query().Get("cursor")]
		if !ok || len(asked) > 20 {
			t.Errorf("asked for %q", r.URL.RawQuery)
			body = `{"projects":[]}`
		}
		say(200, body)(w, r)
	})
	return c, &asked
}

// projects is a page with those ids and that cursor, if any.
func projects(cursor string, ids ...string) string {
	items := make([]string, len(ids))
	for i, id := range ids {
		items[i] = fmt.Sprintf(`{"id":%q}`, id)
	}
	page := `{"projects":[` + strings.Join(items, ",") + `]`
	if cursor != "" {
		page += fmt.Sprintf(`,"pagination":{"cursor":%q}`, cursor)
	}
	return page + "}"
}

// sweep collects the ids of a walk, and what the last page said.
func sweep(ctx context.Context, c *Client, q ProjectQuery) (ids []string, last ProjectPage, err error) {
	for page, err := range c.Projects.Pages(ctx, q) {
		if err != nil {
			return ids, last, err
		}
		for _, p := range page.Items {
			ids = append(ids, p.ID)
		}
		last = page
	}
	return ids, last, nil
}

func TestPages_goOnUntilNothingFollows(t *testing.T) {
	for name, pages := range map[string]map[string]string{
		"an empty page without a cursor":  {"": projects("c1", "a"), "c1": projects("c2", "b"), "c2": projects("")},
		"an empty page with a new cursor": {"": projects("c1", "a"), "c1": projects("c2", "b"), "c2": projects("c3")},
		"the last page has a cursor":      {"": projects("c1", "a"), "c1": projects("c1", "b")},
		"the last page has none":          {"": projects("c1", "a"), "c1": projects("", "b")},
		"a null list":                     {"": projects("c1", "a"), "c1": projects("c2", "b"), "c2": `{"projects":null}`},
	} {
		c, asked := shelf(t, pages)
		ids, last, err := sweep(t.Context(), c, ProjectQuery{})
		if err != nil || !slices.Equal(ids, []string{"a", "b"}) {
			t.Errorf("%s: %v, %v", name, ids, err)
		}
		if !last.Last || last.Next != "" || len(*asked) != len(pages) {
			t.Errorf("%s: last page %+v after %d requests, want %d", name, last, len(*asked), len(pages))
		}
	}
}

func TestPages_ofNothingAreOneLastPage(t *testing.T) {
	c, _ := shelf(t, map[string]string{"": `{"projects":[]}`})
	n := 0
	for page, err := range c.Projects.Pages(t.Context(), ProjectQuery{}) {
		n++
		if err != nil || !page.Last || len(page.Items) != 0 {
			t.Errorf("page %+v, %v", page, err)
		}
	}
	if n != 1 {
		t.Errorf("%d pages, want 1", n)
	}
}

func TestPages_aShortPageOfProjectsIsNotTheEnd(t *testing.T) {
	c, _ := shelf(t, map[string]string{
		"":   `{"projects":[{"id":"a"}],"unavailable_project_ids":["slow-1"],"pagination":{"cursor":"c1"}}`,
		"c1": `{"projects":[],"unavailable_project_ids":["slow-2","slow-3"],"pagination":{"cursor":"c2"}}`,
		"c2": projects("c2", "b"),
	})
	var unavailable []string
	for page, err := range c.Projects.Pages(t.Context(), ProjectQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		unavailable = append(unavailable, page.Unavailable...)
	}
	if !slices.Equal(unavailable, []string{"slow-1", "slow-2", "slow-3"}) {
		t.Errorf("unavailable = %v", unavailable)
	}
}

func TestPages_endInAnErrorWhenTheCursorGoesRound(t *testing.T) {
	c, asked := shelf(t, map[string]string{"": projects("c1", "a"), "c1": projects("c2", "b"), "c2": projects("c1", "c")})
	ids, last, err := sweep(t.Context(), c, ProjectQuery{})
	if !errors.Is(err, ErrCursorLoop) {
		t.Errorf("err = %v, want ErrCursorLoop", err)
	}
	if last.Last || !slices.Equal(ids, []string{"a", "b"}) || len(*asked) != 3 {
		t.Errorf("ids %v, last %+v, %d requests", ids, last, len(*asked))
	}
}

func TestPages_resumeFromASavedCursor(t *testing.T) {
	c, asked := shelf(t, map[string]string{"c1": projects("c2", "b"), "c2": projects("")})
	ids, _, err := sweep(t.Context(), c, ProjectQuery{Cursor: "c1", Limit: 9000, Search: "a b", Recoverable: true, Timeout: 20 * time.Second, Org: "org-y"})
	if err != nil || !slices.Equal(ids, []string{"b"}) {
		t.Fatalf("%v, %v", ids, err)
	}
	for i, cursor := range []string{"c1", "c2"} {
		want := url.Values{"cursor": {cursor}, "limit": {"400"}, "search": {"a b"}, "recoverable": {"true"}, "timeout": {"20000"}, "org_id": {"org-y"}}
		if got := (*asked)[i]; got.Encode() != want.Encode() {
			t.Errorf("query %d = %v, want %v", i, got, want)
		}
	}
}

func TestPages_stopWhenTheCallerDoes(t *testing.T) {
	c, asked := shelf(t, map[string]string{"": projects("c1", "a")})
	for range c.Projects.Pages(t.Context(), ProjectQuery{}) {
		break
	}
	if len(*asked) != 1 {
		t.Errorf("%d requests, want 1", len(*asked))
	}
}

func TestPages_endWithTheFirstError(t *testing.T) {
	c, _ := serve(t, say(401, `{"code":"","message":"invalid key"}`))
	n := 0
	for _, err := range c.Projects.Pages(t.Context(), ProjectQuery{}) {
		n++
		if StatusOf(err) != 401 {
			t.Errorf("err = %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d turns, want 1", n)
	}
}

func TestPages_refuseATimeoutNeonWouldRefuse(t *testing.T) {
	c, asked := shelf(t, nil)
	for _, d := range []time.Duration{-time.Second, time.Millisecond, time.Minute} {
		if _, _, err := sweep(t.Context(), c, ProjectQuery{Timeout: d}); err == nil {
			t.Errorf("timeout %v was taken", d)
		}
	}
	if len(*asked) != 0 {
		t.Error("something was sent")
	}
}

func TestBranchPages_followNext(t *testing.T) {
	h, n := script(say(200, `{"branches":[{"id":"br-1"},{"id":"br-2"}],"annotations":{"br-1":{"value":{"k":"v"}}},"pagination":{"next":"n1","sort_order":"ASC","cursor":"no"}}`),
		func(w http.ResponseWriter, r *http.Request) {
			if got := r.URL.Query().Get("cursor"); got != "n1" {
				t.Errorf("cursor = %q, want n1", got)
			}
			say(200, `{"branches":[{"id":"br-3"}],"pagination":{"next":"n2"}}`)(w, r)
		})
	c, _ := serve(t, h)
	var ids []string
	for page, err := range c.Branches.Pages(t.Context(), "p-1", BranchQuery{Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Items {
			ids = append(ids, b.ID)
		}
	}
	if !slices.Equal(ids, []string{"br-1", "br-2", "br-3"}) || n() != 2 {
		t.Errorf("%v in %d requests, want all three in 2: the last page is short", ids, n())
	}
}

var aDay = ConsumptionQuery{From: start, To: start.Add(24 * time.Hour), Granularity: Hourly}

func TestConsumption_ofProjectsByIDTakesOneCall(t *testing.T) {
	for name, body := range map[string]string{
		"all answered": `{"projects":[{"project_id":"a","periods":[]},{"project_id":"b","periods":[]}],"pagination":{"cursor":"b"}}`,
		"one missing":  `{"projects":[{"project_id":"a","periods":[]}],"pagination":{"cursor":"a"}}`,
		"nobody":       `{"projects":[]}`,
	} {
		var query url.Values
		h, n := script(func(w http.ResponseWriter, r *http.Request) { query = r.URL.Query(); say(200, body)(w, r) })
		c, _ := serve(t, h)
		q := aDay
		q.ProjectIDs = []string{"a", "b"}
		for _, err := range c.Consumption.Projects(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if n() != 1 {
			t.Errorf("%s: %d requests, want 1", name, n())
		}
		if query.Get("project_ids") != "a,b" || query.Get("org_id") != "org-x" || query.Get("from") != "2026-11-20T12:00:00Z" || query.Get("limit") != "100" || len(strings.Split(query.Get("metrics"), ",")) != 8 {
			t.Errorf("%s: query = %v", name, query)
		}
	}
}

func TestConsumption_ofTheOrganizationGoesOnAfterAShortPage(t *testing.T) {
	h, n := script(say(200, `{"projects":[{"project_id":"a","periods":[]}],"pagination":{"cursor":"a"}}`),
		say(200, `{"projects":[{"project_id":"b","periods":[]}],"pagination":{"cursor":"b"}}`), say(200, `{"projects":[]}`))
	c, _ := serve(t, h)
	var last bool
	for page, err := range c.Consumption.Projects(t.Context(), aDay) {
		if err != nil {
			t.Fatal(err)
		}
		last = page.Last
	}
	if n() != 3 || !last {
		t.Errorf("%d requests, last %t, want 3 and true", n(), last)
	}
}

func TestConsumption_readsPeriodsAndMetrics(t *testing.T) {
	c, _ := serve(t, say(200, `{"projects":[{"project_id":"a","periods":[{"period_id":"x","period_plan":"launch","period_start":"2026-11-01T00:00:00Z",
		"consumption":[{"timeframe_start":"2026-11-20T12:00:00Z","timeframe_end":"2026-11-20T13:00:00Z","metrics":[{"metric_name":"root_branch_bytes_month","value":9007199254740993}]}]}]}]}`))
	for page, err := range c.Consumption.Projects(t.Context(), aDay) {
		if err != nil {
			t.Fatal(err)
		}
		p := page.Items[0].Periods[0]
		if p.Plan != "launch" || !p.End.IsZero() || !p.Consumption[0].Start.Equal(start) {
			t.Errorf("period = %+v", p)
		}
		if m := p.Consumption[0].Metrics[0]; m.Name != RootBranchBytesMonth || m.Value != 9007199254740993 {
			t.Errorf("metric = %+v", m)
		}
	}
}

func TestConsumption_refusesFiguresOfNobodyOrNoTime(t *testing.T) {
	for name, body := range map[string]string{
		"no list": `{"pagination":{"cursor":"x"}}`, "no project": `{"projects":[{"periods":[]}]}`,
		"no time": `{"projects":[{"project_id":"a","periods":[{"consumption":[{"metrics":[]}]}]}]}`,
	} {
		c, _ := serve(t, say(200, body))
		for page, err := range c.Consumption.Projects(t.Context(), aDay) {
			if !errors.Is(err, ErrIncomplete) {
				t.Errorf("%s: %+v, %v, want ErrIncomplete", name, page, err)
			}
		}
	}
}

func TestConsumption_refusesQueriesNeonWouldRefuse(t *testing.T) {
	c, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s", r.URL) })
	wrong := map[string]func(*ConsumptionQuery){
		"no organization": func(q *ConsumptionQuery) { q.Org = "" }, "no start": func(q *ConsumptionQuery) { q.From = time.Time{} },
		"no time between": func(q *ConsumptionQuery) { q.To = q.From }, "101 projects": func(q *ConsumptionQuery) { q.ProjectIDs = slices.Repeat([]string{"a"}, 101) },
		"a wrong organization": func(q *ConsumptionQuery) { q.Org = "ORG" },
	}
	for name, change := range wrong {
		q := aDay
		q.Org = "org-x"
		change(&q)
		for _, err := range c.ForOrg("").Consumption.Projects(t.Context(), q) {
			if err == nil {
				t.Errorf("%s was taken", name)
			}
		}
	}
	for _, err := range c.Consumption.BranchPages(t.Context(), aDay) {
		if err == nil {
			t.Error("branches without projects were taken")
		}
	}
}
