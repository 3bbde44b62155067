package portal_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/rails/csvfile"
	"rapport/internal/edge/web/desk"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/portal"
	"rapport/internal/edge/web/webtest"
	"rapport/internal/partner/content"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/conversions"
	"rapport/internal/track/links"
)

// partner is a creator in a program, signed in, with a code and a link.
type partner struct {
	of    partnerships.Partnership
	link  links.Link
	code  string
	user  string
	token string // of the session
}

// world is Fernwood with Maya and Jo, who earn 10 %, and Otherwood with Sam; pages are asked over HTTP through the real router.
type world struct {
	*webtest.Site
	door          intake.Door
	cashier       payouts.Cashier
	program       programs.Program
	other         programs.Program
	maya, jo, sam partner
	olga, fritz   auth.Principal
	owner         string         // Olga's session
	tasks         []content.Task // of Maya, in the order they were asked
	foreign       []content.Task // the same of Jo
}

var pages = webtest.Parsed(frame.Templates, desk.Templates, portal.Templates)

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	box := secret.New(bytes.Repeat([]byte{3}, secret.KeySize))
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{door: intake.Door{Tokens: tokens, Box: box}, cashier: payouts.Cashier{Box: box, Rails: payouts.Rails{csvfile.Rail{}}}}
	w.Site = webtest.Open(t, d, pages, frame.Deps{Box: box, Door: w.door, Cashier: w.cashier, MailSent: true}, desk.Register, portal.Register)
	w.people()
	w.program = w.open("Fernwood Tea", "shop.example")
	w.other = w.open("Otherwood", "other.example")
	w.maya = w.join(w.program, "Maya Ortiz", "MAYA10")
	w.jo = w.join(w.program, "Jo Secretname", "JO10")
	w.sam = w.join(w.other, "Sam Elsewhere", "SAM10")
	return w
}

func (w *world) people() {
	w.Helper()
	var users [2]auth.User
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		for i, name := range []string{"Olga", "Fritz"} {
			if users[i], err = auth.CreateUser(ctx, tx, auth.NewUser{Email: name + "@acme.example", Name: name, Role: auth.RoleOwner}); err != nil {
				return err
			}
		}
		w.olga, err = auth.PrincipalOf(ctx, tx, users[0].ID)
		if err == nil {
			w.fritz, err = auth.PrincipalOf(ctx, tx, users[1].ID)
		}
		return err
	})
	w.owner = w.Session(users[0].ID, auth.PurposeInvite)
}

func (w *world) open(name, site string) (p programs.Program) {
	w.Helper()
	ten, err := terms.ParseCommission("percent", "10", "EUR")
	w.Must(err)
	off, err := terms.ParseOffer("percent", "10", "EUR")
	w.Must(err)
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if p, err = programs.Create(ctx, tx, programs.New{Name: name, Currency: "EUR", Sites: []string{site}}); err != nil {
			return err
		}
		return partnerships.SetProgramTerms(ctx, tx, p.ID, terms.Terms{Commission: &ten, Offer: &off})
	})
	return p
}

func (w *world) join(in programs.Program, name, code string) (p partner) {
	w.Helper()
	p.code = code
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		c, err := creators.Create(ctx, tx, creators.New{Name: name})
		if err != nil {
			return err
		}
		if p.of, err = partnerships.Create(ctx, tx, partnerships.New{Program: in.ID, Creator: c.ID, Status: partnerships.StatusActive}); err != nil {
			return err
		}
		if p.link, err = links.Create(ctx, tx, links.New{Partnership: p.of.ID, Destination: "https://" + in.Sites[0] + "/serum"}); err != nil {
			return err
		}
		if _, err = links.CreateCode(ctx, tx, links.NewCode{Partnership: p.of.ID, Code: code}); err != nil {
			return err
		}
		p.user, err = auth.EnsureCreatorUser(ctx, tx, string(c.ID), code+"@mail.example", name, "en")
		return err
	})
	p.token = w.Session(p.user, auth.PurposeCreator)
	return p
}

// base is where a partner's portal begins.
func (p partner) base() string { return "/c/" + string(p.of.ID) }

// get is a page of Maya's portal.
func (w *world) get(path string) string {
	w.Helper()
	return w.page(w.maya.base()+path, w.maya.token)
}

func (w *world) page(path, token string) string {
	w.Helper()
	return w.Shows(path, token, http.StatusOK)
}

// post sends a form of Maya's and returns the answer.
func (w *world) post(path string, pairs ...string) *httptest.ResponseRecorder {
	w.Helper()
	return w.Ask(w.maya.base()+path, w.maya.token, form(pairs...))
}

func form(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

func (w *world) wantText(page string, texts ...string) {
	w.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			_, shown, _ := strings.Cut(page, "<main")
			w.Errorf("the page does not say %q:\n%.3000s", text, shown)
		}
	}
}

// order books an order over an hour ago.
func (w *world) order(no string, minor int64, touches ...intake.Touch) (result intake.Result) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		result, err = w.door.Order(ctx, tx, intake.Order{Program: w.program.ID, ExternalID: no, Amount: eur(minor), Touches: touches, Source: "api",
			OccurredAt: tx.Now().Add(-time.Hour), Customer: intake.Customer{Email: "buyer.person@mail.example"}})
		return err
	})
	return result
}

func (w *world) refund(order string, minor int64) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.door.Refund(ctx, tx, intake.Refund{Program: w.program.ID, Conversion: order, ExternalID: "refund of " + order, Amount: eur(minor), Source: "api", OccurredAt: tx.Now()})
		return err
	})
}

func (w *world) cancel(order string) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.door.Cancel(ctx, tx, intake.Cancel{Program: w.program.ID, Conversion: order, Source: "api", OccurredAt: tx.Now()}, "EUR")
		return err
	})
}

type decision func(context.Context, *db.Tx, auth.Principal, commissions.ID, string) (commissions.Commission, error)

func (w *world) decide(how decision, of intake.Result) {
	w.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := how(ctx, tx, w.olga, of.Commissions[0].ID, "because of the terms")
		return err
	})
}

// clicked is a click on a partner's link, so long before.
func (w *world) clicked(p partner, ago time.Duration) intake.Touch {
	return intake.Touch{Click: w.door.Tokens.Sign(clicks.Token{LinkNo: p.link.No, At: w.DB.Now().Add(-ago), Random: uint32(ago / time.Second)})} //nolint:gosec // small
}

func coded(p partner) intake.Touch { return intake.Touch{Code: p.code} }

// pay pays what is available, and returns the batch.
func (w *world) pay() payouts.ID {
	w.Helper()
	var b payouts.Batch
	step := func(f func(ctx context.Context, tx *db.Tx) (payouts.Batch, error)) {
		w.Helper()
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) { b, err = f(ctx, tx); return err })
		_, err := w.cashier.Finish(w.Context(), w.DB, b.ID)
		w.Must(err)
	}
	step(func(ctx context.Context, tx *db.Tx) (payouts.Batch, error) {
		return w.cashier.Prepare(ctx, tx, w.olga, payouts.New{Program: w.program.ID, Currency: "EUR", Rail: "csv"})
	})
	step(func(ctx context.Context, tx *db.Tx) (payouts.Batch, error) {
		return payouts.Approve(ctx, tx, w.fritz, b.ID, payouts.Confirm{})
	})
	step(func(ctx context.Context, tx *db.Tx) (payouts.Batch, error) {
		return w.cashier.Send(ctx, tx, w.olga, b.ID)
	})
	return b.ID
}

// full is a world in which everything that can happen to a commission has happened to one of Maya's.
func (w *world) full() {
	w.Helper()
	late := w.order("1008", 20000, coded(w.maya)) // paid, and sent back afterwards
	w.decide(commissions.Approve, late)
	w.decide(commissions.Approve, w.order("1009", 50000, w.clicked(w.maya, 3*time.Hour))) // paid
	w.pay()
	w.refund("1008", 5000)
	w.order("1001", 39800, coded(w.maya), w.clicked(w.jo, 2*time.Hour)) // code against click, part of it sent back
	w.refund("1001", 20900)
	w.order("1002", 10000, w.clicked(w.maya, 26*time.Hour), w.clicked(w.maya, 40*24*time.Hour))
	w.refund("1002", 10000)
	w.order("1003", 7000, coded(w.maya))
	w.cancel("1003")
	w.decide(commissions.Reject, w.order("1004", 8000, coded(w.maya)))
	reversed := w.order("1005", 9000, coded(w.maya))
	w.decide(commissions.Approve, reversed)
	w.decide(commissions.Reverse, reversed)
	w.decide(commissions.Hold, w.order("1006", 6000, coded(w.maya)))
	w.decide(commissions.Approve, w.order("1007", 11000, coded(w.maya)))
	nobody := w.order("1010", 12000, w.clicked(w.maya, 40*24*time.Hour)) // outside the window, credited by hand
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.door.CreditByHand(ctx, tx, w.olga, nobody.Conversion.ID, w.maya.of.ID, "she showed it in a video")
		return err
	})
	w.order("1011", 13000, coded(w.jo), w.clicked(w.maya, 2*time.Hour)) // Jo's
	w.order("1012", 14000)                                              // nobody's
}

// inWorld runs a test on a fresh world. Pages read the same rows on both engines; TestThePortalOnPostgreSQL is the one that asks the second.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	d := dbtest.New(t, db.EngineSQLite)
	test(newWorld(t, d))
}

func (w *world) conversion(number string) conversions.Conversion {
	w.Helper()
	var found []conversions.Conversion
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = conversions.FindByNumber(ctx, tx, w.program.ID, number)
		return err
	})
	if len(found) != 1 {
		w.Fatalf("order %s is there %d times", number, len(found))
	}
	return found[0]
}
