package shopify

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/fault"
	"rapport/internal/base/money"
)

// MaxBody bounds a delivery in bytes. Shopify's largest orders, 500 lines with taxes and properties, stay below 1 MiB.
const MaxBody = 2 << 20

// Limits on what is taken out of a body.
const (
	maxLines    = 1_000
	maxRefunds  = 250
	maxKey      = 64  // ids, tokens, statuses
	maxName     = 255 // titles, SKUs, codes: Shopify's own limit
	maxEmail    = 254 // RFC 5321
	maxHost     = 253 // RFC 1035
	maxQuantity = 1_000_000
	maxCodes    = 50

	// maxMinor bounds one amount, 10^14 minor units, so that a thousand lines of it still add up in an int64 with room to spare.
	maxMinor = 100_000_000_000_000
)

// unpack checks raw and reads it into body. The same object inside {"order": …} or {"refund": …}, as the REST API answers, is read as well.
func unpack(raw []byte, wrapper string, body any) error {
	switch {
	case len(raw) > MaxBody:
		return fault.TooLarge("The delivery is larger than 2 MiB.")
	case !utf8.Valid(raw):
		return fault.Malformed("The delivery is not UTF-8 text.")
	}
	var outer map[string]json.RawMessage
	if err := json.Unmarshal(raw, &outer); err != nil {
		return fault.Malformed("The delivery is not a JSON object.").Because(err)
	}
	if inner, ok := outer[wrapper]; ok {
		if _, bare := outer["id"]; !bare {
			raw = inner
		}
	}
	if err := json.Unmarshal(raw, body); err != nil {
		return misshapen(wrapper, err)
	}
	return nil
}

func misshapen(wrapper string, err error) error {
	f := fault.Malformed("The delivery does not have the shape of a Shopify " + wrapper + ".").Because(err)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return f.In(wrong.Field)
	}
	return f
}

// reader turns wire values into ours. It collects what is wrong, so that a body is refused with all its faults at once.
type reader struct {
	currency money.Currency // of the shop; "" if the body does not tell
	faults   []*fault.Error
}

func (r *reader) refuse(field, format string, args ...any) {
	if len(r.faults) < 10 {
		r.faults = append(r.faults, fault.Invalidf(format, args...).In(field))
	}
}

func (r *reader) err() error { return fault.Join(r.faults...) }

// key reads an id or name that other facts refer to: it may not be cut.
func (r *reader) key(field string, s scalar) string {
	text := strings.TrimSpace(string(s))
	if len(text) > maxKey || strings.ContainsFunc(text, isControl) {
		r.refuse(field, "must be at most %d bytes without control characters", maxKey)
		return ""
	}
	return text
}

// id reads a resource's number, also out of gid://shopify/Order/123, which newer bodies carry beside or instead of it.
func (r *reader) id(field string, candidates ...scalar) string {
	for _, s := range candidates {
		if s != "" {
			return r.key(field, s[strings.LastIndexByte(string(s), '/')+1:])
		}
	}
	return ""
}

// when reads a time with its zone; absent is the zero time.
func (r *reader) when(field string, s scalar) time.Time {
	if s == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, string(s))
	if err != nil {
		r.refuse(field, "must be a time like 2026-11-22T10:00:00-05:00")
	}
	return at
}

func (r *reader) quantity(field string, s scalar) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(string(s))
	if err != nil || n < 0 || n > maxQuantity {
		r.refuse(field, "must be a whole number from 0 to %d", maxQuantity)
		return 0
	}
	return n
}

// shopAmount reads an amount in the shop's currency: from the set where there is one, else from the plain field. nil is absent.
func (r *reader) shopAmount(field string, set wireSet, plain scalar) *money.Amount {
	text := set.Shop.Amount
	if text == "" {
		text = plain
	} else if c := set.Shop.Currency; c != "" && !strings.EqualFold(string(c), string(r.currency)) {
		r.refuse(field, "is in another currency than the shop's")
		return nil
	}
	if text == "" || r.currency == "" {
		return nil
	}
	return r.amount(field, string(text), r.currency)
}

func (r *reader) amount(field, text string, c money.Currency) *money.Amount {
	a, err := money.ParseRounded(text, c)
	if err != nil || a.Minor > maxMinor || a.Minor < -maxMinor {
		r.refuse(field, "must be an amount like 49.90, at most %s", money.Amount{Minor: maxMinor, Currency: c})
		return nil
	}
	return &a
}

// price is shopAmount for what cannot be below zero; absent is zero.
func (r *reader) price(field string, set wireSet, plain scalar) money.Amount {
	a := r.shopAmount(field, set, plain)
	if a == nil {
		return money.Zero(r.currency)
	}
	if a.IsNegative() {
		r.refuse(field, "must not be negative")
		return money.Zero(r.currency)
	}
	return *a
}

// optionalPrice is price where absent and zero mean different things.
func (r *reader) optionalPrice(field string, set wireSet, plain scalar) *money.Amount {
	if set.Shop.Amount == "" && plain == "" {
		return nil
	}
	a := r.price(field, set, plain)
	return &a
}

// total adds n amounts; each is bounded, so the sum of a list this long cannot overflow.
func (r *reader) total(field string, n int, at func(i int) (wireSet, scalar)) money.Amount {
	sum := money.Zero(r.currency)
	if n > maxLines {
		r.refuse(field, "must have at most %d entries", maxLines)
		return sum
	}
	for i := range n {
		set, plain := at(i)
		sum.Minor += r.price(fmt.Sprintf("%s[%d]", field, i), set, plain).Minor
	}
	if sum.Minor > maxMinor {
		r.refuse(field, "adds up to too much")
		sum.Minor = 0
	}
	return sum
}

func (r *reader) taxes(field string, lines []wireTax) money.Amount {
	return r.total(field, len(lines), func(i int) (wireSet, scalar) { return lines[i].Set, lines[i].Price })
}

func (r *reader) allocations(field string, parts []wireAllocation) money.Amount {
	return r.total(field, len(parts), func(i int) (wireSet, scalar) { return parts[i].Set, parts[i].Amount })
}

// clip cuts text that is only shown to at most n bytes of whole characters, and drops control characters, NUL among them.
func clip(text string, n int) string {
	text = strings.Map(func(c rune) rune {
		if isControl(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(strings.TrimSpace(text), ""))
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") // the cut may have gone through a character
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }
