package reach

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/setup"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/welcome"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// calmDay is how many direct messages a day are sensible from one account: platforms slow down or lock accounts that write to many strangers, and
// none of them publishes a number.
const calmDay = 25

// offer is somebody to write to with the words prepared.
type offer struct {
	outreach.Candidate
	account   creators.Profile
	templates []outreach.Template
	template  outreach.Template
	deal      string
	post      string
	sentToday int64
	prepared  int    // messages somebody prepared that wait
	link      string // an invitation, once it was made
}

func showNext(w http.ResponseWriter, r *frame.Request) error {
	var o offer
	var found bool
	err := r.View(func(tx *db.Tx) (err error) {
		o.Candidate, found, err = outreach.NextUp(r.Context(), tx, r.Deps().Box, r.Program.ID, partnerships.ID(r.FormValue("after")))
		if err != nil || !found {
			return err
		}
		return o.read(r, tx)
	})
	if err != nil {
		return err
	}
	if !found {
		none := ui.EmptyState{Icon: "circle-check", Title: r.T("reach.none"), Text: r.T("reach.none.text"), Action: &ui.Action{Label: r.T("creators.tab.find"), Icon: "search", URL: r.To("/creators")}}
		return r.Render(w, http.StatusOK, "reach_page", queuePage(r), ui.Stack{none})
	}
	return o.draw(w, r, http.StatusOK, nil)
}

func queuePage(r *frame.Request) *ui.Page {
	p := r.Page("creators", "reach.title")
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.tab.pipeline"), URL: r.To("/creators/pipeline")}}
	p.Secondary = []ui.Action{{Label: r.T("reach.templates"), URL: r.To("/reach/templates")}, {Label: r.T("reach.sequences"), URL: r.To("/reach/sequences")}, {Label: r.T("reach.letters"), URL: r.To("/reach/letters"), Look: ui.Quiet}}
	return p
}

// at reads the offer of the address, which must be a partnership of the program.
func at(r *frame.Request, tx *db.Tx) (o offer, err error) {
	if o.Candidate, err = outreach.FindCandidate(r.Context(), tx, partnerships.ID(r.PathValue("partnership"))); err != nil {
		return o, err
	}
	if o.Partnership.Program != r.Program.ID {
		return o, fault.NotFound("partnership")
	}
	alone, err := outreach.Alone(r.Context(), tx, r.Deps().Box, o.Partnership, o.Creator)
	if err == nil && alone {
		err = creators.ErrSuppressed
	}
	if err != nil {
		return o, err
	}
	if err = o.read(r, tx); err == nil && o.account.ID == "" {
		err = fault.Conflict("no_account", r.T("reach.no_account", "name", o.Creator.Name))
	}
	return o, err
}

func (o *offer) read(r *frame.Request, tx *db.Tx) (err error) {
	if o.templates, err = outreach.Templates(r.Context(), tx, r.Program.ID); err != nil {
		return err
	}
	o.templates = outreach.By(outreach.ChannelDM, o.templates)
	o.template = choose(o.templates, r.FormValue("template"))
	deal, err := partnerships.EffectiveTerms(r.Context(), tx, o.Partnership)
	if err != nil {
		return err
	}
	o.deal = welcome.Deal(r.Program, deal)
	year, month, day := tx.Now().In(r.Program.Location()).Date()
	if o.sentToday, err = outreach.SentSince(r.Context(), tx, r.Program.ID, time.Date(year, month, day, 0, 0, 0, 0, r.Program.Location())); err != nil {
		return err
	}
	if o.prepared, err = outreach.PreparedIn(r.Context(), tx, r.Program.ID); err != nil {
		return err
	}
	o.account = writable(o.Creator)
	posts, err := creators.RecentPosts(r.Context(), tx, []creators.ProfileID{o.account.ID}, 1)
	if recent := posts[o.account.ID]; len(recent) > 0 {
		o.post = nameOf(recent[0])
	}
	return err
}

// writable is the account to write to: the main one, or else the first on a platform that takes messages; none where there is no such account.
func writable(c creators.Creator) creators.Profile {
	for _, account := range area.MainFirst(c) {
		if outreach.TakesDirect(account.Platform) {
			return account
		}
	}
	return creators.Profile{}
}

// nameOf names a post by the beginning of its caption.
func nameOf(p creators.Post) string {
	words := strings.Fields(p.Caption)
	if len(words) == 0 {
		return ""
	}
	return "“" + strings.Join(words[:min(len(words), 8)], " ") + "”"
}

func (o offer) values(r *frame.Request) map[string]string {
	first, _, _ := strings.Cut(o.Creator.Name, " ")
	return map[string]string{
		"first_name": first, "name": o.Creator.Name, "handle": "@" + o.account.Handle, "platform": area.Platform(r, o.account.Platform), "brand": r.Program.Name,
		"sender": r.P.Name, "invitation_link": o.link, "post": o.post, "terms_sentence": o.deal,
	}
}

// introduction is what the first message ends with; later ones need none.
func (o offer) introduction(r *frame.Request) string {
	words := welcome.ReachWords
	return words.Introduce(outreach.Introduction{
		Brand: r.Program.Name, Sender: r.P.Name, Found: words.Found(o.account.Handle, words.Platform(o.account.Platform)),
		LeaveURL: r.Deps().BaseURL + "/leave/" + outreach.LeaveToken(r.Deps().Box, o.Partnership.ID),
	})
}

func (o offer) whole(r *frame.Request, body string) string {
	if o.Partnership.Status != partnerships.StatusProspect {
		return body
	}
	return outreach.WithIntroduction(body, o.introduction(r))
}

func (o offer) url(r *frame.Request, act string) string {
	return r.To("/reach/" + string(o.Partnership.ID) + act)
}

func (o offer) draw(w http.ResponseWriter, r *frame.Request, status int, mistake error) error {
	p := queuePage(r)
	p.Lead = r.T("reach.today", "n", o.sentToday, "most", calmDay)
	if o.prepared > 0 {
		p.Lead = r.T("reach.prepared", "n", o.prepared) + " " + p.Lead
	}
	body, missing := o.template.Fill(o.values(r))
	if mistake != nil {
		body = r.FormValue("body")
	}
	body = o.whole(r, body)
	who := ui.Card{Title: o.Creator.Name, Sub: area.Accounts(r, o.Creator), Body: ui.Actions{{Label: r.T("reach.page_of"), URL: area.PartnerURL(r, o.Partnership.ID, "")}}}
	parts := ui.Stack{who, o.chooser(r)}
	if len(missing) > 0 && mistake == nil {
		parts = append(parts, ui.Words(r.T("reach.missing", "gaps", strings.Join(missing, ", "))))
	}
	switch {
	case !r.P.Can(r.Program.ID, auth.PermManage):
		parts = append(parts, paragraphs(body))
	case o.template.Asks("invitation_link") && o.link == "" && mistake == nil:
		parts = append(parts, ui.Words(r.T("reach.link.what")), ui.Actions{{Label: r.T("reach.link.make"), Post: true, Look: ui.Primary, URL: o.url(r, "/link"), Hidden: o.hidden()}, o.skipAct(r)})
	default:
		parts = append(parts, o.sender(r, body, mistake)...)
	}
	return r.Render(w, status, "reach_page", p, parts)
}

func (o offer) hidden() []ui.Pair {
	return []ui.Pair{{Label: "template", Value: string(o.template.ID)}}
}

func (o offer) skipAct(r *frame.Request) ui.Action {
	return ui.Action{Label: r.T("reach.skip"), Post: true, URL: o.url(r, "/skip"), Hidden: o.hidden()}
}

func (o offer) chooser(r *frame.Request) ui.Component {
	var acts ui.Actions
	for _, t := range o.templates {
		if t.ID != o.template.ID && len(acts) < 8 {
			acts = append(acts, ui.Action{Label: t.Name, Look: ui.Quiet, URL: r.To("/reach?template=" + string(t.ID))})
		}
	}
	return ui.Card{Title: o.template.Name, Sub: r.T("reach.other_words"), Body: acts}
}

// copier is the button that copies what stands in a field and opens the profile's page beside this one.
type copier struct{ Field, URL string }

func (o offer) sender(r *frame.Request, body string, mistake error) ui.Stack {
	form := ui.Form{Action: o.url(r, "/sent"), Submit: r.T("reach.sent"), Hidden: o.hidden(), Fields: []ui.Field{{
		Name: "body", Label: r.T("reach.message", "name", o.Creator.Name), Kind: ui.Area, Rows: 15, Value: body, MaxLength: outreach.LongestDM, Required: true, Hint: r.T("reach.message.hint", "most", outreach.LongestDM),
	}}}
	form.Fail(mistake)
	account := creators.Account{Platform: o.account.Platform, Handle: o.account.Handle}
	return ui.Stack{ui.Part{Template: "reach/copy", Data: copier{"f-body", account.URL()}}, form, ui.Actions{o.skipAct(r)}}
}

// makeLink makes an invitation for the message. The link is shown once; what is stored is its hash.
func makeLink(w http.ResponseWriter, r *frame.Request) error {
	var o offer
	err := r.Update(func(tx *db.Tx) (err error) {
		if o, err = at(r, tx); err != nil {
			return err
		}
		o.link, err = setup.Invite(r, tx, o.Partnership)
		return err
	})
	if err != nil {
		return err
	}
	return o.draw(w, r, http.StatusOK, nil)
}

// noteSent keeps what was sent, which moves a prospect to contacted. Clicking twice notes it once.
func noteSent(w http.ResponseWriter, r *frame.Request) error {
	var o offer
	body := strings.ReplaceAll(r.FormValue("body"), "\r\n", "\n")
	err := r.Update(func(tx *db.Tx) (err error) {
		if o, err = at(r, tx); err != nil {
			return err
		}
		if err = o.check(r, body); err != nil {
			return err
		}
		_, err = outreach.Note(r.Context(), tx, outreach.New{Partnership: o.Partnership.ID, From: outreach.SideBrand, Body: body})
		return err
	})
	if frame.IsMistake(err) && o.account.ID != "" { // without an account, or left alone, there is nothing to write again
		return o.draw(w, r, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach?template="+string(o.template.ID)), "reach.noted", "name", o.Creator.Name)
}

// check refuses a first message without the introduction: who writes, from where, and the way out.
func (o offer) check(r *frame.Request, body string) error {
	switch {
	case utf8.RuneCountInString(body) > outreach.LongestDM:
		return fault.Invalid(r.T("reach.too_long", "most", outreach.LongestDM)).In("body")
	case o.Partnership.Status == partnerships.StatusProspect && !strings.Contains(body, o.introduction(r)):
		return fault.Invalid(r.T("reach.introduction_needed")).In("body")
	default:
		return nil
	}
}

// skip offers somebody again tomorrow.
func skip(w http.ResponseWriter, r *frame.Request) error {
	var o offer
	err := r.Update(func(tx *db.Tx) (err error) {
		if o, err = at(r, tx); err != nil {
			return err
		}
		return outreach.PutOff(r.Context(), tx, o.Partnership.ID, tx.Now().Add(24*time.Hour))
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/reach?template="+string(o.template.ID)), "reach.skipped", "name", o.Creator.Name)
}

// noteAnswer keeps what a creator answered elsewhere.
func noteAnswer(w http.ResponseWriter, r *frame.Request) error {
	var c outreach.Candidate
	err := r.Update(func(tx *db.Tx) (err error) {
		if c, err = outreach.FindCandidate(r.Context(), tx, partnerships.ID(r.PathValue("partnership"))); err != nil {
			return err
		}
		if c.Partnership.Program != r.Program.ID {
			return fault.NotFound("partnership")
		}
		_, err = outreach.Note(r.Context(), tx, outreach.New{Partnership: c.Partnership.ID, From: outreach.SideCreator, Body: r.FormValue("body"), Author: c.Creator.Name})
		return err
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, area.PartnerURL(r, c.Partnership.ID, "/messages"), "reach.answered", "name", c.Creator.Name)
}
