-- +goose Up
-- Who may sign in, their sessions, tries to sign in, and the audit log. Times
-- are unix seconds UTC.

CREATE TABLE staff (
  id              INTEGER PRIMARY KEY,
  email           TEXT    NOT NULL UNIQUE CHECK (email <> '' AND email = lower(email)),
  role            TEXT    NOT NULL CHECK (role IN ('viewer', 'support', 'finance', 'admin')),
  disabled        INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  epoch           INTEGER NOT NULL DEFAULT 1 CHECK (epoch > 0),  -- grows with every change; earlier sessions are over
  password        TEXT    NOT NULL CHECK (password LIKE '$argon2id$%'),
  created_at      INTEGER NOT NULL,
  last_sign_in_at INTEGER NOT NULL DEFAULT 0                     -- 0: never
) STRICT;

CREATE TABLE session (
  key        TEXT    PRIMARY KEY CHECK (length(key) = 64),       -- SHA-256 of the cookie's id, hex
  staff      INTEGER NOT NULL REFERENCES staff (id),
  epoch      INTEGER NOT NULL,
  data       BLOB    NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  address    TEXT    NOT NULL,
  agent      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_staff ON session (staff, seen_at);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE sign_in_try (
  key      TEXT    PRIMARY KEY,          -- a hash of the account or the address: people type passwords into the wrong field
  n        INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  until_at INTEGER NOT NULL              -- no try before; 0: no pause
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_try_at ON sign_in_try (at);

-- Only ever appended. Ids have no gaps; each hash is over the entry and the hash before it.
CREATE TABLE audit (
  id          INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL CHECK (at > 0),
  by_id       INTEGER NOT NULL,          -- 0: a job, the shell, or nobody yet
  by_email    TEXT    NOT NULL CHECK (by_email <> ''),
  by_role     TEXT    NOT NULL,
  address     TEXT    NOT NULL,
  request_id  TEXT    NOT NULL,
  action      TEXT    NOT NULL CHECK (action <> ''),
  target      TEXT    NOT NULL,
  outcome     TEXT    NOT NULL CHECK (outcome IN ('intended', 'done', 'failed', 'refused')),
  detail      TEXT    NOT NULL,
  before_json TEXT    NOT NULL,
  after_json  TEXT    NOT NULL,
  neon_id     TEXT    NOT NULL,
  of_id       INTEGER REFERENCES audit (id),
  hash        TEXT    NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE INDEX audit_at ON audit (at, id);
CREATE INDEX audit_by ON audit (by_email, id);
CREATE INDEX audit_target ON audit (target, id);
CREATE INDEX audit_action ON audit (action, id);

-- The last entry, so that one cut off at the end is missed.
CREATE TABLE audit_head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  n    INTEGER NOT NULL,
  hash TEXT    NOT NULL
) STRICT;
INSERT INTO audit_head (one, n, hash) VALUES (1, 0, '');

-- +goose StatementBegin
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE (ABORT, 'audit entries are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN
  SELECT RAISE (ABORT, 'audit entries are never deleted');
END;
-- +goose StatementEnd
-- INSERT OR REPLACE takes the old row away without asking the trigger above.
-- +goose StatementBegin
CREATE TRIGGER audit_insert BEFORE INSERT ON audit WHEN new.id IS NOT (SELECT n + 1 FROM audit_head) BEGIN
  SELECT RAISE (ABORT, 'audit entries are only appended');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_head WHEN new.n <> old.n + 1 BEGIN
  SELECT RAISE (ABORT, 'the audit log only grows');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_head BEGIN
  SELECT RAISE (ABORT, 'the audit log only grows');
END;
-- +goose StatementEnd
