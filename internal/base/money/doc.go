// Package money holds amounts, rates and shares, and the only arithmetic on them that the rest may use.
//
// An Amount is a whole number of minor units with its currency: 49.90 € is 4,990 cents. A Percent is an exact decimal, a share is a number of
// BasisPoints. Nothing here is a floating-point number.
//
// The laws:
//   - no step loses a cent unseen: what does not fit is an error, and every rounding is half away from zero, once, at the end;
//   - the parts of a Split sum to the whole;
//   - two currencies never meet: that is a mistake of the caller and an error, never a conversion;
//   - what is printed can be read back, and what is read was written exactly so.
//
// A worked example. An order of 100.00 € earns 12.5 %, shared by three partners alike:
//
//	base, _ := money.Parse("100.00", "EUR")       // 10,000 cents
//	rate, _ := money.ParsePercent("12.5")
//	whole, _ := rate.Of(base)                     // 12.50 €
//	parts, _ := money.Split(whole, []int64{1, 1, 1}) // 4.17 €, 4.17 €, 4.16 €
//
// In JSON an amount is {"amount": "49.90", "currency": "EUR"}, the amount as text, since many readers turn numbers into floats. In a
// database it is two columns, …_minor and its currency.
package money
