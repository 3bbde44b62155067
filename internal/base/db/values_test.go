package db_test

import (
	"strings"
	"testing"

	"rapport/internal/base/db"
)

func TestPlaceholdersAreNumberedThroughAllRows(t *testing.T) {
	if got := db.Values(2, 3); got != "($1, $2, $3), ($4, $5, $6)" {
		t.Error(got)
	}
	if got := strings.Count(db.Values(128, 12), "$"); got != 128*12 {
		t.Errorf("%d placeholders", got)
	}
	if got := db.List(2, 3); got != "($4, $5)" {
		t.Error(got)
	}
}
