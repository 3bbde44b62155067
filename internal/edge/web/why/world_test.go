package why_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/text"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/web/why"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/intake"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

// world is a program with two partners: Ada Reed in the group VIP, with the code ADA10; Bea Lund with BEA10 and the link bea-glow.
type world struct {
	*testing.T
	d        *db.DB
	door     intake.Door
	program  programs.Program
	ada, bea partnerships.Partnership
	link     links.Link
	anna     auth.Principal
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, d: d, door: intake.Door{Tokens: tokens, Box: secret.New(bytes.Repeat([]byte{1}, secret.KeySize))},
		anna: auth.Principal{Kind: auth.KindMerchant, ID: "usr_anna", Name: "Anna", Installation: auth.RoleOwner}}
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		if w.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood", Currency: "EUR", Sites: []string{"shop.example"}}); err != nil {
			return err
		}
		if err := partnerships.SetProgramTerms(ctx, tx, w.program.ID, percent("12")); err != nil {
			return err
		}
		vip, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: w.program.ID, Name: "VIP", Terms: percent("10")})
		if err != nil {
			return err
		}
		if w.ada, err = w.partner(ctx, tx, "Ada Reed", "ADA10", vip.ID); err != nil {
			return err
		}
		if w.bea, err = w.partner(ctx, tx, "Bea Lund", "BEA10", ""); err != nil {
			return err
		}
		w.link, err = links.Create(ctx, tx, links.New{Partnership: w.bea.ID, Destination: "https://shop.example/serum", Slug: "bea-glow"})
		return err
	})
	return w
}

func percent(rate string) terms.Terms {
	c, err := terms.ParseCommission("percent", rate, "EUR")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return terms.Terms{Commission: &c}
}

func (w *world) partner(ctx context.Context, tx *db.Tx, name, code string, group partnerships.GroupID) (partnerships.Partnership, error) {
	c, err := creators.Create(ctx, tx, creators.New{Name: name, Profiles: []creators.NewProfile{{Platform: creators.PlatformTikTok, Handle: code}}})
	if err != nil {
		return partnerships.Partnership{}, err
	}
	p, err := partnerships.Create(ctx, tx, partnerships.New{Program: w.program.ID, Creator: c.ID, Status: partnerships.StatusActive, Group: group})
	if err != nil {
		return p, err
	}
	_, err = links.CreateCode(ctx, tx, links.NewCode{Partnership: p.ID, Code: code})
	return p, err
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	ctx := auth.With(w.Context(), w.anna)
	if err := w.d.Update(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

func (w *world) click(before time.Duration) intake.Touch {
	return intake.Touch{Click: w.door.Tokens.Sign(clicks.Token{LinkNo: w.link.No, At: dbtest.Start.Add(-before), Random: 1})}
}

func code(c string) intake.Touch { return intake.Touch{Code: c} }

func eur(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }

func (w *world) order(no string, minor int64, change func(*intake.Order), touches ...intake.Touch) (r intake.Result) {
	w.Helper()
	o := intake.Order{
		Program: w.program.ID, ExternalID: no, OtherKeys: []string{"45078946900" + no}, Amount: eur(minor), Touches: touches, Source: "shopify",
		Notes: []string{"Goods after discounts come to that."}, OccurredAt: dbtest.Start.Add(-time.Hour), Customer: intake.Customer{Email: "buyer@mail.example"},
	}
	if change != nil {
		change(&o)
	}
	w.do(func(ctx context.Context, tx *db.Tx) (err error) { r, err = w.door.Order(ctx, tx, o); return err })
	return r
}

func (w *world) refund(order string, minor int64) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := w.door.Refund(ctx, tx, intake.Refund{Program: w.program.ID, Conversion: order, ExternalID: "r-" + order, Amount: eur(minor), Source: "shopify", OccurredAt: dbtest.Start})
		return err
	})
}

func (w *world) merchant() why.Viewer {
	return why.Viewer{Side: why.Merchant, Program: w.program, Locale: text.Locale{Lang: "en"}}
}

func (w *world) creator(p partnerships.Partnership) why.Viewer {
	return why.Viewer{Side: why.Creator, Program: w.program, Partnership: p.ID, Locale: text.Locale{Lang: "en"}}
}

// drawn is an explanation as a reader sees it.
func (w *world) drawn(e ui.Why) string {
	w.Helper()
	set, err := ui.New()
	if err != nil {
		w.Fatal(err)
	}
	set.Now = func() time.Time { return dbtest.Clock(w.d).Now() }
	answer := httptest.NewRecorder()
	if err := set.Part(answer, 200, text.Locale{Lang: "en"}, e); err != nil {
		w.Fatal(err)
	}
	page := answer.Body.String()
	for _, wrong := range ui.Lint(page) {
		w.Errorf("%v in\n%s", wrong, page)
	}
	if strings.Contains(page, "buyer@") || strings.Contains(page, "[why.") {
		w.Errorf("a buyer or a missing key shows in\n%s", page)
	}
	return page
}
