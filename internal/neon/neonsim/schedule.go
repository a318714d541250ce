package neonsim

import (
	"net/http"
	"slices"
	"time"
)

// A scheduleItem is when snapshots of a branch are taken, and how long they are
// kept.
type scheduleItem struct {
	Frequency string `json:"frequency"`
	Hour      *int   `json:"hour,omitempty"`
	Day       *int   `json:"day,omitempty"` // of the week, 1 is Monday, or of the month
	Month     *int   `json:"month,omitempty"`
	Retention *int64 `json:"retention_seconds,omitempty"`
}

type schedule struct {
	Schedule []scheduleItem `json:"schedule"`
}

func getSchedule(c *call) (any, error) {
	p, err := c.project()
	if err != nil {
		return nil, err
	}
	b, err := c.branchIn(p)
	if err != nil {
		return nil, err
	}
	return schedule{append([]scheduleItem{}, b.Schedule...)}, nil
}

// setSchedule replaces a schedule; an empty one ends it. The Agent plan has none
// by default (FACTS §4).
func setSchedule(c *call) (any, error) {
	var in schedule
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Schedule == nil {
		return nil, badRequest("request body has an error: property \"schedule\" is missing")
	}
	for i := range in.Schedule {
		if err := in.Schedule[i].check(); err != nil {
			return nil, err
		}
	}
	p, b, err := c.idleBranch()
	if err != nil {
		return nil, err
	}
	if plan := c.sim.cfg.Plan; plan == "agent" || plan == "free" {
		return nil, refuse(http.StatusForbidden, "", "backup schedules are not available on the %s plan", plan)
	}
	if b.Parent != "" {
		return nil, refuse(http.StatusUnprocessableEntity, "", "backup schedules are for root branches only")
	}
	b.Schedule, b.Scheduled = in.Schedule, c.second()
	c.sim.keep(p)
	return struct{}{}, nil
}

func (i *scheduleItem) check() error {
	within := func(n *int, least, most int) bool { return n == nil || *n >= least && *n <= most }
	if !slices.Contains([]string{"hourly", "daily", "weekly", "monthly", "yearly"}, i.Frequency) {
		return badRequest("unsupported frequency %q", i.Frequency)
	}
	if !within(i.Hour, 0, 23) || !within(i.Day, 1, 31) || !within(i.Month, 1, 12) || i.Retention != nil && *i.Retention < hour {
		return badRequest("schedule: hour is 0 to 23, day 1 to 31, month 1 to 12, retention_seconds at least 3600")
	}
	return nil
}

// next is the first time after an instant at which a snapshot is taken.
func (i *scheduleItem) next(after int64) int64 {
	at := time.Unix(after, 0).UTC().Truncate(time.Hour).Add(time.Hour)
	for !i.suits(at) {
		if i.Frequency != "hourly" && at.Hour() == deref(i.Hour) {
			at = at.AddDate(0, 0, 1)
		} else {
			at = at.Add(time.Hour)
		}
	}
	return at.Unix()
}

func (i *scheduleItem) suits(at time.Time) bool {
	if i.Frequency == "hourly" {
		return true
	}
	if at.Hour() != deref(i.Hour) {
		return false
	}
	last := time.Date(at.Year(), at.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	ofMonth := at.Day() == min(last, max(1, deref(i.Day))) // the 31st is the last
	switch i.Frequency {
	case "weekly":
		return (int(at.Weekday())+6)%7+1 == max(1, min(7, deref(i.Day)))
	case "monthly":
		return ofMonth
	case "yearly":
		return ofMonth && int(at.Month()) == max(1, deref(i.Month))
	}
	return true
}

// nextSnapshot is when the next one of a branch is due.
func (b *branch) nextSnapshot(after int64) int64 {
	next := int64(never)
	for i := range b.Schedule {
		next = min(next, b.Schedule[i].next(after))
	}
	return next
}

// snapshotsDue takes a branch's scheduled snapshots until now.
func (p *project) snapshotsDue(b *branch, now int64) {
	if len(b.Schedule) == 0 || b.Deleted != 0 {
		return
	}
	if b.Expires != 0 {
		now = min(now, b.Expires-1)
	}
	for at := b.nextSnapshot(b.Scheduled); at <= now; at = b.nextSnapshot(at) {
		for i := range b.Schedule {
			item := &b.Schedule[i]
			if item.next(at-1) != at {
				continue
			}
			s := snapshot{Scheduled: true}
			if item.Retention != nil {
				s.Expires = at + *item.Retention
			}
			p.addSnapshotOf(b, s, at, at)
			break // one at a time, as the first that wants it
		}
		b.Scheduled = at
	}
}
