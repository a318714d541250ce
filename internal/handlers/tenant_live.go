package handlers

import (
	"cmp"
	"net/http"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/observe"
	"neonfleet/web/templates/pages"

	"github.com/labstack/echo/v4"
)

// shownAudit is how many entries of the audit log a tenant's activity shows.
const shownAudit = 50

// live is the head of a tenant's page, read from Neon just now: what htmx asks
// for once the page stands.
func (p tenantPages) live(c echo.Context) error {
	v, _, err := p.visitLive(c)
	if err != nil {
		return err
	}
	m := pages.NewTenantUsage(v.reader, pages.UsageInput{Tenant: v.input})
	return render(c, http.StatusOK, pages.TenantTop(m.Head))
}

// liveURL is the address of live.
func liveURL(id fleet.TenantID) string { return pages.TenantURL(id) + "/live" }

// branches are read from Neon while the page is made, or shown as last seen.
func (p tenantPages) branches(c echo.Context) error {
	v, seen, err := p.visitLive(c)
	if err != nil {
		return err
	}
	m := pages.NewTenantBranches(v.reader, branchesInput(v.input, seen))
	return renderPart(c, http.StatusOK, pages.TenantBranchesPage(m), pages.BranchesPart(m))
}

func branchesInput(head pages.TenantInput, seen observe.Seen) pages.BranchesInput {
	in := pages.BranchesInput{Tenant: head, Live: seen.Live, At: seen.Project.At, Why: seen.Why, Request: seen.Request}
	names := map[string]string{}
	for _, b := range seen.Project.Branches {
		names[b.ID] = b.Name
	}
	tree, _ := fleet.Tree(seen.Project.Branches)
	for _, b := range tree {
		in.Branches = append(in.Branches, pages.Branch{ID: b.ID, Name: b.Name, Parent: cmp.Or(names[b.Parent], b.Parent), Default: b.Default,
			Protected: b.Protected, Size: b.Size, State: cmp.Or(b.Pending, b.State), CreatedAt: b.CreatedAt, ExpiresAt: b.ExpiresAt})
	}
	for _, e := range seen.Project.Endpoints {
		in.Computes = append(in.Computes, pages.Compute{ID: e.ID, Branch: cmp.Or(names[e.Branch], e.Branch), ReadOnly: e.Type == "read_only",
			State: e.State, Pending: e.Pending, Disabled: e.Disabled, Sizes: e.Sizes, LastActive: e.LastActive})
	}
	return in
}

// activity is what staff, the sync and Neon did, newest first.
func (p tenantPages) activity(c echo.Context) error {
	v, seen, err := p.visitLive(c)
	if err != nil {
		return err
	}
	in := pages.ActivityInput{Tenant: v.input, NeonAt: seen.Project.At, NeonWhy: seen.Why, Syncs: syncEvents(v.detail)}
	in.Audit, err = p.db.Audit(c.Request().Context(), db.AuditFilter{Target: string(v.detail.Tenant.ID)}, 0, shownAudit)
	if err != nil {
		return err
	}
	for _, o := range seen.Project.Operations {
		in.Operations = append(in.Operations, pages.Operation{At: o.Began, Action: o.Action, Status: o.Status, On: cmp.Or(o.Endpoint, o.Branch),
			Duration: o.Took, Error: o.Problem})
	}
	return render(c, http.StatusOK, pages.TenantActivityPage(pages.NewTenantActivity(v.reader, in)))
}

// syncEvents are what the sync noticed last of a tenant.
func syncEvents(d db.TenantDetail) (list []pages.SyncEvent) {
	if !d.Since.IsZero() {
		text := "State became " + d.Tenant.State.Title()
		if d.Reason != "" {
			text += ": " + d.Reason
		}
		list = append(list, pages.SyncEvent{At: d.Since, Text: text + "."})
	}
	if !d.UsageThrough.IsZero() {
		list = append(list, pages.SyncEvent{At: d.UsageThrough, Text: "Usage is read up to here."})
	}
	if !d.EndpointsAt.IsZero() {
		list = append(list, pages.SyncEvent{At: d.EndpointsAt, Text: "Settings of the computes were read."})
	}
	return list
}
