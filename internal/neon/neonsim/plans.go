package neonsim

// A tier is one of the three plans that the platform sells. Neon knows nothing
// of them: they are the settings that its projects happen to have.
type tier uint8

const (
	free tier = iota
	pro
	enterprise
)

// String is the tier's id.
func (t tier) String() string { return [...]string{"free", "pro", "enterprise"}[t] }

// tierOf divides the fleet 84 : 14 : 2.
func tierOf(hash uint64) tier {
	switch r := mix2(hash, uint64(saltPlan)) % 100; {
	case r < 84:
		return free
	case r < 98:
		return pro
	}
	return enterprise
}

const (
	kB = 1000
	mB = 1000 * kB
	gB = 1000 * mB
)

// A quota is what Neon enforces; 0 is no limit (FACTS §3).
type quota struct {
	Active   int64 `json:"active"`   // seconds in a period
	Compute  int64 `json:"compute"`  // CU-seconds in a period
	Written  int64 `json:"written"`  // bytes in a period
	Transfer int64 `json:"transfer"` // bytes in a period
	Logical  int64 `json:"logical"`  // bytes of each branch
}

// A size is a compute's settings.
type size struct {
	MinCU   float64 `json:"min_cu"`
	MaxCU   float64 `json:"max_cu"`
	Suspend int64   `json:"suspend"` // seconds; 0 is Neon's 300 (FACTS §5)
}

var quotas = [...]quota{
	free:       {Active: 100 * hour, Compute: 25 * hour, Written: gB, Transfer: 5 * gB, Logical: 512 * mB},
	pro:        {Active: 750 * hour, Compute: 1500 * hour, Written: 50 * gB, Transfer: 50 * gB, Logical: 10 * gB},
	enterprise: {Logical: 100 * gB},
}

var sizes = [...]size{
	free:       {MinCU: 0.25, MaxCU: 0.25, Suspend: 300},
	pro:        {MinCU: 0.25, MaxCU: 2, Suspend: 600},
	enterprise: {MinCU: 1, MaxCU: 8, Suspend: 0},
}

// retentions are the seconds of history kept, by tier.
var retentions = [...]int32{free: 6 * hour, pro: day, enterprise: 7 * day}

// settingsOf are the settings a project of a tier has as long as nobody touches
// them. Unlimited is said in each way Neon knows: the key absent, or 0.
func settingsOf(t tier, hash uint64) (quotaSettings, sizeSettings) {
	r := mix2(hash, uint64(saltSettings))
	q := newQuotaSettings(quotas[t], r)
	s := newSizeSettings(sizes[t])
	if t == enterprise && r>>16%10 == 0 { // 300 is what 0 means
		*s.Suspend = 300
	}
	return q, s
}
