package pages

import (
	"net/url"
	"strconv"

	"neonfleet/internal/fleet"
)

// The addresses of pages (interface.md). Every link is made here or from these.
const (
	HomeURL        = "/"
	TenantListURL  = "/tenants"
	PlanListURL    = "/plans"
	SyncURL        = "/sync"      // GET the page, POST starts one
	SyncStreamURL  = "/sync/live" // server-sent events named "progress"
	FindURL        = "/find"
	LoginURL       = "/login"
	LogoutURL      = "/logout" // POST
	AccountURL     = "/account"
	ThemeURL       = "/account/theme"           // POST theme, back
	ColumnsURL     = "/account/columns"         // POST column (repeated), back; reset=1
	PasswordURL    = "/account/password"        // POST current, new, again
	PreferencesURL = "/account/preferences"     // POST theme, zone
	RevokeURL      = "/account/sessions/revoke" // POST session, or others=1
)

// TenantURL is a tenant's page, which begins with its usage.
func TenantURL(id fleet.TenantID) string { return TenantListURL + "/" + url.PathEscape(string(id)) }

// TenantUsageURL is a tenant's usage, with what is chosen there.
func TenantUsageURL(id fleet.TenantID, c UsageChoice) string {
	return withQuery(TenantURL(id)+"/usage", c.values())
}

// TenantUsageCSVURL is a tenant's days as a file, both days included.
func TenantUsageCSVURL(id fleet.TenantID, from, to fleet.Day) string {
	return withQuery(TenantURL(id)+"/usage.csv", url.Values{"from": {from.String()}, "to": {to.String()}})
}

// TenantBranchesURL is a tenant's branches and computes.
func TenantBranchesURL(id fleet.TenantID) string { return TenantURL(id) + "/branches" }

// TenantLimitsURL is a tenant's limits: the plan's, Neon's, the difference.
func TenantLimitsURL(id fleet.TenantID) string { return TenantURL(id) + "/limits" }

// TenantActivityURL is what happened to a tenant.
func TenantActivityURL(id fleet.TenantID) string { return TenantURL(id) + "/activity" }

// PlanURL is a plan's page.
func PlanURL(id fleet.PlanID) string { return PlanListURL + "/" + url.PathEscape(string(id)) }

// OverviewURL is the overview with a meter, as chart or as table.
func OverviewURL(m fleet.Meter, table bool) string {
	v := url.Values{}
	if m != fleet.Compute {
		v.Set("metric", m.String())
	}
	if table {
		v.Set("view", "table")
	}
	return withQuery(HomeURL, v)
}

// OverviewCSVURL is the fleet's usage by day and plan as a file.
func OverviewCSVURL() string { return "/overview.csv" }

// FindWordsURL is the find page for words.
func FindWordsURL(words string) string { return withQuery(FindURL, url.Values{"q": {words}}) }

// TenantsURL is the list of tenants that a query means.
func TenantsURL(q TenantQuery) string { return withQuery(TenantListURL, q.values()) }

// TenantsCSVURL is the file of all tenants that a query means, on all pages.
func TenantsCSVURL(q TenantQuery) string {
	q.Per, q.After, q.Before = 0, "", ""
	return withQuery(TenantListURL+".csv", q.values())
}

// TenantQuery is what the address of the list says. Its zero value is
// everybody, the worst meter first.
type TenantQuery struct {
	Q      string // words and qualifiers, as typed
	Plan   string // a plan's id, "none", or "" for all
	Region string
	States []fleet.State
	Sort   fleet.Sort // zero: the default
	Per    int        // rows a page; 0: the default
	After  string     // cursors
	Before string
}

// DefaultPer is how many rows a page has if the address does not say.
const DefaultPer = 50

// PerChoices are the page sizes there are.
func PerChoices() []int { return []int{25, 50, 100, 200} }

var defaultSort = fleet.Sort{By: fleet.ByWorst, Descending: true}

func (q TenantQuery) sort() fleet.Sort {
	if q.Sort.By == "" {
		return defaultSort
	}
	return q.Sort
}

func (q TenantQuery) per() int {
	if q.Per == 0 {
		return DefaultPer
	}
	return q.Per
}

// values leaves out what is the default, so that equal lists have one address.
func (q TenantQuery) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", q.Q)
	set("plan", q.Plan)
	set("region", q.Region)
	for _, s := range q.States {
		v.Add("state", s.String())
	}
	if q.sort() != defaultSort {
		v.Set("sort", q.sort().String())
	}
	if q.per() != DefaultPer {
		v.Set("per", strconv.Itoa(q.per()))
	}
	set("after", q.After)
	set("before", q.Before)
	return v
}

// narrowed says whether the query means less than everybody.
func (q TenantQuery) narrowed() bool {
	return q.Q != "" || q.Plan != "" || q.Region != "" || len(q.States) > 0
}

// fromStart is the query on its first page.
func (q TenantQuery) fromStart() TenantQuery {
	q.After, q.Before = "", ""
	return q
}

func withQuery(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
