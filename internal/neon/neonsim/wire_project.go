package neonsim

import "cmp"

// branchLimit is Neon's own limit of a branch's size, in MiB: 512 MiB on Free.
func (s *Sim) branchLimit() int64 {
	if s.cfg.Plan == "free" {
		return 512
	}
	return 16 << 20
}

func (s *Sim) common(p *project, l *ledger) wireCommon {
	now := l.now
	limit := s.branchLimit()
	w := wireCommon{
		ID: p.id, PlatformID: "aws", RegionID: p.place.ID, Name: p.Name, Provisioner: "k8s-neonvm",
		Defaults: p.Defaults, Settings: p.settings(), PgVersion: p.pgVersion, ProxyHost: p.place.host(),
		BranchSizeLimit: limit, BranchSizeBytes: limit << 20, StorePasswords: !p.Forgets, CreationSource: p.source(),
		HistoryRetention: p.Retention, CreatedAt: stamp(p.created), UpdatedAt: stamp(p.Updated),
		OwnerID: cmp.Or(p.Org, s.cfg.Org), OrgID: cmp.Or(p.Org, s.cfg.Org), QuotaResetAt: stamp(p.periodAt(now, now).end),
	}
	if now-p.created >= day { // absent on fresh projects (FACTS §2)
		size := p.gauge(min(now, p.end()))
		w.StorageSize = &size
	}
	if run, ok := l.latest("", now); ok {
		w.ComputeLastActiveAt = stamp(min(run.to, now))
	}
	return w
}

// source says where the project was made: nearly all by the platform.
func (p *project) source() string {
	if p.Made == nil && mix2(p.hash, uint64(saltOwner))%20 == 0 {
		return "console"
	}
	return "api"
}

// settings are absent where nothing is set (FACTS §2).
func (p *project) settings() *wireSettings {
	w := &wireSettings{Quota: p.Quota, otherSettings: p.Others}
	if w.Quota != nil && *w.Quota == (quotaSettings{}) {
		w.Quota = nil
	}
	if *w == (wireSettings{}) {
		return nil
	}
	return w
}

func (s *Sim) listItem(p *project, now int64) wireListItem {
	l := p.current(now)
	w := wireListItem{wireCommon: s.common(p, l), OrgName: orgName}
	shown := l.shownNow()
	w.ActiveTime, w.CPUUsed = shown[active], shown[compute]
	if p.Deleted != 0 {
		w.DeletedAt, w.RecoverableUntil = stamp(p.Deleted), stamp(p.Deleted+recovery)
	}
	return w
}

// wireProject is a project alone. Only GET fills the period in; other answers
// have the zero time there (FACTS §2).
func (s *Sim) wireProject(p *project, now int64, withPeriod bool) wireProject {
	l := p.current(now)
	counters := l.counters()
	used := counters.used
	w := wireProject{
		wireCommon: s.common(p, l), StorageHours: counters.storage, Transfer: used.transfer(), Written: used[written],
		Compute: used[compute], Active: used[active], PeriodStart: zeroTime, PeriodEnd: zeroTime,
	}
	w.CPUUsed = used[compute]
	if withPeriod {
		w.PeriodStart, w.PeriodEnd = stamp(counters.period.start), stamp(counters.period.end)
	}
	if mix2(p.hash, uint64(saltOwner))%7 != 0 { // absent now and then (FACTS §2)
		w.Owner = &wireOwner{Email: "ada@example.com", Name: orgName, BranchesLimit: 5000, SubscriptionType: s.subscription()}
	}
	return w
}

// subscription is the organization's plan in the words of owner.
func (s *Sim) subscription() string {
	switch s.cfg.Plan {
	case "free":
		return "free_v3"
	case "launch":
		return "launch_v3"
	case "business":
		return "business"
	}
	return "scale_v3"
}
