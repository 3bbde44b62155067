package desk

import (
	"net/http"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// boardCards is how many cards a stage shows; the rest is one click away.
const boardCards = 20

// stages are the columns of the board: those who still talk, those who began and those it came to nothing with.
var stages = []partnerships.Status{
	partnerships.StatusProspect, partnerships.StatusApplied, partnerships.StatusContacted, partnerships.StatusReplied,
	partnerships.StatusNegotiating, partnerships.StatusAgreed, partnerships.StatusActive, partnerships.StatusLost,
}

type boardBody struct {
	Board ui.Board
	Empty *ui.EmptyState
	Mine  ui.Action // to the cards that the reader sees to, and back
}

func pipeline(w http.ResponseWriter, r *frame.Request) error {
	var body boardBody
	var counts map[partnerships.Status]int
	err := r.View(func(tx *db.Tx) (err error) {
		if counts, err = countStatuses(r, tx); err != nil {
			return err
		}
		shown := onBoard(r)
		totals := counts
		if shown.Owner != "" {
			if totals, err = partnerships.Count(r.Context(), tx, shown); err != nil {
				return err
			}
		}
		body.Board, err = board(r, tx, shown, totals)
		return err
	})
	if err != nil {
		return err
	}
	if len(counts) == 0 {
		body.Empty = &ui.EmptyState{Icon: "list-check", Title: r.T("creators.pipeline.none"), Text: r.T("creators.pipeline.none.text"), Action: &ui.Action{Label: r.T("creators.tab.find"), URL: r.To("/creators")}}
	}
	p := creatorsPage(r, "pipeline", "creators.pipeline.title", counts)
	p.Lead = r.T("creators.pipeline.lead")
	p.Primary = &ui.Action{Label: r.T("reach.title"), URL: r.To("/reach")}
	body.Mine = ui.Action{Label: r.T("reach.only_mine"), Look: ui.Quiet, URL: query(r.To("/creators/pipeline"), "owner", r.P.ID)}
	if r.FormValue("owner") != "" {
		body.Mine = ui.Action{Label: r.T("reach.everybodys"), Look: ui.Quiet, URL: r.To("/creators/pipeline")}
	}
	return r.Render(w, http.StatusOK, "desk_creators_pipeline", p, body)
}

// onBoard are the partnerships that the board shows: the program's, or those of one owner.
func onBoard(r *frame.Request) partnerships.Filter {
	f := ofProgram(r)
	f.Owner = r.FormValue("owner")
	return f
}

func board(r *frame.Request, tx *db.Tx, f partnerships.Filter, totals map[partnerships.Status]int) (ui.Board, error) {
	b := ui.Board{ID: "pipeline"}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		b.MoveURL = r.To("/creators/pipeline")
		b.Bulk = []ui.BulkAction{{Label: r.T("reach.prepare"), Icon: "copy", URL: r.To("/reach/prepare")}, {Label: r.T("reach.enrol.many"), Icon: "send", URL: r.To("/reach/choose")}}
	}
	for _, s := range stages {
		f.Status = s
		cards, err := partnerships.ListUrgent(r.Context(), tx, f, boardCards)
		if err != nil {
			return b, err
		}
		plans, err := partnerships.PlansOf(r.Context(), tx, idsOf(cards))
		if err != nil {
			return b, err
		}
		people, err := area.CreatorsByID(r.Context(), tx, cards)
		if err != nil {
			return b, err
		}
		b.Columns = append(b.Columns, stage(r, s, cards, people, plans, tx.Now(), totals[s]))
	}
	return b, nil
}

func stage(r *frame.Request, s partnerships.Status, cards []partnerships.Partnership, people map[creators.ID]creators.Creator, plans map[partnerships.ID]partnerships.Plan, now time.Time, total int) ui.BoardColumn {
	column := ui.BoardColumn{Key: string(s), Label: area.StatusWord(r, s), Total: total}
	for _, p := range cards {
		c := people[p.Creator]
		card := ui.BoardCard{ID: string(p.ID), Title: c.Name, Sub: area.Accounts(r, c), URL: area.PartnerURL(r, p.ID, ""), Fixed: p.Status.Running()}
		if c.Followers != nil {
			card.Foot = r.T("creators.followers", "n", *c.Followers)
		}
		if step := planFoot(r, plans[p.ID], now); step != nil {
			card.Foot = step
		}
		column.Cards = append(column.Cards, card)
	}
	if total > len(cards) {
		column.More = r.To("/creators?status=" + string(s))
	}
	return column
}

func idsOf(cards []partnerships.Partnership) []partnerships.ID {
	ids := make([]partnerships.ID, len(cards))
	for i, p := range cards {
		ids[i] = p.ID
	}
	return ids
}

// planFoot is the next step with its day, marked where the day has come; for those it came to nothing with it is why.
func planFoot(r *frame.Request, plan partnerships.Plan, now time.Time) any {
	switch {
	case plan.LostBecause != "":
		return plan.LostBecause
	case plan.StepAt.IsZero() && plan.Step == "":
		return nil
	case plan.StepAt.IsZero():
		return plan.Step
	}
	words := r.T("reach.step.on", "step", plan.Step, "day", r.Locale().Date(plan.StepAt))
	if plan.Due(now) {
		return ui.Badge{Label: words, Tone: ui.Warn, Icon: "alert-triangle"}
	}
	return words
}

// movePartner puts a card into another stage. Moving it to where it is does nothing.
func movePartner(w http.ResponseWriter, r *frame.Request) error {
	id, to := partnerships.ID(r.FormValue("id")), partnerships.Status(r.FormValue("to"))
	err := r.Update(func(tx *db.Tx) error {
		p, err := partnerships.Hold(r.Context(), tx, id)
		if err != nil {
			return err
		}
		return changeStatus(r, tx, p, to, "")
	})
	if err != nil {
		return err
	}
	where := r.To("/creators/pipeline")
	if to == partnerships.StatusLost { // why is known best at this moment
		where = area.PartnerURL(r, id, "/plan")
	}
	return r.Redirect(w, where, "creators.moved", "stage", area.StatusWord(r, to))
}
