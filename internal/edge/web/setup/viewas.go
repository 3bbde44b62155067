package setup

import (
	"net/http"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// viewPermission is what it takes to look at the portal as a creator sees it.
const viewPermission = auth.PermManage

func creatorID(p auth.Principal) creators.ID { return creators.ID(p.CreatorID) }

// startViewing opens the portal of the partnership in the form, to be read only.
func startViewing(w http.ResponseWriter, r *frame.Request) error {
	var p partnerships.Partnership
	err := r.Update(func(tx *db.Tx) (err error) {
		if p, err = partnershipHere(r, tx); err != nil {
			return err
		}
		return view(r, tx, p)
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, "/c/"+string(p.ID)+"/", "")
}

// view makes the session look at a partnership's portal, and notes who looked.
func view(r *frame.Request, tx *db.Tx, p partnerships.Partnership) error {
	if err := auth.ViewAs(r.Context(), tx, r.Session.ID, string(p.Creator)); err != nil {
		return err
	}
	return audit.Record(r.Context(), tx, r.P, r.Program.ID, "portal.view", string(p.ID), nil, nil, "")
}

// partnershipHere is the partnership that the form names, if it belongs to this program.
func partnershipHere(r *frame.Request, tx *db.Tx) (partnerships.Partnership, error) {
	p, err := partnerships.Find(r.Context(), tx, partnerships.ID(r.FormValue("partnership")))
	if err == nil && p.Program != r.Program.ID {
		err = fault.NotFound("partnership")
	}
	return p, err
}

func stopViewing(w http.ResponseWriter, r *frame.Request) error {
	var p partnerships.Partnership
	err := r.Update(func(tx *db.Tx) (err error) {
		if err := auth.ViewAs(r.Context(), tx, r.Session.ID, ""); err != nil {
			return err
		}
		p, err = partnershipHere(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	return r.Redirect(w, r.To("/partners/"+string(p.ID)), "")
}
