package idem

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rapport/internal/base/db"
)

// place is where an answer is stored.
type place struct{ principal, key, body string }

// Forget drops the stored answers that hold one of the texts, for a person who asked to be forgotten. Their requests, sent again, would run
// again. Answers are read outside of write transactions, since there may be many.
func Forget(ctx context.Context, d *db.DB, texts []string) error {
	for last := (place{}); ; {
		var rows []place
		err := d.View(ctx, func(tx *db.Tx) (err error) {
			rows, err = db.All(ctx, tx, func(s db.Scanner) (p place, err error) {
				err = s.Scan(&p.principal, &p.key, &p.body)
				return p, err
			}, `select principal, key, body from idempotency where (principal, key) > ($1, $2) order by principal, key limit 500`, last.principal, last.key)
			return err
		})
		if err != nil {
			return fmt.Errorf("cannot read stored answers: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		last = rows[len(rows)-1]
		rows = slices.DeleteFunc(rows, func(p place) bool {
			return !slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(p.body, t) })
		})
		err = d.Update(ctx, func(tx *db.Tx) error {
			for _, p := range rows {
				if _, err := tx.Exec(ctx, `delete from idempotency where principal = $1 and key = $2`, p.principal, p.key); err != nil {
					return fmt.Errorf("cannot drop a stored answer: %w", err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
