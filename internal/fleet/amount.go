package fleet

import (
	"database/sql/driver"
	"fmt"
	"strconv"
)

// An Amount is a metered number that may be unknown. Its zero value is
// unknown, never 0: a missing figure must not read as "used nothing".
type Amount struct {
	n     int64
	known bool
}

// Unknown is the Amount nobody has read yet.
var Unknown = Amount{}

// Of is a known amount.
func Of(n int64) Amount { return Amount{n: n, known: true} }

// Get is the number and whether it is known.
func (a Amount) Get() (n int64, known bool) { return a.n, a.known }

// Known says whether the number was ever read.
func (a Amount) Known() bool { return a.known }

// Or is the number, or def where it is unknown.
func (a Amount) Or(def int64) int64 {
	if !a.known {
		return def
	}
	return a.n
}

// Add sums what is known: unknown + 3 = 3, unknown + unknown = unknown. The
// caller says elsewhere how many parts were known (days_known).
func (a Amount) Add(b Amount) Amount {
	switch {
	case !a.known:
		return b
	case !b.known:
		return a
	}
	return Of(a.n + b.n)
}

// Max is the larger of what is known.
func (a Amount) Max(b Amount) Amount {
	if !a.known || (b.known && b.n > a.n) {
		return b
	}
	return a
}

// String is the plain number, or "unknown".
func (a Amount) String() string {
	if !a.known {
		return "unknown"
	}
	return fmt.Sprint(a.n)
}

// Scan reads a nullable integer column.
func (a *Amount) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*a = Unknown
	case int64:
		*a = Of(v)
	default:
		return fmt.Errorf("amount: cannot read %T", src)
	}
	return nil
}

// Value writes NULL where the number is unknown.
func (a Amount) Value() (driver.Value, error) {
	if !a.known {
		return nil, nil
	}
	return a.n, nil
}

// MarshalJSON writes null where the number is unknown.
func (a Amount) MarshalJSON() ([]byte, error) {
	if !a.known {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, a.n, 10), nil
}

// UnmarshalJSON reads null as unknown.
func (a *Amount) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*a = Unknown
		return nil
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	*a = Of(n)
	return nil
}
