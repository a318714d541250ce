package db_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/google/go-cmp/cmp"
)

const staffHash = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"

var (
	staffNoon  = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	staffShell = fleet.Actor{Email: "shell"}
)

func addStaff(t *testing.T, store *db.DB, email string, role fleet.Role) fleet.Staff {
	t.Helper()
	s, err := store.CreateStaff(t.Context(), staffShell, email, role, staffHash, staffNoon)
	if err != nil {
		t.Fatalf("add %s: %v", email, err)
	}
	return s
}

func auditActions(t *testing.T, store *db.DB) (actions []string) {
	t.Helper()
	entries, err := store.Audit(t.Context(), db.AuditFilter{}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		actions = append(actions, e.Action+" "+e.Target)
	}
	return actions
}

func TestCreateStaff_keepsTheAddressInLowerCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		made := addStaff(t, store, " Ada@Example.com ", fleet.Support)
		want := fleet.Staff{ID: made.ID, Email: "ada@example.com", Role: fleet.Support, CreatedAt: staffNoon, Epoch: 1}
		if diff := cmp.Diff(want, made); diff != "" {
			t.Error(diff)
		}
		found, hash, err := store.Credentials(t.Context(), "ADA@example.com")
		if err != nil || hash != staffHash {
			t.Fatalf("credentials: %q, %v", hash, err)
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCreateStaff_refusesASecondAccountOfAnAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		addStaff(t, store, "ada@example.com", fleet.Viewer)
		_, err := store.CreateStaff(t.Context(), staffShell, "ADA@example.com", fleet.Admin, staffHash, staffNoon)
		if fleet.KindOf(err) != fleet.Conflict || !strings.Contains(err.Error(), "ada@example.com has an account already.") {
			t.Errorf("err = %v, want a Conflict that names the address", err)
		}
		if got := auditActions(t, store); len(got) != 1 {
			t.Errorf("audit = %q, want only the first account", got)
		}
	})
}

func TestCreateStaff_refusesAPasswordThatIsNoHash(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		if _, err := store.CreateStaff(t.Context(), staffShell, "ada@example.com", fleet.Viewer, "plain text", staffNoon); err == nil {
			t.Error("a password was stored as it is")
		}
	})
}

func TestStaffByEmail_isNotFoundWithoutAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		if _, err := store.StaffByEmail(t.Context(), "nobody@example.com"); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("by address: %v, want NotFound", err)
		}
		if _, err := store.Staff(t.Context(), 99); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("by id: %v, want NotFound", err)
		}
		if _, err := store.SetRole(t.Context(), staffShell, 99, fleet.Admin, staffNoon); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("set role: %v, want NotFound", err)
		}
	})
}

func TestStaffList_isSortedByAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		for _, email := range []string{"zoe@example.com", "ada@example.com", "mia@example.com"} {
			addStaff(t, store, email, fleet.Viewer)
		}
		all, err := store.StaffList(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range all {
			got = append(got, s.Email)
		}
		if diff := cmp.Diff([]string{"ada@example.com", "mia@example.com", "zoe@example.com"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStaff_everyChangeEndsSessionsAndIsAudited(t *testing.T) {
	changes := map[string]func(t *testing.T, store *db.DB, id fleet.StaffID) (fleet.Staff, error){
		"change role": func(t *testing.T, store *db.DB, id fleet.StaffID) (fleet.Staff, error) {
			return store.SetRole(t.Context(), staffShell, id, fleet.Finance, staffNoon)
		},
		"set password": func(t *testing.T, store *db.DB, id fleet.StaffID) (fleet.Staff, error) {
			return store.SetPassword(t.Context(), staffShell, id, staffHash+"AA", staffNoon)
		},
		"disable account": func(t *testing.T, store *db.DB, id fleet.StaffID) (fleet.Staff, error) {
			return store.SetDisabled(t.Context(), staffShell, id, true, staffNoon)
		},
	}
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		for action, change := range changes {
			t.Run(action, func(t *testing.T) {
				ada := addStaff(t, store, strings.ReplaceAll(action, " ", ".")+"@example.com", fleet.Viewer)
				beginSession(t, store, ada, "s-"+action, staffNoon)
				after, err := change(t, store, ada.ID)
				if err != nil {
					t.Fatal(err)
				}
				if after.Epoch != ada.Epoch+1 {
					t.Errorf("epoch = %d, want %d", after.Epoch, ada.Epoch+1)
				}
				if _, _, err := store.Session(t.Context(), sessionKey("s-"+action), staffNoon); fleet.KindOf(err) != fleet.NotFound {
					t.Errorf("the session still holds: %v", err)
				}
				if got := auditActions(t, store)[0]; got != action+" "+ada.Email {
					t.Errorf("audit = %q", got)
				}
			})
		}
	})
}

func TestStaff_aPasswordLeavesNoTraceInTheAuditLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		if _, err := store.SetPassword(t.Context(), staffShell, ada.ID, staffHash+"SECRET", staffNoon); err != nil {
			t.Fatal(err)
		}
		entries, err := store.Audit(t.Context(), db.AuditFilter{}, 0, 10)
		if err != nil || len(entries) != 2 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		for _, e := range entries {
			if text := e.Before + e.After + e.Detail; strings.Contains(text, "argon2id") || strings.Contains(text, "SECRET") {
				t.Errorf("entry has the hash: %+v", e)
			}
		}
	})
}

func TestSetRole_saysWhatItWasAndIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		if _, err := store.SetRole(t.Context(), staffShell, ada.ID, fleet.Support, staffNoon); err != nil {
			t.Fatal(err)
		}
		entries, err := store.Audit(t.Context(), db.AuditFilter{}, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if e := entries[0]; e.Before != `{"role":"viewer","disabled":false}` || e.After != `{"role":"support","disabled":false}` || e.By.Email != "shell" {
			t.Errorf("entry = %+v", e)
		}
	})
}

func TestStaff_whatIsSoAlreadyChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		same, err := store.SetRole(t.Context(), staffShell, ada.ID, fleet.Viewer, staffNoon)
		if err != nil || same != ada {
			t.Errorf("same role: %+v, %v", same, err)
		}
		same, err = store.SetDisabled(t.Context(), staffShell, ada.ID, false, staffNoon)
		if err != nil || same != ada {
			t.Errorf("enabled already: %+v, %v", same, err)
		}
		if got := auditActions(t, store); len(got) != 1 {
			t.Errorf("audit = %q, want only the account's beginning", got)
		}
	})
}

func TestStaff_theLastAdministratorStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada, bob := addStaff(t, store, "ada@example.com", fleet.Admin), addStaff(t, store, "bob@example.com", fleet.Admin)
		if _, err := store.SetDisabled(t.Context(), staffShell, bob.ID, true, staffNoon); err != nil {
			t.Fatalf("disable one of two: %v", err)
		}
		_, err := store.SetRole(t.Context(), staffShell, ada.ID, fleet.Viewer, staffNoon)
		if fleet.KindOf(err) != fleet.Invalid || !strings.Contains(err.Error(), "last administrator") {
			t.Errorf("demote the last who can sign in: %v, want Invalid", err)
		}
		if _, err := store.SetDisabled(t.Context(), staffShell, ada.ID, true, staffNoon); fleet.KindOf(err) != fleet.Invalid {
			t.Errorf("disable the last who can sign in: %v, want Invalid", err)
		}
		if now, err := store.Staff(t.Context(), ada.ID); err != nil || now != ada {
			t.Errorf("ada = %+v, %v; want unchanged", now, err)
		}
		if _, err := store.SetRole(t.Context(), staffShell, bob.ID, fleet.Viewer, staffNoon); err != nil {
			t.Errorf("a disabled administrator may be demoted: %v", err)
		}
	})
}

func TestStaff_administratorsWhoDemoteEachOtherAtOnceLeaveOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada, bob := addStaff(t, store, "ada@example.com", fleet.Admin), addStaff(t, store, "bob@example.com", fleet.Admin)
		for round := range 10 {
			var both sync.WaitGroup
			for _, id := range []fleet.StaffID{ada.ID, bob.ID} {
				both.Go(func() {
					if _, err := store.SetRole(t.Context(), staffShell, id, fleet.Viewer, staffNoon); err != nil && fleet.KindOf(err) != fleet.Invalid {
						t.Errorf("round %d: %v", round, err)
					}
				})
			}
			both.Wait()
			admins := 0
			for _, id := range []fleet.StaffID{ada.ID, bob.ID} {
				s, err := store.Staff(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if s.Role == fleet.Admin {
					admins++
				}
				if _, err := store.SetRole(t.Context(), staffShell, id, fleet.Admin, staffNoon); err != nil {
					t.Fatal(err)
				}
			}
			if admins != 1 {
				t.Fatalf("round %d: %d administrators are left, want 1", round, admins)
			}
		}
	})
}

func TestStaff_aChangeThatCannotBeAuditedDoesNotHappen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		if _, err := store.SetRole(t.Context(), fleet.Actor{}, ada.ID, fleet.Admin, staffNoon); err == nil {
			t.Error("a change by nobody was accepted")
		}
		if now, err := store.Staff(t.Context(), ada.ID); err != nil || now != ada {
			t.Errorf("ada = %+v, %v; want unchanged", now, err)
		}
	})
}

func TestRecordSignIn_notesTheTimeOnlyOfAnAccountThatIsAsItWasRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		by := fleet.Actor{ID: ada.ID, Email: ada.Email, Role: ada.Role, Address: "192.0.2.7"}
		if err := store.RecordSignIn(t.Context(), ada, by, staffNoon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		now, err := store.Staff(t.Context(), ada.ID)
		if err != nil || !now.LastSignIn.Equal(staffNoon.Add(time.Hour)) || now.Epoch != ada.Epoch {
			t.Errorf("ada = %+v, %v", now, err)
		}
		if got := auditActions(t, store)[0]; got != "sign in ada@example.com" {
			t.Errorf("audit = %q", got)
		}
		if _, err := store.SetPassword(t.Context(), staffShell, ada.ID, staffHash, staffNoon); err != nil {
			t.Fatal(err)
		}
		if err := store.RecordSignIn(t.Context(), ada, by, staffNoon.Add(2*time.Hour)); fleet.KindOf(err) != fleet.Conflict {
			t.Errorf("with the password of before: %v, want Conflict", err)
		}
		if got := auditActions(t, store)[0]; got != "set password ada@example.com" {
			t.Errorf("audit = %q, want no second sign-in", got)
		}
	})
}

func TestRehash_leavesSessionsAndAPasswordChangedMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		if err := store.Rehash(t.Context(), ada.ID, staffHash, staffHash+"NEW"); err != nil {
			t.Fatal(err)
		}
		if err := store.Rehash(t.Context(), ada.ID, staffHash, staffHash+"LATE"); err != nil {
			t.Fatal(err)
		}
		now, hash, err := store.Credentials(t.Context(), ada.Email)
		if err != nil || hash != staffHash+"NEW" || now.Epoch != ada.Epoch {
			t.Errorf("hash %q, epoch %d, %v", hash, now.Epoch, err)
		}
	})
}

func TestCreateFirstStaff_makesOneWhenReplicasStartTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		var all sync.WaitGroup
		made := make(chan string, 8)
		for i := range 8 {
			all.Go(func() {
				email := string(rune('a'+i)) + "@example.com"
				_, ok, err := store.CreateFirstStaff(t.Context(), staffShell, email, staffHash, staffNoon)
				if err != nil {
					t.Error(err)
				}
				if ok {
					made <- email
				}
			})
		}
		all.Wait()
		close(made)
		staff, err := store.StaffList(t.Context())
		if err != nil || len(staff) != 1 || len(made) != 1 || <-made != staff[0].Email || staff[0].Role != fleet.Admin {
			t.Errorf("staff = %+v, %v; want the one administrator", staff, err)
		}
	})
}
