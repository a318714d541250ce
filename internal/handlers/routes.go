package handlers

import (
	"net/http"

	"neonfleet/internal/fleet"
	"neonfleet/web/static"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// A route is an address, what its visitor must be allowed to do, and who
// answers. A route without an action answers anybody. HEAD is answered like GET.
type route struct {
	method string
	path   string
	needs  fleet.Action
	handle echo.HandlerFunc
}

// anybody may see what stands before signing in.
const anybody fleet.Action = ""

// routes are all of them. A file is its page's address behind suffixed.
func (s *site) routes() []route {
	sign := signPages{s.Desk, s.Hint, s.reader}
	own := accountPages{s.DB, s.Desk, s.reader, s.secureOnly()}
	home := overviewPages{s.DB, s.reader, s.Now, s.Desk.Now, s.Sync.Budget}
	list := tenantListPages{s.DB, s.reader, s.Now, s.Desk.Now}
	one := tenantPages{s.DB, s.Live, s.reader, s.Now, s.Desk.Now}
	plan := planPages{s.DB, s.reader}
	sync := syncPages{s.DB, s.Sync, s.reader, s.Now, s.Desk.Now, s.Stopping}
	find := findPages{s.DB, s.reader, s.Now}
	const get, post = http.MethodGet, http.MethodPost
	const tenant = pages.TenantListURL + "/:id"
	return []route{
		{get, aliveURL, anybody, s.alive},
		{get, readyURL, anybody, s.ready},
		{get, static.Prefix + "*", anybody, echo.WrapHandler(static.Handler())},
		{get, pages.LoginURL, anybody, sign.form},
		{post, pages.LoginURL, anybody, sign.in},
		{post, pages.LogoutURL, fleet.OwnAccount, sign.out},

		{get, pages.HomeURL, fleet.See, home.show},
		{get, suffixed + "/overview", fleet.See, home.file},
		{get, pages.TenantListURL, fleet.See, list.show},
		{get, suffixed + pages.TenantListURL, fleet.See, list.file},
		{get, tenant, fleet.See, one.usage},
		{get, tenant + "/usage", fleet.See, one.usage},
		{get, suffixed + tenant + "/usage", fleet.See, one.usageFile},
		{get, tenant + "/branches", fleet.See, one.branches},
		{get, tenant + "/limits", fleet.See, one.limits},
		{get, tenant + "/activity", fleet.See, one.activity},
		{get, tenant + "/live", fleet.See, one.live},
		{get, pages.PlanListURL, fleet.See, plan.list},
		{get, pages.PlanListURL + "/:id", fleet.See, plan.one},
		{get, pages.FindURL, fleet.See, find.show},

		{get, pages.SyncURL, fleet.See, sync.show},
		{post, pages.SyncURL, fleet.SyncNow, sync.start},
		{get, pages.SyncStreamURL, fleet.See, sync.stream},

		{get, pages.AccountURL, fleet.OwnAccount, own.show},
		{post, pages.ThemeURL, fleet.OwnAccount, own.theme},
		{post, pages.PreferencesURL, fleet.OwnAccount, own.preferences},
		{post, pages.ColumnsURL, fleet.OwnAccount, own.columns},
		{post, pages.PasswordURL, fleet.OwnAccount, own.password},
		{post, pages.RevokeURL, fleet.OwnAccount, own.revoke},
	}
}

func (r route) name() string { return r.method + " " + r.path }
