package neonsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ErrOtherFleet is Load's answer to a file of another seed or size.
var ErrOtherFleet = errors.New("saved for another fleet")

// saved is what a file holds: the fleet's seed, the clock, and what changed.
type saved struct {
	Version  int             `json:"version"`
	Seed     int64           `json:"seed"`
	Projects int             `json:"projects"`
	Anchor   time.Time       `json:"anchor"`
	Offset   time.Duration   `json:"offset_ns"` // of the clock
	First    time.Duration   `json:"first_ns"`  // where Reset puts it
	Changed  map[int]*record `json:"changed"`
	Spending *int64          `json:"spending_cents,omitempty"`
}

const savedVersion = 1

// Save writes the changes and the clock to a file, which is either replaced
// whole or not at all.
func (s *Sim) Save(path string) error {
	data, err := s.snapshot()
	if err != nil {
		return fmt.Errorf("save the simulated fleet: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("save the simulated fleet: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already if all went well
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("save the simulated fleet: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("save the simulated fleet: %w", err)
	}
	return nil
}

func (s *Sim) snapshot() ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	file := saved{
		Version: savedVersion, Seed: s.cfg.Seed, Projects: s.cfg.Projects, Anchor: s.cfg.Anchor,
		Offset: time.Duration(s.offset.Load()), First: time.Duration(s.first), Changed: map[int]*record{}, Spending: s.spending,
	}
	for index, p := range s.changed {
		file.Changed[index] = &p.record
	}
	return json.Marshal(file)
}

// Load takes over what Save wrote, the anchor included: the clock runs on as if
// it had never stopped. It returns ErrOtherFleet if the file is not of the
// seed and the number of projects of this simulator, and an error of package
// fs if there is none.
func (s *Sim) Load(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("load the simulated fleet: %w", err)
	}
	var file saved
	if err := json.Unmarshal(data, &file); err != nil {
		return fmt.Errorf("load the simulated fleet from %s: %w", path, err)
	}
	if file.Version != savedVersion || file.Seed != s.cfg.Seed || file.Projects != s.cfg.Projects {
		return fmt.Errorf("%w: %s has version %d, seed %d and %d projects", ErrOtherFleet, path, file.Version, file.Seed, file.Projects)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.Anchor = file.Anchor
	s.first = int64(file.First)
	s.offset.Store(int64(file.Offset))
	s.sow()
	s.spending = file.Spending
	for index, r := range file.Changed {
		s.changed[index] = s.fleet.restored(index, r)
		if index >= firstMade {
			s.made = append(s.made, index)
		}
	}
	slices.Sort(s.made)
	return nil
}

// restored joins a record with what the seed says.
func (f *fleet) restored(index int, r *record) *project {
	if r.Made == nil {
		return &project{facts: f.facts(index), record: *r}
	}
	where, ok := findPlace(r.Made.Region)
	if !ok {
		where = &places[0]
	}
	return &project{facts: f.madeFacts(index, r.Made.Created, where, r.Made.Version), record: *r}
}
