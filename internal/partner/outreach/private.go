package outreach

import (
	"context"
	"fmt"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: what was written to and by them.
func Private() creators.Part {
	return creators.Part{Name: "outreach", Export: exportPrivate, Erase: erasePrivate, Sweep: sweepLetters}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"messages": `select m.* from messages m join partnerships p on p.id = m.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by m.id`,
		"put_off": `select s.* from outreach_skips s join partnerships p on p.id = s.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2)`,
		"prepared": `select w.* from outreach_prepared w join partnerships p on p.id = w.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2)`,
		"enrolments": `select e.* from enrolments e join partnerships p on p.id = e.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by e.id`,
		"letters": `select l.* from letters l join partnerships p on p.id = l.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by l.id`,
		"sequence_mails": `select s.* from sequence_sends s join partnerships p on p.id = s.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by s.enrolment_id, s.step`,
	})
}

func erasePrivate(ctx context.Context, tx *db.Tx, of creators.ID, limit int) (gone int64, err error) {
	const sent = `select s.mail_id from sequence_sends s join partnerships p on p.id = s.partnership_id where p.creator_id = $1`
	if err := withdraw(ctx, tx, sent, of); err != nil {
		return 0, err
	}
	for _, one := range []struct{ what, statement string }{
		{"messages", `delete from messages where id in (select m.id from messages m join partnerships p on p.id = m.partnership_id where p.creator_id = $1 limit $2)`},
		{"who was put off", `delete from outreach_skips where partnership_id in (select id from partnerships where creator_id = $1 limit $2)`},
		{"who was chosen", `delete from outreach_prepared where partnership_id in (select id from partnerships where creator_id = $1 limit $2)`},
		{"letters", `delete from letters where id in (select l.id from letters l join partnerships p on p.id = l.partnership_id where p.creator_id = $1 limit $2)`},
		{"mails of sequences", `delete from sequence_sends where mail_id in (select s.mail_id from sequence_sends s join partnerships p on p.id = s.partnership_id
			where p.creator_id = $1 limit $2)`},
		{"enrolments", `delete from enrolments where id in (select e.id from enrolments e join partnerships p on p.id = e.partnership_id where p.creator_id = $1 limit $2)`},
	} {
		n, err := tx.Exec(ctx, one.statement, of, limit)
		if err != nil {
			return gone, fmt.Errorf("cannot erase %s: %w", one.what, err)
		}
		gone += n
	}
	return gone, nil
}

// sweptAtOnce is how many letters one transaction takes.
const sweptAtOnce = 200

// sweepLetters takes away letters that nothing proved to be the person's, and that came from an address of theirs.
func sweepLetters(ctx context.Context, d *db.DB, _ creators.ID, texts []string) error {
	for _, text := range texts {
		if !strings.Contains(text, "@") {
			continue
		}
		for gone := int64(1); gone > 0; {
			err := d.Update(ctx, func(tx *db.Tx) (err error) {
				gone, err = tx.Exec(ctx, `delete from letters where id in (select id from letters where lower(sender) in (lower($1), $2) limit $3)`, text, string(folded(text)), sweptAtOnce)
				return err
			})
			if err != nil {
				return fmt.Errorf("cannot erase letters: %w", err)
			}
		}
	}
	return nil
}
