package neonsim

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// A historyWriter writes an answer of consumption v2. An answer for 100 projects and
// 60 days has 50,000 metrics, so it is written piece by piece, not encoded.
type historyWriter struct {
	c       *call
	window  window
	metrics []int
	out     []byte
}

func (c *call) history(known int) (*historyWriter, error) {
	if c.sim.cfg.Plan == "free" {
		return nil, refuse(http.StatusForbidden, "", "this endpoint requires a Launch, Scale, Agent, Business, or Enterprise plan")
	}
	if err := c.org(true); err != nil {
		return nil, err
	}
	metrics, err := c.metrics(known)
	if err != nil {
		return nil, err
	}
	w, err := c.window()
	if err != nil {
		return nil, err
	}
	return &historyWriter{c: c, window: w, metrics: metrics}, nil
}

// projectConsumption is a page of projects with what they used, the newest
// created first.
func projectConsumption(c *call) (any, error) {
	h, err := c.history(len(metricNames))
	if err != nil {
		return nil, err
	}
	page, err := c.consumptionPage(h.window.to.Unix())
	if err != nil {
		return nil, err
	}
	h.out = append(h.room(len(page)), `{"projects":[`...)
	for i, p := range page {
		if i > 0 {
			h.out = append(h.out, ',')
		}
		h.out = append(h.out, `{"project_id":"`...)
		h.out = append(h.out, p.id...)
		h.out = append(h.out, '"')
		l := h.ledger(p)
		h.periods(p, p.created, l.project)
	}
	if n := len(page); n > 0 {
		return h.end(page[n-1].id), nil
	}
	return h.end(""), nil
}

// room is about as much memory as the answer takes.
func (h *historyWriter) room(owners int) []byte {
	return make([]byte, 0, owners*(300+len(h.window.frames)*(100+35*len(h.metrics))))
}

func (h *historyWriter) ledger(p *project) *ledger {
	return p.ledger(min(max(h.window.from.Unix(), p.created), p.end()), h.c.second())
}

func (h *historyWriter) end(cursor string) json.RawMessage {
	h.out = append(h.out, ']')
	if cursor != "" {
		h.out = append(h.out, `,"pagination":{"cursor":`...)
		h.out = strconv.AppendQuote(h.out, cursor)
		h.out = append(h.out, '}')
	}
	return append(h.out, '}')
}

// periods writes the periods of a project or branch created at some time, and
// ends its object.
func (h *historyWriter) periods(p *project, created int64, used func(from, to int64) values) {
	h.out = append(h.out, `,"periods":[`...)
	for i, chapter := range h.window.chapters(p, created, h.c.second()) {
		if i > 0 {
			h.out = append(h.out, ',')
		}
		h.period(p, chapter.period)
		first := len(h.out)
		for _, s := range chapter.slices {
			h.slice(p, s, used(s.from, s.to), len(h.out) == first)
		}
		h.out = append(h.out, "]}"...)
	}
	h.out = append(h.out, "]}"...)
}

func (h *historyWriter) period(p *project, at period) {
	h.out = append(h.out, `{"period_id":"`...)
	h.out = append(h.out, uuid(mix2(p.hash, uint64(at.start)))...)
	h.out = append(h.out, `","period_plan":`...)
	h.out = strconv.AppendQuote(h.out, h.c.sim.planIn(at))
	h.out = append(h.out, `,"period_start":"`...)
	h.out = append(h.out, stamp(at.start)...)
	if at.end <= h.c.second() { // closed periods only (FACTS §8)
		h.out = append(h.out, `","period_end":"`...)
		h.out = append(h.out, stamp(at.end)...)
	}
	h.out = append(h.out, `","consumption":[`...)
}

// planIn is the plan of a period. Before its change a project was on Launch.
func (s *Sim) planIn(p period) string {
	if p.before {
		return "launch"
	}
	return s.cfg.Plan
}

// slice writes one row. A metric without use is usually left out, and a row
// without metrics always; but some zeros are written (FACTS §8).
func (h *historyWriter) slice(p *project, s slice, used values, first bool) {
	start := len(h.out)
	if !first {
		h.out = append(h.out, ',')
	}
	h.out = append(h.out, s.frame.head...)
	h.out = append(h.out, `,"metrics":[`...)
	none := len(h.out)
	for _, m := range h.metrics {
		if used[m] == 0 && mix2(p.hash^uint64(s.frame.start), uint64(saltZeros)+uint64(m)<<8)%7 != 0 {
			continue
		}
		if len(h.out) > none {
			h.out = append(h.out, ',')
		}
		h.out = append(h.out, `{"metric_name":"`...)
		h.out = append(h.out, metricNames[m]...)
		h.out = append(h.out, `","value":`...)
		h.out = strconv.AppendInt(h.out, used[m], 10)
		h.out = append(h.out, '}')
	}
	if len(h.out) == none {
		h.out = h.out[:start]
		return
	}
	h.out = append(h.out, "]}"...)
}
