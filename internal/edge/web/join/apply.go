package join

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/applications"
	"rapport/internal/recruit/creators"
)

// way is a program's public page.
type way struct {
	form applications.Form
	deal string // the terms as a sentence
}

// find reads the page at the request's address and gives the request the program's look.
func find(r *frame.Request, tx *db.Tx) (w way, err error) {
	if w.form, err = applications.FormBySlug(r.Context(), tx, r.PathValue("slug")); err != nil {
		return w, err
	}
	if r.Program, err = programs.Find(r.Context(), tx, w.form.Program); err != nil {
		return w, err
	}
	w.deal, err = welcome.ProgramDeal(r.Context(), tx, r.Program)
	return w, err
}

func read(r *frame.Request) (w way, err error) {
	err = r.View(func(tx *db.Tx) (err error) { w, err = find(r, tx); return err })
	return w, err
}

// publicPage is a page for somebody who is nobody here yet, in the program's colours.
func publicPage(r *frame.Request, title string, pairs ...any) *ui.Page {
	p := r.Page("", title, append([]any{"program", r.Program.Name}, pairs...)...)
	p.Layout, p.Nav, p.Programs, p.Menu, p.User = ui.Plain, nil, nil, nil, ui.User{}
	if r.Program.LogoBlob != "" {
		p.Program.LogoURL = "" // the logo is handed out to those who are signed in
	}
	return p
}

func showForm(w http.ResponseWriter, r *frame.Request) error {
	found, err := read(r)
	if err != nil {
		return err
	}
	return drawForm(w, r, http.StatusOK, found, nil)
}

func drawForm(w http.ResponseWriter, r *frame.Request, status int, found way, mistake error) error {
	p := publicPage(r, "join.title")
	if !found.form.Open {
		return r.Render(w, status, "join_page", p, ui.Stack{ui.EmptyState{Icon: "door-off", Title: r.T("join.closed"), Text: r.T("join.closed.text", "program", r.Program.Name)}})
	}
	form := found.fields(r)
	form.Fail(mistake)
	parts := ui.Stack{ui.Words(found.deal)}
	if found.form.Intro != "" {
		parts = append(ui.Stack{ui.Part{Template: "join/prose", Data: found.form.Intro}}, parts...)
	}
	return r.Render(w, status, "join_page", p, append(parts, form, ui.Part{Template: "join/small", Data: r.T("join.privacy", "program", r.Program.Name)}))
}

// asked are the accounts a form has room for.
const asked = 3

// fields are what everybody is asked, the brand's own questions, and what only a machine fills in.
func (found way) fields(r *frame.Request) ui.Form {
	f := ui.Form{Action: "/join/" + found.form.Slug, Submit: r.T("join.submit"), Full: true,
		Hidden: []ui.Pair{{Label: "began", Value: began(r)}, {Label: "terms", Value: found.deal}},
		Fields: []ui.Field{
			{Name: "name", Label: r.T("join.name"), Value: r.Text("name"), Required: true, MaxLength: 100, Autocomplete: "name"},
			{Name: "email", Label: r.T("join.email"), Kind: ui.Email, Value: r.Text("email"), Required: true, MaxLength: 254, Autocomplete: "email", Hint: r.T("join.email.hint")},
		}}
	for i := range asked {
		n := strconv.Itoa(i)
		f.Fields = append(f.Fields, ui.Field{Name: "account_" + n, Label: r.T("join.account", "n", i+1), Value: r.Text("account_" + n), Required: i == 0, MaxLength: 300,
			Placeholder: "https://www.instagram.com/maya.glow", Hint: map[bool]string{true: r.T("join.account.hint")}[i == 0], Autocomplete: "off"})
	}
	f.Fields = append(f.Fields, ui.Field{Name: "country", Label: r.T("join.country"), Kind: ui.Select, Value: r.Text("country"), Options: countries(r)})
	for i, q := range found.form.Questions {
		f.Fields = append(f.Fields, questionField(r, i, q))
	}
	return ui.Form{Action: f.Action, Submit: f.Submit, Full: f.Full, Hidden: f.Hidden, Fields: append(f.Fields,
		ui.Field{Name: "accepted", Label: r.T("join.accept"), Kind: ui.Check, Checked: r.FormValue("accepted") != "", Required: true, Hint: r.T("join.accept.hint")},
		ui.Field{Name: trapField, Kind: ui.Hidden}, // no person fills this in: it is not seen
	)}
}

func questionField(r *frame.Request, i int, q applications.Question) ui.Field {
	name := "answer_" + strconv.Itoa(i)
	f := ui.Field{Name: name, Label: q.Text, Value: r.Text(name), Required: q.Required, Kind: ui.Area, MaxLength: applications.LongestAnswer, Rows: 3}
	switch q.Kind {
	case applications.QuestionText:
	case applications.QuestionChoice:
		f.Kind, f.MaxLength = ui.Radio, 0
		for _, choice := range q.Choices {
			f.Options = append(f.Options, ui.Choice{Value: choice, Label: choice})
		}
	case applications.QuestionYesNo:
		f.Kind, f.MaxLength = ui.Radio, 0
		f.Options = []ui.Choice{{Value: "yes", Label: r.T("join.yes")}, {Value: "no", Label: r.T("join.no")}}
	}
	return f
}

// countries are all there are, by name.
func countries(r *frame.Request) []ui.Choice {
	all := []ui.Choice{{Value: "", Label: r.T("join.country.none")}}
	names := display.English.Regions()
	for _, base := range regions {
		if name := names.Name(base); name != "" {
			all = append(all, ui.Choice{Value: base.String(), Label: name})
		}
	}
	return all
}

// began is when the form was shown, signed: a machine answers faster than a person, or with a form of last month.
func began(r *frame.Request) string {
	at := strconv.FormatInt(r.Deps().DB.Now().Unix(), 36)
	return at + "." + hex.EncodeToString(r.Deps().Box.MAC(formPurpose, []byte(at)))
}

const (
	formPurpose = "application form"
	quickest    = 3 * time.Second
	slowest     = 24 * time.Hour
	trapField   = "website"
	mostADay    = 20 // applications from one network address
	mostMails   = 3  // that one mail address gets in a day: whoever sends them need not own it
)

// human refuses what only machines do. Whoever is refused wrongly reads what to do.
func human(r *frame.Request) error {
	at, proof, _ := strings.Cut(r.FormValue("began"), ".")
	seconds, err := strconv.ParseInt(at, 36, 64)
	mac, wrong := hex.DecodeString(proof)
	if err != nil || wrong != nil || !r.Deps().Box.CheckMAC(formPurpose, mac, []byte(at)) {
		return fault.Invalid(r.T("join.machine"))
	}
	took := r.Deps().DB.Now().Sub(time.Unix(seconds, 0))
	if r.FormValue(trapField) != "" || took < quickest || took > slowest {
		return fault.Invalid(r.T("join.machine"))
	}
	return r.Update(func(tx *db.Tx) error {
		return auth.Limit(r.Context(), tx, "application", r.Deps().ClientIP(r.Request), mostADay, 24*time.Hour)
	})
}

// apply keeps what was sent and writes to the address in it. Whether somebody of that address is known is not said.
func apply(w http.ResponseWriter, r *frame.Request) error {
	found, err := read(r)
	if err != nil {
		return err
	}
	sent, err := submission(r, found)
	if err == nil {
		err = human(r)
	}
	if err == nil {
		err = r.Update(func(tx *db.Tx) error {
			if err := auth.Limit(r.Context(), tx, "application to", creators.Fold(sent.Email), mostMails, 24*time.Hour); err != nil {
				return err
			}
			return keep(r, tx, found, sent)
		})
	}
	if frame.IsMistake(err) || fault.KindOf(err) == fault.KindTooMany {
		return drawForm(w, r, http.StatusUnprocessableEntity, found, renamed(err))
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, "/join/"+found.form.Slug+"/sent", "")
}

func keep(r *frame.Request, tx *db.Tx, found way, sent applications.Submission) error {
	_, token, err := applications.Submit(r.Context(), tx, r.Deps().Box, found.form, sent)
	if err != nil {
		return err
	}
	link := r.Deps().BaseURL + "/join/" + found.form.Slug + "/application/" + token
	pairs := []any{"program", r.Program.Name, "link", link} // nothing the sender wrote: the address may be a stranger's
	return notify.Queue(r.Context(), tx, r.Deps().Box, notify.Mail{Program: r.Program.ID, To: sent.Email, Subject: r.T("welcome.confirm.subject", pairs...), Text: r.T("welcome.confirm.text", pairs...)})
}

func submission(r *frame.Request, found way) (s applications.Submission, err error) {
	s = applications.Submission{Name: r.Text("name"), Email: r.Text("email"), Country: r.Text("country"), Accepted: r.FormValue("accepted") != "", Terms: found.deal}
	for i := range asked {
		field := "account_" + strconv.Itoa(i)
		if r.Text(field) == "" {
			continue
		}
		account, err := creators.ParseAccount("", r.Text(field))
		if broken, ok := fault.As(err); ok {
			return s, fault.Invalid(broken.Message).In(field)
		}
		s.Accounts = append(s.Accounts, account)
	}
	for i := range found.form.Questions {
		s.Sent = append(s.Sent, r.Text("answer_"+strconv.Itoa(i)))
	}
	return s, err
}

// renamed gives faults the names of the form's fields: accounts[0] is account_0.
func renamed(err error) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	var all []*fault.Error
	for _, one := range append([]*fault.Error{f}, f.Others...) {
		other := *one
		other.Others = nil
		other.Field = strings.NewReplacer("accounts[", "account_", "answers[", "answer_", "]", "").Replace(other.Field)
		all = append(all, &other)
	}
	return fault.Join(all...)
}

func showSent(w http.ResponseWriter, r *frame.Request) error {
	if _, err := read(r); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, "join_page", publicPage(r, "join.sent.title"), ui.Stack{ui.Words(r.T("join.sent.text", "program", r.Program.Name))})
}

// regions are the countries somebody can live in.
var regions = allRegions()

func allRegions() (all []language.Region) {
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if region, err := language.ParseRegion(string(a) + string(b)); err == nil && region.IsCountry() && region.Canonicalize() == region {
				all = append(all, region)
			}
		}
	}
	return all
}
