package neonsim

import "net/http"

// planLimits are Neon's own, by plan (FACTS §4, §9).
type planLimits struct{ projects, branches, roots, protected, snapshots int }

func (s *Sim) limits() planLimits {
	switch s.cfg.Plan {
	case "free":
		return planLimits{projects: 100, branches: 10, roots: 3, protected: 0, snapshots: 1}
	case "launch":
		return planLimits{projects: 100, branches: 5000, roots: 5, protected: 2, snapshots: 100}
	case "agent":
		// 30,000 by default; who has more was granted more.
		return planLimits{projects: max(30_000, 2*s.cfg.Projects), branches: 5000, roots: 25, protected: 5, snapshots: 100}
	}
	return planLimits{projects: max(1000, 2*s.cfg.Projects), branches: 5000, roots: 25, protected: 5, snapshots: 100}
}

// databaseLimit is how many roles, and how many databases, a branch may have.
const databaseLimit = 500

// activeLimit is how many computes may run at once, that of the default branch
// aside (FACTS §5).
const activeLimit = 20

func overLimit(code, format string, args ...any) error {
	return refuse(http.StatusUnprocessableEntity, code, format, args...)
}

// roomForProject refuses one more than the plan allows.
func (s *Sim) roomForProject(now int64) error {
	most := s.limits().projects
	if s.fleet.count(now)+len(s.made) < most {
		return nil
	}
	count := 0
	for index := range s.newest(now, position{}) {
		if s.deletedAt(index, now) == 0 && s.orgOf(index) == "" {
			count++
		}
	}
	if count < most {
		return nil
	}
	return overLimit("PROJECTS_LIMIT_EXCEEDED", "projects limit exceeded: the plan allows %d", most)
}

// roomForBranch refuses a branch more than the plan allows, or a root.
func (s *Sim) roomForBranch(p *project, root bool, now int64) error {
	var all, roots int
	for i := range p.Branches {
		if b := &p.Branches[i]; b.exists(now) {
			all++
			if b.Parent == "" {
				roots++
			}
		}
	}
	limits := s.limits()
	if all >= limits.branches {
		return overLimit("BRANCHES_LIMIT_EXCEEDED", "branches limit exceeded: the plan allows %d", limits.branches)
	}
	if root && roots >= limits.roots {
		return overLimit("ROOT_BRANCHES_LIMIT_EXCEEDED", "root branches limit exceeded: the plan allows %d", limits.roots)
	}
	return nil
}

// roomForProtected refuses a protected branch more than the plan allows.
func (s *Sim) roomForProtected(p *project, now int64) error {
	count := 0
	for i := range p.Branches {
		if b := &p.Branches[i]; b.Protected && b.exists(now) {
			count++
		}
	}
	if most := s.limits().protected; count >= most {
		return overLimit("BRANCHES_PROTECTED_LIMIT_EXCEEDED", "protected branches limit exceeded: the plan allows %d", most)
	}
	return nil
}

// roomToRun refuses one more running compute than the plan allows.
func (p *project) roomToRun(e *endpoint, now int64) error {
	if len(p.Endpoints) <= activeLimit {
		return nil
	}
	running := 0
	for i := range p.Endpoints {
		other := &p.Endpoints[i]
		b := p.branch(other.Branch, now)
		if other.Deleted == 0 && other.ID != e.ID && b != nil && !b.Default && p.runs(other.Branch, now) {
			running++
		}
	}
	if b := p.branch(e.Branch, now); running < activeLimit || b != nil && b.Default {
		return nil
	}
	return overLimit("ACTIVE_ENDPOINTS_LIMIT_EXCEEDED", "active endpoints limit exceeded: %d may run at once", activeLimit)
}
