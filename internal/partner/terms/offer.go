package terms

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// OfferKind is what a buyer gets.
type OfferKind string

// The kinds of offer.
const (
	OfferNone         OfferKind = "none"
	OfferPercent      OfferKind = "percent"
	OfferAmount       OfferKind = "amount"
	OfferFreeShipping OfferKind = "free_shipping"
	OfferGift         OfferKind = "gift"
)

const longestGift = 200

// Offer is what a buyer gets with a creator's link or code. Rapport tells people of it; the shop grants it.
type Offer struct {
	Kind    OfferKind
	Percent money.Percent // for percent
	Amount  money.Amount  // for amount
	Gift    string        // for gift: what it is
}

// ParseOffer reads a kind and a value from outside: a percent, an amount in the program's currency, or the name of the gift. Its faults speak of
// offer.kind and offer.value.
func ParseOffer(kind, value string, currency money.Currency) (Offer, error) {
	value = strings.TrimSpace(value)
	o := Offer{Kind: OfferKind(kind)}
	var err error
	switch o.Kind {
	case OfferNone, OfferFreeShipping:
	case OfferPercent:
		if o.Percent, err = money.ParsePercent(value); err != nil {
			return Offer{}, fault.Invalid("The offer must be a percentage from 0 to 100.").In("offer.value")
		}
	case OfferAmount:
		if o.Amount, err = money.Parse(value, currency); err != nil || o.Amount.IsNegative() {
			return Offer{}, fault.Invalid("The offer must be an amount such as 5.00, not negative.").In("offer.value")
		}
	case OfferGift:
		if o.Gift = value; value == "" || utf8.RuneCountInString(value) > longestGift {
			return Offer{}, fault.Invalidf("Say what the gift is in at most %d characters.", longestGift).In("offer.value")
		}
	default:
		return Offer{}, fault.Invalid("The kind of offer must be none, percent, amount, free_shipping or gift.").In("offer.kind")
	}
	return o, nil
}

// Value is the offer's figure or gift as ParseOffer reads it.
func (o Offer) Value() string {
	switch o.Kind {
	case OfferPercent:
		return o.Percent.String()
	case OfferAmount:
		return o.Amount.String()
	case OfferGift:
		return o.Gift
	case OfferNone, OfferFreeShipping:
	}
	return ""
}

// Text is the offer as people read it: "10 % off", "€5.00 off", "free shipping", "a free brush"; "" for none.
func (o Offer) Text() string {
	switch o.Kind {
	case OfferPercent:
		return o.Percent.String() + " % off"
	case OfferAmount:
		return o.Amount.Display() + " off"
	case OfferFreeShipping:
		return "free shipping"
	case OfferGift:
		return o.Gift
	case OfferNone:
	}
	return ""
}

type offerJSON struct {
	Kind     OfferKind      `json:"kind"`
	Value    string         `json:"value,omitempty"`
	Currency money.Currency `json:"currency,omitempty"`
}

// MarshalJSON writes {"kind":"percent","value":"10"}; an amount carries its currency.
func (o Offer) MarshalJSON() ([]byte, error) {
	return json.Marshal(offerJSON{o.Kind, o.Value(), o.Amount.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *Offer) UnmarshalJSON(data []byte) error {
	var j offerJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	parsed, err := ParseOffer(string(j.Kind), j.Value, j.Currency)
	*o = parsed
	return err
}
