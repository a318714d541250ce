// Package neon is a client for the Neon API v2, in Neon's own words: services
// by subject (Projects, Branches, Consumption, …), one way to call, one error
// type, lists as iterators over pages. It knows Neon's traps (FACTS.md) and
// nothing of tenants and plans: turning a project into a tenant is the
// caller's business.
//
// Every call spends from one Budget that keeps the whole process below Neon's
// rate limits, in a Lane that says who is waiting: a person, a run or the sync.
package neon

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// DefaultBaseURL is where Neon serves its API.
const DefaultBaseURL = "https://console.neon.tech/api/v2"

// tryTimeout bounds one try of the client's own HTTP client. The slowest
// answer Neon promises is a list that was given 30 s (FACTS §1, "timeout").
const tryTimeout = 60 * time.Second

// Config says which Neon to talk to, with which key, and within what budget.
// It prints without its key.
type Config struct {
	BaseURL   string       // DefaultBaseURL if empty
	Key       string       // organization, personal or project key
	Org       string       // organization id for lists, creation and consumption; may be empty with an organization key
	HTTP      *http.Client // copied; never follows redirects. Nil: one with a timeout of 60 s a try
	Budget    *Budget      // shared by all clients of the process; nil: one of its own at the default ceilings
	Clock     Clock        // for waits, ages and polling; nil: SystemClock
	Log       *slog.Logger // retries as warnings, calls at debug level; nil: nothing
	UserAgent string
	Rand      func() float64 // jitter in [0,1); nil: math/rand
	OnCall    func(Call)     // told of every finished call; must not block
}

// A Call is what one call came to, its repetitions included.
type Call struct {
	Lane      Lane
	Method    string
	Route     string // the definition's path, such as /projects/{project_id}
	Status    int    // of the last answer; 0 if there was none
	Tries     int
	Throttled int           // how many of the tries were answered 429
	Wait      time.Duration // spent waiting for the budget
	Took      time.Duration // from start to end, waits included
	RequestID string        // Neon's, of the last answer
}

// A Counter counts the tries of a Counting client, for the record of a sync
// run. The zero value is ready; it is safe for concurrent use.
type Counter struct{ calls, throttled atomic.Int64 }

// Calls returns how many requests were sent, repetitions included.
func (c *Counter) Calls() int64 { return c.calls.Load() }

// Throttled returns how many of them Neon answered with 429.
func (c *Counter) Throttled() int64 { return c.throttled.Load() }

// A Client talks to one Neon account. It is safe for concurrent use and prints
// without its key.
type Client struct {
	Auth          Auth
	Organizations Organizations
	Regions       Regions
	Projects      Projects
	Branches      Branches
	Endpoints     Endpoints
	Operations    Operations
	Consumption   Consumption
	Snapshots     Snapshots
	Roles         Roles
	Databases     Databases

	*core
	org     string
	lane    Lane
	counter *Counter
}

// core is what all clients made from one by In, Counting and ForOrg share.
type core struct {
	base      string
	key       func() string // a closure: no way of printing a struct shows what is in it
	http      *http.Client
	budget    *Budget
	clock     Clock
	log       *slog.Logger
	userAgent string
	rand      func() float64
	onCall    func(Call)
	server    atomic.Pointer[serverDate]
}

// New returns a client that spends from the Person lane, or an error that says
// what is wrong with the configuration. It sends nothing.
func New(cfg Config) (*Client, error) {
	base, err := baseURL(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := checkKey(cfg.Key); err != nil {
		return nil, err
	}
	if cfg.Org != "" && !validID(cfg.Org) {
		return nil, fmt.Errorf("neon: organization id %q: want 1 to 60 of a-z, 0-9 and -", cfg.Org)
	}
	k := &core{
		base: base, key: func() string { return cfg.Key }, http: httpClient(cfg.HTTP), budget: cfg.Budget,
		clock: cfg.Clock, log: cfg.Log, userAgent: cmp.Or(cfg.UserAgent, "neon-fleet"), rand: cfg.Rand, onCall: cfg.OnCall,
	}
	if k.clock == nil {
		k.clock = SystemClock{}
	}
	if k.budget == nil {
		k.budget = NewBudget(BudgetConfig{Clock: k.clock})
	}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	if k.rand == nil {
		k.rand = rand.Float64
	}
	return (&Client{core: k, org: cfg.Org}).bind(), nil
}

// In returns the same client spending from another lane of the budget.
func (c *Client) In(lane Lane) *Client {
	d := *c
	d.lane = lane
	return d.bind()
}

// Counting returns the same client, whose requests are counted in n too.
func (c *Client) Counting(n *Counter) *Client {
	d := *c
	d.counter = n
	return d.bind()
}

// ForOrg returns the same client for another organization, such as the one
// that was found from the key.
func (c *Client) ForOrg(org string) *Client {
	d := *c
	d.org = org
	return d.bind()
}

// Org returns the organization the client was made for, empty if none was named.
func (c *Client) Org() string { return c.org }

// Budget returns what the client's calls are paid from.
func (c *Client) Budget() *Budget { return c.budget }

// bind points the services of a fresh copy at the copy.
func (c *Client) bind() *Client {
	c.Auth, c.Organizations, c.Regions = Auth{c}, Organizations{c}, Regions{c}
	c.Projects, c.Branches, c.Endpoints = Projects{c}, Branches{c}, Endpoints{c}
	c.Operations, c.Consumption, c.Snapshots = Operations{c}, Consumption{c}, Snapshots{c}
	c.Roles, c.Databases = Roles{c}, Databases{c}
	return c
}

func baseURL(s string) (string, error) {
	u, err := url.Parse(cmp.Or(s, DefaultBaseURL))
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return "", errors.New("neon: the base URL must be an http or https address")
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return "", errors.New("neon: the base URL must have no user, query or fragment")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// checkKey refuses only what cannot be a key: formats differ (FACTS §1).
func checkKey(key string) error {
	if key == "" {
		return errors.New("neon: the API key is empty")
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("neon: the API key contains spaces, line breaks or other characters no key has")
	}
	return nil
}

// httpClient copies h and takes redirects from it: an empty path segment is
// answered with one (FACTS §1), and the key must not travel to another place.
func httpClient(h *http.Client) *http.Client {
	own := http.Client{Timeout: tryTimeout}
	if h != nil {
		own = *h
	}
	if t, ok := http.DefaultTransport.(*http.Transport); ok && own.Transport == nil {
		t = t.Clone()
		t.MaxIdleConnsPerHost = 32 // a run's workers keep their connections
		own.Transport = t
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
