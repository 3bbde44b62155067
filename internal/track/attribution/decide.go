package attribution

import (
	"time"

	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// Version names these rules in every stored decision.
const Version = "attribution/1"

// ClockSlack is how long after the order a touch may be dated and still counts as at the order: clocks differ.
const ClockSlack = 15 * time.Minute

// TouchKind is how a creator got into a buyer's path.
type TouchKind string

// The kinds of touch.
const (
	TouchClick TouchKind = "click"
	TouchCode  TouchKind = "code"
)

// Touch is anything that may have put a creator in the buyer's path. Unusable says what is wrong with it in itself, before any rule is asked.
type Touch struct {
	Kind        TouchKind       `json:"kind"`
	At          time.Time       `json:"at"` // of a code: when it was used, normally the order's time
	Partnership partnerships.ID `json:"partnership_id,omitempty"`
	LinkNo      uint64          `json:"link_no,omitempty,string"`
	Code        string          `json:"code,omitempty"`
	CodeID      string          `json:"code_id,omitempty"`
	Unusable    Reason          `json:"unusable,omitempty"`
}

// Input is everything the decision depends on.
type Input struct {
	Model      programs.Model  `json:"model"`
	Prefer     programs.Prefer `json:"prefer"`
	WindowDays int             `json:"window_days"`
	OccurredAt time.Time       `json:"occurred_at"`
	Touches    []Touch         `json:"touches"`
}

// Credit is the share of the conversion given to a partnership.
type Credit struct {
	Partnership partnerships.ID   `json:"partnership_id"`
	Share       money.BasisPoints `json:"share_bp"`
	Touch       int               `json:"touch"` // index into Considered
	Reason      Reason            `json:"reason"`
}

// Considered is a touch and what became of it.
type Considered struct {
	Touch
	Reason Reason `json:"reason"`
}

// Decision is who is credited and why. No credits is a decision too.
type Decision struct {
	Version    string          `json:"version"`
	Model      programs.Model  `json:"model"`
	Prefer     programs.Prefer `json:"prefer"`
	WindowDays int             `json:"window_days"`
	OccurredAt time.Time       `json:"occurred_at"`
	Credits    []Credit        `json:"credits"`
	Considered []Considered    `json:"considered"`
}

// Decide applies the program's model to the touches.
func Decide(in Input) Decision {
	d := Decision{
		Version: Version, Model: in.Model, Prefer: in.Prefer, WindowDays: in.WindowDays, OccurredAt: in.OccurredAt,
		Credits: []Credit{}, Considered: make([]Considered, len(in.Touches)),
	}
	pool := eligible(in, d.Considered)
	pool = preferred(in.Prefer, d.Considered, pool)
	if len(pool) == 0 {
		return d
	}
	winner := pick(in.Model, d.Considered, pool)
	for _, i := range pool {
		d.Considered[i].Reason = lostTo(in.Model)
	}
	d.Considered[winner].Reason = wonBy(in.Model, d.Considered[winner].Kind)
	d.Credits = append(d.Credits, Credit{
		Partnership: d.Considered[winner].Partnership, Share: money.Whole, Touch: winner, Reason: d.Considered[winner].Reason,
	})
	return d
}

// eligible fills in the touches, notes why those that cannot count do not, and returns the indexes of the others.
func eligible(in Input, considered []Considered) (pool []int) {
	window := time.Duration(in.WindowDays) * 24 * time.Hour
	for i, touch := range in.Touches {
		considered[i] = Considered{Touch: touch, Reason: touch.Unusable}
		switch {
		case touch.Unusable != "":
		case touch.At.After(in.OccurredAt.Add(ClockSlack)):
			considered[i].Reason = ReasonAfterOrder
		case in.OccurredAt.Sub(touch.At) > window:
			considered[i].Reason = ReasonOutsideWindow
		default:
			pool = append(pool, i)
		}
	}
	return pool
}

// preferred leaves only the touches of the preferred kind where there are any, and notes that the others were outweighed.
func preferred(prefer programs.Prefer, considered []Considered, pool []int) []int {
	kind, outweighed := TouchCode, ReasonOutweighedByCode
	if prefer == programs.PreferClick {
		kind, outweighed = TouchClick, ReasonOutweighedByClick
	}
	var kept, rest []int
	for _, i := range pool {
		if considered[i].Kind == kind {
			kept = append(kept, i)
		} else {
			rest = append(rest, i)
		}
	}
	if len(kept) == 0 {
		return pool
	}
	for _, i := range rest {
		considered[i].Reason = outweighed
	}
	return kept
}

// pick returns the first or the last touch of the pool; of several at the same time the one listed first.
func pick(model programs.Model, considered []Considered, pool []int) int {
	best := pool[0]
	for _, i := range pool[1:] {
		earlier, later := considered[i].At.Before(considered[best].At), considered[i].At.After(considered[best].At)
		switch model {
		case programs.ModelFirstTouch:
			if earlier {
				best = i
			}
		case programs.ModelLastTouch:
			if later {
				best = i
			}
		}
	}
	return best
}
