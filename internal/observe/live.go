package observe

import (
	"context"
	"fmt"

	"neonfleet/internal/fleet"
	"neonfleet/internal/neon"
)

// LargestBranch is the size of a project's largest branch in bytes: what its
// storage limit applies to (FACTS §3). Unknown where no branch says its size.
func LargestBranch(ctx context.Context, client *neon.Client, id string) (fleet.Amount, error) {
	branches, err := allBranches(ctx, client, id)
	return fleet.Live{Branches: branches}.LargestBranch(), err
}

func allBranches(ctx context.Context, client *neon.Client, id string) (list []fleet.Branch, err error) {
	for p, err := range client.Branches.Pages(ctx, id, neon.BranchQuery{}) {
		if err != nil {
			return nil, fmt.Errorf("list branches of %s: %w", id, err)
		}
		list = append(list, Branches(p.Items)...)
	}
	return list, nil
}
