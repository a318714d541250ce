package db

import (
	"time"

	"neonfleet/internal/fleet"
)

// branchHolds is how long a reading of the largest branch decides the storage
// share; after it the project's gauge does again (interface.md).
const branchHolds = 24 * time.Hour

// Reasons beside a state, as lists and files show them.
const (
	reasonStorage = "largest branch at the storage limit"
	reasonMissing = "project gone from Neon"
)

// derive makes everything of the tenant that follows from its figures and its
// settings: shares, worst meter, band, state and reason. missing says whether
// its project is gone; a suspension is staff's and stays.
func (r *tenantRow) derive(s fleet.Settings, missing bool, now time.Time) {
	if r.branch.at > 0 && now.Sub(time.Unix(r.branch.at, 0)) > branchHolds {
		r.branch = branchReading{}
	}
	suspended := r.kind.state == fleet.StateSuspended
	shares := fleet.Shares(r.facts.used, s.Limits)
	branch := fleet.ShareUnknown
	if r.branch.at > 0 {
		branch = fleet.ShareOf(r.branch.size, s.Limits[fleet.Storage])
		shares[fleet.Storage] = branch
	}
	if suspended && s.Limits[fleet.Active] == fleet.Cap(fleet.SuspensionLock) {
		shares[fleet.Active] = fleet.ShareUnknown // the lock is no limit of the tenant's
	}
	_, worst, _ := fleet.Worst(shares)
	r.shares, r.worst, r.kind.band = shares, worst, worst.Band()

	c := fleet.Circumstances{Missing: missing, Suspended: suspended, Quota: r.quota(shares, s.Limits), Storage: branch,
		Suspend: s.Computes.Suspend, Now: now}
	if r.seen > 0 {
		c.LastActive = time.Unix(r.seen, 0)
	}
	r.enter(c)
	r.checkOutlook(now)
}

// quota are the shares that stop a tenant: of the project's own counters where
// they were read in this period, else of the figures to date. Active time is
// one counter read two ways, so the higher reading is the newer.
func (r *tenantRow) quota(shares fleet.Shares5, l fleet.Limits) fleet.Shares5 {
	if r.counter.at == 0 || r.counter.start != r.facts.start {
		return shares
	}
	own := func(m fleet.Meter, n fleet.Amount) {
		if n.Known() {
			shares[m] = fleet.ShareOf(n, l[m])
		}
	}
	own(fleet.Compute, r.counter.compute)
	own(fleet.Transfer, r.counter.transfer)
	own(fleet.Written, r.counter.written)
	if shares[fleet.Active] != fleet.ShareUnknown || r.kind.state != fleet.StateSuspended {
		own(fleet.Active, r.counter.active.Max(r.facts.used[fleet.Active]))
	}
	return shares
}

// enter puts the tenant into the state that holds, and notes since when.
func (r *tenantRow) enter(c fleet.Circumstances) {
	state, reason := c.Derive(), ""
	switch state {
	case fleet.StateSuspended:
		reason = r.reason.text
	case fleet.StateMissing:
		reason = reasonMissing
	case fleet.StateStorageFull:
		reason = reasonStorage
	case fleet.StateQuotaReached:
		m, _ := c.QuotaMeter()
		reason = fleet.Field(m.String()).Title() + " reached"
	}
	if state != r.kind.state || r.reason.since == 0 {
		r.reason.since = c.Now.Unix()
	}
	r.kind.state, r.reason.text = state, reason
}

// checkOutlook drops a forecast that no longer can be: the moment is past, the
// limit is lifted, or it is reached already.
func (r *tenantRow) checkOutlook(now time.Time) {
	if r.outAt == 0 {
		return
	}
	share := r.shares[r.facts.outMeter]
	if r.outAt <= now.Unix() || !share.Known() || share >= 1000 || r.outAt > r.facts.end {
		r.outAt, r.facts.outMeter = 0, 0
	}
}

// takePeriod moves the tenant to the period that Neon's list names by its end,
// where the project itself said no better; without either it is the UTC month.
// turned says that another period holds now.
func (r *tenantRow) takePeriod(end time.Time, now time.Time) (turned bool) {
	current := r.period()
	p := current
	switch {
	case r.about.periodRead == 1 && current.Contains(now):
	case !end.IsZero():
		p = fleet.PeriodEnding(end).Around(now)
	case !current.Contains(now):
		p = fleet.MonthPeriod(now)
	}
	if !p.Contains(now) {
		p = fleet.MonthPeriod(now)
	}
	return r.turn(p, now)
}

// turn puts the tenant into a period. Where the old one is over, the new one
// begins with unknown figures; where only its bounds became clearer, what was
// counted stays. Storage is a gauge and never begins anew.
func (r *tenantRow) turn(p fleet.Period, now time.Time) (turned bool) {
	if p.Start.Unix() == r.facts.start && p.End.Unix() == r.facts.end {
		return false
	}
	if now.Unix() >= r.facts.end {
		for _, m := range fleet.Meters() {
			if m.Resets() {
				r.facts.used[m] = fleet.Unknown
			}
		}
		r.outAt, r.facts.outMeter, r.about.periodRead = 0, 0, 0
	}
	r.facts.start, r.facts.end = p.Start.Unix(), p.End.Unix()
	return true
}
