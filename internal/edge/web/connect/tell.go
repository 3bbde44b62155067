package connect

import (
	"context"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/notify"
	"rapport/internal/base/programs"
	"rapport/internal/base/secret"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/web/frame"
	"rapport/internal/edge/web/text"
	"rapport/internal/partner/partnerships"
	"rapport/internal/recruit/creators"
)

// mostTold bounds whom an alarm goes to.
const mostTold = 5

// Tell makes the function that mails a creator that a connection ended and what to do. Without an address the line in the portal has to do.
func Tell(box *secret.Box, base string) func(ctx context.Context, tx *db.Tx, c platforms.Connection) error {
	return func(ctx context.Context, tx *db.Tx, c platforms.Connection) error {
		to, err := addressOf(ctx, tx, c)
		if err != nil || to == "" {
			return err
		}
		who, err := creators.Find(ctx, tx, c.Creator)
		if err != nil {
			return err
		}
		p, err := partnerships.Of(ctx, tx, c.Program, c.Creator)
		if err != nil {
			return err
		}
		l, err := localeOf(ctx, tx, c.Program)
		if err != nil {
			return err
		}
		pairs := []any{"name", who.Name, "handle", c.Handle, "because", trouble(l, c, owner, tx.Now()), "link", base + "/c/" + string(p.ID) + "/accounts"}
		return notify.Queue(ctx, tx, box, notify.Mail{Program: c.Program, To: to, Subject: l.T("connect.mail.tell.subject", pairs...), Text: l.T("connect.mail.tell.text", pairs...)})
	}
}

// addressOf is the creator's own, with which they sign in, else what the program knows.
func addressOf(ctx context.Context, tx *db.Tx, c platforms.Connection) (string, error) {
	user, found, err := auth.FindCreatorUser(ctx, tx, string(c.Creator))
	if err != nil || found && user.Email != "" {
		return user.Email, err
	}
	contact, err := creators.ContactOf(ctx, tx, c.Program, c.Creator)
	return contact.Email, err
}

// Alarm makes the function that mails the program's people that a connection is not tried any more.
func Alarm(box *secret.Box, base string) func(ctx context.Context, tx *db.Tx, c platforms.Connection) error {
	return func(ctx context.Context, tx *db.Tx, c platforms.Connection) error {
		people, _, err := auth.ListUsers(ctx, tx, c.Program, db.Page{Limit: db.PageUsual})
		if err != nil {
			return err
		}
		l, err := localeOf(ctx, tx, c.Program)
		if err != nil {
			return err
		}
		pairs := []any{"handle", c.Handle, "platform", named(l, c.Platform), "because", trouble(l, c, merchant, tx.Now()), "link", base + "/p/" + string(c.Program) + "/platforms"}
		told := 0
		for _, p := range people {
			if p.Email == "" || !p.Role.Allows(auth.PermManage) || told == mostTold {
				continue
			}
			told++
			err := notify.Queue(ctx, tx, box, notify.Mail{Program: c.Program, To: p.Email, Subject: l.T("connect.mail.alarm.subject", pairs...), Text: l.T("connect.mail.alarm.text", pairs...)})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func localeOf(ctx context.Context, tx *db.Tx, program programs.ID) (text.Locale, error) {
	p, err := programs.Find(ctx, tx, program)
	return text.Locale{Lang: frame.Lang, Zone: p.Location()}, err
}
