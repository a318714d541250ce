//go:build !race

package usagesync_test

// raced says whether the race detector is on: everything then takes ten times
// as long, and the longest tests take a sample of their cases.
const raced = false
