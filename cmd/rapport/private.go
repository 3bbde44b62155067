package main

import (
	"context"

	"rapport/internal/base/audit"
	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/idem"
	"rapport/internal/base/programs"
	"rapport/internal/edge/platforms"
	"rapport/internal/edge/platforms/mentions"
	"rapport/internal/partner/applications"
	"rapport/internal/partner/content"
	"rapport/internal/partner/outreach"
	"rapport/internal/partner/partnerships"
	"rapport/internal/pay/commissions"
	"rapport/internal/pay/payouts"
	"rapport/internal/pay/reviews"
	"rapport/internal/recruit/creators"
	"rapport/internal/recruit/discovery"
	"rapport/internal/recruit/vetting"
	"rapport/internal/track/conversions"
	"rapport/internal/track/links"
)

// parts lists what every room knows of a creator as a person, the uppermost first: what refers to a row goes before the row. A room whose tables
// speak of creators has its place here; a test walks all tables for what was forgotten.
func parts() []creators.Part {
	return []creators.Part{
		records(),
		mentions.Private(),
		platforms.Private(),
		payouts.Private(),
		reviews.Private(),
		commissions.Private(),
		conversions.Private(),
		links.Private(),
		content.Private(),
		applications.Private(),
		outreach.Private(),
		partnerships.Private(),
		discovery.Private(),
		vetting.Private(),
		portalUser(),
	}
}

// portalUser is how a creator comes in.
func portalUser() creators.Part {
	return creators.Part{
		Name: "portal",
		Export: func(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
			return creators.Tables(ctx, tx, of, program, map[string]string{
				"users": `select id, email, name, language, created_at from users where creator_id = $1 and kind = 'creator' and cast($2 as text) = $2`,
				"sessions": `select s.created_at, s.seen_at, s.agent from sessions s join users u on u.id = s.user_id
					where u.creator_id = $1 and u.kind = 'creator' and cast($2 as text) = $2`,
			})
		},
		Erase: func(ctx context.Context, tx *db.Tx, of creators.ID, _ int) (int64, error) {
			return auth.RemoveCreatorUser(ctx, tx, string(of))
		},
		Merge: func(ctx context.Context, tx *db.Tx, keep, gone creators.ID, _ int) (int64, error) {
			return auth.MoveCreatorUser(ctx, tx, string(gone), string(keep))
		},
	}
}

// records are those of everybody's acts, in which a person may be named: the audit trail, and answers kept for repeated requests.
func records() creators.Part {
	return creators.Part{
		Name:  "records",
		Erase: func(context.Context, *db.Tx, creators.ID, int) (int64, error) { return 0, nil },
		Sweep: func(ctx context.Context, d *db.DB, of creators.ID, texts []string) error {
			var u auth.User
			err := d.View(ctx, func(tx *db.Tx) (err error) { u, _, err = auth.FindCreatorUser(ctx, tx, string(of)); return err })
			if err != nil {
				return err
			}
			if err := audit.Forget(ctx, d, u.ID, texts); err != nil {
				return err
			}
			return idem.Forget(ctx, d, texts)
		},
	}
}
