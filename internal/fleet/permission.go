package fleet

// A Role is what a member of staff may do.
type Role string

// The four roles.
const (
	Viewer  Role = "viewer"
	Support Role = "support"
	Finance Role = "finance"
	Admin   Role = "admin"
)

// Roles are all roles, least first.
func Roles() []Role { return []Role{Viewer, Support, Finance, Admin} }

// ParseRole finds a role by its word.
func ParseRole(s string) (Role, bool) {
	for _, r := range Roles() {
		if string(r) == s {
			return r, true
		}
	}
	return "", false
}

// An Action is something a role may or may not do.
type Action string

// The actions, a row each of design.md §6.
const (
	See           Action = "see tenants, usage, plans and activity"
	OwnAccount    Action = "manage the own account"
	SyncNow       Action = "start a sync"
	Operate       Action = "work on branches and computes, suspend, resume, note and tag"
	AckAlerts     Action = "acknowledge alerts"
	ChangeTenants Action = "change plans and overrides, provision, delete, protect, rotate, drift, runs"
	Administer    Action = "edit plans, settings, staff and tokens, reopen a month"
	SeeMoney      Action = "see prices, cost and margin"
	Reports       Action = "use reports, close a month, deliveries, own report tokens"
	RevealSecrets Action = "reveal a connection string"
	SeeOwnAudit   Action = "see the own actions in the audit log"
	SeeAudit      Action = "see the whole audit log"
)

// allowed is the one table of who may do what. What is not in it is denied.
var allowed = map[Role]map[Action]bool{
	Viewer:  {See: true, OwnAccount: true},
	Support: {See: true, OwnAccount: true, SyncNow: true, Operate: true, AckAlerts: true, SeeOwnAudit: true},
	Finance: {See: true, OwnAccount: true, SeeMoney: true, Reports: true},
	Admin: {See: true, OwnAccount: true, SyncNow: true, Operate: true, AckAlerts: true, ChangeTenants: true,
		Administer: true, SeeMoney: true, Reports: true, RevealSecrets: true, SeeOwnAudit: true, SeeAudit: true},
}

// May says whether the role allows the action; unknown roles and actions are
// denied.
func (r Role) May(a Action) bool { return allowed[r][a] }

// Who are the roles that may do a, for "ask an administrator".
func (a Action) Who() (roles []Role) {
	for _, r := range Roles() {
		if r.May(a) {
			roles = append(roles, r)
		}
	}
	return roles
}

// Title is the role as shown: "Admin".
func (r Role) Title() string {
	switch r {
	case Viewer:
		return "Viewer"
	case Support:
		return "Support"
	case Finance:
		return "Finance"
	case Admin:
		return "Admin"
	}
	return string(r)
}
