package neonsim

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSave_keepsChangesAndClock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "neon.json")
	s := start(t, Config{Projects: 1000, Seed: 1, Org: "org-x"})
	path, e := alwaysOn(t, s)
	want(t, s, 200, "PATCH", path, `{"endpoint":{"disabled":true}}`)
	s.Advance(5 * time.Hour)
	want(t, s, 200, "PATCH", "/projects/"+e.ProjectID, `{"project":{"name":"kept","settings":{"quota":{"active_time_seconds":5}}}}`)
	gone := s.IDs()[3]
	want(t, s, 200, "DELETE", "/projects/"+gone, "")
	if err := s.Save(file); err != nil {
		t.Fatal(err)
	}
	before := ask(t, s, "GET", "/projects?limit=400", "").body

	later := noon.Add(time.Minute)
	again := start(t, Config{Projects: 1000, Seed: 1, Org: "org-x", Now: func() time.Time { return later }})
	if err := again.Load(file); err != nil {
		t.Fatal(err)
	}
	if got, want := again.Now(), noon.Add(5*time.Hour+time.Minute); !got.Equal(want) {
		t.Errorf("clock = %s, want %s: it runs on while nobody looks", got, want)
	}
	later = noon
	if after := ask(t, again, "GET", "/projects?limit=400", "").body; after != before {
		t.Error("the list differs after Save and Load")
	}
	if got := get[projectAnswer](t, again, "/projects/"+e.ProjectID).Project; got.Name != "kept" || *got.Settings.Quota.Active != 5 {
		t.Errorf("project = %+v", got)
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("files left: %v (%v), want one", left, err)
	}
}

func TestLoad_refusesAnotherFleet(t *testing.T) {
	file := filepath.Join(t.TempDir(), "neon.json")
	if err := start(t, Config{Projects: 20, Seed: 1}).Save(file); err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []Config{{Projects: 21, Seed: 1}, {Projects: 20, Seed: 2}} {
		if err := start(t, cfg).Load(file); !errors.Is(err, ErrOtherFleet) {
			t.Errorf("%d projects of seed %d: %v, want ErrOtherFleet", cfg.Projects, cfg.Seed, err)
		}
	}
	if err := start(t, Config{}).Load(file + ".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v, want fs.ErrNotExist", err)
	}
	if err := os.WriteFile(file, []byte(`{"version":1,`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start(t, Config{}).Load(file); err == nil {
		t.Error("a broken file was loaded")
	}
}

func TestEdits_moveWithEveryChange(t *testing.T) {
	s := start(t, Config{Projects: 20, Seed: 1})
	before := s.Edits()
	get[projectList](t, s, "/projects")
	if s.Edits() != before {
		t.Error("a read counts as a change")
	}
	want(t, s, 200, "PATCH", "/projects/"+s.IDs()[0], `{"project":{"name":"x"}}`)
	if s.Edits() == before {
		t.Error("a change does not count")
	}
}
