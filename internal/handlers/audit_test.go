package handlers_test

import (
	"testing"

	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
)

// audited are the entries of an action, newest first.
func (s *site) audited(action string) []fleet.AuditEntry {
	s.t.Helper()
	list, err := s.store.Audit(s.t.Context(), db.AuditFilter{Action: action}, 0, 100)
	must(s.t, err)
	return list
}

func TestAudit_exportsAreWrittenDown(t *testing.T) {
	s := newSynced(t, setting{})
	v, id := s.as(fleet.Finance), s.sim.IDs()[0]
	v.get("/tenants.csv?plan=pro&q=%61cme&per=25")
	v.get("/tenants/" + id + "/usage.csv?from=2026-11-03&to=2026-11-05")
	v.get("/overview.csv")
	v.get("/tenants.csv?sort=nonsense")
	for action, want := range map[string][2]string{
		"export tenants": {"", "plan=pro&q=acme"}, "export usage": {id, "2026-11-03 to 2026-11-05"}, "export fleet days": {"", ""},
	} {
		got := s.audited(action)
		if len(got) != 1 {
			t.Errorf("%s: %d entries, want one", action, len(got))
			continue
		}
		e := got[0]
		if e.Target != want[0] || e.Detail != want[1] || e.By.Email != "finance@example.com" || e.By.Address == "" || e.By.RequestID == "" || e.Outcome != fleet.Done || !e.At.Equal(s.now()) {
			t.Errorf("%s: %+v, want target and detail %q", action, e, want)
		}
	}
}
