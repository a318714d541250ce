package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"neonfleet/internal/fleet"
)

// PutLive keeps what a tenant's project looked like just now, unless something
// later is kept already.
func (d *DB) PutLive(ctx context.Context, id fleet.TenantID, live fleet.Live) error {
	document, err := json.Marshal(live)
	if err != nil {
		return fmt.Errorf("encode what was seen of %s: %w", id, err)
	}
	return d.Update(ctx, func(tx *DB) error {
		_, err := tx.q.ExecContext(ctx, `INSERT INTO live (tenant, at, document)
			SELECT id, $2, $3 FROM tenant WHERE project_id = $1
			ON CONFLICT (tenant) DO UPDATE SET at = excluded.at, document = excluded.document WHERE live.at <= excluded.at`,
			string(id), live.At.Unix(), string(document))
		if err != nil {
			return fmt.Errorf("keep what was seen of %s: %w", id, err)
		}
		return nil
	})
}

// Live is what a tenant's project was last seen to look like; ok is false if
// nobody ever looked.
func (d *DB) Live(ctx context.Context, id fleet.TenantID) (live fleet.Live, ok bool, err error) {
	var document string
	err = d.q.QueryRowContext(ctx, `SELECT document FROM live JOIN tenant ON tenant.id = live.tenant WHERE project_id = $1`, string(id)).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		return live, false, nil
	}
	if err != nil {
		return live, false, fmt.Errorf("read what was seen of %s: %w", id, err)
	}
	if err := json.Unmarshal([]byte(document), &live); err != nil {
		return live, false, fmt.Errorf("decode what was seen of %s: %w", id, err)
	}
	return live, true, nil
}
