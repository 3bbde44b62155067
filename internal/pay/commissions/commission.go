package commissions

import (
	"encoding/json"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/ledger"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/conversions"
)

// ID names a commission: com_…
type ID string

// Kind is what a commission is for.
type Kind string

// KindConversion is a commission on a credited conversion.
const KindConversion Kind = "conversion"

// Status is where a commission stands.
type Status string

// The statuses.
const (
	StatusPending  Status = "pending"
	StatusHeld     Status = "held" // kept back while a person looks at it
	StatusApproved Status = "approved"
	StatusPaid     Status = "paid"
	StatusRejected Status = "rejected"
	StatusReversed Status = "reversed"
)

// account is where the rest of a commission stands in the books.
func (s Status) account() ledger.Account {
	if s == StatusPending || s == StatusHeld {
		return ledger.AccountPending
	}
	return ledger.AccountAvailable
}

// Commission is money earned. What is left of it is Amount.
type Commission struct {
	ID          ID
	Program     programs.ID
	Conversion  conversions.ID
	Partnership partnerships.ID
	Creator     creators.ID
	Kind        Kind
	Earned      money.Amount
	Reversed    money.Amount
	Status      Status
	Rule        Rule
	Reason      string // why it was rejected or reversed by hand, or held
	HoldUntil   time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
	ApprovedAt  time.Time
	PaidAt      time.Time
	PayoutItem  string // the payout that carries it, or ""
}

// Amount is what is left: earned less reversed.
func (c Commission) Amount() money.Amount {
	left, err := c.Earned.Sub(c.Reversed)
	if err != nil {
		panic("BUG: a commission mixes currencies: " + err.Error())
	}
	return left
}

// RuleVersion names the rules below in every stored commission.
const RuleVersion = "commission/1"

// Rule is how the amount came about, kept as it was on that day.
type Rule struct {
	Version    string            `json:"version"`
	Commission terms.Commission  `json:"commission"`
	From       terms.Level       `json:"from"` // whose terms said so
	Base       money.Amount      `json:"base"` // the commissionable amount
	Share      money.BasisPoints `json:"share_bp"`
}

// Earns computes what a share of a conversion earns. Zero means that no commission is due: a test, an order worth nothing, or no terms.
func Earns(c conversions.Conversion, share money.BasisPoints, effective terms.Effective) (money.Amount, Rule, error) {
	rule := Rule{Version: RuleVersion, Commission: effective.Commission, From: effective.CommissionFrom, Base: c.Amount, Share: share}
	worthless := c.Kind == conversions.KindSale && !c.Amount.IsPositive()
	if effective.CommissionFrom == terms.LevelNone || worthless {
		return money.Zero(c.Amount.Currency), rule, nil
	}
	amount, err := effective.Commission.Earn(c.Amount, share)
	return amount, rule, err
}

// Reversal is how much of a commission the refunds and cancels of its conversion take away in all: earned × refunded ÷ commissionable, rounded
// once, half away from zero; all of it when the conversion is cancelled.
func Reversal(earned money.Amount, c conversions.Conversion) (money.Amount, error) {
	switch {
	case c.Cancelled():
		return earned, nil
	case c.Amount.IsPositive():
		return earned.Times(c.Refunded.Minor, c.Amount.Minor)
	default:
		return money.Zero(earned.Currency), nil
	}
}

// HoldUntil is when a commission may be approved by itself: the program's days after the later of the fact and its receipt, so that a fact
// reported late is held as long as any other.
func HoldUntil(c conversions.Conversion, holdDays int) time.Time {
	from := c.OccurredAt
	if c.ReceivedAt.After(from) {
		from = c.ReceivedAt
	}
	return from.Add(time.Duration(holdDays) * 24 * time.Hour)
}

// EventKind is a step in the life of a commission.
type EventKind string

// The steps.
const (
	EventEarned   EventKind = "earned"
	EventHeld     EventKind = "held"
	EventApproved EventKind = "approved"
	EventRejected EventKind = "rejected"
	EventReversed EventKind = "reversed"
	EventPaid     EventKind = "paid"
	EventReturned EventKind = "returned"
)

// Event is a step that happened, by whom and why.
type Event struct {
	At     time.Time
	Kind   EventKind
	Amount money.Amount
	By     string
	Reason string
}

// System is the actor of what happens by itself.
var System = auth.System()

func (r Rule) text() (string, error) {
	b, err := json.Marshal(r)
	return string(b), err
}
