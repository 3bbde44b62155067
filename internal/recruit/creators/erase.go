package creators

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/secret"
)

// eraseRows is how many rows one transaction of an erasure takes.
const eraseRows = 200

// erasureSilent is after how long an erasure that has not ended is taken for cut off.
const erasureSilent = 10 * time.Minute

// EraseAll removes everything that the rooms know of a person. First the person is put on the installation's suppression list, as keyed hashes of
// the addresses and accounts, so that nobody brings them back; then records are swept, then each part lets go in small transactions. Rows that the
// books need stay, and the creator there is called RemovedName. It can be called again after a crash and goes on; ResumeErasures does that.
// The caller writes the audit: that it happened, never to whom.
func EraseAll(ctx context.Context, d *db.DB, box *secret.Box, of ID, parts []Part) error {
	texts, err := beginErasure(ctx, d, box, of, parts)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.Sweep == nil {
			continue
		}
		if err := p.Sweep(ctx, d, of, texts); err != nil {
			return fmt.Errorf("cannot sweep %s for creator %s: %w", p.Name, of, err)
		}
	}
	for _, p := range append(slices.Clone(parts), ownPart()) {
		if err := erasePart(ctx, d, of, p); err != nil {
			return fmt.Errorf("cannot erase %s of creator %s: %w", p.Name, of, err)
		}
	}
	if err := d.ForgetDeleted(ctx); err != nil {
		return err
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update creator_erasures set ended_at = $2 where creator_id = $1`, of, db.Micros(tx.Now()))
		return err
	})
}

func erasePart(ctx context.Context, d *db.DB, of ID, p Part) error {
	for gone := int64(1); gone > 0; {
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			gone, err = p.Erase(ctx, tx, of, eraseRows)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// beginErasure notes that it began, puts the person on the suppression list and returns the texts that name them.
func beginErasure(ctx context.Context, d *db.DB, box *secret.Box, of ID, parts []Part) (texts []string, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		begun, err := tx.Exec(ctx, `insert into creator_erasures (creator_id, began_at)
			select id, $2 from creators where id = $1 on conflict (creator_id) do update set ended_at = null`, of, db.Micros(tx.Now()))
		if err != nil {
			return fmt.Errorf("cannot begin to erase creator %s: %w", of, err)
		}
		if begun == 0 {
			return fault.NotFound("creator")
		}
		emails, err := emailsOf(ctx, tx, of)
		if err != nil {
			return err
		}
		c, accounts, err := accountsOf(ctx, tx, of)
		if err != nil {
			return err
		}
		more, err := textsOfParts(ctx, tx, of, parts)
		if err != nil {
			return err
		}
		texts = textsOf(c, append(more, emails...))
		return suppressPerson(ctx, tx, box, emails, accounts)
	})
	return texts, err
}

// emailsOf are the addresses that any program has.
func emailsOf(ctx context.Context, tx *db.Tx, of ID) ([]string, error) {
	emails, err := db.All(ctx, tx, db.Column[string], `select distinct email from creator_contacts where creator_id = $1 and email <> ''`, of)
	if err != nil {
		return nil, fmt.Errorf("cannot read the addresses of creator %s: %w", of, err)
	}
	return emails, nil
}

// accountsOf reads the creator and its accounts, those of unseen imports too.
func accountsOf(ctx context.Context, tx *db.Tx, of ID) (c Creator, accounts []Account, err error) {
	if c.Name, _, err = db.One(ctx, tx, db.Column[string], `select name from creators where id = $1`, of); err != nil {
		return c, nil, fmt.Errorf("cannot read creator %s: %w", of, err)
	}
	if c.Profiles, err = db.All(ctx, tx, scanProfile, `select `+profileColumns+` from profiles where creator_id = $1`, of); err != nil {
		return c, nil, fmt.Errorf("cannot read the profiles of creator %s: %w", of, err)
	}
	for _, p := range c.Profiles {
		accounts = append(accounts, Account{p.Platform, p.Handle})
	}
	return c, accounts, nil
}

func suppressPerson(ctx context.Context, tx *db.Tx, box *secret.Box, emails []string, accounts []Account) error {
	var all []Suppression
	for _, e := range emails {
		if _, err := ParseEmail(e); err == nil {
			all = append(all, Suppression{Email: e, Reason: ReasonErased})
		}
	}
	for _, a := range accounts {
		all = append(all, Suppression{Account: a, Reason: ReasonErased})
	}
	_, err := Suppress(ctx, tx, box, all)
	return err
}

func textsOfParts(ctx context.Context, tx *db.Tx, of ID, parts []Part) (texts []string, err error) {
	for _, p := range parts {
		if p.Texts == nil {
			continue
		}
		more, err := p.Texts(ctx, tx, of)
		if err != nil {
			return nil, fmt.Errorf("cannot read what %s calls creator %s: %w", p.Name, of, err)
		}
		texts = append(texts, more...)
	}
	return texts, nil
}

// Redact puts Redacted in the place of texts in the columns of a table, in those rows that the condition finds by the creator $1: for a part's
// Sweep. The table has an id. It works in small transactions.
func Redact(ctx context.Context, d *db.DB, of ID, texts []string, table, condition string, columns ...string) error {
	for _, text := range texts {
		for _, column := range columns {
			if err := Replace(ctx, d, of, text, Redacted, table, condition, column); err != nil {
				return err
			}
		}
	}
	return nil
}

// Redacted stands where a text was that named a person.
const Redacted = "(removed)"

// Replace is Redact for one text and one column, with another text in its place.
func Replace(ctx context.Context, d *db.DB, of ID, text, with, table, condition, column string) error {
	statement := `update ` + table + ` set ` + column + ` = replace(` + column + `, $2, $3) where id in (select id from ` + table + `
		where ` + condition + ` and replace(` + column + `, $2, $3) <> ` + column + ` limit $4)`
	for changed := int64(1); changed > 0; {
		err := d.Update(ctx, func(tx *db.Tx) (err error) {
			changed, err = tx.Exec(ctx, statement, of, text, with, eraseRows)
			return err
		})
		if err != nil {
			return fmt.Errorf("cannot take words out of %s: %w", table, err)
		}
	}
	return nil
}

// ReasonErased is why an erased person is on the suppression list.
const ReasonErased = "erased"

// shortestText is how long a text must be, in characters, to be swept for: "Jo" stands in half of all sentences.
const shortestText = 4

// textsOf are the texts that name a person, the longest first.
func textsOf(c Creator, emails []string) []string {
	texts := append([]string{c.Name}, emails...)
	for _, p := range c.Profiles {
		texts = append(texts, p.Handle, p.DisplayName)
	}
	texts = slices.DeleteFunc(texts, func(t string) bool { return utf8.RuneCountInString(t) < shortestText || t == RemovedName })
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(texts)
}

// ownPart erases this room's own rows, the last of all.
func ownPart() Part { return Part{Name: "creators", Erase: eraseOwn} }

// eraseOwn takes the creator's rows away, limit at a time.
func eraseOwn(ctx context.Context, tx *db.Tx, of ID, limit int) (gone int64, err error) {
	const posts = `select p.id from posts p join profiles f on f.id = p.profile_id where f.creator_id = $1`
	const profiles = `select id from profiles where creator_id = $1`
	steps := []string{
		`delete from post_comments where (post_id, platform_id) in (select post_id, platform_id from post_comments where post_id in (` + posts + `) limit $2)`,
		`delete from post_counts where (post_id, seen_at) in (select post_id, seen_at from post_counts where post_id in (` + posts + `) limit $2)`,
		`delete from posts where id in (` + posts + ` limit $2)`,
		`delete from snapshots where (profile_id, taken_at, source) in
			(select profile_id, taken_at, source from snapshots where profile_id in (` + profiles + `) limit $2)`,
		`delete from profile_audiences where (profile_id, program_id, source, taken_at, dimension, key) in
			(select profile_id, program_id, source, taken_at, dimension, key from profile_audiences where profile_id in (` + profiles + `) limit $2)`,
		`delete from import_profiles where (import_id, profile_id) in (select import_id, profile_id from import_profiles where profile_id in (` + profiles + `) limit $2)`,
		`delete from profiles where id in (` + profiles + ` limit $2)`,
	}
	for _, s := range steps {
		if gone, err = tx.Exec(ctx, s, of, limit); err != nil || gone > 0 {
			return gone, err
		}
	}
	for _, table := range personal {
		if gone, err = tx.Exec(ctx, `delete from `+table+` where creator_id = $1`, of); err != nil || gone > 0 {
			return gone, err
		}
	}
	return eraseRow(ctx, tx, of)
}

// eraseRow removes the creator, or their name where a partnership stays for the books.
func eraseRow(ctx context.Context, tx *db.Tx, of ID) (gone int64, err error) {
	gone, err = tx.Exec(ctx, `delete from creators where id = $1 and not exists (select 1 from partnerships p where p.creator_id = $1)`, of)
	if err != nil || gone > 0 {
		return gone, err
	}
	return tx.Exec(ctx, `update creators set name = $2, name_folded = $3, search = '', country = '', language = '', tier = '', followers = null,
		main_profile_id = null, updated_at = $4 where id = $1 and (name <> $2 or search <> '')`, of, RemovedName, sortKey(RemovedName), db.Micros(tx.Now()))
}

// ResumeErasures goes on with erasures that were cut off. Call it at start and from time to time.
func ResumeErasures(ctx context.Context, d *db.DB, box *secret.Box, parts []Part) error {
	var open []ID
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		open, err = db.All(ctx, tx, db.Column[ID], `select creator_id from creator_erasures where ended_at is null and began_at < $1 order by creator_id limit 100`,
			db.Micros(tx.Now().Add(-erasureSilent)))
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot look for erasures: %w", err)
	}
	for _, of := range open {
		if err := resumeErasure(ctx, d, box, of, parts); err != nil {
			return err
		}
	}
	return nil
}

// resumeErasure goes on with one; the creator's row may be gone already, with nothing but the note left to end.
func resumeErasure(ctx context.Context, d *db.DB, box *secret.Box, of ID, parts []Part) error {
	err := EraseAll(ctx, d, box, of, parts)
	if fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update creator_erasures set ended_at = $2 where creator_id = $1`, of, db.Micros(tx.Now()))
		return err
	})
}
