-- +goose Up
-- What people chose for themselves: theme, time zone, columns of the list.
CREATE TABLE preference (
  staff BIGINT NOT NULL REFERENCES staff (id),
  key   TEXT    NOT NULL,
  value TEXT    NOT NULL,
  PRIMARY KEY (staff, key)
);
