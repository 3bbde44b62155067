package desk

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/pay/payouts"
	"rapport/internal/recruit/creators"
)

//icons: cash-banknote download lock-open send circle-x arrow-back-up pencil refresh

// runHere reads the payment run of the address. One of another program does not exist.
func runHere(r *frame.Request, tx *db.Tx) (payouts.Batch, error) {
	b, err := payouts.Find(r.Context(), tx, payouts.ID(r.PathValue("run")))
	if err == nil && b.Program != r.Program.ID {
		err = fault.NotFound("payout")
	}
	return b, err
}

// run is a payment run with what its page shows.
type run struct {
	payouts.Batch
	releasers []string
	acts      []audit.Entry
	items     ui.Table
	skipped   []ui.Component
}

// mostActs bounds the history of a run; a file may be taken many times.
const mostActs = 200

func readRun(r *frame.Request, tx *db.Tx) (v run, err error) {
	if v.Batch, err = runHere(r, tx); err != nil {
		return v, err
	}
	if v.releasers, err = auth.Releasers(r.Context(), tx, r.Program.ID); err != nil {
		return v, err
	}
	if v.acts, _, err = audit.List(r.Context(), tx, audit.Filter{Program: r.Program.ID, Subject: string(v.ID)}, db.Page{Limit: mostActs}); err != nil {
		return v, err
	}
	if v.items, err = itemsTable(r, tx, v.Batch); err != nil {
		return v, err
	}
	v.skipped, err = skippedPart(r, tx, v.Batch)
	return v, err
}

func showRun(w http.ResponseWriter, r *frame.Request) error {
	var v run
	if err := r.View(func(tx *db.Tx) (err error) { v, err = readRun(r, tx); return err }); err != nil {
		return err
	}
	p := r.Page("payouts", "payouts.run.title", "total", v.Total, "n", v.Items)
	p.Lead = r.T("payouts.run.lead."+string(v.Status), "by", v.PreparedName, "approved", v.ApprovedName)
	p.Breadcrumb = append(payoutsCrumbs(r), ui.Link{Label: r.T("payouts.tab.runs"), URL: r.To("/payouts/runs")})
	p.Primary, p.Secondary = v.actions(r)
	parts := ui.Stack{
		ui.Columns{ui.Stack{ui.Card{Title: r.T("payouts.run.facts"), Body: v.facts(r)}}, ui.Stack{ui.Card{Title: r.T("payouts.run.history"), Body: v.history(r)}}}, v.items,
	}
	return show(w, r, p, append(parts, v.skipped...)...)
}

func (v run) facts(r *frame.Request) ui.Component {
	pairs := ui.Definitions{
		{Label: r.T("sales.column.status"), Value: runBadge(r, v.Status)},
		{Label: r.T("payouts.column.total"), Value: v.Total},
		{Label: r.T("payouts.column.people"), Value: v.Items},
		{Label: r.T("payouts.rail"), Value: railName(r, v.Rail)},
		{Label: r.T("payouts.column.by"), Value: v.PreparedName, Hint: r.Locale().DateTime(v.CreatedAt)},
	}
	if v.ApprovedName != "" {
		pairs = append(pairs, ui.Pair{Label: r.T("payouts.column.approved"), Value: v.ApprovedName, Hint: r.Locale().DateTime(v.ApprovedAt)})
	}
	if v.SentName != "" {
		pairs = append(pairs, ui.Pair{Label: r.T("payouts.column.sent"), Value: v.SentName, Hint: r.Locale().DateTime(v.SentAt)})
	}
	if v.FileName != "" {
		pairs = append(pairs, ui.Pair{Label: r.T("payouts.file"), Value: v.FileName, Hint: r.T("payouts.file.hash", "hash", hashStart(v.FileSHA256))})
	}
	return pairs
}

// history is who did what with the run, the latest first.
func (v run) history(r *frame.Request) ui.Component {
	t := ui.Timeline{}
	for _, e := range v.acts {
		t.Events = append(t.Events, ui.Event{At: e.At, Title: r.T("payouts.event." + e.Action), Who: e.ActorName, Text: e.Note})
	}
	return t
}

func railName(r *frame.Request, rail string) string {
	if rail == "csv" {
		return r.T("payouts.rail.csv")
	}
	return rail
}

// actions are what can be done with the run next; what cannot be done by this person says why.
func (v run) actions(r *frame.Request) (primary *ui.Action, rest []ui.Action) {
	may := r.P.Can(r.Program.ID, auth.PermMoney)
	switch v.Status {
	case payouts.StatusDraft:
		primary = v.approveAction(r)
	case payouts.StatusApproved:
		if may {
			primary = &ui.Action{Label: r.T("payouts.send"), Icon: "send", URL: runURL(r, v.ID) + "/send", Post: true, Confirm: &ui.Confirm{
				Title: r.T("payouts.send.ask"), What: r.T("payouts.send.what", "n", v.Items, "total", v.Total), Undo: r.T("payouts.send.undo"), Button: r.T("payouts.send"),
			}}
		}
	case payouts.StatusSent:
		if may {
			primary = &ui.Action{Label: r.T("payouts.download"), Icon: "download", URL: runURL(r, v.ID) + "/file", Download: true, Full: true}
		}
	case payouts.StatusPreparing, payouts.StatusSending, payouts.StatusCancelling:
		primary = &ui.Action{Label: r.T("payouts.again"), Icon: "refresh", URL: runURL(r, v.ID)}
	case payouts.StatusCancelled:
	}
	if may && (v.Status == payouts.StatusDraft || v.Status == payouts.StatusApproved) {
		rest = append(rest, ui.Action{Label: r.T("payouts.cancel"), Icon: "circle-x", URL: runURL(r, v.ID) + "/cancel", Post: true, Confirm: &ui.Confirm{
			Title: r.T("payouts.cancel.ask"), What: r.T("payouts.cancel.what", "n", v.Items, "total", v.Total), Undo: r.T("payouts.cancel.undo"), Button: r.T("payouts.cancel"), Danger: true,
		}})
	}
	return primary, rest
}

func (v run) approveAction(r *frame.Request) *ui.Action {
	a := &ui.Action{Label: r.T("payouts.approve"), Icon: "lock-open", URL: runURL(r, v.ID) + "/approve", Dialog: true}
	switch {
	case !r.P.Can(r.Program.ID, auth.PermRelease):
		a.Disabled = r.T("payouts.approve.noright")
	case v.needsSecond(r):
		a.Disabled = r.T("payouts.approve.second")
	}
	return a
}

// needsSecond says that somebody else has to release the run.
func (v run) needsSecond(r *frame.Request) bool {
	err := payouts.MayRelease(v.release(r))
	f, ok := fault.As(err)
	return ok && f.Code == "second_person_required"
}

// alone says that the reader prepared the run and nobody else could release it: they prove who they are and type the total.
func (v run) alone(r *frame.Request) bool { return v.PreparedBy == r.P.UserID && !v.needsSecond(r) }

func (v run) release(r *frame.Request) payouts.Release {
	return payouts.Release{PreparedBy: v.PreparedBy, By: r.P, Releasers: v.releasers, Total: v.Total, Typed: v.Total, Now: r.Deps().DB.Now()}
}

func itemsTable(r *frame.Request, tx *db.Tx, b payouts.Batch) (ui.Table, error) {
	t := ui.Table{
		ID: "items", Caption: r.T("payouts.items"), Path: runURL(r, b.ID), Query: r.URL.Query(), Total: r.T("payouts.items.total", "n", b.Items), Columns: []ui.Column{
			{Key: "creator", Label: r.T("sales.column.creator")}, {Key: "amount", Label: r.T("payouts.column.amount"), Figure: true}, {Key: "account", Label: r.T("payouts.column.account")},
			{Key: "status", Label: r.T("sales.column.status")},
		},
		Empty: ui.EmptyState{Text: r.T("payouts.items.none")},
	}
	acts := b.Status == payouts.StatusSent && r.P.Can(r.Program.ID, auth.PermMoney)
	if acts {
		t.Columns = append(t.Columns, ui.Column{Key: "act", Label: r.T("payouts.column.act")})
	}
	found, next, err := payouts.Items(r.Context(), tx, b.ID, r.After())
	if err != nil {
		return t, err
	}
	t.Next = next
	who, err := payeesOf(r, tx, found, func(i payouts.Item) creators.ID { return i.Creator })
	if err != nil {
		return t, err
	}
	for _, i := range found {
		cells := []any{who.person(r, i.Creator), ui.Money{Amount: i.Amount, Why: itemURL(r, i.ID)}, itemAccount(r, i), itemBadge(r, i)}
		if acts {
			cells = append(cells, itemAct(r, i))
		}
		t.Rows = append(t.Rows, ui.Row{ID: string(i.ID), Label: who.names[i.Creator], Cells: cells})
	}
	return t, nil
}

func itemAccount(r *frame.Request, i payouts.Item) any {
	switch {
	case i.Shown == "":
		return ui.Nothing{Because: r.T("payouts.account.none")}
	case i.Fresh:
		return ui.Badge{Label: i.Shown, Tone: ui.Warn, Hint: r.T("payouts.account.fresh")}
	default:
		return i.Shown
	}
}

func itemBadge(r *frame.Request, i payouts.Item) ui.Component {
	b := ui.Badge{Label: r.T("payouts.item." + string(i.Status)), Hint: i.Failure}
	switch i.Status {
	case payouts.ItemPaid:
		b.Tone = ui.Good
	case payouts.ItemReturned, payouts.ItemReturning:
		b.Tone, b.Icon = ui.Bad, "arrow-back-up"
	case payouts.ItemReserving, payouts.ItemReserved, payouts.ItemReleasing, payouts.ItemReleased:
	}
	return b
}

func itemAct(r *frame.Request, i payouts.Item) any {
	if i.Status != payouts.ItemPaid {
		return ui.Group{}
	}
	return ui.Action{Label: r.T("payouts.return"), Icon: "arrow-back-up", Look: ui.Quiet, URL: itemURL(r, i.ID) + "/return", Dialog: true}
}

// skippedPart lists who has money and is not in the run.
func skippedPart(r *frame.Request, tx *db.Tx, b payouts.Batch) ([]ui.Component, error) {
	found, next, err := payouts.Skips(r.Context(), tx, b.ID, db.Page{Limit: db.PageUsual})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	who, err := payeesOf(r, tx, found, func(s payouts.Skipped) creators.ID { return s.Creator })
	if err != nil {
		return nil, err
	}
	t := ui.Table{ID: "skipped", Caption: r.T("payouts.skipped"), Path: runURL(r, b.ID), Plain: true, Columns: []ui.Column{
		{Key: "creator", Label: r.T("sales.column.creator")}, {Key: "amount", Label: r.T("payouts.column.available"), Figure: true}, {Key: "why", Label: r.T("payouts.column.why")},
	}}
	if next != "" {
		t.Total = r.T("payouts.skipped.more", "n", len(found))
	}
	for _, s := range found {
		t.Rows = append(t.Rows, ui.Row{ID: string(s.Creator), Label: who.names[s.Creator], Cells: []any{who.person(r, s.Creator), s.Amount, r.T("payouts.skip." + s.Reason)}})
	}
	return []ui.Component{ui.Card{Title: r.T("payouts.skipped"), Body: t, Flush: true}}, nil
}
