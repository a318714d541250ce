package neonsim

// golden spreads consecutive numbers over 64 bits (splitmix64's increment).
const golden = 0x9e3779b97f4a7c15

// mix turns a number into one that looks random and is always the same. All
// of the fleet comes out of it: nothing about a project is stored until it is
// changed. Only integers are used, so that every machine makes the same fleet.
func mix(x uint64) uint64 {
	x += golden
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// mix2 is mix of two numbers.
func mix2(a, b uint64) uint64 { return mix(a ^ mix(b)) }

// between picks a number from lo to hi, both included, by a random one.
func between(random uint64, lo, hi int64) int64 {
	if hi <= lo {
		return lo
	}
	return lo + int64(random%uint64(hi-lo+1))
}

// pick takes one of a list by a random number.
func pick[T any](random uint64, list []T) T { return list[random%uint64(len(list))] }

// A salt separates the questions asked of one project's hash, so that its
// region says nothing about its plan.
type salt uint64

const (
	saltCreated salt = iota + 1
	saltDeleted
	saltID
	saltName
	saltRegion
	saltVersion
	saltPlan
	saltCast
	saltUse
	saltRates
	saltStorage
	saltSettings
	saltDrift
	saltBranches
	saltBranchID
	saltSnapshots
	saltPlanChange
	saltEnd
	saltSlow
	saltOwner
	saltOperation
	saltZeros
)
