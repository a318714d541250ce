package neonsim

import (
	"fmt"
	"slices"
	"time"
)

// An operation is a piece of work that Neon does after it answered. Its status
// is what the clock says: nothing has to run in the background. Times are unix
// nanoseconds.
type operation struct {
	ID       string `json:"id"`
	Action   string `json:"action"`
	Branch   string `json:"branch,omitempty"`
	Endpoint string `json:"endpoint,omitempty"`
	Created  int64  `json:"created"`
	Begins   int64  `json:"begins"`
	Ends     int64  `json:"ends"`
}

// The actions of the operations made here (FACTS §1).
const (
	createTimeline    = "create_timeline"
	createsBranch     = "create_branch"
	deleteTimeline    = "delete_timeline"
	startCompute      = "start_compute"
	suspendCompute    = "suspend_compute"
	applyConfig       = "apply_config"
	checkAvailability = "check_availability"
)

// lasts is how long an action takes.
var lasts = map[string]time.Duration{
	createTimeline:    600 * time.Millisecond,
	createsBranch:     700 * time.Millisecond,
	deleteTimeline:    800 * time.Millisecond,
	startCompute:      450 * time.Millisecond,
	suspendCompute:    700 * time.Millisecond,
	applyConfig:       1200 * time.Millisecond,
	checkAvailability: 1500 * time.Millisecond,
}

func (o *operation) status(now time.Time) string {
	switch at := now.UnixNano(); {
	case at >= o.Ends:
		return "finished"
	case at >= o.Begins:
		return "running"
	}
	return "scheduling"
}

// schedule queues work of one call: it runs in order, one after another, and
// the project is busy until the last is done.
func (p *project) schedule(now time.Time, steps ...operation) []operation {
	at := now.UnixNano()
	for i := range steps {
		o := &steps[i]
		r := mix2(p.hash, uint64(saltOperation)+uint64(len(p.Ops)+i)<<8)
		o.ID = uuid(mix2(r, uint64(at)))
		o.Created = now.UnixNano() + int64(i)*1000 // a cursor names one operation
		o.Begins = at
		o.Ends = at + int64(lasts[o.Action])*int64(80+r%60)/100
		at = o.Ends
	}
	p.Ops = append(p.Ops, steps...)
	return steps
}

// busy says whether operations still run, Neon's own checks included: the next
// change is refused with 423 then.
func (p *project) busy(now time.Time) bool {
	running := func(o operation) bool { return o.Created <= now.UnixNano() && now.UnixNano() < o.Ends }
	if slices.ContainsFunc(p.Ops, running) {
		return true
	}
	check, ok := p.check(int32(now.Unix() / day))
	return ok && running(check)
}

// pending is the operation that changes an endpoint's state now, if one does.
func (p *project) pending(endpoint string, now time.Time) *operation {
	for i := range p.Ops {
		o := &p.Ops[i]
		if o.Endpoint == endpoint && now.UnixNano() < o.Ends {
			return o
		}
	}
	return nil
}

// check is Neon's own check of a project's compute, once a week. It wakes one
// that is disabled too, and keeps everything else waiting for a moment.
func (p *project) check(d int32) (operation, bool) {
	r := mix2(p.hash^golden, uint64(saltOperation))
	first := slices.IndexFunc(p.Endpoints, func(e endpoint) bool { return e.Deleted == 0 })
	if first < 0 || (uint64(d)+r)%7 != 0 || d <= p.firstDay {
		return operation{}, false
	}
	e := &p.Endpoints[first]
	at := (int64(d)*day + int64(mix2(r, uint64(d))%day)) * int64(time.Second)
	return operation{
		ID: uuid(mix2(r, uint64(at))), Action: checkAvailability, Branch: e.Branch, Endpoint: e.ID,
		Created: at, Begins: at, Ends: at + int64(lasts[checkAvailability]),
	}, true
}

// uuid makes a random-looking one of version 4.
func uuid(r uint64) string {
	s := mix(r)
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(r>>32), uint16(r>>16), uint16(r)&0xfff, uint16(s>>48)&0x3fff|0x8000, s&0xffffffffffff)
}
