package reach

import (
	"net/http"
	"slices"

	"rapport/internal/base/audit"
	"rapport/internal/base/db"
	"rapport/internal/edge/web/frame"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// prepare puts chosen partnerships at the front of the queue.
func prepare(w http.ResponseWriter, r *frame.Request) error {
	return prepareThese(w, r, func(_ *db.Tx, ids []string) (these []partnerships.ID, err error) {
		for _, one := range ids {
			these = append(these, partnerships.ID(one))
		}
		return these, nil
	})
}

// prepareCreators does so with chosen creators; those who are not in the program become prospects, which they must be to be written to.
func prepareCreators(w http.ResponseWriter, r *frame.Request) error {
	return prepareThese(w, r, func(tx *db.Tx, ids []string) ([]partnerships.ID, error) {
		these, strangers, err := inProgram(r, tx, ids)
		if err != nil {
			return nil, err
		}
		for _, c := range strangers {
			p, err := takeIn(r, tx, c)
			if err != nil {
				return nil, err
			}
			these = append(these, p.ID)
		}
		return these, nil
	})
}

func takeIn(r *frame.Request, tx *db.Tx, c creators.Creator) (partnerships.Partnership, error) {
	p, err := partnerships.Create(r.Context(), tx, partnerships.New{Program: r.Program.ID, Creator: c.ID, Status: partnerships.StatusProspect})
	if err != nil {
		return p, err
	}
	return p, audit.Record(r.Context(), tx, r.P, r.Program.ID, "partnership.create", string(p.ID), nil, map[string]any{"creator_id": c.ID, "status": p.Status}, "")
}

func prepareThese(w http.ResponseWriter, r *frame.Request, who func(tx *db.Tx, ids []string) ([]partnerships.ID, error)) error {
	ids, err := ticked(r)
	if err != nil {
		return err
	}
	got := 0
	for some := range slices.Chunk(ids, chunk) {
		n := 0
		err := r.Update(func(tx *db.Tx) error {
			n = 0 // a transaction may run again
			these, err := who(tx, some)
			if err != nil {
				return err
			}
			all, err := outreach.Prepare(r.Context(), tx, r.Deps().Box, r.Program.ID, these)
			if err != nil {
				return err
			}
			for _, one := range all { // who waits there already is ready, too
				if one.Skip == "" || one.Skip == outreach.SkipPrepared {
					n++
				}
			}
			return audit.Record(r.Context(), tx, r.P, r.Program.ID, "queue.prepare", string(r.Program.ID), nil, map[string]any{"prepared": n, "skipped": len(all) - n}, "")
		})
		if err != nil {
			return err
		}
		got += n
	}
	if rest := len(ids) - got; rest > 0 {
		return r.Redirect(w, r.To("/reach"), "reach.prepare.some", "n", got, "rest", rest)
	}
	return r.Redirect(w, r.To("/reach"), "reach.prepare.done", "n", got)
}
