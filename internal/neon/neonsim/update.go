package neonsim

import (
	"encoding/json"
	"math"
	"unicode/utf8"
)

// A change is a field that may be absent, null or set: three different things.
type change[T any] struct {
	sent  bool
	value *T // nil: null
}

// UnmarshalJSON is called for fields that were sent, null included.
func (c *change[T]) UnmarshalJSON(data []byte) error {
	c.sent = true
	return json.Unmarshal(data, &c.value)
}

type updateRequest struct {
	Project *projectChange `json:"project"`
}

type projectChange struct {
	Name      *string         `json:"name"`
	Retention *int32          `json:"history_retention_seconds"`
	Settings  *settingsChange `json:"settings"`
	Defaults  *sizeChange     `json:"default_endpoint_settings"`
}

type settingsChange struct {
	Quota *quotaChange `json:"quota"`
	otherSettings
}

// quotaChange sets quotas key by key: one that is absent stays, null and 0 end
// a limit. Neon does not say how deep it merges (FACTS §2); its own examples
// send single keys as if this were so. A client that sends the whole quota, as
// ours does, cannot tell.
type quotaChange struct {
	Active   change[int64] `json:"active_time_seconds"`
	Compute  change[int64] `json:"compute_time_seconds"`
	Written  change[int64] `json:"written_data_bytes"`
	Transfer change[int64] `json:"data_transfer_bytes"`
	Logical  change[int64] `json:"logical_size_bytes"`
}

func (q *quotaChange) apply(to quotaSettings) (quotaSettings, error) {
	for _, k := range []struct {
		sent change[int64]
		to   **int64
	}{{q.Active, &to.Active}, {q.Compute, &to.Compute}, {q.Written, &to.Written}, {q.Transfer, &to.Transfer}, {q.Logical, &to.Logical}} {
		if !k.sent.sent {
			continue
		}
		if deref(k.sent.value) < 0 {
			return to, badRequest("quota must be at least 0")
		}
		*k.to = k.sent.value
	}
	return to, nil
}

// sizeChange sets the defaults of computes, key by key as well.
type sizeChange struct {
	MinCU      *float64          `json:"autoscaling_limit_min_cu"`
	MaxCU      *float64          `json:"autoscaling_limit_max_cu"`
	Suspend    *int64            `json:"suspend_timeout_seconds"`
	PgSettings map[string]string `json:"pg_settings"`
	Pgbouncer  map[string]string `json:"pgbouncer_settings"` // ignored since 2026-06-20 (FACTS §2)
}

func (d *sizeChange) apply(s *Sim, to sizeSettings) (sizeSettings, error) {
	keep(&to.MinCU, d.MinCU)
	keep(&to.MaxCU, d.MaxCU)
	if d.Suspend != nil {
		suspend, err := s.suspend(*d.Suspend)
		if err != nil {
			return to, err
		}
		to.Suspend = &suspend
	}
	if d.PgSettings != nil {
		to.PgSettings = d.PgSettings
	}
	return to, to.size().check()
}

// check refuses sizes that Neon does not have (FACTS §5).
func (s size) check() error {
	switch {
	case s.MinCU < 0.25 || s.MaxCU < 0.25:
		return badRequest("autoscaling limit must be at least 0.25")
	case s.MinCU > s.MaxCU:
		return badRequest("autoscaling_limit_min_cu must not be greater than autoscaling_limit_max_cu")
	case s.MinCU == s.MaxCU && s.MaxCU <= 56:
		return nil
	case s.MaxCU-s.MinCU > 8 || s.MaxCU > 16:
		return refuse(422, "", "autoscaling range must be within 8 CU, up to 16 CU")
	}
	return nil
}

// suspend is what a suspend timeout becomes: one that the plan does not allow
// is silently the default, so that it has to be read back (FACTS §5).
func (s *Sim) suspend(seconds int64) (int64, error) {
	switch {
	case seconds < -1 || seconds > 604800:
		return 0, badRequest("suspend_timeout_seconds must be between -1 and 604800")
	case s.cfg.Plan == "free" && seconds != 300 || seconds > 0 && seconds < 60:
		return 0, nil
	}
	return seconds, nil
}

// updateProject changes what of a project can change. Nothing has to be waited
// for: no compute is touched, whatever the new defaults are.
func updateProject(c *call) (any, error) {
	var in updateRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, err := c.idleProject()
	if err != nil {
		return nil, err
	}
	next := p.record
	if err := in.apply(c.sim, &next); err != nil {
		return nil, err
	}
	p.record = next
	p.Updated = c.second()
	p.mark(c.second())
	c.sim.keep(p)
	return projectAnswer{Project: c.sim.wireProject(p, c.second(), false), Operations: &[]wireOperation{}}, nil
}

func (in *updateRequest) apply(s *Sim, to *record) (err error) {
	u := in.Project
	if u == nil {
		return badRequest("request body has an error: property \"project\" is missing")
	}
	if u.Name != nil {
		if n := utf8.RuneCountInString(*u.Name); n < 1 || n > 256 {
			return badRequest("name must have 1 to 256 characters")
		}
		to.Name = *u.Name
	}
	if u.Retention != nil {
		if *u.Retention < 0 || *u.Retention > 30*day {
			return badRequest("history_retention_seconds must be between 0 and 2592000")
		}
		to.Retention = *u.Retention
	}
	if u.Settings != nil {
		to.Others.merge(u.Settings.otherSettings)
	}
	if u.Settings != nil && u.Settings.Quota != nil {
		quota, err := u.Settings.Quota.apply(deref(to.Quota))
		if err != nil {
			return err
		}
		to.Quota = &quota
	}
	if u.Defaults != nil {
		to.Defaults, err = u.Defaults.apply(s, to.Defaults)
	}
	return err
}

// milli is a compute size in thousandths.
func milli(cu float64) int64 { return int64(math.Round(cu * 1000)) }
