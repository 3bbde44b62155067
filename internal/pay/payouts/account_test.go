package payouts_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/pay/payouts"
)

// The IBANs are the examples of the registry of ISO 13616.
func TestIBANs(t *testing.T) {
	for text, want := range map[string]string{
		"DE89 3704 0044 0532 0130 00":        "DE89370400440532013000",
		"gb29nwbk60161331926819":             "GB29NWBK60161331926819",
		"NO93 8601 1117 947":                 "NO9386011117947",
		"MT84MALT011000012345MTLCAST001S":    "MT84MALT011000012345MTLCAST001S",
		"DE89 3704 0044 0532 0130 01":        "", // a digit
		"DE98 3704 0044 0532 0130 00":        "", // two digits swapped
		"DE89":                               "",
		"":                                   "",
		"89DE370400440532013000":             "",
		"DE89-3704-0044-0532-0130-00":        "",
		"DE89３704００44053２013000":             "",
		strings.Repeat("DE893704004405", 10): "",
	} {
		if got, ok := payouts.ParseIBAN(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %q, %v; want %q", text, got, ok, want)
		}
	}
}

func FuzzIBAN(f *testing.F) {
	f.Add("DE89 3704 0044 0532 0130 00")
	f.Add("XX00")
	f.Fuzz(func(t *testing.T, text string) {
		iban, ok := payouts.ParseIBAN(text)
		if !ok {
			return
		}
		if again, ok := payouts.ParseIBAN(strings.ToLower(iban)); !ok || again != iban {
			t.Errorf("%q is read as %q and that as %q", text, iban, again)
		}
		for i := 4; i < len(iban); i++ { // one wrong digit always shows: 97 is prime
			if c := iban[i]; c >= '0' && c <= '9' {
				if _, ok := payouts.ParseIBAN(iban[:i] + string('0'+(c-'0'+1)%10) + iban[i+1:]); ok {
					t.Errorf("a wrong digit in %q does not show", iban)
				}
			}
		}
	})
}

func TestAccountsAreCheckedAndMasked(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		for _, c := range []struct {
			account payouts.Account
			shown   string
			field   string
		}{
			{payouts.Account{Method: "bank", Payee: "Mira  Holt", Details: "DE89 3704 0044 0532 0130 00"}, "IBAN …3000", ""},
			{payouts.Account{Method: "paypal", Payee: "Mira Holt", Details: "mira@mail.example"}, "m…@mail.example", ""},
			{payouts.Account{Method: "other", Payee: "Mira Holt", Details: "Revolut +49 151 2345678"}, "…5678", ""},
			{payouts.Account{Method: "other", Payee: "Mira Holt", Details: "cash"}, "…", ""},
			{payouts.Account{Method: "bank", Payee: "Mira Holt", Details: "DE89"}, "", "details"},
			{payouts.Account{Method: "paypal", Payee: "Mira Holt", Details: "mira"}, "", "details"},
			{payouts.Account{Method: "paypal", Payee: "Mira Holt"}, "", "details"},
			{payouts.Account{Method: "other", Payee: "Mira Holt"}, "", "details"},
			{payouts.Account{Method: "other", Payee: "Mira Holt", Details: "a\nb"}, "", "details"},
			{payouts.Account{Method: "cheque", Payee: "Mira Holt", Details: "x"}, "", "method"},
			{payouts.Account{Method: "other", Details: "cash"}, "", "payee"},
			{payouts.Account{Method: "other", Payee: strings.Repeat("x", 141), Details: "cash"}, "", "payee"},
			{payouts.Account{Method: "other", Payee: "a\x00b", Details: "cash"}, "", "payee"},
		} {
			shown, err := w.setAccount(w.olga, c.account)
			f, _ := fault.As(err)
			if shown.Shown != c.shown || (c.field != "") != (f != nil) || f != nil && f.Field != c.field {
				w.Errorf("%+v is shown as %q, %v", c.account, shown.Shown, err)
			}
		}
	})
}

func (w *world) setAccount(by auth.Principal, a payouts.Account) (s payouts.Shown, err error) {
	err = w.try(func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = w.cashier.SetAccount(ctx, tx, w.program.ID, w.partners[0].Creator, a, by)
		return err
	})
	return s, err
}

var bank = payouts.Account{Method: payouts.MethodBank, Payee: "Mira Holt", Details: "DE89370400440532013000"}

func TestOnlyTheCreatorAndMoneyPeopleSetAccounts(t *testing.T) {
	inWorld(t, 2, func(w *world) {
		self := auth.Principal{Kind: auth.KindCreator, ID: "usr_c", UserID: "usr_c", Name: "Mira", CreatorID: string(w.partners[0].Creator)}
		another, looking := self, self
		another.CreatorID = string(w.partners[1].Creator)
		looking.ReadOnly = true
		for name, c := range map[string]struct {
			by      auth.Principal
			refused bool
		}{
			"the creator":              {self, false},
			"an owner":                 {w.olga, false},
			"another creator":          {another, true},
			"somebody looking":         {looking, true},
			"an owner looking":         {w.olga.As(self.CreatorID), true},
			"a viewer":                 {auth.Principal{Kind: auth.KindMerchant, ID: "usr_v", UserID: "usr_v", Installation: auth.RoleViewer}, true},
			"nobody":                   {auth.Principal{}, true},
			"a key without that scope": {auth.Principal{Kind: auth.KindKey, ID: "key_1", Installation: auth.RoleOwner, Scopes: []auth.Scope{auth.ScopeWrite}}, true},
		} {
			if _, err := w.setAccount(c.by, bank); (err != nil) != c.refused || c.refused && fault.KindOf(err) == fault.KindInternal {
				w.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestAccountsAreNowhereInTheClear: not in the accounts, items, files or the audit.
func TestAccountsAreNowhereInTheClear(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		_, err := w.setAccount(w.olga, bank)
		w.must(err)
		w.sale(0, eur(10000))
		b := w.paid()
		if content := w.file(b.ID).Content; !bytes.Contains(content, []byte(bank.Details)) || !bytes.Contains(content, []byte(bank.Payee)) {
			w.Errorf("the file for the bank is %q", content)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			for _, query := range []string{`select payee from payout_accounts`, `select details from payout_accounts`, `select payee from payout_items`,
				`select details from payout_items`, `select file from payout_batches`} {
				stored, err := db.All(ctx, tx, db.Column[[]byte], query)
				if err != nil {
					return err
				}
				if len(stored) != 1 || bytes.Contains(stored[0], []byte("0532013000")) || bytes.Contains(stored[0], []byte("Mira")) {
					w.Errorf("%s gives %q", query, stored)
				}
			}
			entries, _, err := audit.List(ctx, tx, audit.Filter{Program: w.program.ID}, db.Page{})
			actions := map[string]bool{}
			for _, e := range entries {
				actions[e.Action] = true
				if text := string(e.Before) + string(e.After) + e.Note; strings.Contains(text, "3000") || strings.Contains(text, "Mira") {
					w.Errorf("the audit of %s says %s", e.Action, text)
				}
			}
			for _, action := range []string{"payout_account.set", "payout.prepare", "payout.approve", "payout.send", "payout.file"} {
				if !actions[action] {
					w.Errorf("the audit does not hold %s", action)
				}
			}
			return err
		})
	})
}

// TestAnAccountOpensForItsOwnerOnly: whoever can write to the database cannot point one creator's money at another's account.
func TestAnAccountOpensForItsOwnerOnly(t *testing.T) {
	inWorld(t, 2, func(w *world) {
		_, err := w.setAccount(w.olga, bank)
		w.must(err)
		w.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into payout_accounts (program_id, creator_id, method, payee, details, shown, changed_at, changed_by)
				select program_id, $1, method, payee, details, shown, changed_at, changed_by from payout_accounts`, w.partners[1].Creator)
			return err
		})
		w.sale(1, eur(10000))
		b, err := w.prepare()
		w.must(err)
		w.must(w.approve(b.ID))
		if err := w.send(b.ID); err == nil {
			w.Error("a foreign account was paid")
		}
		w.wantBalance(1, 0, 1000, 0)
	})
}

func TestAFreshAccountIsFlagged(t *testing.T) {
	inWorld(t, 1, func(w *world) {
		_, err := w.setAccount(w.olga, bank)
		w.must(err)
		w.sale(0, eur(10000))
		for _, fresh := range []bool{true, false} {
			b, err := w.prepare()
			w.must(err)
			if item := w.items(b.ID)[0]; item.Fresh != fresh || item.Shown != "IBAN …3000" || item.Method != payouts.MethodBank {
				w.Errorf("the item is %+v, want fresh %v", item, fresh)
			}
			w.must(w.cancel(b.ID))
			w.later(24 * time.Hour)
		}
	})
}

// TestARailThatNeedsAccountsLeavesOthersOut and says who and why.
func TestARailThatNeedsAccountsLeavesOthersOut(t *testing.T) {
	inWorld(t, 2, func(w *world) {
		w.sale(0, eur(10000))
		w.sale(1, eur(20000))
		_, err := w.prepareOn("strict")
		w.wantFault(err, fault.KindConflict, "nothing_to_pay")
		_, err = w.setAccount(w.olga, bank)
		w.must(err)
		b, err := w.prepareOn("strict")
		w.must(err)
		var skipped []payouts.Skipped
		w.do(func(ctx context.Context, tx *db.Tx) (err error) {
			skipped, _, err = payouts.Skips(ctx, tx, b.ID, db.Page{})
			return err
		})
		want := payouts.Skipped{Creator: w.partners[1].Creator, Amount: eur(2000), Reason: payouts.SkipNoAccount}
		if b.Items != 1 || len(skipped) != 1 || skipped[0] != want {
			w.Errorf("%d items, left out: %+v", b.Items, skipped)
		}
		w.wantBalance(1, 2000, 0, 0)
		if item := w.items(b.ID)[0]; item.Creator != w.partners[0].Creator {
			w.Errorf("the item is %+v", item)
		}
	})
}

func TestReferencesFitAStatement(t *testing.T) {
	item := payouts.ItemID("pit_0190aaaabbbbccccddddeeeeffff0123")
	for program, want := range map[string]string{
		"Acme Shoes":                          "Acme Shoes EEEEFFFF0123",
		"":                                    "EEEEFFFF0123",
		"Bücher & Söhne, seit 1834 in Lübeck": "Bcher & Shne, seit 183 EEEEFFFF0123",
	} {
		if got := payouts.Reference(program, item); got != want || len(got) > 35 {
			t.Errorf("%q gives %q (%d bytes), want %q", program, got, len(got), want)
		}
	}
}
