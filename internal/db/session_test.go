package db_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
	"neonfleet/internal/fleet"

	"github.com/google/go-cmp/cmp"
)

func sessionKey(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

func beginSession(t *testing.T, store *db.DB, who fleet.Staff, id string, at time.Time) fleet.Session {
	t.Helper()
	s := fleet.Session{Key: sessionKey(id), Staff: who.ID, Epoch: who.Epoch, Data: []byte{0, 1, 2}, CreatedAt: at, Address: "192.0.2.7", Agent: "Firefox"}.Seen(at)
	if err := store.CreateSession(t.Context(), s); err != nil {
		t.Fatalf("begin session %s: %v", id, err)
	}
	return s
}

func TestSession_comesBackWithItsAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Support)
		want := beginSession(t, store, ada, "one", staffNoon)
		got, who, err := store.Session(t.Context(), want.Key, staffNoon)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if who != ada {
			t.Errorf("account = %+v, want %+v", who, ada)
		}
	})
}

func TestSession_isOverAfterTheIdleTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		s := beginSession(t, store, addStaff(t, store, "ada@example.com", fleet.Viewer), "one", staffNoon)
		if _, _, err := store.Session(t.Context(), s.Key, s.ExpiresAt.Add(-time.Second)); err != nil {
			t.Errorf("just before: %v", err)
		}
		if _, _, err := store.Session(t.Context(), s.Key, s.ExpiresAt); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("at its end: %v, want NotFound", err)
		}
	})
}

func TestSession_ofAnEarlierEpochNeverHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		if _, err := store.SetRole(t.Context(), staffShell, ada.ID, fleet.Support, staffNoon); err != nil {
			t.Fatal(err)
		}
		s := beginSession(t, store, ada, "late", staffNoon) // signed in with what was read before the change
		if _, _, err := store.Session(t.Context(), s.Key, staffNoon); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("err = %v, want NotFound", err)
		}
		if list, err := store.Sessions(t.Context(), ada.ID, staffNoon); err != nil || len(list) != 0 {
			t.Errorf("list = %+v, %v; want none", list, err)
		}
	})
}

func TestSaveSession_doesNotBringAnEndedOneBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		s := beginSession(t, store, addStaff(t, store, "ada@example.com", fleet.Viewer), "one", staffNoon)
		s.Data = []byte("more")
		s = s.Seen(staffNoon.Add(time.Hour))
		if err := store.SaveSession(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		got, _, err := store.Session(t.Context(), s.Key, staffNoon.Add(12*time.Hour+time.Minute))
		if err != nil || string(got.Data) != "more" {
			t.Errorf("extended: %+v, %v", got, err)
		}
		for range 2 { // the second time there is nothing to end, which is no error
			if err := store.EndSession(t.Context(), s.Key); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.SaveSession(t.Context(), s); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("save after the end: %v, want NotFound", err)
		}
		if _, _, err := store.Session(t.Context(), s.Key, staffNoon); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("it came back: %v", err)
		}
	})
}

func TestSessions_areListedAndRevokedByPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada, bob := addStaff(t, store, "ada@example.com", fleet.Viewer), addStaff(t, store, "bob@example.com", fleet.Viewer)
		for i, id := range []string{"one", "two", "three"} {
			beginSession(t, store, ada, id, staffNoon.Add(time.Duration(i)*time.Minute))
		}
		other := beginSession(t, store, bob, "bob's", staffNoon)
		now := staffNoon.Add(time.Hour)
		by := fleet.Actor{ID: ada.ID, Email: ada.Email}

		if got := keysOf(t, store, ada, now); !cmp.Equal(got, []string{sessionKey("three"), sessionKey("two"), sessionKey("one")}) {
			t.Fatalf("listed %q, want the last used first", got)
		}
		if err := store.RevokeSession(t.Context(), by, ada, other.Key, now); fleet.KindOf(err) != fleet.NotFound {
			t.Errorf("revoke somebody else's: %v, want NotFound", err)
		}
		if err := store.RevokeSession(t.Context(), by, ada, sessionKey("two"), now); err != nil {
			t.Fatal(err)
		}
		if n, err := store.RevokeOtherSessions(t.Context(), by, ada, sessionKey("one"), now); err != nil || n != 1 {
			t.Errorf("revoked %d others, %v; want 1", n, err)
		}
		if n, err := store.RevokeOtherSessions(t.Context(), by, ada, sessionKey("one"), now); err != nil || n != 0 {
			t.Errorf("revoked %d others again, %v; want none", n, err)
		}
		if got := keysOf(t, store, ada, now); !cmp.Equal(got, []string{sessionKey("one")}) {
			t.Errorf("left %q", got)
		}
		if got := keysOf(t, store, bob, now); len(got) != 1 {
			t.Errorf("bob has %d sessions, want 1", len(got))
		}
		if got := auditActions(t, store)[:2]; !cmp.Equal(got, []string{"end other sessions ada@example.com", "end session ada@example.com"}) {
			t.Errorf("audit = %q", got)
		}
	})
}

func keysOf(t *testing.T, store *db.DB, who fleet.Staff, now time.Time) (keys []string) {
	t.Helper()
	list, err := store.Sessions(t.Context(), who.ID, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		keys = append(keys, s.Key)
	}
	return keys
}

func TestSweepSessions_removesOnlyExpiredOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		ada := addStaff(t, store, "ada@example.com", fleet.Viewer)
		beginSession(t, store, ada, "old", staffNoon)
		beginSession(t, store, ada, "new", staffNoon.Add(time.Hour))
		if n, err := store.SweepSessions(t.Context(), staffNoon.Add(fleet.SessionIdle)); err != nil || n != 1 {
			t.Errorf("swept %d, %v; want 1", n, err)
		}
		if got := keysOf(t, store, ada, staffNoon.Add(fleet.SessionIdle)); !cmp.Equal(got, []string{sessionKey("new")}) {
			t.Errorf("left %q", got)
		}
	})
}
