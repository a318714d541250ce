-- +goose Up
-- Plans, and the tenants with the figures of their period. Times are unix
-- seconds UTC; NULL in a figure is unknown, in a limit unlimited.

CREATE TABLE plan (
  no       INTEGER PRIMARY KEY,          -- what rows point at; 0 is no plan and has no row
  id       TEXT    NOT NULL UNIQUE CHECK (id <> '' AND id = lower(id)),
  name     TEXT    NOT NULL,
  version  INTEGER NOT NULL CHECK (version > 0),
  retired  INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
  CHECK (no > 0)
) STRICT;

CREATE TABLE plan_version (
  plan        INTEGER NOT NULL REFERENCES plan (no),
  version     INTEGER NOT NULL CHECK (version > 0),
  compute_s   INTEGER CHECK (compute_s > 0),
  active_s    INTEGER CHECK (active_s > 0),
  storage_b   INTEGER CHECK (storage_b > 0),
  transfer_b  INTEGER CHECK (transfer_b > 0),
  written_b   INTEGER CHECK (written_b > 0),
  min_cu      INTEGER NOT NULL CHECK (min_cu > 0),   -- thousandths of a compute unit
  max_cu      INTEGER NOT NULL CHECK (max_cu >= min_cu),
  suspend_s   INTEGER NOT NULL,
  price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
  saved_at    INTEGER NOT NULL,
  saved_by    TEXT    NOT NULL,
  PRIMARY KEY (plan, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE region (
  no INTEGER PRIMARY KEY,
  id TEXT    NOT NULL UNIQUE
) STRICT;

-- Observed settings, once per distinct value: a preview over the fleet is a GROUP BY.
CREATE TABLE settings (
  no         INTEGER PRIMARY KEY,
  key        TEXT    NOT NULL UNIQUE,    -- all values in one text, because NULLs are never equal
  compute_s  INTEGER,
  active_s   INTEGER,
  storage_b  INTEGER,
  transfer_b INTEGER,
  written_b  INTEGER,
  min_cu     INTEGER NOT NULL,
  max_cu     INTEGER NOT NULL,
  suspend_s  INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant (
  id             INTEGER PRIMARY KEY,    -- dense, in the order tenants were first seen
  project_id     TEXT    NOT NULL UNIQUE,
  name           TEXT    NOT NULL,
  name_key       TEXT    NOT NULL,       -- folded in Go, the same on both engines
  plan           INTEGER NOT NULL DEFAULT 0,
  region         INTEGER NOT NULL,
  state          INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6), -- fleet.State; 6 is deleted and in no list
  band           INTEGER NOT NULL DEFAULT 0 CHECK (band BETWEEN 0 AND 3),
  flags          INTEGER NOT NULL DEFAULT 0,                     -- fleet.Flags
  settings       INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  last_active_at INTEGER NOT NULL DEFAULT 0,                     -- 0: never
  synced_at      INTEGER NOT NULL,       -- of the last answer that had it
  usage_at       INTEGER NOT NULL DEFAULT 0,                     -- consumption is read up to here
  period_start   INTEGER NOT NULL,
  period_end     INTEGER NOT NULL,
  cu_s           INTEGER,                -- figures of the period to date
  active_s       INTEGER,
  storage_b      INTEGER,                -- the project's gauge
  transfer_b     INTEGER,
  written_b      INTEGER,
  branch_b       INTEGER,                -- largest branch,
  branch_at      INTEGER NOT NULL DEFAULT 0,                     -- when it was read
  cu_pm          INTEGER NOT NULL DEFAULT -2,                    -- per mille of the limit; -1 unlimited, -2 unknown
  active_pm      INTEGER NOT NULL DEFAULT -2,
  storage_pm     INTEGER NOT NULL DEFAULT -2,
  transfer_pm    INTEGER NOT NULL DEFAULT -2,
  written_pm     INTEGER NOT NULL DEFAULT -2,
  max_pm         INTEGER NOT NULL DEFAULT -2,
  out_at         INTEGER NOT NULL DEFAULT 0,                     -- when the first limit is reached at the pace of the last days; 0: not foreseen
  out_meter      INTEGER NOT NULL DEFAULT 0                      -- which, where out_at > 0; fleet.Meter
) STRICT;

-- Each sort has an index that covers the filters, so that a page is ids from
-- the index and then their rows. project_id in the first one lets a search of
-- one or two letters stay inside the index.
CREATE INDEX tenant_name     ON tenant (name_key, id, plan, region, state, band, flags, project_id);
CREATE INDEX tenant_created  ON tenant (created_at, id, plan, region, state, band, flags);
CREATE INDEX tenant_seen     ON tenant (last_active_at, id, plan, region, state, band, flags);
CREATE INDEX tenant_cu       ON tenant (cu_pm, id, plan, region, state, band, flags);
CREATE INDEX tenant_active   ON tenant (active_pm, id, plan, region, state, band, flags);
CREATE INDEX tenant_storage  ON tenant (storage_pm, id, plan, region, state, band, flags);
CREATE INDEX tenant_transfer ON tenant (transfer_pm, id, plan, region, state, band, flags);
CREATE INDEX tenant_written  ON tenant (written_pm, id, plan, region, state, band, flags);
CREATE INDEX tenant_max      ON tenant (max_pm, id, plan, region, state, band, flags);
CREATE INDEX tenant_facet    ON tenant (plan, region, state, band, flags);
CREATE INDEX tenant_out      ON tenant (out_at, id) WHERE out_at > 0;
CREATE INDEX tenant_branch   ON tenant (branch_at, id) WHERE branch_at > 0; -- readings that expire

-- Roll-ups, kept in the same transaction as the tenants (rollup.go). Deleted
-- tenants (state 6) are in none of them.

-- How many tenants there are of each kind: what chips and counts read.
CREATE TABLE facet (
  plan   INTEGER NOT NULL,
  region INTEGER NOT NULL,
  state  INTEGER NOT NULL,
  band   INTEGER NOT NULL,
  flags  INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (plan, region, state, band, flags)
) STRICT, WITHOUT ROWID;

-- The fleet's figures of the period to date: sums of what is known.
CREATE TABLE fleet_sum (
  plan  INTEGER NOT NULL,
  meter INTEGER NOT NULL CHECK (meter BETWEEN 0 AND 4),            -- fleet.Meter
  known INTEGER NOT NULL,                -- tenants whose figure is known
  total INTEGER NOT NULL,
  PRIMARY KEY (plan, meter)
) STRICT, WITHOUT ROWID;

-- How many tenants were last active on each day.
CREATE TABLE seen_day (
  day INTEGER PRIMARY KEY,               -- 20261103 UTC; 0 is never
  n   INTEGER NOT NULL
) STRICT;

-- What is long, rare, or read only on the tenant's own page.
CREATE TABLE tenant_detail (
  tenant          INTEGER PRIMARY KEY REFERENCES tenant (id),
  owner           TEXT    NOT NULL DEFAULT '',
  external_id     TEXT    NOT NULL DEFAULT '',
  search_key      TEXT    NOT NULL DEFAULT '',  -- owner and external_id folded in Go, one a line; '' where both are empty
  note            TEXT    NOT NULL DEFAULT '',
  state_reason    TEXT    NOT NULL DEFAULT '',
  state_since     INTEGER NOT NULL DEFAULT 0,
  pg_version      INTEGER NOT NULL DEFAULT 0,
  history_s       INTEGER NOT NULL DEFAULT 0,   -- history retention, seconds
  neon_plan       TEXT    NOT NULL DEFAULT '',  -- subscription type, where Neon says it
  sweep_active_s  INTEGER,                      -- last active_time of the sweep, and when
  sweep_at        INTEGER NOT NULL DEFAULT 0,
  period_read     INTEGER NOT NULL DEFAULT 0 CHECK (period_read IN (0, 1)), -- period is Neon's own word
  counter_at      INTEGER NOT NULL DEFAULT 0,   -- the project's own counters, and when they were read
  counter_start   INTEGER NOT NULL DEFAULT 0,   -- of which period
  counter_cu_s    INTEGER,
  counter_active_s INTEGER,
  counter_transfer_b INTEGER,
  counter_written_b INTEGER,
  endpoints_at    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX tenant_counter_at ON tenant_detail (counter_at, tenant);
-- Most tenants have none of these: lists and files read them from here.
CREATE INDEX tenant_words ON tenant_detail (tenant, state_reason, owner, external_id)
  WHERE state_reason <> '' OR search_key <> '';
CREATE INDEX tenant_search_key ON tenant_detail (search_key, tenant) WHERE search_key <> '';

CREATE TABLE tenant_tag (
  tag    TEXT    NOT NULL,               -- folded
  tenant INTEGER NOT NULL REFERENCES tenant (id),
  PRIMARY KEY (tag, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_tag_tenant ON tenant_tag (tenant);

-- Plan by day, so that sums by plan never move when somebody changes plan.
CREATE TABLE tenant_plan (
  tenant   INTEGER NOT NULL REFERENCES tenant (id),
  from_day INTEGER NOT NULL,
  plan     INTEGER NOT NULL,
  version  INTEGER NOT NULL,
  PRIMARY KEY (tenant, from_day)
) STRICT, WITHOUT ROWID;

-- Part of a name, id, owner or own reference: one text a tenant, so that all
-- words of a search are one look into the index. Trigram, external content;
-- only plain LIKE uses it.
CREATE VIEW tenant_search AS
  SELECT t.id AS id, t.name_key || char(10) || t.project_id || char(10) ||
    coalesce((SELECT d.search_key FROM tenant_detail d WHERE d.tenant = t.id), '') AS words
  FROM tenant t;
CREATE VIRTUAL TABLE tenant_fts USING fts5 (words, content='tenant_search', content_rowid='id', tokenize='trigram', detail='none');
-- +goose StatementBegin
CREATE TRIGGER tenant_fts_insert AFTER INSERT ON tenant BEGIN
  INSERT INTO tenant_fts (rowid, words) VALUES (new.id, new.name_key || char(10) || new.project_id || char(10));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tenant_fts_update AFTER UPDATE OF name_key, project_id ON tenant BEGIN
  INSERT INTO tenant_fts (tenant_fts, rowid, words) SELECT 'delete', old.id, old.name_key || char(10) || old.project_id || char(10) ||
    coalesce((SELECT d.search_key FROM tenant_detail d WHERE d.tenant = old.id), '');
  INSERT INTO tenant_fts (rowid, words) SELECT id, words FROM tenant_search WHERE id = new.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER detail_fts_insert AFTER INSERT ON tenant_detail WHEN new.search_key <> '' BEGIN
  INSERT INTO tenant_fts (tenant_fts, rowid, words) SELECT 'delete', id, name_key || char(10) || project_id || char(10) FROM tenant WHERE id = new.tenant;
  INSERT INTO tenant_fts (rowid, words) SELECT id, words FROM tenant_search WHERE id = new.tenant;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER detail_fts_update AFTER UPDATE OF search_key ON tenant_detail WHEN old.search_key <> new.search_key BEGIN
  INSERT INTO tenant_fts (tenant_fts, rowid, words) SELECT 'delete', id, name_key || char(10) || project_id || char(10) || old.search_key FROM tenant WHERE id = new.tenant;
  INSERT INTO tenant_fts (rowid, words) SELECT id, words FROM tenant_search WHERE id = new.tenant;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tenant_fts_delete BEFORE DELETE ON tenant BEGIN
  INSERT INTO tenant_fts (tenant_fts, rowid, words) SELECT 'delete', id, words FROM tenant_search WHERE id = old.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER detail_fts_delete BEFORE DELETE ON tenant_detail WHEN old.search_key <> '' BEGIN
  UPDATE tenant_detail SET search_key = '' WHERE tenant = old.tenant;
END;
-- +goose StatementEnd
