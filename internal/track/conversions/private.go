package conversions

import (
	"context"
	"fmt"
	"strings"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
	"rapport/internal/recruit/creators"
)

// Private is what this room knows of a creator as a person: orders credited to them name the discount code that was used, and codes are often
// made of a name. In an erasure the code's id takes its place, there as in the code itself, so that a replay finds the same.
func Private() creators.Part {
	return creators.Part{
		Name:   "conversions",
		Export: exportPrivate,
		Erase:  func(context.Context, *db.Tx, creators.ID, int) (int64, error) { return 0, nil },
		Sweep:  sweepPrivate,
	}
}

func exportPrivate(ctx context.Context, tx *db.Tx, of creators.ID, program programs.ID) (any, error) {
	return creators.Tables(ctx, tx, of, program, map[string]string{
		"orders": `select k.conversion_id, k.share_bp, k.because, c.program_id, c.occurred_at, c.kind, c.currency, c.amount_minor, c.refunded_minor
			from credits k join conversions c on c.id = k.conversion_id join partnerships p on p.id = k.partnership_id
			where p.creator_id = $1 and ($2 = '' or p.program_id = $2) order by c.id`,
	})
}

// word is a code and what takes its place.
type word struct{ id, code string }

func sweepPrivate(ctx context.Context, d *db.DB, of creators.ID, texts []string) error {
	const theirs = `id in (select k.conversion_id from credits k join partnerships p on p.id = k.partnership_id where p.creator_id = $1)`
	var codes []word
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		codes, err = db.All(ctx, tx, func(s db.Scanner) (w word, err error) {
			err = s.Scan(&w.id, &w.code)
			return w, err
		}, `select c.id, c.code from codes c join partnerships p on p.id = c.partnership_id where p.creator_id = $1 and c.code <> c.id`, of)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot read the codes of creator %s: %w", of, err)
	}
	for _, c := range codes {
		for _, written := range []string{c.code, strings.ToUpper(c.code), strings.ToLower(c.code)} {
			for _, column := range []string{"input", "decision"} {
				if err := creators.Replace(ctx, d, of, `"`+written+`"`, `"`+c.id+`"`, "conversions", theirs, column); err != nil {
					return err
				}
			}
			if err := replaceInCredits(ctx, d, of, written, c.id); err != nil {
				return err
			}
		}
	}
	return creators.Redact(ctx, d, of, texts, "conversions", theirs, "decision")
}

// replaceInCredits is creators.Replace for credits, which have no id of their own.
func replaceInCredits(ctx context.Context, d *db.DB, of creators.ID, text, with string) error {
	for changed := int64(1); changed > 0; {
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			changed, err = tx.Exec(ctx, `update credits set because = replace(because, $2, $3) where (conversion_id, partnership_id) in
				(select k.conversion_id, k.partnership_id from credits k join partnerships p on p.id = k.partnership_id
				where p.creator_id = $1 and replace(k.because, $2, $3) <> k.because limit 200)`, of, text, with)
			return err
		})
		if err != nil {
			return fmt.Errorf("cannot take codes out of credits: %w", err)
		}
	}
	return nil
}
