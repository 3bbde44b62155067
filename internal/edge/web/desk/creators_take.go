package desk

import (
	"net/http"
	"slices"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/area"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// mostChosen is how many rows one act takes; a page shows 50.
const mostChosen = 200

// chunkChosen keeps each write transaction short.
const chunkChosen = 20

// chosen are the rows that were selected, each once.
func chosen(r *frame.Request) ([]string, error) {
	ids := slices.Clone(r.Form["id"])
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return nil, fault.Invalid(r.T("creators.choose.none"))
	case len(ids) > mostChosen:
		return nil, fault.Invalid(r.T("creators.choose.many", "most", mostChosen))
	default:
		return ids, nil
	}
}

func hiddenIDs(ids []string, more ...ui.Pair) []ui.Pair {
	for _, id := range ids {
		more = append(more, ui.Pair{Label: "id", Value: id})
	}
	return more
}

// chooseCreators asks before the selected creators are taken into the program. It changes nothing.
func chooseCreators(w http.ResponseWriter, r *frame.Request) error {
	ids, err := chosen(r)
	if err != nil {
		return err
	}
	as := string(beginAs(r))
	p := r.Page("creators", "creators.take.title")
	p.Title = r.T("creators.take.title."+as, "n", len(ids))
	p.Breadcrumb = []ui.Link{{Label: r.T("creators.title"), URL: r.To("/creators")}}
	return r.Render(w, http.StatusOK, "desk_creators_form", p, formBody{
		Note: r.T("creators.take.what." + as),
		Form: ui.Form{
			Action: r.To("/creators/take"), Submit: r.T("creators.take.submit."+as, "n", len(ids)), Hidden: hiddenIDs(ids, ui.Pair{Label: "as", Value: as}),
			Cancel: &ui.Link{Label: r.T("ui.cancel"), URL: r.To("/creators")},
		},
	})
}

// takeCreators brings the selected creators into the program. Those who are there already, or further, stay as they are.
func takeCreators(w http.ResponseWriter, r *frame.Request) error {
	ids, err := chosen(r)
	if err != nil {
		return err
	}
	taken := 0
	for chunk := range slices.Chunk(ids, chunkChosen) {
		n := 0
		err := r.Update(func(tx *db.Tx) (err error) {
			n, err = takeChunk(r, tx, chunk, beginAs(r))
			return err
		})
		if err != nil {
			return err
		}
		taken += n
	}
	to, key := r.To("/creators/pipeline"), "creators.taken.prospect"
	if beginAs(r) == partnerships.StatusActive {
		to, key = r.To("/creators/partners"), "creators.taken.active"
	}
	if rest := len(ids) - taken; rest > 0 {
		return r.Redirect(w, to, "creators.taken.some", "n", taken, "rest", rest)
	}
	return r.Redirect(w, to, key, "n", taken)
}

func takeChunk(r *frame.Request, tx *db.Tx, ids []string, as partnerships.Status) (taken int, err error) {
	for _, id := range ids {
		c, err := area.VisibleCreator(r, tx, creators.ID(id))
		if err != nil {
			return taken, err
		}
		before, err := partnerships.Of(r.Context(), tx, r.Program.ID, c.ID)
		switch {
		case err == nil && (before.Status.Running() || as == partnerships.StatusProspect && before.Status.Open()):
			continue
		case err != nil && fault.KindOf(err) != fault.KindNotFound:
			return taken, err
		}
		p, err := partnerships.Create(r.Context(), tx, partnerships.New{Program: r.Program.ID, Creator: c.ID, Status: as})
		if err != nil {
			return taken, err
		}
		if err := keepAudit(r, tx, "partnership.create", string(p.ID), statusNote(before), statusNote(p), ""); err != nil {
			return taken, err
		}
		taken++
	}
	return taken, nil
}

func statusNote(p partnerships.Partnership) any {
	if p.ID == "" {
		return nil
	}
	return map[string]any{"creator_id": p.Creator, "status": p.Status}
}
