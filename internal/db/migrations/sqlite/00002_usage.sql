-- +goose Up
-- Usage by day and month, sums of the fleet, and the sync's own books. NULL in
-- a figure is unknown, 0 is zero. Days are 20261103, months 202611, UTC.

CREATE TABLE usage_day (
  tenant     INTEGER NOT NULL,
  day        INTEGER NOT NULL,
  cu_s       INTEGER,           -- consumption v2, see fleet.Metric
  root_bh    INTEGER,
  child_bh   INTEGER,
  hist_bh    INTEGER,
  snap_bh    INTEGER,
  pub_b      INTEGER,
  priv_b     INTEGER,
  branch_h   INTEGER,
  active_s   INTEGER,           -- differences of the sweep's active_time
  storage_b  INTEGER,           -- highest gauge of the day
  written_b  INTEGER,           -- differences of the project's counter
  settled    INTEGER NOT NULL DEFAULT 0 CHECK (settled <= 1), -- 1 final; -n covered by settle n, which is not complete yet
  PRIMARY KEY (tenant, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_month (
  month        INTEGER NOT NULL,
  tenant       INTEGER NOT NULL,
  cu_s         INTEGER,
  root_bh      INTEGER,
  child_bh     INTEGER,
  hist_bh      INTEGER,
  snap_bh      INTEGER,
  pub_b        INTEGER,
  priv_b       INTEGER,
  branch_h     INTEGER,
  active_s     INTEGER,
  storage_b    INTEGER,         -- the highest
  written_b    INTEGER,
  days_known   INTEGER NOT NULL DEFAULT 0,  -- covered by a complete answer
  days_settled INTEGER NOT NULL DEFAULT 0,
  whole        INTEGER NOT NULL DEFAULT 0,  -- the settle whose monthly answer gave the eight billed figures; 0: they are the sum of the days
  PRIMARY KEY (month, tenant)
) STRICT, WITHOUT ROWID;

-- The fleet's sums of a day, by the plan each tenant had on that day.
CREATE TABLE fleet_day (
  day       INTEGER NOT NULL,
  plan      INTEGER NOT NULL,
  tenants   INTEGER NOT NULL,   -- rows of usage_day
  cu_n      INTEGER NOT NULL,   -- how many know their compute,
  known     INTEGER NOT NULL,   -- a complete answer of consumption v2,
  active_n  INTEGER NOT NULL,   -- active time,
  storage_n INTEGER NOT NULL,   -- storage,
  written_n INTEGER NOT NULL,   -- written data
  cu_s      INTEGER NOT NULL,   -- sums of what is known
  root_bh   INTEGER NOT NULL,
  child_bh  INTEGER NOT NULL,
  hist_bh   INTEGER NOT NULL,
  snap_bh   INTEGER NOT NULL,
  pub_b     INTEGER NOT NULL,
  priv_b    INTEGER NOT NULL,
  branch_h  INTEGER NOT NULL,
  active_s  INTEGER NOT NULL,
  storage_b INTEGER NOT NULL,   -- sum of the tenants' peaks
  written_b INTEGER NOT NULL,
  PRIMARY KEY (day, plan)
) STRICT, WITHOUT ROWID;

-- Neon's billing periods as consumption v2 names them: prices follow the plan.
CREATE TABLE neon_period (
  tenant    INTEGER NOT NULL,
  starts    INTEGER NOT NULL,
  neon_plan TEXT    NOT NULL,
  ends      INTEGER NOT NULL,   -- 0: still open
  PRIMARY KEY (tenant, starts, neon_plan)
) STRICT, WITHOUT ROWID;

-- A day within which a period starts or ends, by its parts.
CREATE TABLE usage_part (
  tenant    INTEGER NOT NULL,
  day       INTEGER NOT NULL,
  starts    INTEGER NOT NULL,   -- of the period
  neon_plan TEXT    NOT NULL,
  cu_s      INTEGER NOT NULL,
  root_bh   INTEGER NOT NULL,
  child_bh  INTEGER NOT NULL,
  hist_bh   INTEGER NOT NULL,
  snap_bh   INTEGER NOT NULL,
  pub_b     INTEGER NOT NULL,
  priv_b    INTEGER NOT NULL,
  branch_h  INTEGER NOT NULL,
  PRIMARY KEY (tenant, day, starts, neon_plan)
) STRICT, WITHOUT ROWID;

-- Runs over the whole organization that make days final.
CREATE TABLE settle (
  no       INTEGER PRIMARY KEY,
  began    INTEGER NOT NULL,
  from_day INTEGER NOT NULL,
  to_day   INTEGER NOT NULL,    -- included
  complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
  final    INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1))   -- its days are marked
) STRICT;

-- Projects that Neon counted among the unavailable, and when: not missing.
CREATE TABLE unavailable (
  tenant INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL
) STRICT;

-- Computes as last read, to see whether they drifted.
CREATE TABLE endpoint (
  tenant    INTEGER NOT NULL,
  id        TEXT    NOT NULL,
  branch    TEXT    NOT NULL,
  min_cu    INTEGER NOT NULL,
  max_cu    INTEGER NOT NULL,
  suspend_s INTEGER NOT NULL,
  disabled  INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_run (
  id        INTEGER PRIMARY KEY,
  step      TEXT    NOT NULL,
  reason    TEXT    NOT NULL,
  owner     TEXT    NOT NULL,           -- the process, as it holds the lease
  started   INTEGER NOT NULL,
  began     INTEGER NOT NULL,          -- of the first page, where earlier runs of the step were cut off
  finished  INTEGER NOT NULL DEFAULT 0,
  complete  INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
  pages     INTEGER NOT NULL DEFAULT 0,
  row_count INTEGER NOT NULL DEFAULT 0,
  calls     INTEGER NOT NULL DEFAULT 0,
  throttled INTEGER NOT NULL DEFAULT 0,
  total     INTEGER NOT NULL DEFAULT 0,
  problem   TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX sync_run_step ON sync_run (step, finished);
CREATE INDEX sync_run_open ON sync_run (id) WHERE finished = 0;

-- Where a step that was begun goes on.
CREATE TABLE sync_cursor (
  step   TEXT    PRIMARY KEY,
  run    INTEGER NOT NULL,
  cursor TEXT    NOT NULL,
  began  INTEGER NOT NULL,              -- of its first page, whichever run that was
  params TEXT    NOT NULL               -- what the step must go on with, JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_request (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  at    INTEGER NOT NULL,
  by_id INTEGER NOT NULL,
  email TEXT    NOT NULL,
  whole INTEGER NOT NULL CHECK (whole IN (0, 1))   -- all steps, every tenant
) STRICT;

-- Who may sync. Expiry is in the store's own time: clocks of machines differ.
CREATE TABLE lease (
  name    TEXT    PRIMARY KEY,
  owner   TEXT    NOT NULL,
  taken   INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
