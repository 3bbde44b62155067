package partnerships_test

import (
	"strings"
	"testing"

	"rapport/internal/base/fault"
	"rapport/internal/partner/partnerships"
)

// Each line is a status and where it may go, in the order of Statuses: prospect applied contacted replied negotiating agreed active paused
// ended lost.
var moves = map[partnerships.Status]string{
	partnerships.StatusProspect:    "PACRNGa..l",
	partnerships.StatusApplied:     "PACRNGa..l",
	partnerships.StatusContacted:   "PACRNGa..l",
	partnerships.StatusReplied:     "PACRNGa..l",
	partnerships.StatusNegotiating: "PACRNGa..l",
	partnerships.StatusAgreed:      "PACRNGa..l",
	partnerships.StatusActive:      "......ape.",
	partnerships.StatusPaused:      "......ape.",
	partnerships.StatusEnded:       ".ACRNGa.e.",
	partnerships.StatusLost:        "PACRNGa..l",
}

func TestAStatusMovesOnlyAlongTheTable(t *testing.T) {
	for _, from := range partnerships.Statuses {
		for i, to := range partnerships.Statuses {
			err := partnerships.Move(from, to)
			if allowed := moves[from][i] != '.'; allowed != (err == nil) {
				t.Errorf("%s to %s: %v", from, to, err)
			}
			if err != nil {
				wrong(t, err, fault.KindConflict, "status")
			}
		}
	}
	wrong(t, partnerships.Move(partnerships.StatusActive, "asleep"), fault.KindInvalid, "status")
}

func TestAPartnershipBeginsOpenOrActive(t *testing.T) {
	for _, s := range partnerships.Statuses {
		if err := partnerships.Begin(s); (err == nil) != (s.Open() || s == partnerships.StatusActive) {
			t.Errorf("%s: %v", s, err)
		}
	}
	wrong(t, partnerships.Begin(""), fault.KindInvalid, "status")
}

func TestTextsAreBoundedAndTidied(t *testing.T) {
	for _, c := range []struct{ text, line, prose string }{
		{"  a\tb \n", "a b", "a\tb"},
		{"a\r\nb\rc", "a b c", "a\nb\nc"},
		{"", "!", ""},
		{"a\x00b", "!", "!"},
		{"\xff", "!", "!"},
		{"äöüß€", "äöüß€", "äöüß€"},
		{strings.Repeat("ä", 11), "!", "!"},
	} {
		line, err := partnerships.Line(c.text, 10, "name")
		if (err != nil) != (c.line == "!") || err == nil && line != c.line {
			t.Errorf("line %q: %q, %v", c.text, line, err)
		}
		prose, err := partnerships.Prose(c.text, 10, "body")
		if (err != nil) != (c.prose == "!") || err == nil && prose != c.prose {
			t.Errorf("prose %q: %q, %v", c.text, prose, err)
		}
	}
}
