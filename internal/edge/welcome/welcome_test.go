package welcome_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/money"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/intake"
	"rapport/internal/recruit/creators"
	"rapport/internal/track/clicks"
	"rapport/internal/track/links"
)

type world struct {
	*testing.T
	d       *db.DB
	host    welcome.Host
	door    intake.Door
	program programs.Program
}

func inWorld(t *testing.T, test func(w *world)) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		box := secret.New(make([]byte, secret.KeySize))
		tokens, err := clicks.NewKeys(clicks.Key{No: 1, Secret: [32]byte{7}})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{T: t, d: d, host: welcome.Host{Box: box, Links: new(links.Index), BaseURL: "https://rapport.example"}, door: intake.Door{Tokens: tokens, Box: box}}
		ten, err := terms.ParseCommission("percent", "10", "EUR")
		w.must(err)
		w.do(func(ctx context.Context, tx *db.Tx) (err error) {
			if w.program, err = programs.Create(ctx, tx, programs.New{Name: "Fernwood Tea", Currency: "EUR", Sites: []string{"shop.example"}}); err != nil {
				return err
			}
			return partnerships.SetProgramTerms(ctx, tx, w.program.ID, terms.Terms{Commission: &ten})
		})
		test(w)
	})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	w.must(w.d.Update(w.Context(), func(tx *db.Tx) error { return f(w.Context(), tx) }))
}

func (w *world) mails() (all []notify.Mail) {
	w.Helper()
	var ids []string
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		ids, err = db.All(ctx, tx, db.Column[string], `select id from mails where state = 'queued' order by id`)
		return err
	})
	for _, id := range ids {
		w.must(notify.Deliver(w.Context(), w.d, w.host.Box, id, func(_ context.Context, m notify.Mail) error { all = append(all, m); return nil }))
	}
	return all
}

func (w *world) applicant(rules ...applications.Rule) (a applications.Application) {
	w.Helper()
	w.rules(rules...)
	w.do(func(ctx context.Context, tx *db.Tx) (err error) {
		form, _, err := applications.FormOf(ctx, tx, w.program.ID)
		if err != nil {
			return err
		}
		a, err = w.host.Take(ctx, tx, form, applications.Submission{Name: "Maya Ortiz", Email: "maya@mail.example", Accepted: true, Terms: "You earn 10 %.",
			Accounts: []creators.Account{{Platform: creators.PlatformTikTok, Handle: "maya.glow"}}}, true)
		return err
	})
	return a
}

func (w *world) rules(rules ...applications.Rule) {
	w.Helper()
	w.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := applications.SaveForm(ctx, tx, applications.Form{Program: w.program.ID, Slug: "fernwood", Open: true, Rules: rules})
		return err
	})
}

// A creator's first order is told once, by mail, and not before there is one; the second, and a test, tell nothing.
func TestTheFirstSaleIsToldOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.applicant(applications.Rule{Then: applications.OutcomeApprove})
		if a.State != applications.StateApproved {
			w.Fatalf("she is %s", a.State)
		}
		w.mails()
		sell := func(number string, test bool) {
			w.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := w.door.Order(ctx, tx, intake.Order{Program: w.program.ID, ExternalID: number, Amount: money.Amount{Minor: 4990, Currency: "EUR"}, Test: test,
					Touches: []intake.Touch{{Code: "MAYA"}}, Source: "api", OccurredAt: tx.Now()})
				return err
			})
			for range 2 { // events may be handed out again
				w.must(w.d.DrainOutbox(w.Context(), w.host.FirstSale()))
			}
		}
		sell("T-1", true)
		if mails := w.mails(); len(mails) != 0 {
			w.Errorf("a test order told %+v", mails)
		}
		sell("1001", false)
		mails := w.mails()
		if len(mails) != 1 || mails[0].To != "maya@mail.example" || !strings.Contains(mails[0].Text, "€4.99") || !strings.Contains(mails[0].Text, "/c/"+string(a.Partnership)+"/earnings") {
			w.Fatalf("the first sale told %+v", mails)
		}
		sell("1002", false)
		if mails := w.mails(); len(mails) != 0 {
			w.Errorf("the second told %+v", mails)
		}
	})
}

// Who waits is answered when a rule comes to hold, and not otherwise.
func TestWhoWaitsIsAnsweredWhenARuleComesToHold(t *testing.T) {
	inWorld(t, func(w *world) {
		thousand := int64(1000)
		a := w.applicant(applications.Rule{MinFollowers: &thousand, Then: applications.OutcomeApprove})
		w.must(w.host.AnswerWaiting(w.Context(), w.d))
		if mails := w.mails(); a.State != applications.StateWaiting || len(mails) != 0 {
			w.Fatalf("she is %s and was told %+v", a.State, mails)
		}
		dbtest.Clock(w.d).Advance(time.Hour)
		followers := int64(8200)
		w.do(func(ctx context.Context, tx *db.Tx) error {
			c, err := creators.Find(ctx, tx, a.Creator)
			if err != nil {
				return err
			}
			return creators.AddSnapshot(ctx, tx, creators.Snapshot{Profile: c.Profiles[0].ID, TakenAt: tx.Now(), Source: creators.SourceEntered, Counts: creators.Counts{Followers: &followers}})
		})
		for range 2 {
			w.must(w.host.AnswerWaiting(w.Context(), w.d))
		}
		if mails := w.mails(); len(mails) != 1 || !strings.Contains(mails[0].Text, "/enter/") {
			w.Errorf("she was told %+v", mails)
		}
	})
}
