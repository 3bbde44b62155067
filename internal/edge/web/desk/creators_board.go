package desk

import (
	"net/http"

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
}

func pipeline(w http.ResponseWriter, r *frame.Request) error {
	var body boardBody
	var counts map[partnerships.Status]int
	err := r.View(func(tx *db.Tx) (err error) {
		if counts, err = countStatuses(r, tx); err != nil {
			return err
		}
		body.Board, err = board(r, tx, counts)
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
	return r.Render(w, http.StatusOK, "desk_creators_pipeline", p, body)
}

func board(r *frame.Request, tx *db.Tx, counts map[partnerships.Status]int) (ui.Board, error) {
	b := ui.Board{ID: "pipeline"}
	if r.P.Can(r.Program.ID, auth.PermManage) {
		b.MoveURL = r.To("/creators/pipeline")
	}
	for _, s := range stages {
		f := ofProgram(r)
		f.Status = s
		cards, _, err := partnerships.List(r.Context(), tx, f, db.Page{Limit: boardCards})
		if err != nil {
			return b, err
		}
		people, err := area.CreatorsByID(r.Context(), tx, cards)
		if err != nil {
			return b, err
		}
		b.Columns = append(b.Columns, stage(r, s, cards, people, counts[s]))
	}
	return b, nil
}

func stage(r *frame.Request, s partnerships.Status, cards []partnerships.Partnership, people map[creators.ID]creators.Creator, total int) ui.BoardColumn {
	column := ui.BoardColumn{Key: string(s), Label: area.StatusWord(r, s), Total: total}
	for _, p := range cards {
		c := people[p.Creator]
		card := ui.BoardCard{ID: string(p.ID), Title: c.Name, Sub: area.Accounts(r, c), URL: area.PartnerURL(r, p.ID, ""), Fixed: p.Status.Running()}
		if c.Followers != nil {
			card.Foot = r.T("creators.followers", "n", *c.Followers)
		}
		column.Cards = append(column.Cards, card)
	}
	if total > len(cards) {
		column.More = r.To("/creators?status=" + string(s))
	}
	return column
}

// movePartner puts a card into another stage. Moving it to where it is does nothing.
func movePartner(w http.ResponseWriter, r *frame.Request) error {
	err := r.Update(func(tx *db.Tx) error {
		p, err := partnerships.Hold(r.Context(), tx, partnerships.ID(r.FormValue("id")))
		if err != nil {
			return err
		}
		return changeStatus(r, tx, p, partnerships.Status(r.FormValue("to")), "")
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/creators/pipeline"), "creators.moved", "stage", area.StatusWord(r, partnerships.Status(r.FormValue("to"))))
}
