package conversions

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
)

// ID names a conversion: cnv_…
type ID string

// Kind is what was achieved.
type Kind string

// The kinds of conversion.
const (
	KindSale    Kind = "sale"
	KindLead    Kind = "lead"
	KindInstall Kind = "install"
	KindAction  Kind = "action" // named by Action
)

// Status sums up where a conversion stands.
type Status string

// The statuses.
const (
	StatusCredited   Status = "credited"   // somebody is credited
	StatusUncredited Status = "uncredited" // recorded, nobody is credited
	StatusRefunded   Status = "refunded"   // all of it was refunded
	StatusCancelled  Status = "cancelled"
	StatusTest       Status = "test" // explained in full, never money
)

// Limits of what comes from outside.
const (
	LongestKey  = 255
	mostKeys    = 8
	mostLines   = 1000
	longestText = 255
	// MostMinor bounds an amount, in minor units: far above any order, and far enough below an int64 that a thousand of them can be summed.
	MostMinor = 1_000_000_000_000_000
	// A fact may be reported late, but not from a time before the trade nor from the future beyond what clocks differ.
	mostAhead = 24 * time.Hour
)

// Line is one line of an order: what was bought, and what it counts for.
type Line struct {
	SKU      string       `json:"sku,omitempty"`
	Category string       `json:"category,omitempty"`
	Quantity int64        `json:"quantity"`
	Amount   money.Amount `json:"amount"` // commissionable, for the whole quantity
}

// New is a fact as it arrives, already read and checked for form.
type New struct {
	Program     programs.ID
	Namespace   string // the shop; "" is the program's own
	Kind        Kind
	Action      string
	ExternalID  string
	OtherKeys   []string // further names of the same fact
	Test        bool
	Amount      money.Amount // commissionable
	Lines       []Line
	Customer    []byte // keyed hash, or nil
	CustomerNew *bool
	OccurredAt  time.Time // zero: when it was received
	Source      string    // "api", "shopify", "by_hand"
	Fingerprint []byte    // hash over the content as it was sent, to tell a repeat from a contradiction
}

// Conversion is a recorded fact.
type Conversion struct {
	ID          ID
	Program     programs.ID
	Namespace   string
	Kind        Kind
	Action      string
	ExternalID  string
	Status      Status
	Test        bool
	Amount      money.Amount
	Refunded    money.Amount
	CancelledAt time.Time
	Customer    []byte
	CustomerNew *bool
	OccurredAt  time.Time
	ReceivedAt  time.Time
	Source      string
	Input       json.RawMessage // canonical input of the decision
	Decision    json.RawMessage
	Fingerprint []byte
	UpdatedAt   time.Time
}

// Cancelled reports whether the conversion was called off.
func (c Conversion) Cancelled() bool { return !c.CancelledAt.IsZero() }

// Credit is the share of a conversion given to a partnership.
type Credit struct {
	Conversion  ID
	Partnership partnerships.ID
	Share       money.BasisPoints
	Because     string
	LinkNo      uint64 // the link whose click was credited, or 0
	CodeID      string // the code that was credited, or ""
	ByHand      bool
}

// Check refuses what cannot be a fact. It names the fields as POST /conversions does.
func (n New) Check(now time.Time) error {
	var faults []*fault.Error
	refuse := func(field, message string) { faults = append(faults, fault.Invalid(message).In(field)) }
	switch n.Kind {
	case KindSale, KindLead, KindInstall:
		if n.Action != "" {
			refuse("action", "Only a conversion of kind action has a name.")
		}
	case KindAction:
		if !goodText(n.Action) || n.Action == "" {
			refuse("action", "Say which action it was, in at most 255 characters.")
		}
	default:
		refuse("kind", "The kind must be sale, lead, install or action.")
	}
	if Fold(n.ExternalID) == "" || !goodText(n.ExternalID) {
		refuse("external_id", "Give the order's own number, in 1 to 255 characters.")
	}
	if n.Amount.IsNegative() {
		refuse("amount", "The amount must not be negative; send a refund instead.")
	}
	if n.Amount.Minor > MostMinor {
		refuse("amount", "The amount is too large for one order.")
	}
	if n.OccurredAt.After(now.Add(mostAhead)) {
		refuse("occurred_at", "The time lies in the future.")
	}
	if !n.OccurredAt.IsZero() && n.OccurredAt.Year() < 1990 {
		refuse("occurred_at", "The time lies too far in the past.")
	}
	faults = append(faults, n.checkLines()...)
	return fault.Join(faults...)
}

func (n New) checkLines() (faults []*fault.Error) {
	if len(n.Lines) > mostLines {
		return []*fault.Error{fault.Invalidf("An order has at most %d lines.", mostLines).In("lines")}
	}
	for _, l := range n.Lines {
		if l.Amount.Currency != n.Amount.Currency {
			return []*fault.Error{fault.Invalid("The lines must be in the currency of the amount.").In("lines")}
		}
		if l.Quantity < 0 || l.Amount.IsNegative() || !goodText(l.SKU) || !goodText(l.Category) {
			return []*fault.Error{fault.Invalid("A line needs a quantity and an amount that are not negative, and short texts.").In("lines")}
		}
	}
	return nil
}

func goodText(s string) bool {
	return len(s) <= longestText && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// Fold is how the name of a fact is compared: without blanks around it and without a leading #, since people and shops write both.
func Fold(key string) string { return strings.TrimPrefix(strings.TrimSpace(key), "#") }

// keys lists every name of the fact once, folded, the main one first.
func (n New) keys() []string {
	var keys []string
	seen := map[string]bool{"": true}
	for _, k := range append([]string{n.ExternalID}, n.OtherKeys...) {
		if k = Fold(k); !seen[k] && len(k) <= LongestKey && len(keys) < mostKeys {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

// Locks names what must be locked before the fact is recorded: each of its names.
func (n New) Locks() []string {
	keys := n.keys()
	for i, k := range keys {
		keys[i] = lockOf(n.Program, n.Namespace, n.Kind, n.Action, k)
	}
	return keys
}

func lockOf(program programs.ID, namespace string, kind Kind, action, key string) string {
	return strings.Join([]string{"order", string(program), namespace, string(kind), action, key}, ":")
}

// LockOf names the lock of a known conversion. Whoever decides on its money takes it first.
func LockOf(id ID) string { return "conversion:" + string(id) }

// StatusOf derives the status from the facts.
func StatusOf(c Conversion, credited bool) Status {
	switch {
	case c.Test:
		return StatusTest
	case c.Cancelled():
		return StatusCancelled
	case c.Amount.IsPositive() && c.Refunded == c.Amount:
		return StatusRefunded
	case credited:
		return StatusCredited
	default:
		return StatusUncredited
	}
}
