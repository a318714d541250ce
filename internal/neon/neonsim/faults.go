package neonsim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A Fault is a way in which Neon misbehaves. The first that matches a request
// counts.
type Fault struct {
	Method string        // empty: any
	Path   string        // a glob on the path without its query; * is any characters, / included. Empty: any
	Status int           // answered instead; with Body alone 200
	Times  int           // how often; 0: until replaced
	Delay  time.Duration // waited first; with neither Status nor Body the request then goes on
	Body   string        // sent as it is
	// Rate is how likely it is, drawn from the seed: 0 means 1, below 0 never.
	Rate float64
	// LoseAnswer makes the change, then cuts the connection.
	LoseAnswer bool
}

// armed is a fault and how often it has still to happen.
type armed struct {
	Fault
	left int
}

// FailNext makes the next request that matches fail, before any other fault:
// once, if f.Times says nothing else.
func (s *Sim) FailNext(f Fault) {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	f.Times = max(1, f.Times)
	s.door.faults = append([]*armed{{Fault: f, left: f.Times}}, s.door.faults...)
}

// SetFaults replaces all faults; none ends them.
func (s *Sim) SetFaults(faults []Fault) {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	s.door.faults = nil
	for _, f := range faults {
		s.door.faults = append(s.door.faults, &armed{Fault: f, left: f.Times})
	}
}

// fault is the one that meets a request, if one does.
func (d *door) fault(method, path string) (Fault, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.faults {
		if f.Method != "" && !strings.EqualFold(f.Method, method) || !glob(f.Path, path) || f.Times > 0 && f.left == 0 {
			continue
		}
		if !d.draw(f.Rate) {
			return Fault{}, false
		}
		f.left--
		return f.Fault, true
	}
	return Fault{}, false
}

// draw decides by the seed whether something of a given likelihood happens.
func (d *door) draw(rate float64) bool {
	if rate == 0 || rate >= 1 {
		return true
	}
	d.drawn++
	return float64(mix2(d.seed, d.drawn)>>11)/(1<<53) < rate
}

// glob compares a path with a pattern in which * is any characters.
func glob(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// UnmarshalJSON reads a fault as PUT /_sim/faults has it.
func (f *Fault) UnmarshalJSON(data []byte) error {
	var in struct {
		Method     string          `json:"method"`
		Path       string          `json:"path"`
		Status     int             `json:"status"`
		Times      int             `json:"times"`
		Delay      string          `json:"delay"`
		Body       json.RawMessage `json:"body"`
		Rate       *float64        `json:"rate"`
		LoseAnswer bool            `json:"lose_answer"`
	}
	if err := decodeStrict(data, &in); err != nil {
		return err
	}
	*f = Fault{Method: in.Method, Path: in.Path, Status: in.Status, Times: in.Times, LoseAnswer: in.LoseAnswer}
	return f.read(in.Delay, in.Body, in.Rate)
}

func (f *Fault) read(delay string, body json.RawMessage, rate *float64) (err error) {
	if delay != "" {
		if f.Delay, err = time.ParseDuration(delay); err != nil {
			return fmt.Errorf("delay: %w", err)
		}
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) || f.Times < 0 || f.Delay < 0 {
		return fmt.Errorf("status is 200 to 599, times and delay are not negative")
	}
	if rate != nil {
		if *rate < 0 || *rate > 1 {
			return fmt.Errorf("rate is 0 to 1")
		}
		if f.Rate = *rate; f.Rate == 0 {
			f.Rate = -1
		}
	}
	return f.readBody(body)
}

// readBody takes a text as it is, and anything else as the JSON that it is.
func (f *Fault) readBody(body json.RawMessage) error {
	if len(body) == 0 || string(body) == "null" {
		return nil
	}
	if body[0] != '"' {
		f.Body = string(body)
		return nil
	}
	if err := json.Unmarshal(body, &f.Body); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return nil
}
