package fleet

import "time"

// An AuditEntry says who did what to whom. Entries are only ever appended,
// chained by hash; what is intended and what came of it are two entries.
type AuditEntry struct {
	ID      int64
	At      time.Time // system clock
	By      Actor
	Action  string // a verb phrase in lower case: "sign in", "export tenants", "start sync"
	Target  string // what it was done to: a tenant id, an e-mail address, "" for nothing
	Outcome Outcome
	Detail  string // for people: reason, count, what failed; never a secret
	Before  string // JSON, "" where nothing changed
	After   string
	NeonID  string // Neon's request id
	Of      int64  // the entry whose outcome this is; 0 for one that stands alone
	Hash    string // over this entry and the hash before it
}

// An Outcome is how an action ended.
type Outcome string

// The outcomes. Intended is written before the work and answered by one of the others.
const (
	Intended Outcome = "intended"
	Done     Outcome = "done"
	Failed   Outcome = "failed"
	Refused  Outcome = "refused"
)
