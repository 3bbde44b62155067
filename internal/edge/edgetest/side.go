package edgetest

import (
	"context"
	"strings"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/blob"
	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/edge/stores"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/intake"
	"rapport/internal/pay/payouts"
	"rapport/internal/pay/reviews"
	"rapport/internal/recruit/benchmarks"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/imports"
	"rapport/internal/recruit/vetting"
	"rapport/internal/track/clicks"
	"rapport/internal/track/conversions"
	"rapport/internal/track/links"
)

// side makes a program and one of everything in it. Orders cost minor and a little more each.
func (b builder) side(stem, first string, both creators.ID, minor int64) (s Side) {
	b.Helper()
	s = Side{IDs: map[string][]string{}, Ours: map[string][]string{}, Texts: map[string]string{}, People: map[auth.Role]Person{}, Scoped: map[auth.Scope]Person{}}
	b.program(&s, stem)
	for _, role := range auth.Roles() {
		s.People[role] = b.merchant(s.Program.ID, stem+" "+string(role), stem+"."+string(role)+"@mail.example", role)
	}
	owner := s.People[auth.RoleOwner]
	for _, scope := range auth.Scopes() {
		s.Scoped[scope] = Person{User: owner.User, Key: b.key(&s, owner.User, stem+" "+string(scope), []auth.Scope{scope})}
	}
	s.id("user", s.People[auth.RoleManager].User)
	b.group(&s, stem)
	b.shops(&s, stem)
	contact := func(of string) creators.Contact {
		return creators.Contact{Email: of + "@mail.example", Phone: "+49 30 " + of, Note: of + " contact"}
	}
	s.First = b.partner(&s, first, first+" Mira", b.creator(first+" Mira", first+"mira", contact(first+"mira"), s.Program.ID), strings.ToUpper(first)+"10")
	s.Second = b.partner(&s, stem+"jo", stem+" Jo", b.creator(stem+" Jo", stem+"jo", contact(stem+"jo"), s.Program.ID), strings.ToUpper(stem)+"JO")
	s.Both = b.partner(&s, stem+"sam", "Shared Sam", both, strings.ToUpper(stem)+"SAM")
	b.do(func(ctx context.Context, tx *db.Tx) error {
		return creators.SetContact(ctx, tx, s.Program.ID, both, contact(stem+"sam"))
	})
	s.id("creator", string(s.First.Partnership.Creator))
	s.id("partnership", string(s.First.Partnership.ID))
	s.id("link", string(s.First.Link.ID))
	s.id("code", string(s.First.Code.ID))
	s.Texts["code"], s.Texts["slug"] = s.First.Code.Code, s.First.Link.Slug
	b.checkUp(&s, stem)
	b.search(&s, stem)
	b.accounts(&s, stem, both)
	b.applicant(&s, stem)
	b.money(&s, stem, first, minor)
	b.work(&s, stem, first)
	b.file(&s, stem)
	return s
}

func (s *Side) id(kind, id string) { s.IDs[kind] = append(s.IDs[kind], id) }

func (b builder) program(s *Side, stem string) {
	b.Helper()
	ten, err := terms.ParseCommission("percent", "10", "EUR")
	must(b, err)
	off, err := terms.ParseOffer("gift", stem+" cup", "EUR")
	must(b, err)
	b.do(func(ctx context.Context, tx *db.Tx) error {
		logo, err := blob.Put(ctx, tx, "image/png", []byte("\x89PNG\r\n\x1a\n"+stem))
		if err != nil {
			return err
		}
		s.id("blob", logo)
		s.Program, err = programs.Create(ctx, tx, programs.New{Name: stem + " Tea", Currency: "EUR", Sites: []string{stem + "shop.example"}, LogoBlob: logo})
		if err != nil {
			return err
		}
		s.id("program", string(s.Program.ID))
		if err := partnerships.SetProgramTerms(ctx, tx, s.Program.ID, terms.Terms{Commission: &ten, Offer: &off}); err != nil {
			return err
		}
		return notify.Queue(ctx, tx, b.Box, notify.Mail{Program: s.Program.ID, To: stem + "@mail.example", Subject: stem, Text: stem})
	})
}

func (b builder) merchant(program programs.ID, name, email string, role auth.Role) (p Person) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		u, err := auth.CreateUser(ctx, tx, auth.NewUser{Email: email, Name: name, Role: role, Program: program})
		p.User = u.ID
		return err
	})
	p.Session = b.session(p.User, auth.PurposeInvite)
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		p.Key, _, err = auth.NewKey(ctx, tx, name+" key", p.User, nil)
		return err
	})
	return p
}

func (b builder) key(s *Side, user, name string, scopes []auth.Scope) (key string) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		made, k, err := auth.NewKey(ctx, tx, name, user, scopes)
		key = made
		s.id("key", k.ID)
		return err
	})
	return key
}

func (b builder) session(user string, purpose auth.Purpose) string {
	b.Helper()
	var link string
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		link, err = auth.LoginLink(ctx, tx, user, purpose, time.Hour, "")
		return err
	})
	token, _, err := auth.UseLoginLink(b.Context(), b.DB, link, "test")
	must(b, err)
	return token
}

func (b builder) group(s *Side, stem string) {
	b.Helper()
	twelve, err := terms.ParseCommission("percent", "12", "EUR")
	must(b, err)
	b.do(func(ctx context.Context, tx *db.Tx) error {
		g, err := partnerships.CreateGroup(ctx, tx, partnerships.NewGroup{Program: s.Program.ID, Name: stem + " circle", Terms: terms.Terms{Commission: &twelve}})
		s.id("group", string(g.ID))
		return err
	})
}

func (b builder) shops(s *Side, stem string) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		c, err := stores.Connect(ctx, tx, b.Box, stores.New{Program: s.Program.ID, Store: stores.StoreShopify, Shop: stem + "-shop.myshopify.com", Secret: stem + "-0123456789abcdef"})
		if err != nil {
			return err
		}
		s.id("connection", string(c.ID))
		_, _, err = stores.Receive(ctx, tx, b.Box, c, stem+"-delivery", "orders/paid", []byte(`{"id": 1}`), []byte(`{}`))
		return err
	})
}

// partner takes a creator into the program and lets them in.
func (b builder) partner(s *Side, stem, name string, creator creators.ID, code string) (p Partner) {
	b.Helper()
	b.as(s.People[auth.RoleOwner].User, func(ctx context.Context, tx *db.Tx, _ auth.Principal) (err error) {
		if p.Partnership, err = partnerships.Create(ctx, tx, partnerships.New{
			Program: s.Program.ID, Creator: creator, Status: partnerships.StatusActive, Group: partnerships.GroupID(s.IDs["group"][0]),
		}); err != nil {
			return err
		}
		if p.Partnership, err = partnerships.SetNote(ctx, tx, p.Partnership.ID, stem+" note"); err != nil {
			return err
		}
		if p.Link, err = links.Create(ctx, tx, links.New{Partnership: p.Partnership.ID, Destination: "https://" + s.Program.Sites[0] + "/" + stem, Slug: stem + "-link"}); err != nil {
			return err
		}
		if p.Code, err = links.CreateCode(ctx, tx, links.NewCode{Partnership: p.Partnership.ID, Code: code}); err != nil {
			return err
		}
		words, err := outreach.SaveTemplate(ctx, tx, outreach.Template{Program: s.Program.ID, Name: stem + " words", Body: stem + " words"})
		if err != nil {
			return err
		}
		s.id("template", string(words.ID))
		row, err := outreach.CreateSequence(ctx, tx, outreach.Sequence{Program: s.Program.ID, Name: stem + " row", Sender: stem, Steps: []outreach.Step{{Name: stem, Subject: stem + " subject", Body: stem + " body"}}})
		if err != nil {
			return err
		}
		s.id("sequence", string(row.ID))
		enrolled := outreach.EnrolmentID(id.New(outreach.EnrolmentPrefix, tx.Now())) // by hand: who is a partner already is not enrolled
		if _, err := tx.Exec(ctx, `insert into enrolments (id, program_id, sequence_id, partnership_id, step, state, reason, enrolled_by, enrolled_at, next_at, tries, trouble)
			values ($1, $2, $3, $4, 0, $5, '', $6, $7, $7, 0, '')`, enrolled, s.Program.ID, row.ID, p.Partnership.ID, outreach.Running, stem, db.Micros(tx.Now())); err != nil {
			return err
		}
		s.id("enrolment", string(enrolled))
		letter := outreach.LetterID(id.New(outreach.LetterPrefix, tx.Now()))
		if _, err := tx.Exec(ctx, `insert into letters (id, program_id, partnership_id, sender, sender_name, subject, body, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			letter, s.Program.ID, p.Partnership.ID, stem+"@letters.example", stem+" writer", stem+" letter", stem+" words of a letter", db.Micros(tx.Now())); err != nil {
			return err
		}
		s.id("letter", string(letter))
		if _, err = outreach.Send(ctx, tx, outreach.New{Partnership: p.Partnership.ID, From: outreach.SideBrand, Body: stem + " hello"}); err != nil {
			return err
		}
		p.User, err = auth.EnsureCreatorUser(ctx, tx, string(creator), "of"+string(creator)[4:]+"@mail.example", name, "en")
		return err
	})
	p.Session = b.session(p.User, auth.PurposeCreator)
	b.as(p.User, func(ctx context.Context, tx *db.Tx, by auth.Principal) error {
		if _, err := b.Cashier.SetAccount(ctx, tx, s.Program.ID, creator, payouts.Account{Method: payouts.MethodOther, Payee: stem + " payee", Details: stem + " account"}, by); err != nil {
			return err
		}
		_, err := outreach.Send(ctx, tx, outreach.New{Partnership: p.Partnership.ID, From: outreach.SideCreator, Body: stem + " answer"})
		return err
	})
	return p
}

// checkUp is a benchmark and a word list of the program's own, and a report with a person's word on it.
func (b builder) checkUp(s *Side, stem string) {
	b.Helper()
	creator := s.First.Partnership.Creator
	b.do(func(ctx context.Context, tx *db.Tx) error {
		made, err := benchmarks.Save(ctx, tx, s.Program.ID, benchmarks.Benchmark{Metric: benchmarks.MetricEngagement, Formula: stem + " / followers", Low: "2", Unit: "percent", AsOf: "2026", Source: stem + " agency"})
		if err != nil {
			return err
		}
		s.id("benchmark", string(made.ID))
		_, err = vetting.SetList(ctx, tx, s.Program.ID, vetting.List{Category: stem, Weight: vetting.WeightWarn, Words: []string{stem + " word"}})
		return err
	})
	_, err := vetting.Make(b.Context(), b.DB, s.Program.ID, creator)
	must(b, err)
	b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := vetting.Overrule(ctx, tx, s.Program.ID, creator, vetting.VerdictLookCloser, stem+" doubt", stem)
		return err
	})
}

// search is a target, a list with somebody on it, and a search that somebody saved.
func (b builder) search(s *Side, stem string) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		t, err := discovery.SaveTarget(ctx, tx, s.Program.ID, discovery.Target{Name: stem + " buyers", About: stem + " for everybody", Words: []string{stem}, MadeBy: stem})
		if err != nil {
			return err
		}
		s.id("target", string(t.ID))
		l, err := creators.CreateList(ctx, tx, s.Program.ID, stem+" list", stem)
		if err != nil {
			return err
		}
		s.id("list", string(l.ID))
		if _, err := creators.AddToList(ctx, tx, s.Program.ID, l.ID, []creators.ID{s.First.Partnership.Creator}, stem); err != nil {
			return err
		}
		found, err := discovery.SaveSearch(ctx, tx, s.Program.ID, s.People[auth.RoleOwner].User, stem+" search", discovery.Query{Words: stem}, "q="+stem)
		if err != nil {
			return err
		}
		s.id("search", string(found.ID))
		_, err = tx.Exec(ctx, `insert into saved_search_hits (search_id, creator_id, state, at) values ($1, $2, 'new', $3)`, found.ID, s.First.Partnership.Creator, db.Micros(tx.Now()))
		return err
	})
}

// applicant is somebody who wants to be a partner: one taken in by hand, and one who came by the program's form.
func (b builder) applicant(s *Side, stem string) {
	b.Helper()
	creator := b.creator(stem+" Ava", stem+"ava", creators.Contact{}, s.Program.ID)
	b.as(s.People[auth.RoleOwner].User, func(ctx context.Context, tx *db.Tx, _ auth.Principal) error {
		p, err := partnerships.Create(ctx, tx, partnerships.New{Program: s.Program.ID, Creator: creator, Status: partnerships.StatusApplied})
		s.id("partnership", string(p.ID))
		return err
	})
	b.as(s.People[auth.RoleOwner].User, func(ctx context.Context, tx *db.Tx, _ auth.Principal) error {
		form, err := applications.SaveForm(ctx, tx, applications.Form{Program: s.Program.ID, Slug: stem, Open: true, Intro: stem + " sells tea",
			Questions: []applications.Question{{Text: stem + " or coffee?", Kind: applications.QuestionText}}})
		if err != nil {
			return err
		}
		a, err := applications.Enter(ctx, tx, b.Box, form, applications.Submission{Name: stem + " Bea", Email: stem + ".bea@mail.example", Accepted: true, Terms: stem + " terms",
			Accounts: []creators.Account{{Platform: creators.PlatformTikTok, Handle: stem + "bea"}}, Sent: []string{stem + " of course"}}, true)
		s.id("application", string(a.ID))
		s.id("partnership", string(a.Partnership))
		s.id("creator", string(a.Creator))
		return err
	})
}

// order books a sale with a partner's code.
func (b builder) order(s *Side, number string, minor int64, touches ...intake.Touch) (r intake.Result) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = b.Door.Order(ctx, tx, intake.Order{
			Program: s.Program.ID, ExternalID: number, Amount: eur(minor), Touches: touches, Source: "api", OccurredAt: tx.Now().Add(-time.Hour),
			Customer: intake.Customer{Email: number + ".buyer@mail.example"},
		})
		return err
	})
	s.id("conversion", string(r.Conversion.ID))
	for _, c := range r.Commissions {
		s.id("commission", string(c.ID))
		if c.Partnership == s.First.Partnership.ID {
			s.Ours["conversion"] = append(s.Ours["conversion"], string(r.Conversion.ID))
			s.Ours["commission"] = append(s.Ours["commission"], string(c.ID))
		}
	}
	return r
}

// money books an order in each state for the first creator, one for each of the others, and pays some of it.
func (b builder) money(s *Side, stem, first string, minor int64) {
	b.Helper()
	owner, finance := s.People[auth.RoleOwner].User, s.People[auth.RoleFinance].User
	code := func(p Partner) intake.Touch { return intake.Touch{Code: p.Code.Code} }
	token := b.Door.Tokens.Sign(clicks.Token{LinkNo: s.First.Link.No, At: b.DB.Now().Add(-2 * time.Hour), Random: 77})
	s.Texts["click"], s.Texts["order"], s.Texts["refund"] = token, first+"-1001", first+"-refund"
	b.order(s, first+"-1001", minor, intake.Touch{Click: token})
	b.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := b.Door.Refund(ctx, tx, intake.Refund{Program: s.Program.ID, Conversion: first + "-1001", ExternalID: first + "-refund", Amount: eur(minor / 3), Source: "api", OccurredAt: tx.Now()})
		return err
	})
	var approved []commissions.ID
	for i, of := range []struct {
		p    Partner
		stem string
	}{{s.First, first}, {s.Second, stem}, {s.Both, stem}} {
		r := b.order(s, of.stem+"-200"+string(rune('1'+i)), minor+int64(1+i)*13007, code(of.p))
		approved = append(approved, r.Commissions[0].ID)
	}
	b.order(s, stem+"-nobody", minor+91003)
	b.order(s, stem+"-nobodys", minor+97001)
	b.decide(owner, commissions.Hold, b.order(s, first+"-3001", minor+113009, code(s.First)).Commissions[0].ID, first)
	for _, id := range approved {
		b.decide(owner, commissions.Approve, id, stem)
	}
	b.run(s, owner, finance, true)
	later := b.order(s, first+"-4001", minor+131011, code(s.First))
	b.decide(owner, commissions.Approve, later.Commissions[0].ID, first)
	b.run(s, owner, finance, false)
	b.do(func(ctx context.Context, tx *db.Tx) error {
		items, _, err := payouts.ItemsOfCreator(ctx, tx, s.Program.ID, s.First.Partnership.Creator, db.Page{})
		for _, i := range items {
			s.id("item", string(i.ID))
		}
		return err
	})
	free := b.order(s, first+"-5001", minor+151013, code(s.First))
	b.decide(owner, commissions.Approve, free.Commissions[0].ID, first)
}

type decision func(context.Context, *db.Tx, auth.Principal, commissions.ID, string) (commissions.Commission, error)

func (b builder) decide(user string, how decision, id commissions.ID, stem string) {
	b.Helper()
	b.as(user, func(ctx context.Context, tx *db.Tx, p auth.Principal) error {
		_, err := how(ctx, tx, p, id, stem+" because")
		return err
	})
}

// run prepares a payment run and, if told so, releases and sends it.
func (b builder) run(s *Side, prepares, releases string, send bool) {
	b.Helper()
	var batch payouts.Batch
	step := func(user string, f func(ctx context.Context, tx *db.Tx, p auth.Principal) (payouts.Batch, error)) {
		b.Helper()
		b.as(user, func(ctx context.Context, tx *db.Tx, p auth.Principal) (err error) {
			batch, err = f(ctx, tx, p)
			return err
		})
		_, err := b.Cashier.Finish(b.Context(), b.DB, batch.ID)
		must(b, err)
	}
	step(prepares, func(ctx context.Context, tx *db.Tx, p auth.Principal) (payouts.Batch, error) {
		return b.Cashier.Prepare(ctx, tx, p, payouts.New{Program: s.Program.ID, Currency: "EUR", Rail: "csv"})
	})
	s.id("payout", string(batch.ID))
	if !send {
		return
	}
	step(releases, func(ctx context.Context, tx *db.Tx, p auth.Principal) (payouts.Batch, error) {
		return payouts.Approve(ctx, tx, p, batch.ID, payouts.Confirm{})
	})
	step(prepares, func(ctx context.Context, tx *db.Tx, p auth.Principal) (payouts.Batch, error) {
		return b.Cashier.Send(ctx, tx, p, batch.ID)
	})
}

// work is a campaign with tasks of all three creators, and two questions about orders.
func (b builder) work(s *Side, stem, first string) {
	b.Helper()
	b.as(s.People[auth.RoleOwner].User, func(ctx context.Context, tx *db.Tx, p auth.Principal) error {
		var campaigns []content.CampaignID
		for _, name := range []string{stem + " spring", stem + " summer", stem + " autumn"} {
			c, err := content.Create(ctx, tx, content.New{Program: s.Program.ID, Name: name, Brief: stem + " show the cup"})
			if err != nil {
				return err
			}
			s.id("campaign", string(c.ID))
			campaigns = append(campaigns, c.ID)
		}
		for i, c := range campaigns {
			tasks, err := content.Invite(ctx, tx, c, content.Invitation{Partnerships: []partnerships.ID{s.First.Partnership.ID}})
			if err != nil {
				return err
			}
			s.id("task", string(tasks[0].ID))
			if i == 0 {
				continue
			}
			if _, err := content.Post(ctx, tx, tasks[0].ID, "https://www.tiktok.com/@"+first+"/video/1"); err != nil {
				return err
			}
		}
		for i, order := range []string{first + "-1001", first + "-unknown", stem + "-nobodys"} {
			n := reviews.New{Program: s.Program.ID, Partnership: s.First.Partnership.ID, Order: order, Question: first + " where is it"}
			if known, err := conversions.FindByNumber(ctx, tx, s.Program.ID, order); err != nil {
				return err
			} else if len(known) > 0 {
				n.Conversion = known[0].ID
			}
			r, err := reviews.Ask(ctx, tx, n)
			if err != nil {
				return err
			}
			s.id("review", string(r.ID))
			if i == 1 {
				if _, err := reviews.Answer(ctx, tx, p, r.ID, reviews.OutcomeDeclined, first+" not ours"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// file imports creators, with a row that is refused.
func (b builder) file(s *Side, stem string) {
	b.Helper()
	csv := "platform,handle,name,followers,email\ntiktok," + stem + "lia," + stem + " Lia,5200," + stem + "lia@mail.example\ntiktok,,," + stem + ",\n"
	report, err := imports.Run(b.Context(), b.DB, imports.Options{
		Program: s.Program.ID, Source: stem + ".csv", Reader: strings.NewReader(csv), MadeBy: s.People[auth.RoleOwner].User,
		OnCreator: func(ctx context.Context, tx *db.Tx, c creators.ID, of imports.ID) error {
			_, err := partnerships.MakeProspect(ctx, tx, s.Program.ID, c, string(of))
			return err
		},
	})
	must(b, err)
	s.id("import", string(report.ID))
	b.do(func(ctx context.Context, tx *db.Tx) error {
		lia, _, err := creators.FindByAccount(ctx, tx, creators.Account{Platform: creators.PlatformTikTok, Handle: stem + "lia"})
		if err != nil {
			return err
		}
		s.id("twin", string(lia.ID))
		first, err := creators.Find(ctx, tx, s.First.Partnership.Creator)
		s.id("profile", string(first.Main))
		return err
	})
}
