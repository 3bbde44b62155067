package portal

import (
	"net/http"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
)

// payoutsBody is what "portal_payouts" shows.
type payoutsBody struct {
	List  rows
	Pager ui.Pager
	Empty *ui.EmptyState
}

func listPayouts(w http.ResponseWriter, r *frame.Request) error {
	var b payoutsBody
	p, err := see(r, "earnings", "earnings.payouts.title", func(tx *db.Tx) error {
		page := r.After()
		page.Limit = earningsAPage
		items, next, err := payouts.ItemsOfCreator(r.Context(), tx, r.Program.ID, r.Partnership.Creator, page)
		b.List = payoutRows(r, items)
		if next != "" {
			b.Pager.Next = r.To("/earnings/payouts?after=" + next)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(b.List) == 0 {
		b.Empty = &ui.EmptyState{Icon: "cash-banknote", Text: r.T("earnings.payouts.none")}
	}
	p.Breadcrumb = back(r, "/earnings", "earnings.back")
	return r.Render(w, http.StatusOK, "portal_payouts", p, b)
}

func payoutRows(r *frame.Request, items []payouts.Item) (list rows) {
	for _, i := range items {
		list = append(list, row{Title: r.Locale().Date(i.UpdatedAt), Sub: i.Shown, Amount: figure(i.Amount), Status: payoutBadge(r, i), Why: r.To("/earnings/payouts/" + string(i.ID))})
	}
	return list
}

// payoutBadge: what a creator sees of a payout was sent or came back.
func payoutBadge(r *frame.Request, i payouts.Item) ui.Badge {
	switch i.Status {
	case payouts.ItemReturning, payouts.ItemReturned:
		return ui.Badge{Label: r.T("earnings.payout.returned"), Tone: ui.Bad, Icon: "arrow-back-up"}
	case payouts.ItemPaid:
		return ui.Badge{Label: r.T("earnings.payout.paid"), Tone: ui.Good, Icon: "circle-check"}
	case payouts.ItemReserving, payouts.ItemReserved, payouts.ItemReleasing, payouts.ItemReleased:
	}
	panic("BUG: a payout that is " + string(i.Status) + " is shown to its creator")
}

// payoutBody is what "portal_payout" shows, as a page or beside one.
type payoutBody struct {
	Status  ui.Badge
	Failure string
	Facts   ui.Definitions
	Parts   rows
	Pager   ui.Pager
}

func showPayout(w http.ResponseWriter, r *frame.Request) error {
	var e payouts.Explanation
	var of map[commissions.ID]earning
	p, err := see(r, "earnings", "earnings.payout.title", func(tx *db.Tx) (err error) {
		item, err := ownPayout(r, tx)
		if err != nil {
			return err
		}
		page := r.After()
		page.Limit = earningsAPage
		if e, err = payouts.Explain(r.Context(), tx, item.ID, page); err != nil {
			return err
		}
		of, err = findEarnings(r.Context(), tx, r.Partnership.ID, partIDs(e))
		return err
	})
	if err != nil {
		return err
	}
	p.Title = r.T("earnings.payout.title", "amount", e.Item.Amount)
	p.Breadcrumb = back(r, "/earnings/payouts", "earnings.payouts")
	return r.Render(w, http.StatusOK, "portal_payout", p, newPayoutBody(r, e, of))
}

// ownPayout is the payout in the address, if it is this creator's in this program and was sent.
func ownPayout(r *frame.Request, tx *db.Tx) (payouts.Item, error) {
	item, err := payouts.FindItem(r.Context(), tx, payouts.ItemID(r.PathValue("item")))
	if err != nil {
		return item, err
	}
	sent := item.Status == payouts.ItemPaid || item.Status == payouts.ItemReturning || item.Status == payouts.ItemReturned
	if item.Program != r.Program.ID || item.Creator != r.Partnership.Creator || !sent {
		return payouts.Item{}, fault.NotFound("payout")
	}
	return item, nil
}

func partIDs(e payouts.Explanation) (ids []commissions.ID) {
	for _, part := range e.Parts {
		ids = append(ids, part.Commission)
	}
	return ids
}

// newPayoutBody tells the sum in the words of the desk.
func newPayoutBody(r *frame.Request, e payouts.Explanation, of map[commissions.ID]earning) payoutBody {
	b := payoutBody{Status: payoutBadge(r, e.Item), Failure: e.Item.Failure}
	b.Facts = ui.Definitions{
		{Label: r.T("earnings.payout.day"), Value: e.Item.UpdatedAt},
		{Label: r.T("earnings.payout.to"), Value: e.Item.Shown},
		{Label: r.T("payouts.item.commissions", "n", e.Count), Value: e.Commissions},
	}
	if e.Item.Shown == "" {
		b.Facts[1].Value = ui.Nothing{Because: r.T("earnings.payout.noaccount")}
	}
	if !e.Earlier.IsZero() {
		b.Facts = append(b.Facts, ui.Pair{Label: r.T("payouts.item.earlier"), Value: e.Earlier, Hint: r.T("payouts.item.earlier.hint")})
	}
	b.Facts = append(b.Facts, ui.Pair{Label: r.T("payouts.column.amount"), Value: e.Item.Amount})
	for _, part := range e.Parts {
		line := earningRow(r, of[part.Commission])
		line.Amount, line.Status = figure(part.Amount), nil
		if part.Now != part.Amount {
			line.Sub = r.Locale().Date(of[part.Commission].At) + " · " + r.T("earnings.payout.since")
		}
		b.Parts = append(b.Parts, line)
	}
	if e.Next != "" {
		b.Pager.Next = r.To("/earnings/payouts/" + string(e.Item.ID) + "?after=" + e.Next)
	}
	return b
}
