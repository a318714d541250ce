package neonsim

import (
	"net/http"
	"slices"
	"time"
)

// A window is what a consumption request asks for, rounded as Neon does.
type window struct {
	granularity string
	from, to    time.Time
	frames      []frame
}

// A frame is one row of an answer.
type frame struct {
	start, end int64
	head       []byte // its start and end as JSON, the same for every project
}

// oldestHistory is when Neon's consumption history begins (FACTS §8).
var oldestHistory = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)

// window reads and checks the times. Outside of what a granularity looks back
// to, counted from now, the answer is 406.
func (c *call) window() (window, error) {
	w := window{granularity: c.queries.Get("granularity")}
	if !slices.Contains([]string{"hourly", "daily", "monthly"}, w.granularity) {
		return w, badRequest("parameter \"granularity\" in query has an error: value is not one of the allowed values")
	}
	from, err := c.instant("from")
	if err != nil {
		return w, err
	}
	to, err := c.instant("to")
	if err != nil {
		return w, err
	}
	w.from, w.to = w.floor(from), w.floor(to)
	if w.from.Before(w.oldest(c.at)) || w.from.Before(oldestHistory) || w.from.After(w.to) {
		return w, refuse(http.StatusNotAcceptable, "", "the specified date-time range is outside the boundaries of the specified granularity")
	}
	w.cut(c.second())
	return w, nil
}

func (c *call) instant(name string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, c.queries.Get(name))
	if err != nil {
		return at, badRequest("parameter %q in query has an error: value must be a date-time", name)
	}
	return at.UTC(), nil
}

// oldest is as far as a granularity looks back.
func (w *window) oldest(now time.Time) time.Time {
	switch w.granularity {
	case "hourly":
		return now.Add(-168 * time.Hour)
	case "daily":
		return now.AddDate(0, 0, -60)
	}
	return now.AddDate(-1, 0, 0)
}

// floor rounds down to the start of the hour, day or month, in UTC.
func (w *window) floor(t time.Time) time.Time {
	switch w.granularity {
	case "hourly":
		return t.Truncate(time.Hour)
	case "daily":
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func (w *window) next(t time.Time) time.Time {
	switch w.granularity {
	case "hourly":
		return t.Add(time.Hour)
	case "daily":
		return t.AddDate(0, 0, 1)
	}
	return t.AddDate(0, 1, 0)
}

// cut makes the frames. A time to come has no figures yet.
func (w *window) cut(now int64) {
	for at := w.from; at.Before(w.to) && at.Unix() < now; {
		next := w.next(at)
		f := frame{start: at.Unix(), end: next.Unix()}
		f.head = append(f.head, `{"timeframe_start":"`...)
		f.head = at.AppendFormat(f.head, time.RFC3339)
		f.head = append(f.head, `","timeframe_end":"`...)
		f.head = next.AppendFormat(f.head, time.RFC3339)
		f.head = append(f.head, '"')
		w.frames = append(w.frames, f)
		at = next
	}
}

// A slice is a frame's part in one period, with what is known of it.
type slice struct {
	frame    *frame
	from, to int64
}

// A chapter is one period of a project and its slices.
type chapter struct {
	period period
	slices []slice
}

// chapters divide the frames among the periods of a project: one that lies in
// two comes twice, with its part in each (FACTS §8).
// What is reported began at created: the project, or one branch.
func (w *window) chapters(p *project, created, now int64) []chapter {
	known := min(figuresAsOf(now), p.end())
	var got []chapter
	for i := range w.frames {
		f := &w.frames[i]
		from, end := max(f.start, created), min(f.end, known)
		for from < end {
			period := p.periodAt(from, now)
			if n := len(got); n == 0 || got[n-1].period.start != period.start {
				got = append(got, chapter{period: period, slices: make([]slice, 0, len(w.frames)-i)})
			}
			to := min(end, period.end)
			last := &got[len(got)-1]
			last.slices = append(last.slices, slice{frame: f, from: from, to: to})
			from = to
		}
	}
	return got
}
