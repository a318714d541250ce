package fleet

import "time"

// A StaffID is the number of an account.
type StaffID int64

// A Staff is a member of the platform's staff who may sign in.
type Staff struct {
	ID         StaffID
	Email      string // lower case; what people sign in with
	Role       Role
	Disabled   bool
	CreatedAt  time.Time
	LastSignIn time.Time // zero: never

	// Epoch grows when role, password or account change: sessions of an
	// earlier epoch are over at once.
	Epoch int64
}

// An Actor is who does something: a member of staff at an address, or one of
// the dashboard's own jobs (ID 0).
type Actor struct {
	ID        StaffID
	Email     string // or the job's name, "sync"
	Role      Role
	Address   string // network address, "" for jobs and the shell
	RequestID string
}
