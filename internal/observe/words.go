// Package observe turns Neon's words into ours, once: a project, its branches,
// computes and operations. Nothing else knows both languages.
package observe

import (
	"time"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// settings are a project's quota and defaults. Absent, null and 0 in a quota
// are all unlimited (FACTS §3); defaults nobody set are 0.
func settings(q neon.Quota, d *neon.DefaultEndpointSettings) fleet.Settings {
	s := fleet.Settings{Limits: fleet.Limits{
		fleet.Compute:  limit(q.ComputeTimeSeconds),
		fleet.Active:   limit(q.ActiveTimeSeconds),
		fleet.Storage:  limit(q.LogicalSizeBytes),
		fleet.Transfer: limit(q.DataTransferBytes),
		fleet.Written:  limit(q.WrittenDataBytes),
	}}
	if d != nil {
		s.Computes = fleet.Sizes{Min: size(d.AutoscalingLimitMinCU), Max: size(d.AutoscalingLimitMaxCU)}
		if d.SuspendTimeoutSeconds != nil {
			s.Computes.Suspend = fleet.Seconds(*d.SuspendTimeoutSeconds)
		}
	}
	return s
}

func limit(n *int64) fleet.Limit {
	if n == nil {
		return fleet.Unlimited
	}
	return fleet.Cap(*n)
}

func size(cu *float64) fleet.CU {
	if cu == nil {
		return 0
	}
	return fleet.CUOf(*cu)
}

// amount is a number of Neon's; one that is absent is unknown, and one that is
// negative or beyond all measure is nonsense and no better.
func amount(n *int64) fleet.Amount {
	if n == nil || *n < 0 || *n > mostUsage {
		return fleet.Unknown
	}
	return fleet.Of(*n)
}

func branch(b neon.Branch) fleet.Branch {
	refused := map[string]string{}
	for _, r := range b.RestrictedActions {
		refused[r.Name] = r.Reason
	}
	return fleet.Branch{
		ID: b.ID, Name: fleet.CleanText(b.Name), Parent: b.ParentID, State: string(b.CurrentState), Pending: string(b.PendingState),
		Default: b.Default, Protected: b.Protected, Size: amount(b.LogicalSize),
		CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt, ResetAt: b.LastResetAt, ExpiresAt: b.ExpiresAt, Refused: refused,
	}
}

func endpoint(e neon.Endpoint) fleet.Endpoint {
	f := fleet.Endpoint{
		ID: e.ID, Branch: e.BranchID, Type: string(e.Type), State: string(e.CurrentState), Pending: string(e.PendingState),
		Sizes:    fleet.Sizes{Min: fleet.CUOf(e.AutoscalingLimitMinCU), Max: fleet.CUOf(e.AutoscalingLimitMaxCU), Suspend: fleet.Seconds(e.SuspendTimeoutSeconds)},
		Disabled: e.Disabled, Host: e.Host, StartedAt: e.StartedAt,
	}
	if e.Ran() {
		f.LastActive = e.LastActive
	}
	return f
}

func operation(o neon.Operation) fleet.Operation {
	return fleet.Operation{
		ID: o.ID, Action: o.Action, Status: string(o.Status), Branch: o.BranchID, Endpoint: o.EndpointID,
		Failures: o.FailuresCount, Problem: fleet.CleanText(o.Error), Began: o.CreatedAt, Changed: o.UpdatedAt,
		Took: time.Duration(o.TotalDurationMS) * time.Millisecond,
	}
}

// period is Neon's billing period where it said one: the answers of changes
// carry the zero time (FACTS §2).
func period(start, end time.Time) fleet.Period {
	if start.IsZero() || !end.After(start) {
		return fleet.Period{}
	}
	return fleet.Period{Start: start.UTC(), End: end.UTC()}
}
