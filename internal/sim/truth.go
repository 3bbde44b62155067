package sim

import (
	"time"

	"rapport/internal/base/money"
)

// Way is how an order is told to the server.
type Way string

// The ways.
const (
	WayAPI     Way = "api"     // POST /conversions
	WayShopify Way = "shopify" // a signed webhook
)

// Truth is what the simulator knows of one order it sent; one line of the truth file.
type Truth struct {
	Order          int64        `json:"order"`
	Number         int64        `json:"number"`
	Way            Way          `json:"way"`
	At             time.Time    `json:"at"` // as told to the server
	Commissionable money.Amount `json:"commissionable"`
	Cause          string       `json:"cause,omitempty"` // partnership that truly caused the order; "" is nobody
	Why            string       `json:"why"`
	Code           string       `json:"code,omitempty"`
	Touches        []SentTouch  `json:"touches,omitempty"`
	Expected       Expected     `json:"expected"`
}

// CreatorTruth is what the simulator knows of one creator; the truth file has a line for each before those of orders.
type CreatorTruth struct {
	Creator  string         `json:"creator"` // the server's id
	Account  Account        `json:"account"`
	Growth   Growth         `json:"growth"`
	Fit      float64        `json:"fit"` // true nearness to the shop, 0–1
	Profiles []ProfileTruth `json:"profiles"`
}

// ProfileTruth is what happened to an account.
type ProfileTruth struct {
	Platform Platform `json:"platform"`
	Handle   string   `json:"handle"`
	Jump     *Jump    `json:"jump,omitempty"`
}

// SentTouch is a click whose token was sent with the order.
type SentTouch struct {
	Partnership string    `json:"partnership"`
	At          time.Time `json:"at"`
	Token       string    `json:"token"`
}

// Expected is the credit the contract promises for what was sent, under last touch with codes first.
type Expected struct {
	Partnership string `json:"partnership,omitempty"` // "" is no credit
	Because     string `json:"because"`
}

// clockSlack: a touch up to a quarter of an hour after the order counts as at the order, since clocks differ.
const clockSlack = 15 * time.Minute

// Expect decides who should be credited: the code's owner, else the last touch inside the window, else nobody.
func Expect(codeOwner string, touches []SentTouch, at time.Time, window time.Duration) Expected {
	if codeOwner != "" {
		return Expected{codeOwner, "code"}
	}
	var last *SentTouch
	for i, t := range touches {
		if t.At.Before(at.Add(-window)) || t.At.After(at.Add(clockSlack)) {
			continue
		}
		if last == nil || !t.At.Before(last.At) {
			last = &touches[i]
		}
	}
	switch {
	case last != nil:
		return Expected{last.Partnership, "last_touch"}
	case len(touches) > 0:
		return Expected{"", "outside_window"}
	default:
		return Expected{"", "no_touch"}
	}
}

// Report compares the server's credits with the truth.
type Report struct {
	Orders     int `json:"orders"`      // sent
	Missing    int `json:"missing"`     // the server does not know them
	AsExpected int `json:"as_expected"` // credited as the contract promises
	Otherwise  int `json:"otherwise"`   // credited differently: a defect of one of the two sides

	CausedCredited int `json:"caused_credited"` // the creator who caused the order has the credit
	CausedOther    int `json:"caused_other"`    // another creator has it
	CausedMissed   int `json:"caused_missed"`   // nobody has it: cookie lost, no code
	FreeRides      int `json:"free_rides"`      // credited though nobody caused the order

	Differences []Difference `json:"differences,omitempty"` // the first twenty of Missing and Otherwise
}

// Difference is one order on which server and expectation disagree.
type Difference struct {
	Order    int64    `json:"order"`
	Expected Expected `json:"expected"`
	Got      []credit `json:"got"`
	Missing  bool     `json:"missing,omitempty"`
}

// maxDifferences is how many differences a report spells out.
const maxDifferences = 20

// compare adds one order to the report; got is nil where the server does not know the order.
func (r *Report) compare(t Truth, got *foundConversion) {
	r.Orders++
	if got == nil {
		r.Missing++
		r.note(Difference{Order: t.Order, Expected: t.Expected, Missing: true})
		return
	}
	owner := ""
	if len(got.Credits) > 0 {
		owner = got.Credits[0].PartnershipID
	}
	if len(got.Credits) <= 1 && owner == t.Expected.Partnership {
		r.AsExpected++
	} else {
		r.Otherwise++
		r.note(Difference{Order: t.Order, Expected: t.Expected, Got: got.Credits})
	}
	switch {
	case t.Cause == "" && owner != "":
		r.FreeRides++
	case t.Cause == "":
	case owner == t.Cause:
		r.CausedCredited++
	case owner == "":
		r.CausedMissed++
	default:
		r.CausedOther++
	}
}

func (r *Report) note(d Difference) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, d)
	}
}
