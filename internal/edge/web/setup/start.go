package setup

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/blob"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
)

func registerStart(m *frame.Mux) {
	m.Signed("GET /start", startPage)
	m.Signed("POST /start", findShop)
	m.Signed("GET /start/shop", shopPage)
	m.Signed("POST /start/shop", makeProgram)
	m.Signed("GET /start/logo/{blob}", startLogo)
	m.Desk("GET /start", auth.PermManage, resume)
	m.Desk("GET /start/terms", auth.PermSettings, termsStep)
	m.Desk("POST /start/terms", auth.PermSettings, saveTermsStep)
	m.Desk("GET /start/store", auth.PermSettings, storeStep)
	m.Desk("POST /start/store", auth.PermSettings, connectStep)
	m.Desk("GET /start/creators", auth.PermManage, peopleStep)
	m.Desk("POST /start/creators", auth.PermManage, addPeople)
	m.Desk("GET /start/invite", auth.PermManage, inviteStep)
	m.Desk("POST /start/invite", auth.PermManage, makeInvitation)
	m.Desk("POST /start/look", auth.PermManage, lookStep)
	m.Desk("GET /start/test", auth.PermManage, testStep)
	m.Desk("POST /start/test", auth.PermManage, placeTest)
}

// mayMake refuses who may not make programs.
func mayMake(r *frame.Request) error {
	if !r.P.Can("", auth.PermSettings) {
		return fault.Forbidden(r.T("setup.start.forbidden"))
	}
	return nil
}

func startPage(w http.ResponseWriter, r *frame.Request) error {
	if err := mayMake(r); err != nil {
		return err
	}
	return show(w, r, shopFrame(r), addressForm(r), ways(ui.Link{URL: "/start/shop", Label: r.T("setup.shop.without")}))
}

func shopFrame(r *frame.Request) *ui.Page {
	p := r.Page("", "setup.shop.title")
	p.Lead = r.T("setup.shop.lead")
	return p
}

func addressForm(r *frame.Request) ui.Form {
	return ui.Form{Action: "/start", Submit: r.T("setup.shop.look"), Fields: []ui.Field{
		{Name: "address", Label: r.T("setup.shop.address"), Hint: r.T("setup.shop.address.hint"), Value: r.Text("address"), Placeholder: "fernwood.example", Required: true, MaxLength: programs.MaxAddress, Autofocus: true, Autocomplete: "url"}}}
}

// findShop asks the shop about itself and leads to the page where the answer is corrected. What was found travels in that page's address, so that it
// can be reloaded; only the logo is stored before.
func findShop(w http.ResponseWriter, r *frame.Request) error {
	if err := mayMake(r); err != nil {
		return err
	}
	site, err := programs.ParseSite(r.Text("address"))
	if err != nil {
		return again(w, r, shopFrame(r), addressForm(r), renamed(err, map[string]string{"site": "address"}), func(f ui.Form) ui.Stack {
			return ui.Stack{f, ways(ui.Link{URL: "/start/shop", Label: r.T("setup.shop.without")})}
		})
	}
	known := url.Values{"site": {site}}
	found, ok := Finder{Loopback: onLoopback(r.Deps().BaseURL)}.Find(r.Context(), r.Text("address"))
	if !ok {
		known.Set("silent", "1")
		return r.Redirect(w, "/start/shop?"+known.Encode(), "")
	}
	known = url.Values{"site": {found.Site}, "name": {found.Name}, "currency": {found.Currency}}
	if len(found.Logo) > 0 {
		err := r.Update(func(tx *db.Tx) error {
			name, err := blob.Put(r.Context(), tx, found.LogoType, found.Logo)
			known.Set("logo", name)
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.Redirect(w, "/start/shop?"+known.Encode(), "")
}

// onLoopback reports whether the installation is reached over the loopback only, as in a demo: then shops may be there too.
func onLoopback(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

func shopPage(w http.ResponseWriter, r *frame.Request) error {
	if err := mayMake(r); err != nil {
		return err
	}
	return show(w, r, factsFrame(r), factsParts(r)(factsForm(r))...)
}

func factsFrame(r *frame.Request) *ui.Page {
	p := r.Page("", "setup.facts.title")
	switch {
	case r.FormValue("silent") != "":
		p.Lead = r.T("setup.facts.silent")
	case r.FormValue("site") != "" && r.Method == http.MethodGet:
		p.Lead = r.T("setup.facts.found", "site", r.FormValue("site"))
	default:
		p.Lead = r.T("setup.facts.lead")
	}
	return p
}

func factsParts(r *frame.Request) func(ui.Form) ui.Stack {
	return func(f ui.Form) ui.Stack {
		if name := r.FormValue("logo"); name != "" {
			logo := ui.Part{Template: "setup/logo", Data: ui.Link{URL: "/start/logo/" + url.PathEscape(name), Label: r.T("setup.facts.logo")}}
			return ui.Stack{logo, f}
		}
		return ui.Stack{f}
	}
}

func factsForm(r *frame.Request) ui.Form {
	return ui.Form{Action: "/start/shop", Submit: r.T("setup.facts.submit"), Hidden: []ui.Pair{{Label: "logo", Value: r.FormValue("logo")}}, Fields: []ui.Field{
		{Name: "name", Label: r.T("setup.facts.name"), Value: r.Text("name"), Required: true, MaxLength: programs.MaxName, Autofocus: r.Text("name") == ""},
		{Name: "currency", Label: r.T("setup.facts.currency"), Kind: ui.Select, Value: orDefault(r.Text("currency"), "USD"), Options: currencies(), Hint: r.T("setup.facts.currency.hint"), Required: true},
		{Name: "site", Label: r.T("setup.facts.site"), Value: r.Text("site"), Hint: r.T("setup.facts.site.hint"), Placeholder: "fernwood.example", MaxLength: programs.MaxAddress},
		{Name: "timezone", Label: r.T("setup.facts.timezone"), Kind: ui.Select, Value: orDefault(r.Text("timezone"), "UTC"), Options: zoneChoices(r.Text("timezone")), Hint: r.T("setup.facts.timezone.hint"), Required: true},
	}}
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// usual are the currencies that most shops take; they stand first.
var usual = []money.Currency{"USD", "EUR", "GBP", "CAD", "AUD", "CHF", "SEK", "DKK", "NOK", "PLN", "JPY"}

func currencies() []ui.Choice {
	var all []ui.Choice
	for _, c := range append(slices.Clone(usual), money.Currencies()...) {
		if !slices.ContainsFunc(all, func(o ui.Choice) bool { return o.Value == string(c) }) {
			all = append(all, ui.Choice{Value: string(c), Label: string(c)})
		}
	}
	return all
}

var startTerms = deal{commission: "15", commissionKind: string(terms.CommissionPercent), offer: "10", offerKind: string(terms.OfferPercent), window: "30", hold: "30",
	schedule: string(programs.ScheduleMonthly), minimum: "25"}

// makeProgram makes the program with terms that most begin with; the next step is the sentence in which they are changed.
func makeProgram(w http.ResponseWriter, r *frame.Request) error {
	if err := mayMake(r); err != nil {
		return err
	}
	p, err := createProgram(r)
	if err != nil {
		return again(w, r, factsFrame(r), factsForm(r), renamed(err, map[string]string{"sites[0]": "site"}), factsParts(r))
	}
	return r.Redirect(w, "/p/"+string(p.ID)+"/start/terms", "")
}

func createProgram(r *frame.Request) (p programs.Program, err error) {
	currency := money.Currency(r.Text("currency"))
	n := programs.New{Name: r.Text("name"), Currency: currency, Timezone: r.Text("timezone"), LogoBlob: r.FormValue("logo"), PayoutSchedule: programs.ScheduleMonthly,
		PayoutMinimum: usualMinimum(currency)}
	if site := r.Text("site"); site != "" {
		n.Sites = []string{site}
	}
	begin, err := startTerms.terms(currency)
	if err != nil {
		return p, err
	}
	err = r.Update(func(tx *db.Tx) error {
		if err := checkPicture(r, tx, n.LogoBlob); err != nil {
			return err
		}
		if p, err = programs.Create(r.Context(), tx, n); err != nil {
			return err
		}
		if err := partnerships.SetProgramTerms(r.Context(), tx, p.ID, begin); err != nil {
			return err
		}
		if err := partnerships.CreateDefaultGroups(r.Context(), tx, p.ID); err != nil {
			return err
		}
		return audit.Record(r.Context(), tx, r.P, p.ID, "program.create", string(p.ID), nil, p, "")
	})
	return p, err
}

// usualMinimum is 25 of a currency with cents; of one whose unit is small, 2,500.
func usualMinimum(c money.Currency) money.Amount {
	if !c.Valid() {
		return money.Amount{}
	}
	return money.Amount{Minor: 2500, Currency: c}
}

// checkPicture refuses a logo that is no picture: its name comes from the form.
func checkPicture(r *frame.Request, tx *db.Tx, name string) error {
	if name == "" {
		return nil
	}
	b, err := blob.Get(r.Context(), tx, name)
	if err == nil && !strings.HasPrefix(b.MediaType, "image/") {
		err = fault.NotFound("file")
	}
	return err
}

// startLogo shows the logo that was found before there is a program.
func startLogo(w http.ResponseWriter, r *frame.Request) error {
	if err := mayMake(r); err != nil {
		return err
	}
	var b blob.Blob
	err := r.View(func(tx *db.Tx) (err error) {
		b, err = blob.Get(r.Context(), tx, r.PathValue("blob"))
		return err
	})
	if err != nil {
		return err
	}
	return sendPicture(w, b)
}

// record writes an entry of the audit for this program.
func record(r *frame.Request, tx *db.Tx, action, subject string, before, after any) error {
	return audit.Record(r.Context(), tx, r.P, r.Program.ID, action, subject, before, after, "")
}

// toJSON writes a small value of our own for a replayed answer.
func toJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: cannot write an answer: " + err.Error())
	}
	return b
}
