package audit

import (
	"context"
	"fmt"
	"strings"

	"rapport/internal/base/db"
)

// Forgotten stands where a text was that must not be kept.
const Forgotten = "(removed)"

// sweepRows is how many entries are read at a time.
const sweepRows = 1000

// words are the texts of an entry.
type words struct{ id, actorID, actor, before, after, note string }

func scanWords(s db.Scanner) (w words, err error) {
	err = s.Scan(&w.id, &w.actorID, &w.actor, &w.before, &w.after, &w.note)
	return w, err
}

// Forget puts Forgotten in the place of texts wherever they stand in the trail, for a person who asked to be forgotten: that something was done
// stays, and by what kind of person; to whom does not. The name goes from what they did themselves as actor, too. Entries are read outside of write transactions, since the trail is long.
func Forget(ctx context.Context, d *db.DB, actor string, texts []string) error {
	pairs := make([]string, 0, 2*len(texts))
	for _, t := range texts {
		pairs = append(pairs, t, Forgotten)
	}
	replace := strings.NewReplacer(pairs...)
	for after := ""; ; {
		var rows []words
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			rows, err = db.All(ctx, tx, scanWords, `select id, actor_id, actor_name, coalesce(before, ''), coalesce(after, ''), note from audit
				where id > $1 order by id limit $2`, after, sweepRows)
			return err
		})
		if err != nil {
			return fmt.Errorf("cannot read the audit trail: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		after = rows[len(rows)-1].id
		if err := forgetIn(ctx, d, actor, replace, rows); err != nil {
			return err
		}
	}
}

func forgetIn(ctx context.Context, d *db.DB, actor string, replace *strings.Replacer, rows []words) error {
	var changed []words
	for _, r := range rows {
		clean := words{r.id, r.actorID, replace.Replace(r.actor), replace.Replace(r.before), replace.Replace(r.after), replace.Replace(r.note)}
		if actor != "" && r.actorID == actor {
			clean.actor = Forgotten
		}
		if clean != r {
			changed = append(changed, clean)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		for _, c := range changed {
			if _, err := tx.Exec(ctx, `update audit set actor_name = $2, before = $3, after = $4, note = $5 where id = $1`,
				c.id, c.actor, db.OrNull(c.before), db.OrNull(c.after), c.note); err != nil {
				return fmt.Errorf("cannot change the audit trail: %w", err)
			}
		}
		return nil
	})
}
