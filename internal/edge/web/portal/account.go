package portal

import (
	"net/http"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/notify"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/payouts"
)

// proven is how recently somebody must have signed in to say where money goes.
const proven = 15 * time.Minute

// accountBody is what "portal_account" shows.
type accountBody struct {
	Known  bool
	Facts  ui.Definitions
	Form   *ui.Form
	Prove  *ui.Action // in place of the form: sign in again first
	NoMail bool       // nobody can send a link: the brand hands one out
	Locked bool
	Seen   ui.Action // what the brand sees of the account
}

func account(w http.ResponseWriter, r *frame.Request) error {
	return showAccount(w, r, http.StatusOK, nil)
}

func showAccount(w http.ResponseWriter, r *frame.Request, status int, cause error) error {
	var shown payouts.Shown
	var known bool
	var user auth.User
	p, err := see(r, "earnings", "earnings.account.title", func(tx *db.Tx) (err error) {
		if shown, known, err = payouts.AccountOf(r.Context(), tx, r.Program.ID, r.Partnership.Creator); err != nil || r.P.ReadOnly {
			return err
		}
		user, err = auth.FindUser(r.Context(), tx, r.P.UserID)
		return err
	})
	if err != nil {
		return err
	}
	b := accountBody{Known: known, Locked: r.P.ReadOnly, Seen: checkupAction(r)}
	if known {
		b.Facts = ui.Definitions{{Label: r.T("earnings.account.method"), Value: methodName(r, shown.Method)}, {Label: r.T("earnings.account.shown"), Value: shown.Shown},
			{Label: r.T("earnings.account.changed"), Value: shown.ChangedAt, Hint: shown.ChangedBy}}
	}
	switch {
	case b.Locked:
	case isProven(r):
		b.Form = accountForm(r, cause)
	case user.Email == "" || !r.Deps().MailSent:
		b.NoMail = true
	default:
		b.Prove = &ui.Action{Label: r.T("earnings.account.prove"), Icon: "send", Look: ui.Primary, URL: r.To("/earnings/account/prove"), Post: true}
	}
	p.Breadcrumb = back(r, "/earnings", "earnings.back")
	return r.Render(w, status, "portal_account", p, b)
}

func isProven(r *frame.Request) bool { return r.P.AuthenticatedWithin(proven, r.Deps().DB.Now()) }

func methodName(r *frame.Request, m payouts.Method) string {
	return r.T("earnings.method." + string(m))
}

// accountForm never shows what is on file: it is masked for its owner too.
func accountForm(r *frame.Request, cause error) *ui.Form {
	var choices []ui.Choice
	for _, m := range []payouts.Method{payouts.MethodBank, payouts.MethodPayPal, payouts.MethodOther} {
		choices = append(choices, ui.Choice{Value: string(m), Label: methodName(r, m)})
	}
	f := &ui.Form{Action: r.To("/earnings/account"), Submit: r.T("earnings.account.save"), Fields: []ui.Field{
		{Name: "method", Label: r.T("earnings.account.method"), Kind: ui.Radio, Options: choices, Required: true, Value: r.Text("method")},
		{Name: "payee", Label: r.T("earnings.account.payee"), Required: true, MaxLength: 140, Autocomplete: "name", Value: r.Text("payee")},
		{Name: "details", Label: r.T("earnings.account.details"), Hint: r.T("earnings.account.details.hint"), Required: true, MaxLength: 500, Autocomplete: "off", Value: r.Text("details")},
	}}
	if f.Fields[0].Value == "" {
		f.Fields[0].Value = string(payouts.MethodBank)
	}
	if cause != nil {
		f.Fail(cause)
	}
	return f
}

func setAccount(w http.ResponseWriter, r *frame.Request) error {
	if !isProven(r) {
		return showAccount(w, r, http.StatusUnprocessableEntity, nil)
	}
	a := payouts.Account{Method: payouts.Method(r.Text("method")), Payee: r.Text("payee"), Details: r.Text("details")}
	err := r.Update(func(tx *db.Tx) error {
		shown, err := r.Deps().Cashier.SetAccount(r.Context(), tx, r.Program.ID, r.Partnership.Creator, a, r.P)
		if err != nil {
			return err
		}
		return tellOfAccount(r, tx, shown)
	})
	if frame.IsMistake(err) {
		return showAccount(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/earnings/account"), "earnings.account.saved")
}

// tellOfAccount mails that money goes elsewhere from now on, so that nobody can change it unnoticed.
func tellOfAccount(r *frame.Request, tx *db.Tx, shown payouts.Shown) error {
	user, err := auth.FindUser(r.Context(), tx, r.P.UserID)
	if err != nil || user.Email == "" {
		return err
	}
	pairs := []any{"name", user.DisplayName(), "program", r.Program.Name, "account", shown.Shown, "link", r.Deps().BaseURL + r.To("/messages")}
	return notify.Queue(r.Context(), tx, r.Deps().Box, notify.Mail{Program: r.Program.ID, To: user.Email,
		Subject: r.T("earnings.mail.account.subject", pairs...), Text: r.T("earnings.mail.account.text", pairs...)})
}

// prove mails a link that signs in anew. Only this user's: an address may be shared by several creators.
func prove(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		user, err := auth.FindUser(r.Context(), tx, r.P.UserID)
		if err != nil {
			return err
		}
		if user.Email == "" {
			return fault.Conflict("no_address", r.T("earnings.account.nomail", "program", r.Program.Name))
		}
		made, err := auth.RequestLinks(r.Context(), tx, user.Email, r.Deps().ClientIP(r.Request), auth.PurposeCreator)
		if err != nil {
			return err
		}
		for _, one := range made {
			if one.User.ID == user.ID {
				return mailProof(r, tx, one)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/earnings/account"), "earnings.account.proving")
}

func mailProof(r *frame.Request, tx *db.Tx, to auth.Requested) error {
	pairs := []any{"name", to.User.DisplayName(), "program", r.Program.Name, "link", r.Deps().BaseURL + "/enter/" + to.Token}
	return notify.Queue(r.Context(), tx, r.Deps().Box, notify.Mail{Program: r.Program.ID, To: to.User.Email,
		Subject: r.T("earnings.mail.prove.subject", pairs...), Text: r.T("earnings.mail.prove.text", pairs...)})
}
