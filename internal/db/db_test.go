package db_test

import (
	"testing"

	"neonfleet/internal/db"
	"neonfleet/internal/db/dbtest"
)

func TestOpen_migratesTwiceWithoutHarm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		if err := store.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
