-- +goose Up
-- What a project last looked like when somebody opened its page: branches,
-- computes and operations, as one JSON document, for when Neon does not answer.
CREATE TABLE live (
  tenant   INTEGER PRIMARY KEY REFERENCES tenant (id),
  at       INTEGER NOT NULL,
  document TEXT    NOT NULL
) STRICT;
