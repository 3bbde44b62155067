package inbound

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
	"rapport/internal/partner/outreach"
)

// Hook takes mails at POST /hooks/mail from a mail server or a mail service, as they are (message/rfc822). It answers 202 once what follows from a mail
// is on disk; whoever sends it repeats it after anything else.
type Hook struct {
	DB     *db.DB
	Box    *secret.Box
	Secret string // as Bearer token, or as the password of Basic
	Log    *slog.Logger
	Refuse func(w http.ResponseWriter, err error) // answers a problem document
}

const hookDeadline = 20 * time.Second

func (h *Hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), hookDeadline)
	defer cancel()
	if err := h.take(ctx, w, r); err != nil {
		h.Refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func (h *Hook) take(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	if !h.allows(r) {
		return fault.Unauthenticated("The secret is wrong.").WithCode("wrong_secret")
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "message/rfc822" {
		return fault.Malformed("Send the mail as it is, with Content-Type: message/rfc822.").WithCode("wrong_content_type")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxSize))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return fault.TooLarge("A mail has at most 10 MiB.")
		}
		return fault.Malformed("The mail ended before it was complete.").Because(err)
	}
	l, err := unharmed(Parse, raw)
	if err != nil {
		return err
	}
	taken, err := outreach.Receive(ctx, h.DB, h.Box, l)
	if err == nil {
		h.Log.Info("a mail came in", "nature", string(taken.Nature), "again", taken.Again, "known", taken.Partnership != "")
	}
	return err
}

// allows compares hashes, so that neither the letters nor the length of the secret can be told from the time it takes.
func (h *Hook) allows(r *http.Request) bool {
	given, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		_, given, _ = r.BasicAuth()
	}
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(h.Secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
