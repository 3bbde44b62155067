package money

import (
	"encoding/json"
	"fmt"

	"rapport/internal/base/fault"
)

// Wire is the shape of an Amount in JSON. It is exported for what describes shapes from Go types, such as an OpenAPI document.
type Wire struct {
	Amount   string   `json:"amount" doc:"Decimal number as text, with the decimals of the currency" example:"49.90"`
	Currency Currency `json:"currency" doc:"ISO 4217 code" example:"EUR"`
}

// MarshalJSON writes {"amount":"49.90","currency":"EUR"}. An amount without a currency is an error, since nobody could read it back.
func (a Amount) MarshalJSON() ([]byte, error) {
	if !a.Currency.Valid() {
		return nil, fmt.Errorf("cannot write an amount in the unknown currency %q", string(a.Currency))
	}
	return json.Marshal(Wire{a.String(), a.Currency})
}

// UnmarshalJSON reads exactly what MarshalJSON writes, by the rules of Parse. Its faults speak of "amount" and "currency" and never repeat
// what was sent. Null is refused as well: use *Amount where there may be none.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil || raw == nil {
		return fault.Invalid(`an amount must be an object like {"amount": "49.90", "currency": "EUR"}`)
	}
	text, badText := textIn(raw, "amount")
	code, badCode := textIn(raw, "currency")
	if err := fault.Join(badText, badCode, strangers(raw)); err != nil {
		return err
	}
	read, err := Parse(text, Currency(code))
	if err != nil {
		return err
	}
	*a = read
	return nil
}

func textIn(raw map[string]json.RawMessage, field string) (string, *fault.Error) {
	var text *string
	if err := json.Unmarshal(raw[field], &text); err != nil || text == nil {
		return "", fault.Invalidf("%s must be given as text in quotation marks", field).In(field)
	}
	return *text, nil
}

func strangers(raw map[string]json.RawMessage) *fault.Error {
	for key := range raw {
		if key != "amount" && key != "currency" {
			return fault.Invalid("an amount has the fields amount and currency and no others")
		}
	}
	return nil
}
