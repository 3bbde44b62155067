package notify_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/base/db"
	"rapport/internal/base/db/dbtest"
	"rapport/internal/base/notify"
	"rapport/internal/base/secret"
)

// Headers travel with their mail, are no plain text in the database, and are gone with the body.
func TestHeadersAreSealedUntilTheMailIsSent(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		box := secret.New(bytes.Repeat([]byte{7}, secret.KeySize))
		m := notify.Mail{ID: notify.NewID(d.Now()), To: "ada@example.com", Subject: "Hi", Text: "Hello\n", Headers: notify.Headers{
			ReplyTo: "answers@shop.example", Unsubscribe: "https://shop.example/leave/secret", After: []string{"a@b.example"},
		}}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return notify.Queue(t.Context(), tx, box, m) }); err != nil {
			t.Fatal(err)
		}
		stored := func() (raw []byte) {
			if err := d.View(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), `select headers from mails where id = $1`, m.ID).Scan(&raw)
			}); err != nil {
				t.Fatal(err)
			}
			return raw
		}
		if raw := stored(); len(raw) == 0 || bytes.Contains(raw, []byte("secret")) || bytes.Contains(raw, []byte("answers")) {
			t.Errorf("stored as %q", raw)
		}
		var got notify.Mail
		if err := notify.Deliver(t.Context(), d, box, m.ID, func(_ context.Context, sent notify.Mail) error { got = sent; return nil }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.Headers, got.Headers); diff != "" {
			t.Error(diff)
		}
		if raw := stored(); raw != nil {
			t.Errorf("kept %q", raw)
		}
	})
}
