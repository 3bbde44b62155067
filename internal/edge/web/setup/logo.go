package setup

import (
	"net/http"
	"strconv"
	"strings"

	"rapport/internal/base/auth"
	"rapport/internal/base/blob"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/edge/web/frame"
	"rapport/internal/partner/partnerships"
)

// logo hands out a program's picture to those who have a part in the program. Its address carries the name of the blob, so it may be kept for good.
func logo(w http.ResponseWriter, r *frame.Request) error {
	id := programs.ID(r.PathValue("program"))
	var b blob.Blob
	err := r.View(func(tx *db.Tx) error {
		if err := hasPart(r, tx, id); err != nil {
			return err
		}
		program, err := programs.Find(r.Context(), tx, id)
		if err != nil {
			return err
		}
		b, err = blob.Get(r.Context(), tx, program.LogoBlob)
		return err
	})
	if err != nil {
		return err
	}
	return sendPicture(w, b)
}

func hasPart(r *frame.Request, tx *db.Tx, id programs.ID) error {
	if r.P.Kind != auth.KindCreator {
		return r.P.Require(id, auth.PermView)
	}
	_, err := partnerships.Of(r.Context(), tx, id, creatorID(r.P))
	return err
}

// sendPicture answers with a blob that is a picture; other files have no business in an img.
func sendPicture(w http.ResponseWriter, b blob.Blob) error {
	if !strings.HasPrefix(b.MediaType, "image/") {
		return fault.NotFound("file")
	}
	h := w.Header()
	h.Set("Content-Type", b.MediaType)
	h.Set("Content-Length", strconv.Itoa(len(b.Content)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", "inline")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(b.Content) // a browser that went away is no fault of ours
	return nil
}
