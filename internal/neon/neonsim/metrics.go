package neonsim

import "slices"

// metricNames are the metrics of consumption v2. The storage ones are
// byte-hours, whatever they are called (FACTS §8).
var metricNames = []string{
	"compute_unit_seconds",
	"root_branch_bytes_month",
	"child_branch_bytes_month",
	"instant_restore_bytes_month",
	"public_network_transfer_bytes",
	"private_network_transfer_bytes",
	"snapshot_storage_bytes_month",
	"extra_branches_month",
}

// branchMetrics is how many of them, from the first, branches have.
const branchMetrics = 6

// values are amounts of each metric.
type values [8]int64

// metrics are those asked for, as places in metricNames.
func (c *call) metrics(known int) ([]int, error) {
	names, err := c.list("metrics")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, badRequest("parameter \"metrics\" in query has an error: value is required but missing")
	}
	var got []int
	for _, name := range names {
		i := slices.Index(metricNames[:known], name)
		if i < 0 {
			return nil, badRequest("unsupported metric %q", name)
		}
		if !slices.Contains(got, i) {
			got = append(got, i)
		}
	}
	slices.Sort(got)
	return got, nil
}

// project is what a project used between two instants, by metric.
func (l *ledger) project(a, b int64) values {
	used, kept := l.between(a, b), l.kept(a, b)
	return values{
		used[compute], kept.root, kept.child, kept.history, used[public], used[privateOut] + used[privateIn],
		kept.snapshots, l.p.branchHours(a, min(b, l.p.end())),
	}
}

// branchValues is what one branch used. History is kept for the main one.
func (l *ledger) branchValues(b *branch) func(from, to int64) values {
	return func(from, to int64) values {
		used := l.branch(b.ID, from, to)
		got := values{0: used[compute], 4: used[public], 5: used[privateOut] + used[privateIn]}
		if b.Parent != "" {
			got[2] = l.keptBy(b, from, to)
			return got
		}
		got[1] = l.keptBy(b, from, to)
		if b.ID == l.p.mainAt(from) {
			got[3] = l.kept(from, to).history
		}
		return got
	}
}

// keptBy are the byte-hours of one branch's own data.
func (l *ledger) keptBy(b *branch, from, to int64) int64 {
	from, to = max(from, b.Created), min(to, b.end(), l.p.end(), l.now)
	var sum int64
	for from < to {
		d := int32(from / day)
		start := int64(d) * day
		end := min(to, start+day)
		bytes := l.p.own(b, d)
		sum += bytes*(end-start)/hour - bytes*(from-start)/hour
		from = end
	}
	return sum
}
