package portal

import (
	"fmt"
	"net/http"

	"github.com/skip2/go-qrcode"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/ui"
	"rapport/internal/track/links"
)

// linkBody is what "portal_link" shows.
type linkBody struct {
	Field, Caption *ui.CopyField
	QR             *picture
	To             string
}

// shareLink shows one link with all that is needed to share it.
func shareLink(w http.ResponseWriter, r *frame.Request) error {
	var l links.Link
	var s sharable
	p, err := see(r, "share", "share.one", func(tx *db.Tx) (err error) {
		if l, err = ownLink(r, tx); err != nil {
			return err
		}
		s, err = readSharable(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	p.Breadcrumb = back(r, "/share", "share.back")
	p.Lead = r.T("share.leads", "address", shortAddress(l.Destination))
	return r.Render(w, http.StatusOK, "portal_link", p, linkBody{Field: linkField(r, l), Caption: s.caption(r, l), QR: linkQR(r, l), To: l.Destination})
}

// ownLink is the link in the address, if it is this partnership's and still leads somewhere.
func ownLink(r *frame.Request, tx *db.Tx) (links.Link, error) {
	l, err := links.Find(r.Context(), tx, links.ID(r.PathValue("link")))
	if err == nil && (l.Partnership != r.Partnership.ID || !l.EndedAt.IsZero()) {
		return links.Link{}, fault.NotFound("link")
	}
	return l, err
}

// pictureSide is the width of a QR picture in pixels: sharp on a poster of 10 cm at 250 dpi.
const pictureSide = 1024

// linkPicture is a link as a QR code, to be kept or printed.
func linkPicture(w http.ResponseWriter, r *frame.Request) error {
	var l links.Link
	err := r.View(func(tx *db.Tx) (err error) {
		l, err = ownLink(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	picture, err := qrcode.Encode(l.URL(r.Deps().LinkBase), qrcode.Medium, pictureSide)
	if err != nil {
		return fmt.Errorf("cannot draw link %s: %w", l.ID, err)
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", l.Slug+".png"))
	_, _ = w.Write(picture) // a browser that went away is no fault of ours
	return nil
}
