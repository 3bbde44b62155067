package portal

import (
	"net/http"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/money"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/edge/welcome"
	"rapport/internal/learn/analytics"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/content"
	"rapport/internal/partner/partnerships"
	"rapport/internal/partner/terms"
	"rapport/internal/pay/ledger"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
)

// lately is how many commissions Home shows.
const lately = 5

// standing is what Home is drawn from.
type standing struct {
	creator    creators.Creator
	month      analytics.Overview
	balances   []ledger.Balance
	earned     []earning
	tasks      []content.Task
	campaigns  map[content.CampaignID]content.Campaign
	hasAccount bool
	shared     sharable
	deal       terms.Effective
	group      string
	lost       []platforms.Connection // to be connected again
	invited    bool                   // the brand has made an offer that was not answered yet
}

// homeBody is what "portal_home" shows.
type homeBody struct {
	Welcome *greeting
	Offer   *offer
	Waiting string // what somebody reads whose application is looked at
	Next    rows
	Period  string
	Earned  rows
	Brought ui.Tiles
	Lately  rows
	All     string
}

// offer is a brand's invitation: the deal in a sentence, and a yes.
type offer struct {
	Title, Deal string
	Accept      *ui.Action // nil while somebody looks as the creator
}

// greeting is for somebody who has nothing yet: the deal in a sentence, and what to share first.
type greeting struct {
	Deal  string
	Field *ui.CopyField
	Share ui.Action
}

func home(w http.ResponseWriter, r *frame.Request) error {
	var s standing
	p, err := see(r, "home", "portal.title", func(tx *db.Tx) (err error) {
		s, err = readStanding(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	p.Title = r.T("portal.greeting", "name", s.creator.Name)
	return r.Render(w, http.StatusOK, "portal_home", p, s.body(r, p))
}

func readStanding(r *frame.Request, tx *db.Tx) (s standing, err error) {
	ctx, creator := r.Context(), r.Partnership.Creator
	if s.creator, err = creators.Find(ctx, tx, creator); err != nil {
		return s, err
	}
	if s.lost, err = readLost(r, tx); err != nil {
		return s, err
	}
	tail, err := r.Deps().Tail(ctx, tx)
	if err != nil {
		return s, err
	}
	if s.month, err = analytics.PartnerHome(ctx, tx, r.Program.ID, r.Partnership.ID, tx.Now(), tail); err != nil {
		return s, err
	}
	if s.balances, err = ledger.Balances(ctx, tx, r.Program.ID, creator); err != nil {
		return s, err
	}
	if s.earned, _, err = listEarnings(ctx, tx, r.Partnership.ID, wanted{}, db.Page{Limit: lately}); err != nil {
		return s, err
	}
	if s.tasks, s.campaigns, _, err = listTasks(r, tx, todo, db.Page{Limit: mostNext}); err != nil {
		return s, err
	}
	if _, s.hasAccount, err = payouts.AccountOf(ctx, tx, r.Program.ID, creator); err != nil {
		return s, err
	}
	if s.shared, err = readSharable(r, tx); err != nil {
		return s, err
	}
	if s.deal, s.group, err = readDeal(r, tx); err != nil {
		return s, err
	}
	invitation, found, err := applications.InvitationOf(ctx, tx, r.Partnership.ID)
	s.invited = found && invitation.AcceptedAt.IsZero() && r.Partnership.Status.Open()
	return s, err
}

func (s standing) body(r *frame.Request, p *ui.Page) homeBody {
	if b, before := s.before(r); before {
		return b
	}
	b := homeBody{Next: s.next(r, p)}
	if s.nothingYet() {
		b.Welcome = s.greet(r)
		return b
	}
	from := s.month.From.Date()
	b.Period = r.T("portal.period", "month", monthName(r, from))
	orders := r.To("/earnings?month=" + from.Format(monthForm))
	b.Earned, b.Brought = s.earnedRows(r, orders), s.brought(r, orders)
	b.Lately, b.All = earningRows(r, s.earned), r.To("/earnings")
	return b
}

// before is what somebody sees who has not begun: the brand's offer, or that their application is looked at.
func (s standing) before(r *frame.Request) (b homeBody, is bool) {
	switch {
	case s.invited:
		b.Offer = &offer{Title: r.T("join.invited.title", "program", r.Program.Name), Deal: welcome.Deal(r.Program, s.deal)}
		if !r.P.ReadOnly {
			b.Offer.Accept = &ui.Action{Label: r.T("join.invited.accept"), Icon: "check", URL: r.To("/accept"), Post: true, Look: ui.Primary}
		}
		return b, true
	case r.Partnership.Status == partnerships.StatusApplied:
		b.Waiting = r.T("portal.applied", "program", r.Program.Name)
		return b, true
	default:
		return b, false
	}
}

// nothingYet: nobody clicked this month or before, and nothing was ever earned.
func (s standing) nothingYet() bool {
	return len(s.earned) == 0 && len(s.balances) == 0 && s.month.This.Clicks+s.month.Before.Clicks == 0 && s.month.This.Conversions+s.month.Before.Conversions == 0
}

func (s standing) greet(r *frame.Request) *greeting {
	w := &greeting{Deal: welcome.Deal(r.Program, s.deal), Share: ui.Action{Label: r.T("portal.welcome.share"), Icon: "share", URL: r.To("/share"), Look: ui.Primary}}
	if len(s.shared.links)+len(s.shared.codes) > 0 {
		w.Share.Label, w.Share.Look = r.T("portal.welcome.more"), ui.Secondary
	}
	if len(s.shared.links) > 0 {
		w.Field = linkField(r, s.shared.first())
	} else if len(s.shared.codes) > 0 {
		w.Field = codeField(r, s.shared.codes[0], s.shared.offer(s.shared.codes[0]))
	}
	return w
}

// earnedRows are what this month's orders came to, each figure leading to the orders.
func (s standing) earnedRows(r *frame.Request, orders string) rows {
	this := s.month.This
	list := rows{{Title: r.T("portal.earned"), Sub: s.elsewhere(r), Amount: figure(this.Commission), URL: orders}}
	for _, part := range []struct {
		stage  stage
		amount money.Amount
	}{{stageWaiting, this.Pending}, {stagePayable, this.Approved}, {stagePaid, this.Paid}} {
		list = append(list, row{Title: stageName(r, part.stage), Amount: figure(part.amount), URL: orders + "&show=" + string(part.stage)})
	}
	return list
}

// brought is what link and code did this month.
func (s standing) brought(r *frame.Request, orders string) ui.Tiles {
	this, before, against := s.month.This, s.month.Before, r.T("portal.against")
	return ui.Tiles{
		{Label: r.T("portal.clicks"), Value: this.Clicks, Change: change(float64(this.Clicks), float64(before.Clicks)), Against: against, URL: r.To("/share")},
		{Label: r.T("portal.sales"), Value: this.Conversions, Change: change(this.Conversions, before.Conversions), Against: against, URL: orders},
	}
}

// elsewhere names what was earned in other currencies than the program's.
func (s standing) elsewhere(r *frame.Request) string {
	var also []string
	for _, other := range s.month.This.Other {
		also = append(also, other.Commission.Display())
	}
	if len(also) == 0 {
		return ""
	}
	return r.T("portal.elsewhere", "amounts", strings.Join(also, ", "))
}

func change(now, before float64) *float64 {
	if before == 0 {
		return nil
	}
	by := (now - before) / before
	return &by
}

const monthForm = "2006-01"

func monthName(r *frame.Request, at time.Time) string {
	return strings.Fields(r.T("time.months"))[at.Month()-1] + " " + at.Format("2006")
}
