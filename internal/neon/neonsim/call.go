package neonsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A call is one request on its way to an answer.
type call struct {
	sim       *Sim
	r         *http.Request
	at        time.Time // simulated
	route     *route    // nil: Neon has none such
	values    map[string]string
	queries   url.Values
	body      []byte
	status    int
	requestID string
}

func (c *call) routePath() string {
	if c.route == nil {
		return "*"
	}
	return c.route.path
}

// idPattern is what ids look like (FACTS §1).
var idPattern = regexp.MustCompile(`^[a-z0-9-]{1,60}$`)

// checkIDs refuses path values that cannot be ids.
func (c *call) checkIDs() error {
	c.queries = c.r.URL.Query()
	for name, value := range c.values {
		if strings.HasSuffix(name, "_id") && !idPattern.MatchString(value) {
			return badRequest("parameter %q in path has an error: string doesn't match the regular expression %q", name, idPattern)
		}
	}
	return nil
}

// maxBody is more than any request of Neon's API has.
const maxBody = 1 << 20

func (c *call) readBody() error {
	body, err := io.ReadAll(http.MaxBytesReader(nil, c.r.Body, maxBody))
	if err != nil {
		return badRequest("request body could not be read: %v", err)
	}
	c.body = body
	return nil
}

// decode reads a JSON body. Fields that Neon's definition does not have are
// refused: a client that sends one made a mistake, and Neon would ignore it.
func (c *call) decode(into any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return badRequest("request body has an error: value is required but missing")
	}
	return c.decodeOptional(into)
}

// decodeOptional is decode of a body that may be missing.
func (c *call) decodeOptional(into any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	if !utf8.Valid(c.body) {
		return badRequest("request body is not UTF-8")
	}
	if err := decodeStrict(c.body, into); err != nil {
		return badRequest("request body has an error: %v", err)
	}
	return nil
}

func decodeStrict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("doesn't match schema: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("more than one JSON value")
	}
	return nil
}

// number is an integer of the query within bounds.
func (c *call) number(name string, missing, least, most int) (int, error) {
	text := c.queries.Get(name)
	if text == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, badRequest("parameter %q in query has an error: number must be between %d and %d", name, least, most)
	}
	return n, nil
}

// flag is a boolean of the query.
func (c *call) flag(name string) (bool, error) {
	text := c.queries.Get(name)
	if text == "" {
		return false, nil
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		return false, badRequest("parameter %q in query has an error: value must be a boolean", name)
	}
	return on, nil
}

// mostItems is how long an array of a query may be.
const mostItems = 100

// list is an array of the query: repeated, or joined with commas (FACTS §1).
func (c *call) list(name string) ([]string, error) {
	var got []string
	for _, value := range c.queries[name] {
		for item := range strings.SplitSeq(value, ",") {
			if item != "" {
				got = append(got, item)
			}
		}
	}
	if len(got) > mostItems {
		return nil, badRequest("parameter %q in query has an error: maximum number of items is %d", name, mostItems)
	}
	return got, nil
}

// org checks the organization of a query. A personal key must name it; another
// one than the key's is not visible.
func (c *call) org(required bool) error {
	id := c.queries.Get("org_id")
	if id == "" && required {
		return errOrg
	}
	return c.orgNamed(id)
}

// orgNamed checks the organization that a request names.
func (c *call) orgNamed(id string) error {
	switch {
	case id == "" && c.sim.cfg.KeyKind == PersonalKey:
		return errOrg
	case id != "" && id != c.sim.cfg.Org && !c.seesOther(id):
		return notFound("organization", id)
	}
	return nil
}

// seesOther says whether an organization is the other one, and the key a
// person's: those of organizations see their own only (FACTS §1).
func (c *call) seesOther(org string) bool {
	return org != "" && org == c.sim.cfg.OtherOrg && c.sim.cfg.KeyKind == PersonalKey
}

// wanted is the organization whose projects a list is for, as projects have it.
func (c *call) wanted() string {
	if id := c.queries.Get("org_id"); id != c.sim.cfg.Org {
		return id
	}
	return ""
}

// project is the one of the path, if it exists and is not deleted.
func (c *call) project() (*project, error) {
	id := c.values["project_id"]
	p, ok := c.sim.lookup(id, c.second())
	if !ok || !p.exists(c.second()) || p.Org != "" && !c.seesOther(p.Org) {
		return nil, notFound("project", id)
	}
	return p, nil
}

// idleProject is the project of the path, for a change: refused while
// operations run.
func (c *call) idleProject() (*project, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	if p.busy(c.at) {
		return nil, errBusy
	}
	return p, nil
}
