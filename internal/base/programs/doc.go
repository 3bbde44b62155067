// Package programs owns the merchant's programs: the boundary that every access check asks for.
//
// A program says what an affiliate program is about before any creator is in it: its currency, its sites, how credit is given (attribution),
// how long money is held back and when it is paid. What creators earn is said elsewhere, by terms and groups.
//
// The words: a site is a host that belongs to the merchant ("shop.example"); a destination is an address on such a site that a link may lead
// to; the click parameter is the name under which a click token travels to the shop.
//
// The laws:
//   - what is stored is whole and checked: Create and Update tell every fault at once, each with the field's name as in the API's body;
//   - a link of a program leads to a site of that program and nowhere else, however the address is written (no open redirect);
//   - the currency of a program never changes, since amounts are already counted in it.
//
// A worked example:
//
//	p, err := programs.Create(ctx, tx, programs.New{Name: "Acme", Currency: "EUR", Sites: []string{"https://www.acme.example/start"}})
//	p.Sites                                                // ["www.acme.example"]
//	p.HoldDays, p.Attribution.WindowDays                   // 30, 30
//	p.CheckDestination("https://acme.example/shoes")       // allowed: www.acme.example speaks for acme.example
//	p.CheckDestination("https://acme.example.evil.test/")  // fault in "destination"
package programs
