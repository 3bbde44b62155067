package partnerships

import (
	"slices"

	"rapport/internal/base/fault"
)

// Status is how far a creator and a program have come.
type Status string

// The statuses, in the order in which a partnership usually goes through them.
const (
	StatusProspect    Status = "prospect"
	StatusApplied     Status = "applied"
	StatusContacted   Status = "contacted"
	StatusReplied     Status = "replied"
	StatusNegotiating Status = "negotiating"
	StatusAgreed      Status = "agreed"
	StatusActive      Status = "active"
	StatusPaused      Status = "paused"
	StatusEnded       Status = "ended"
	StatusLost        Status = "lost"
)

// Statuses lists them in that order.
var Statuses = []Status{
	StatusProspect, StatusApplied, StatusContacted, StatusReplied, StatusNegotiating, StatusAgreed,
	StatusActive, StatusPaused, StatusEnded, StatusLost,
}

// Valid reports whether s is one of the statuses.
func (s Status) Valid() bool { return slices.Contains(Statuses, s) }

// Earns reports whether what the partner causes is still credited. A paused partner's followers may come back to an old link, and that was
// their work; with ended and lost ones there is no deal any more.
func (s Status) Earns() bool { return s != StatusEnded && s != StatusLost }

// Open reports whether people still talk: nothing has begun.
func (s Status) Open() bool { return s.Valid() && !s.Running() && s.Earns() }

// Running reports whether the partnership has begun and is not over.
func (s Status) Running() bool { return s == StatusActive || s == StatusPaused }

// Move says whether a partnership may go from one status to another; staying is always allowed. Open ones move freely among each other, since
// people skip steps and correct themselves on a board. The faults speak of the field "status".
func Move(from, to Status) error {
	switch {
	case !to.Valid():
		return badStatus()
	case from == to:
		return nil
	case to == StatusPaused && from != StatusActive:
		return wrongMove("Only an active partnership can be paused.")
	case to == StatusEnded && !from.Running():
		return wrongMove("Only a partnership that has begun can be ended; one that has not is lost.")
	case to == StatusLost && !from.Open():
		return wrongMove("A partnership that has begun cannot be lost; it is ended.")
	case to.Open() && from.Running():
		return wrongMove("A partnership that has begun cannot go back; end it first.")
	case to == StatusProspect && from == StatusEnded:
		return wrongMove("A former partner is no prospect any more; contact them, or make the partnership active again.")
	default:
		return nil
	}
}

// Begin says whether a partnership may begin in a status.
func Begin(in Status) error {
	switch {
	case !in.Valid():
		return badStatus()
	case !in.Open() && in != StatusActive:
		return fault.Invalid("A new partnership cannot be paused, ended or lost.").In("status")
	default:
		return nil
	}
}

func badStatus() error {
	return fault.Invalid("The status must be prospect, applied, contacted, replied, negotiating, agreed, active, paused, ended or lost.").In("status")
}

func wrongMove(message string) error { return fault.Conflict("wrong_status", message).In("status") }
