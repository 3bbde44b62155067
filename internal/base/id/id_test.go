package id_test

import (
	"testing"
	"time"

	"rapport/internal/base/id"
)

// Transactions that began in different milliseconds take ids in turns, and a large one takes many.
func TestIDsOfOneMillisecondRiseAndDiffer(t *testing.T) {
	at := time.UnixMilli(1_790_000_000_000)
	last := ""
	for range 40_000 {
		next := id.New("cre", at)
		if next <= last {
			t.Fatalf("%s does not follow %s", next, last)
		}
		last = next
		id.New("cre", at.Add(7*time.Millisecond))
	}
}

func TestIDsSortByAge(t *testing.T) {
	young := id.New("cre", time.UnixMilli(1_790_000_000_001))
	old := id.New("cre", time.UnixMilli(1_790_000_000_000))
	if old >= young {
		t.Fatalf("%s should sort before %s", old, young)
	}
}

func TestOnlyTheOwnShapeIsValid(t *testing.T) {
	good := id.New("lnk", time.Now())
	for _, c := range []struct {
		prefix, text string
		want         bool
	}{
		{"lnk", good, true},
		{"cre", good, false},
		{"lnk", good + "0", false},
		{"lnk", good[:len(good)-1], false},
		{"lnk", good[:len(good)-1] + "G", false},
		{"lnk", "", false},
	} {
		if got := id.Valid(c.prefix, c.text); got != c.want {
			t.Errorf("Valid(%q, %q) = %v, want %v", c.prefix, c.text, got, c.want)
		}
	}
}
