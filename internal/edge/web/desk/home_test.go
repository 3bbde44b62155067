package desk_test

import (
	"strings"
	"testing"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
)

// Law: a click that could not be kept is counted where people see it.
func TestLostClicksShowOnHome(t *testing.T) {
	s := newShop(t, dbtest.New(t, db.EngineSQLite))
	if page := s.get("/").body; strings.Contains(page, "Lost clicks") {
		t.Error("nothing was lost, and Home says so")
	}
	s.lost = 3
	if page := s.get("/").body; !strings.Contains(page, "Lost clicks") || !strings.Contains(page, "3 since the start") {
		t.Error("three clicks were lost, and Home does not say so")
	}
}
