package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"neonfleet/internal/fleet"
)

// Locks of Postgres that one transaction at a time holds, in the order in
// which they are taken. SQLite has one writer anyway.
const (
	staffLock int64 = 0x6e656f6e01
	auditLock int64 = 0x6e656f6e02
)

// hold takes a lock until the transaction ends.
func (d *DB) hold(ctx context.Context, lock int64) error {
	if d.engine != postgresEngine {
		return nil
	}
	_, err := d.q.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lock)
	return err
}

// AppendAudit adds an entry to the log and gives its id, for the Of of an
// outcome. ID and Hash are made here. Inside Update the entry is kept or lost
// with the rest; append it last there, because on Postgres others wait for
// the end of the transaction.
func (d *DB) AppendAudit(ctx context.Context, e fleet.AuditEntry) (int64, error) {
	err := d.Update(ctx, func(tx *DB) error {
		if err := tx.hold(ctx, auditLock); err != nil {
			return err
		}
		var previous string
		if err := tx.q.QueryRowContext(ctx, `SELECT n + 1, hash FROM audit_head`).Scan(&e.ID, &previous); err != nil {
			return err
		}
		e = cleanEntry(e)
		e.Hash = chain(previous, e)
		if err := tx.insertAudit(ctx, e); err != nil {
			return err
		}
		_, err := tx.q.ExecContext(ctx, `UPDATE audit_head SET n = $1, hash = $2`, e.ID, e.Hash)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("append %q to the audit log: %w", e.Action, err)
	}
	return e.ID, nil
}

func (d *DB) insertAudit(ctx context.Context, e fleet.AuditEntry) error {
	if e.At.IsZero() {
		return errors.New("an audit entry needs its time")
	}
	_, err := d.q.ExecContext(ctx, `INSERT INTO audit (id, at, by_id, by_email, by_role, address, request_id,
			action, target, outcome, detail, before_json, after_json, neon_id, of_id, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, nullif($15, 0), $16)`,
		e.ID, e.At.Unix(), int64(e.By.ID), e.By.Email, string(e.By.Role), e.By.Address, e.By.RequestID,
		e.Action, e.Target, string(e.Outcome), e.Detail, e.Before, e.After, e.NeonID, e.Of, e.Hash)
	return err
}

// cleanEntry takes out what an engine would not give back as it was.
func cleanEntry(e fleet.AuditEntry) fleet.AuditEntry {
	for _, s := range []*string{&e.By.Email, &e.By.Address, &e.By.RequestID, &e.Action, &e.Target, &e.Detail, &e.Before, &e.After, &e.NeonID} {
		*s = fleet.CleanText(*s)
	}
	return e
}

// chain is the hash of an entry: SHA-256 over the hash before it and every
// field, each with its length in front, so that nothing can move from one
// field to the next.
func chain(previous string, e fleet.AuditEntry) string {
	h := sha256.New()
	for _, field := range []string{
		previous, fmt.Sprint(e.ID), fmt.Sprint(e.At.Unix()),
		fmt.Sprint(e.By.ID), e.By.Email, string(e.By.Role), e.By.Address, e.By.RequestID,
		e.Action, e.Target, string(e.Outcome), e.Detail, e.Before, e.After, e.NeonID, fmt.Sprint(e.Of),
	} {
		fmt.Fprintf(h, "%d:%s,", len(field), field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// An AuditFilter says which entries are meant; its zero value means all.
type AuditFilter struct {
	By     string // e-mail of a person, or a job's name
	Target string
	Action string
	From   time.Time // included
	To     time.Time // excluded
}

// Audit lists entries, newest first: limit of them below the id after, or
// from the newest where after is 0.
func (d *DB) Audit(ctx context.Context, f AuditFilter, after int64, limit int) ([]fleet.AuditEntry, error) {
	where, args := f.where(after)
	args = append(args, limit)
	rows, err := d.q.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM audit%s ORDER BY id DESC LIMIT $%d`, auditColumns, where, len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("list audit entries: %w", err)
	}
	defer rows.Close()
	var entries []fleet.AuditEntry
	for rows.Next() {
		e, err := scanAudit(rows)
		if err != nil {
			return nil, fmt.Errorf("list audit entries: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

func (f AuditFilter) where(after int64) (clause string, args []any) {
	var conds []string
	add := func(cond string, arg any) {
		args = append(args, arg)
		conds = append(conds, fmt.Sprintf(cond, len(args)))
	}
	if f.By != "" {
		add("by_email = $%d", f.By)
	}
	if f.Target != "" {
		add("target = $%d", f.Target)
	}
	if f.Action != "" {
		add("action = $%d", f.Action)
	}
	if !f.From.IsZero() {
		add("at >= $%d", f.From.Unix())
	}
	if !f.To.IsZero() {
		add("at < $%d", f.To.Unix())
	}
	if after > 0 {
		add("id < $%d", after)
	}
	if len(conds) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}

const auditColumns = `id, at, by_id, by_email, by_role, address, request_id, action, target, outcome, detail,
	before_json, after_json, neon_id, coalesce(of_id, 0), hash`

func scanAudit(row interface{ Scan(...any) error }) (e fleet.AuditEntry, err error) {
	var at int64
	err = row.Scan(&e.ID, &at, &e.By.ID, &e.By.Email, &e.By.Role, &e.By.Address, &e.By.RequestID, &e.Action, &e.Target, &e.Outcome, &e.Detail,
		&e.Before, &e.After, &e.NeonID, &e.Of, &e.Hash)
	e.At = time.Unix(at, 0).UTC()
	return e, err
}

// VerifyAudit reads the whole log and says how many entries are as they were
// written. An entry that was changed, taken out, put in or cut off at the end
// is an Invalid error that names the first one. It cannot show a log that
// somebody with the database's password wrote anew from its beginning.
func (d *DB) VerifyAudit(ctx context.Context) (n int, err error) {
	var head struct {
		n    int64
		hash string
	}
	// Read before the entries: those appended meanwhile come on top.
	if err := d.q.QueryRowContext(ctx, `SELECT n, hash FROM audit_head`).Scan(&head.n, &head.hash); err != nil {
		return 0, fmt.Errorf("verify the audit log: %w", err)
	}
	rows, err := d.q.QueryContext(ctx, `SELECT `+auditColumns+` FROM audit ORDER BY id`)
	if err != nil {
		return 0, fmt.Errorf("verify the audit log: %w", err)
	}
	defer rows.Close()
	previous := ""
	for rows.Next() {
		e, err := scanAudit(rows)
		if err != nil {
			return n, fmt.Errorf("verify the audit log: %w", err)
		}
		if want := int64(n) + 1; e.ID != want {
			return n, fleet.Errorf(fleet.Invalid, "Audit entry %d is not where it was written: %d is in its place.", want, e.ID)
		}
		if e.Hash != chain(previous, e) || e.ID == head.n && e.Hash != head.hash {
			return n, fleet.Errorf(fleet.Invalid, "Audit entry %d is not as it was written.", e.ID)
		}
		n, previous = n+1, e.Hash
	}
	if err := rows.Err(); err != nil {
		return n, fmt.Errorf("verify the audit log: %w", err)
	}
	if int64(n) < head.n {
		return n, fleet.Errorf(fleet.Invalid, "The audit log ends at entry %d; %d were written.", n, head.n)
	}
	if err := d.q.QueryRowContext(ctx, `SELECT n FROM audit_head`).Scan(&head.n); err != nil {
		return n, fmt.Errorf("verify the audit log: %w", err)
	}
	if int64(n) > head.n {
		return n, fleet.Errorf(fleet.Invalid, "Audit entry %d was put in from outside.", head.n+1)
	}
	return n, nil
}
