package terms

import (
	"encoding/json"
	"strings"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// CommissionKind is how a commission is computed.
type CommissionKind string

// The kinds of commission.
const (
	CommissionPercent CommissionKind = "percent" // of the commissionable amount
	CommissionFlat    CommissionKind = "flat"    // an amount per conversion
)

// Commission is what a creator earns for a conversion that is credited whole.
type Commission struct {
	Kind    CommissionKind
	Percent money.Percent // for percent
	Flat    money.Amount  // for flat
}

// mostPercent bounds a commission: nobody means to pay more than the goods cost.
const mostPercent = "100"

// ParseCommission reads a kind and a value as they come from outside: a percent without its sign ("12.5"), or an amount in the currency of the
// program ("5.00"). Its faults speak of commission.kind and commission.value.
func ParseCommission(kind, value string, currency money.Currency) (Commission, error) {
	value = strings.TrimSpace(value)
	switch CommissionKind(kind) {
	case CommissionPercent:
		percent, err := money.ParsePercent(value)
		if err != nil {
			return Commission{}, fault.Invalid("The commission must be a percentage from 0 to " + mostPercent + " with at most four decimals.").In("commission.value")
		}
		return Commission{Kind: CommissionPercent, Percent: percent}, nil
	case CommissionFlat:
		amount, err := money.Parse(value, currency)
		if err != nil || amount.IsNegative() {
			return Commission{}, fault.Invalid("The commission must be an amount such as 5.00, not negative.").In("commission.value")
		}
		return Commission{Kind: CommissionFlat, Flat: amount}, nil
	default:
		return Commission{}, fault.Invalid("The kind of commission must be percent or flat.").In("commission.kind")
	}
}

// Value is the commission's figure as ParseCommission reads it.
func (c Commission) Value() string {
	if c.Kind == CommissionFlat {
		return c.Flat.String()
	}
	return c.Percent.String()
}

// Text is the commission as people read it: "15 %" or "€5.00".
func (c Commission) Text() string {
	if c.Kind == CommissionFlat {
		return c.Flat.Display()
	}
	return c.Percent.String() + " %"
}

// Earn computes the commission on a base for a share of the credit, rounded once, half away from zero. A flat commission is earned in its own
// currency on any conversion that is worth something or needs no amount (a lead): the caller does not ask for one that is worth nothing.
func (c Commission) Earn(base money.Amount, share money.BasisPoints) (money.Amount, error) {
	if c.Kind == CommissionFlat {
		return share.Of(c.Flat)
	}
	return c.Percent.OfShare(base, share)
}

type commissionJSON struct {
	Kind     CommissionKind `json:"kind"`
	Value    string         `json:"value"`
	Currency money.Currency `json:"currency,omitempty"`
}

// MarshalJSON writes {"kind":"percent","value":"15"} or {"kind":"flat","value":"5.00","currency":"EUR"}.
func (c Commission) MarshalJSON() ([]byte, error) {
	return json.Marshal(commissionJSON{c.Kind, c.Value(), c.Flat.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Commission) UnmarshalJSON(data []byte) error {
	var j commissionJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	parsed, err := ParseCommission(string(j.Kind), j.Value, j.Currency)
	*c = parsed
	return err
}

// Terms are what one level says. A nil part is left to the level above.
type Terms struct {
	Commission *Commission `json:"commission,omitempty"`
	Offer      *Offer      `json:"offer,omitempty"`
}

// Level is where a part of the terms comes from.
type Level string

// The levels, the nearest first. LevelNone is "nobody said anything".
const (
	LevelPartnership Level = "partnership"
	LevelGroup       Level = "group"
	LevelProgram     Level = "program"
	LevelNone        Level = ""
)

// Effective are the terms that hold, and which level said so.
type Effective struct {
	Commission     Commission `json:"commission"`
	CommissionFrom Level      `json:"commission_from"`
	Offer          Offer      `json:"offer"`
	OfferFrom      Level      `json:"offer_from"`
}

// Choose picks each part from the nearest level that says something.
func Choose(partnership, group, program Terms) (e Effective) {
	e.Offer.Kind = OfferNone
	levels := []struct {
		name Level
		Terms
	}{{LevelPartnership, partnership}, {LevelGroup, group}, {LevelProgram, program}}
	for _, l := range levels {
		if e.CommissionFrom == LevelNone && l.Commission != nil {
			e.Commission, e.CommissionFrom = *l.Commission, l.name
		}
		if e.OfferFrom == LevelNone && l.Offer != nil {
			e.Offer, e.OfferFrom = *l.Offer, l.name
		}
	}
	return e
}
