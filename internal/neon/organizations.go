package neon

import (
	"context"
	"fmt"
	"time"
)

const (
	routeOrganization  = "/organizations/{org_id}"
	routeSpendingLimit = "/organizations/{org_id}/billing/spending_limit"
)

// Auth tells whose key this is.
type Auth struct{ c *Client }

// AuthDetails is whose key this is. Method is api_key_user, api_key_org or
// another; the set is open.
type AuthDetails struct {
	AccountID string `json:"account_id"`
	Method    string `json:"auth_method"`
	Data      string `json:"auth_data"`
}

func (a *AuthDetails) complete() error { return lacks("account_id", a.AccountID) }

// Get is the self-test that works with every kind of key (FACTS §1, keys).
func (s Auth) Get(ctx context.Context) (AuthDetails, error) {
	return call[AuthDetails](ctx, s.c, get("/auth"))
}

// Organizations reads organizations.
type Organizations struct{ c *Client }

// An Organization is an organization; its plan is an open set.
type Organization struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Handle    string    `json:"handle"`
	Plan      string    `json:"plan"`
	ManagedBy string    `json:"managed_by"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (a *Organization) complete() error { return lacks("organization", a.ID) }

type organizationsAnswer struct {
	Organizations list[Organization] `json:"organizations"`
}

func (a *organizationsAnswer) complete() error { return a.Organizations.complete("organizations") }

// List returns the organizations of the key: exactly one for an organization or
// project key.
func (s Organizations) List(ctx context.Context) ([]Organization, error) {
	a, err := call[organizationsAnswer](ctx, s.c, get("/users/me/organizations"))
	return a.Organizations.items, err
}

// Get reads one organization.
func (s Organizations) Get(ctx context.Context, id string) (Organization, error) {
	return call[Organization](ctx, s.c, get(routeOrganization, id))
}

type spendingLimit struct {
	Cents *int64 `json:"spending_limit_cents"`
}

// SpendingLimit returns the monthly limit in US cents, nil for none. It only
// alerts: computes are not stopped (FACTS §11).
func (s Organizations) SpendingLimit(ctx context.Context, id string) (*int64, error) {
	a, err := call[spendingLimit](ctx, s.c, get(routeSpendingLimit, id))
	return a.Cents, err
}

// SetSpendingLimit sets the monthly limit, 1 cent at least: Neon rejects 0.
func (s Organizations) SetSpendingLimit(ctx context.Context, id string, cents int64) error {
	if cents < 1 {
		return fmt.Errorf("neon: spending limit of %d cents: want 1 at least, or remove it", cents)
	}
	_, err := call[spendingLimit](ctx, s.c, put(spendingLimit{&cents}, routeSpendingLimit, id))
	return err
}

// RemoveSpendingLimit takes the monthly limit away.
func (s Organizations) RemoveSpendingLimit(ctx context.Context, id string) error {
	_, err := call[struct{}](ctx, s.c, remove(routeSpendingLimit, id))
	return err
}

// Regions lists where projects can be.
type Regions struct{ c *Client }

// A Region is a place for projects.
type Region struct {
	ID      string `json:"region_id"`
	Name    string `json:"name"`
	Default bool   `json:"default"`
	GeoLat  string `json:"geo_lat"`
	GeoLong string `json:"geo_long"`
}

type regionsAnswer struct {
	Regions list[Region] `json:"regions"`
}

func (a *regionsAnswer) complete() error { return a.Regions.complete("regions") }

// List returns the regions. An organization key may be answered 404: have a
// fallback (FACTS §1, keys).
func (s Regions) List(ctx context.Context) ([]Region, error) {
	var v query
	v.text("org_id", s.c.org)
	a, err := call[regionsAnswer](ctx, s.c, get("/regions").with(v.values))
	return a.Regions.items, err
}
