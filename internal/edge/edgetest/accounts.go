package edgetest

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/edge/platforms"
	"rapport/internal/recruit/creators"
)

// accounts are one the first creator connected, whose token is gone, and one that is known as another person's.
func (b builder) accounts(s *Side, stem string, other creators.ID) {
	b.Helper()
	b.do(func(ctx context.Context, tx *db.Tx) error {
		if err := platforms.SetApp(ctx, tx, b.Box, platforms.App{Platform: "tiktok", ClientID: TikTokClient, ClientSecret: TikTokSecret}); err != nil {
			return err
		}
		who, err := creators.Find(ctx, tx, s.First.Partnership.Creator)
		if err != nil {
			return err
		}
		account, conflict, at := id.New(platforms.ConnectionPrefix, tx.Now()), id.New("pcf", tx.Now()), db.Micros(tx.Now())
		if _, err := tx.Exec(ctx, `insert into platform_connections (id, program_id, creator_id, profile_id, platform, account, handle, state, scopes, connected_at,
				page_cursor, failures, failure_kind, failure_detail, notes, lease_until)
			values ($1, $2, $3, $4, 'tiktok', $5, $5, 'expired', '', $6, '', 1, 'token_expired', '', '', 0)`, account, s.Program.ID, who.ID, who.Main, stem+"account", at); err != nil {
			return err
		}
		s.id("account", account)
		s.id("conflict", conflict)
		mention := id.New("men", tx.Now())
		if _, err := tx.Exec(ctx, `insert into mentions (id, program_id, platform, handle, handle_folded, account, name, kind, evidence, url, excerpt, word, source, found_at,
				refreshed_at, state, creator_id, decided_by)
			values ($1, $2, 'instagram', $3, $3, '', $3, 'tag', $4, '', $3, '', 'instagram_api', $5, $5, 'new', '', '')`, mention, s.Program.ID, stem+"talks", stem+"post", at); err != nil {
			return err
		}
		s.id("mention", mention)
		_, err = tx.Exec(ctx, `insert into platform_conflicts (id, program_id, creator_id, other_id, platform, handle, made_at) values ($1, $2, $3, $4, 'tiktok', $5, $6)`,
			conflict, s.Program.ID, who.ID, other, stem+"disputed", at)
		return err
	})
}
