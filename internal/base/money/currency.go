package money

import (
	"maps"
	"slices"
	"strings"

	"rapport/internal/base/fault"
)

// Currency is the three capital letters of ISO 4217: "EUR".
type Currency string

// ParseCurrency reads a currency code as it must be written: three capital letters of a currency in use. Its fault speaks of "currency".
func ParseCurrency(text string) (Currency, error) {
	c := Currency(text)
	if !c.Valid() {
		return "", badCurrency()
	}
	return c, nil
}

func badCurrency() *fault.Error {
	return fault.Invalid(`the currency must be an ISO 4217 code in capital letters, like "EUR"`).In("currency")
}

// Valid reports whether c is a currency in use.
func (c Currency) Valid() bool {
	_, ok := digits[c]
	return ok
}

// Digits returns how many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD. Of a currency we do not know it returns 2.
func (c Currency) Digits() int {
	if n, ok := digits[c]; ok {
		return n
	}
	return 2
}

// MarshalText refuses a code that is none, so that a forgotten currency is found where it is written.
func (c Currency) MarshalText() ([]byte, error) {
	if !c.Valid() {
		return nil, badCurrency()
	}
	return []byte(c), nil
}

// UnmarshalText reads what ParseCurrency reads.
func (c *Currency) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCurrency(string(text))
	return err
}

// Currencies lists every currency in use, by code.
func Currencies() []Currency { return slices.Sorted(maps.Keys(digits)) }

// digits is built from ISO 4217, list one (SIX, the maintenance agency): https://www.six-group.com/en/products-services/financial-information/data-standards.html
//
// Left out are codes nobody is paid in: funds and units of account (BOV, CHE, CHW, CLF, COU, MXV, USN, UYI, UYW, XAD, XDR, XSU, XUA), metals and
// test codes. ANG (until 2025) and BGN (until 2026) are kept, since orders of that time can still be imported and refunded.
var digits = func() map[Currency]int {
	m := map[Currency]int{}
	for n, codes := range map[int]string{
		0: `BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF`,
		3: `BHD IQD JOD KWD LYD OMR TND`,
		2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
		    DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
		    LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
		    RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST
		    XCD XCG YER ZAR ZMW ZWG`,
	} {
		for code := range strings.FieldsSeq(codes) {
			m[Currency(code)] = n
		}
	}
	return m
}()
