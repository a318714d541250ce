package observe

import (
	"neonfleet/internal/db"
	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// Listed is a project of the fleet's list in our words, as the sweep stores it.
func Listed(p neon.ProjectItem) db.SweepProject {
	s := db.SweepProject{
		ID: fleet.TenantID(p.ID), Name: p.Name, Region: fleet.CleanText(p.RegionID), PgVersion: p.PgVersion,
		CreatedAt: p.CreatedAt, LastActive: p.ComputeLastActiveAt, Settings: settings(p.Quota(), p.DefaultEndpointSettings),
		ActiveSeconds: amount(p.ActiveTime), StorageBytes: amount(p.SyntheticStorageSize), PeriodEnd: p.QuotaResetAt,
	}
	if p.HistoryRetentionSeconds != nil {
		s.HistorySeconds = *p.HistoryRetentionSeconds
	}
	return s
}

// IDs are project ids as ours.
func IDs(ids []string) []fleet.TenantID {
	list := make([]fleet.TenantID, len(ids))
	for i, id := range ids {
		list[i] = fleet.TenantID(id)
	}
	return list
}
