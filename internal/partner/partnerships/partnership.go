package partnerships

// ID names a partnership: par_…
type ID string

// GroupID names a group of partnerships: grp_…
type GroupID string

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

// Earns reports whether what the partner causes is still credited. A paused partner's followers may come back to an old link, and that was
// their work; with ended and lost ones there is no deal any more.
func (s Status) Earns() bool { return s != StatusEnded && s != StatusLost }
