// Package dbtest gives every test a migrated database of its own, on both engines, with a clock that stands still.
//
//	dbtest.Run(t, func(t *testing.T, d *db.DB) {
//		dbtest.Clock(d).Advance(31 * 24 * time.Hour)
//		…
//	})
//
// PostgreSQL is the server named by RAPPORT_TEST_POSTGRES, or one started for this test program and stopped with it. Its binaries come from the
// system's packages; where they are missing the tests of that engine fail when RAPPORT_REQUIRE_POSTGRES is set, as `make test` does, and are
// skipped otherwise.
package dbtest
