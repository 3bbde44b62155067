package attribution

import (
	"fmt"

	"rapport/internal/base/programs"
)

// Reason is why a touch counted or did not. Pages have a sentence for each; Because is the one the API tells.
type Reason string

// The reasons.
const (
	ReasonCodeUsed          Reason = "code_used"           // the only or the deciding code
	ReasonFirstCode         Reason = "first_code"          // first touch, by a code
	ReasonLastClick         Reason = "last_click"          // last touch, by a click
	ReasonFirstClick        Reason = "first_click"         // first touch, by a click
	ReasonByHand            Reason = "by_hand"             // a person decided
	ReasonEarlierTouch      Reason = "earlier_touch"       // lost to a later one
	ReasonLaterTouch        Reason = "later_touch"         // lost to an earlier one
	ReasonOutweighedByCode  Reason = "outweighed_by_code"  // codes first
	ReasonOutweighedByClick Reason = "outweighed_by_click" // clicks first
	ReasonOutsideWindow     Reason = "outside_window"
	ReasonAfterOrder        Reason = "after_order"
	ReasonUnknownCode       Reason = "unknown_code"  // nobody's code in this program
	ReasonForgedClick       Reason = "forged_click"  // the token's proof does not hold
	ReasonUnknownLink       Reason = "unknown_link"  // a good token of a link we no longer know
	ReasonOtherProgram      Reason = "other_program" // a good token of another program's link
	ReasonCrawler           Reason = "crawler"       // a machine's visit, not a person's
	ReasonPartnerEnded      Reason = "partner_ended" // there is no deal any more
)

// Reasons lists every reason, so that a test can hold a sentence for each against the catalogue.
func Reasons() []Reason {
	return []Reason{
		ReasonCodeUsed, ReasonFirstCode, ReasonLastClick, ReasonFirstClick, ReasonByHand, ReasonEarlierTouch, ReasonLaterTouch,
		ReasonOutweighedByCode, ReasonOutweighedByClick, ReasonOutsideWindow, ReasonAfterOrder, ReasonUnknownCode, ReasonForgedClick,
		ReasonUnknownLink, ReasonOtherProgram, ReasonCrawler, ReasonPartnerEnded,
	}
}

func wonBy(model programs.Model, kind TouchKind) Reason {
	first := model == programs.ModelFirstTouch
	switch {
	case kind == TouchCode && first:
		return ReasonFirstCode
	case kind == TouchCode:
		return ReasonCodeUsed
	case first:
		return ReasonFirstClick
	default:
		return ReasonLastClick
	}
}

func lostTo(model programs.Model) Reason {
	if model == programs.ModelFirstTouch {
		return ReasonLaterTouch
	}
	return ReasonEarlierTouch
}

// Because says in a sentence why a touch was credited.
func (d Decision) Because(c Credit) string {
	if c.Touch < 0 || c.Touch >= len(d.Considered) {
		return "credited by hand"
	}
	touch := d.Considered[c.Touch]
	switch c.Reason { //nolint:exhaustive // the other reasons never credit anybody
	case ReasonCodeUsed:
		return fmt.Sprintf("code %s was used", touch.Code)
	case ReasonFirstCode:
		return fmt.Sprintf("code %s was the first touch", touch.Code)
	case ReasonFirstClick:
		return fmt.Sprintf("first click inside %d days before the order", d.WindowDays)
	default:
		return fmt.Sprintf("last click inside %d days before the order", d.WindowDays)
	}
}
