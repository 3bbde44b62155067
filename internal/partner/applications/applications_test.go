package applications_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/vetting"
)

type world struct {
	*testing.T
	d    *db.DB
	box  *secret.Box
	form applications.Form
}

func inWorld(t *testing.T, test func(w *world)) {
	t.Parallel()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{T: t, d: d, box: secret.New(make([]byte, secret.KeySize))}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			p, err := programs.Create(ctx, tx, programs.New{Name: "Fernwood Tea", Currency: "EUR"})
			if err != nil {
				return err
			}
			w.form, err = applications.SaveForm(ctx, tx, applications.Form{Program: p.ID, Slug: "Fernwood", Open: true,
				Questions: []applications.Question{{Text: "Why us?", Kind: applications.QuestionText, Required: true}}})
			return err
		})
		test(w)
	})
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) error) error {
	return w.d.Update(w.Context(), func(tx *db.Tx) error { return f(w.Context(), tx) })
}

func (w *world) must(f func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	if err := w.do(f); err != nil {
		w.Fatal(err)
	}
}

func maya() applications.Submission {
	return applications.Submission{Name: "Maya Ortiz", Email: "maya@mail.example", Country: "DE", Accepted: true, Terms: "You earn 12 %.",
		Accounts: []creators.Account{{Platform: creators.PlatformInstagram, Handle: "maya.glow"}}, Sent: []string{"I drink a lot of tea."}}
}

func (w *world) submit(s applications.Submission) (token string) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		_, token, err = applications.Submit(ctx, tx, w.box, w.form, s)
		return err
	})
	return token
}

func (w *world) confirm(token string) (a applications.Application) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = applications.Confirm(ctx, tx, w.box, token)
		return err
	})
	return a
}

func (w *world) count(query string, args ...any) (n int64) {
	w.Helper()
	w.must(func(ctx context.Context, tx *db.Tx) (err error) {
		n, _, err = db.One(ctx, tx, db.Column[int64], query, args...)
		return err
	})
	return n
}

func TestNothingOfAnUnconfirmedApplicationExists(t *testing.T) {
	inWorld(t, func(w *world) {
		w.submit(maya())
		for _, table := range []string{"creators", "profiles", "partnerships", "creator_contacts"} {
			if n := w.count(`select count(*) from ` + table); n != 0 {
				w.Errorf("%s has %d rows", table, n)
			}
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			items, _, err := applications.List(ctx, tx, applications.Filter{Program: w.form.Program}, db.Page{})
			if len(items) != 0 {
				w.Errorf("it is listed: %+v", items)
			}
			return err
		})
		dbtest.Clock(w.d).Advance(8 * 24 * time.Hour)
		w.must(func(ctx context.Context, tx *db.Tx) error { _, err := applications.Trim(ctx, tx, 10); return err })
		if n := w.count(`select count(*) from applications`); n != 0 {
			w.Errorf("after a week there are still %d", n)
		}
	})
}

func TestConfirmingTwiceMakesOneApplicant(t *testing.T) {
	inWorld(t, func(w *world) {
		token := w.submit(maya())
		first, second := w.confirm(token), w.confirm(token)
		if first.ID != second.ID || first.Creator != second.Creator || first.Creator == "" || second.State != applications.StateWaiting || first.Claimed {
			w.Errorf("first %+v\nthen %+v", first, second)
		}
		if n := w.count(`select count(*) from partnerships where status = 'applied'`); n != 1 {
			w.Errorf("%d applied", n)
		}
		if n := w.count(`select count(*) from applications where sealed is not null`); n != 0 {
			w.Error("what was sealed is kept although nothing is in doubt")
		}
	})
}

// Somebody writes a known handle into the form and their own address: neither a rule lets them in, nor do they become that creator's contact.
func TestAKnownAccountIsOnlyClaimed(t *testing.T) {
	inWorld(t, func(w *world) {
		var ines creators.Creator
		w.must(func(ctx context.Context, tx *db.Tx) (err error) {
			ines, err = creators.Create(ctx, tx, creators.New{Name: "Ines", Program: w.form.Program, Contact: creators.Contact{Email: "ines@mail.example"},
				Profiles: []creators.NewProfile{{Platform: creators.PlatformInstagram, Handle: "maya.glow"}}})
			return err
		})
		a := w.confirm(w.submit(maya()))
		if a.Creator != ines.ID || !a.Claimed {
			w.Fatalf("it is %+v", a)
		}
		d := applications.Decide([]applications.Rule{{Then: applications.OutcomeApprove}}, applications.Facts{Claimed: a.Claimed, Address: true})
		if d.Then != applications.OutcomeQueue {
			w.Errorf("a rule says %s", d.Then)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			contact, err := creators.ContactOf(ctx, tx, w.form.Program, ines.ID)
			if contact.Email != "ines@mail.example" {
				w.Errorf("the contact is %s", contact.Email)
			}
			address, _ := applications.Address(ctx, tx, w.box, a.ID)
			if address != "maya@mail.example" {
				w.Errorf("the person who decides sees %q", address)
			}
			return err
		})
		var done applications.Settled
		w.must(func(ctx context.Context, tx *db.Tx) (err error) {
			done, err = applications.Approve(ctx, tx, w.box, a.ID, "Ada", "")
			return err
		})
		if !done.Now || done.State != applications.StateApproved {
			w.Errorf("a person's word gives %+v", done)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			contact, err := creators.ContactOf(ctx, tx, w.form.Program, ines.ID)
			if contact.Email != "maya@mail.example" {
				w.Errorf("after a person looked the contact is %s", contact.Email)
			}
			return err
		})
	})
}

func TestWhoAskedToBeLeftAloneIsNotTakenIn(t *testing.T) {
	inWorld(t, func(w *world) {
		token := w.submit(maya())
		w.must(func(ctx context.Context, tx *db.Tx) error {
			account := creators.Account{Platform: creators.PlatformInstagram, Handle: "Maya.Glow"}
			_, err := creators.Suppress(ctx, tx, w.box, []creators.Suppression{{Program: w.form.Program, Account: account, Reason: "asked"}})
			return err
		})
		err := w.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := applications.Confirm(ctx, tx, w.box, token)
			return err
		})
		if f, ok := fault.As(err); !ok || f.Code != "suppressed" {
			w.Errorf("it is %v", err)
		}
		if n := w.count(`select count(*) from creators`); n != 0 {
			w.Errorf("%d were taken in", n)
		}
	})
}

func TestAnAnswerIsGivenOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.confirm(w.submit(maya()))
		answer := func() (done applications.Settled) {
			w.must(func(ctx context.Context, tx *db.Tx) (err error) {
				done, err = applications.AnswerByRule(ctx, tx, a.ID, applications.Decision{Then: applications.OutcomeApprove, Because: []applications.Because{{Code: "tier", Arg: "nano"}}})
				return err
			})
			return done
		}
		if first, second := answer(), answer(); !first.Now || second.Now || second.State != applications.StateApproved {
			w.Errorf("first %+v, then %+v", first, second)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			i, _, err := applications.InvitationOf(ctx, tx, a.Partnership)
			if i.Terms != "You earn 12 %." || i.AcceptedAt.IsZero() {
				w.Errorf("what they said yes to is %+v", i)
			}
			return err
		})
		err := w.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := applications.Refuse(ctx, tx, a.ID, "Ada", "no")
			return err
		})
		if fault.KindOf(err) != fault.KindConflict {
			w.Errorf("refusing a partner gives %v", err)
		}
	})
}

func TestARefusalNeedsWordsAndCanBeReconsidered(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.confirm(w.submit(maya()))
		err := w.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := applications.Refuse(ctx, tx, a.ID, "Ada", " ")
			return err
		})
		if f, ok := fault.As(err); !ok || f.Field != "reason" {
			w.Errorf("without words: %v", err)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			_, err := applications.Refuse(ctx, tx, a.ID, "Ada", "We have enough for now.")
			return err
		})
		if n := w.count(`select count(*) from partnerships where status = 'lost'`); n != 1 {
			w.Errorf("%d are lost", n)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			_, err := applications.Approve(ctx, tx, w.box, a.ID, "Ada", "")
			return err
		})
		if n := w.count(`select count(*) from partnerships where status = 'active'`); n != 1 {
			w.Errorf("%d are active", n)
		}
	})
}

func TestOnlyWhoIsInvitedAccepts(t *testing.T) {
	inWorld(t, func(w *world) {
		var p partnerships.Partnership
		w.must(func(ctx context.Context, tx *db.Tx) error {
			c, err := creators.Create(ctx, tx, creators.New{Name: "Noor"})
			if err != nil {
				return err
			}
			p, err = partnerships.Create(ctx, tx, partnerships.New{Program: w.form.Program, Creator: c.ID})
			return err
		})
		accept := func() error {
			return w.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := applications.Accept(ctx, tx, p.ID, "You earn 12 %.")
				return err
			})
		}
		if err := accept(); fault.KindOf(err) != fault.KindConflict {
			w.Errorf("uninvited: %v", err)
		}
		w.must(func(ctx context.Context, tx *db.Tx) error { return applications.Invite(ctx, tx, p.ID, "Ada") })
		for range 2 {
			if err := accept(); err != nil {
				w.Fatal(err)
			}
		}
		w.must(func(ctx context.Context, tx *db.Tx) error {
			_, err := partnerships.SetStatus(ctx, tx, p.ID, partnerships.StatusEnded)
			return err
		})
		if err := accept(); fault.KindOf(err) != fault.KindConflict {
			w.Errorf("after the end: %v", err)
		}
	})
}

func TestWrongFieldsAreNamed(t *testing.T) {
	inWorld(t, func(w *world) {
		_, _, err := func() (a applications.Application, token string, err error) {
			err = w.do(func(ctx context.Context, tx *db.Tx) error {
				a, token, err = applications.Submit(ctx, tx, w.box, w.form, applications.Submission{Email: "no address"})
				return err
			})
			return a, token, err
		}()
		f, ok := fault.As(err)
		if !ok {
			w.Fatal(err)
		}
		var fields []string
		for _, one := range append([]*fault.Error{f}, f.Others...) {
			fields = append(fields, one.Field)
		}
		for _, want := range []string{"name", "email", "accounts[0]", "accepted", "answers[0]"} {
			if !slices.Contains(fields, want) {
				w.Errorf("%s is not named in %s", want, strings.Join(fields, ", "))
			}
		}
	})
}

func TestARuleThatAsksForTheUnknownNeverHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fit, least := rapid.IntRange(0, 100).Draw(t, "fit"), rapid.Int64Range(0, 1e9).Draw(t, "least")
		rule := applications.Rule{Then: rapid.SampledFrom([]applications.Outcome{applications.OutcomeApprove, applications.OutcomeRefuse}).Draw(t, "then"), Reason: "because"}
		switch rapid.IntRange(0, 4).Draw(t, "condition") {
		case 0:
			rule.MinFit = &fit
		case 1:
			rule.MinFollowers = &least
		case 2:
			rule.Verdicts = []vetting.Verdict{vetting.VerdictFits, vetting.VerdictLookCloser, vetting.VerdictNotForUs}
		case 3:
			rule.Countries = []string{"DE"}
		case 4:
			rule.Tiers = []creators.Tier{creators.TierNano, creators.TierMicro, creators.TierMacro, creators.TierMega}
		}
		if d := applications.Decide([]applications.Rule{rule}, applications.Facts{Address: true}); d.Then != applications.OutcomeQueue || d.Rule != -1 {
			t.Errorf("%+v decided %+v", rule, d)
		}
	})
}

func TestTheFirstRuleThatHoldsDecidesAndSaysWhy(t *testing.T) {
	followers := int64(8200)
	thousand := int64(1000)
	facts := applications.Facts{Verdict: vetting.VerdictFits, Tier: creators.TierNano, Country: "DE", Followers: &followers, Address: true}
	rules := []applications.Rule{
		{Verdicts: []vetting.Verdict{vetting.VerdictNotForUs}, Then: applications.OutcomeRefuse, Reason: "We look for others."},
		{Verdicts: []vetting.Verdict{vetting.VerdictFits}, MinFollowers: &thousand, Then: applications.OutcomeApprove},
		{Then: applications.OutcomeRefuse, Reason: "Everybody else."},
	}
	d := applications.Decide(rules, facts)
	if d.Then != applications.OutcomeApprove || d.Rule != 1 || len(d.Because) != 2 || d.Because[1].Arg != "1000" {
		t.Errorf("it is %+v", d)
	}
	facts.Verdict = vetting.VerdictNotForUs
	if d := applications.Decide(rules, facts); d.Then != applications.OutcomeRefuse || d.Reason != "We look for others." {
		t.Errorf("it is %+v", d)
	}
	facts.Verdict, facts.Address = vetting.VerdictFits, false
	if d := applications.Decide(rules, facts); d.Then != applications.OutcomeQueue {
		t.Errorf("without a confirmed address it is %+v", d)
	}
}
