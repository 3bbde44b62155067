package links

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what links and codes tell of a creator as a person: their slugs and words are often made of a name.
func Private() creators.Part {
	return creators.Part{Name: "links", Export: exportPrivate, Erase: erasePrivate}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"links": `select l.* from links l join partnerships p on p.id = l.partnership_id where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by l.id`,
		"codes": `select c.* from codes c join partnerships p on p.id = c.partnership_id where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by c.id`,
		"clicks_by_day": `select c.* from clicks_by_partnership c join partnerships p on p.id = c.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by c.day`,
	})
}

// erasePrivate ends links and codes and takes their words away; those that caused nothing go. What they caused stays for the books, under ids.
func erasePrivate(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	const mine = `partnership_id in (select id from partnerships where creator_id = $1)`
	steps := []string{
		`delete from links where id in (select l.id from links l where l.` + mine + ` and not exists (select 1 from clicks_by_link c where c.link_no = l.no)
			and not exists (select 1 from credits c where c.partnership_id = l.partnership_id) limit $2)`,
		`delete from codes where id in (select c.id from codes c where c.` + mine + `
			and not exists (select 1 from credits x where x.partnership_id = c.partnership_id) limit $2)`,
	}
	for _, s := range steps {
		if gone, err = tx.Exec(ctx, s, of, limit); err != nil || gone > 0 {
			return gone, wrapErase(err)
		}
	}
	at := db.Micros(tx.Now())
	gone, err = tx.Exec(ctx, `update links set slug = id, destination = '', ended_at = coalesce(ended_at, $3), updated_at = $3
		where id in (select id from links where `+mine+` and slug <> id limit $2)`, of, limit, at)
	if err != nil || gone > 0 {
		return gone, wrapErase(err)
	}
	gone, err = tx.Exec(ctx, `update codes set code = id, code_folded = id, ended_at = coalesce(ended_at, $3)
		where id in (select id from codes where `+mine+` and code <> id limit $2)`, of, limit, at)
	return gone, wrapErase(err)
}

func wrapErase(err error) error {
	if err != nil {
		return fmt.Errorf("cannot erase links and codes: %w", err)
	}
	return nil
}
