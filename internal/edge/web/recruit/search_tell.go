package recruit

import (
	"context"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/recruit/discovery"
)

// Tell makes the function that mails a person what a saved search of theirs found. Who may no longer see the program is not told.
func Tell(ctx context.Context, box *secret.Box, base string) func(tx *db.Tx, n discovery.News) error {
	return func(tx *db.Tx, n discovery.News) error {
		user, err := auth.FindUser(ctx, tx, n.User)
		if err != nil || user.Disabled() || user.Email == "" {
			return err
		}
		program, err := programs.Find(ctx, tx, n.Program)
		if err != nil {
			return err
		}
		pairs := []any{"n", len(n.Creators), "search", n.Name, "program", program.Name, "link", base + "/p/" + string(n.Program) + "/creators?" + n.Address}
		return notify.Queue(ctx, tx, box, notify.Mail{
			Program: n.Program, To: user.Email, Subject: text.T(frame.Lang, "search.mail.subject", pairs...), Text: text.T(frame.Lang, "search.mail.text", pairs...),
		})
	}
}
