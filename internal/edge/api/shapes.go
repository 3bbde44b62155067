package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// Money is an amount as text with the decimals of its currency.
type Money struct {
	Amount   string `json:"amount" example:"49.90" maxLength:"40"`
	Currency string `json:"currency" example:"EUR" maxLength:"3"`
}

func moneyOf(a money.Amount) Money { return Money{a.String(), string(a.Currency)} }

func moneyOrNull(a *money.Amount) *Money {
	if a == nil {
		return nil
	}
	m := moneyOf(*a)
	return &m
}

// parse reads an amount; its faults speak of field.
func (m Money) parse(field string) (money.Amount, *fault.Error) {
	currency, err := money.ParseCurrency(m.Currency)
	if err != nil {
		return money.Amount{}, fault.Invalid("This is no currency in use; write its three capital letters, such as EUR.").In(field + ".currency")
	}
	amount, err := money.Parse(m.Amount, currency)
	if f, ok := fault.As(err); ok {
		return amount, f.In(field + ".amount")
	}
	if err != nil {
		return amount, fault.Invalid("This is no amount.").In(field + ".amount")
	}
	return amount, nil
}

// Decimal is a figure that may be sent as text or as a number, and is answered as text.
type Decimal string

// UnmarshalJSON takes "12.5" and 12.5.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(d))
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return fault.Invalid("This must be a decimal number, as text.")
	}
	*d = Decimal(n.String())
	return nil
}

// Schema tells OpenAPI of both forms.
func (Decimal) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{{Type: "string"}, {Type: "number"}}, Examples: []any{"12.5"}}
}

// timeOrNull leaves out times that have not come.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func at(field string, i int, rest string) string {
	s := field + "[" + strconv.Itoa(i) + "]"
	if rest != "" {
		s += "." + rest
	}
	return s
}
