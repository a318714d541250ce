package neon

import (
	"context"
	"fmt"
	"time"
)

// MaxTransfer is the most projects one transfer moves.
const MaxTransfer = 400

// Transfer moves projects to another organization. It needs a personal key with
// rights in both (FACTS §2). Neon's 406 names the plan limits in the way, its
// 422 the projects with integrations; both are in the error's message.
func (s Projects) Transfer(ctx context.Context, fromOrg, toOrg string, ids []string) error {
	if len(ids) == 0 || len(ids) > MaxTransfer {
		return fmt.Errorf("neon: transfer of %d projects: want 1 to %d", len(ids), MaxTransfer)
	}
	if err := checkIDs("organization", toOrg); err != nil {
		return err
	}
	if err := checkIDs("project", ids...); err != nil {
		return err
	}
	body := map[string]any{"destination_org_id": toOrg, "project_ids": ids}
	_, err := call[struct{}](ctx, s.c, post(body, "/organizations/{source_org_id}/projects/transfer", fromOrg))
	return err
}

// A TransferRequest offers a project to whoever accepts it.
type TransferRequest struct {
	ID        string    `json:"id"`
	ProjectID string    `json:"project_id"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (a *TransferRequest) complete() error { return lacks("id", a.ID) }

// RequestTransfer offers a project to another account for ttl, 24 h if 0.
func (s Projects) RequestTransfer(ctx context.Context, id string, ttl time.Duration) (TransferRequest, error) {
	var body any
	if ttl > 0 {
		body = map[string]any{"ttl_seconds": int64(ttl / time.Second)}
	}
	return call[TransferRequest](ctx, s.c, post(body, routeProject+"/transfer_requests", id))
}

// AcceptTransfer takes an offered project into org, or into the account of the
// key if org is empty.
func (s Projects) AcceptTransfer(ctx context.Context, id, request, org string) error {
	var body any
	if org != "" {
		if err := checkIDs("organization", org); err != nil {
			return err
		}
		body = map[string]any{"org_id": org}
	}
	_, err := call[struct{}](ctx, s.c, put(body, routeProject+"/transfer_requests/{request_id}", id, request))
	return err
}
