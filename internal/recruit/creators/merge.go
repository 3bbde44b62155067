package creators

import (
	"context"
	"fmt"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
)

// Merge makes one creator of two that are the same person and returns who is left. Profiles, tags, notes, lists, past work and partnerships of
// gone become keep's; where both have what only one may have (a contact in a program, the same tag), keep's stays. The name is keep's.
//
// Books are never rewritten. Where only gone has rows in them, the one that is left bears gone's id; where both have, the merge is refused and says
// what they hold. It is one transaction: what hangs on a person directly is little; posts and snapshots hang on profiles and are not touched.
func Merge(ctx context.Context, tx *db.Tx, keep, gone ID, parts []Part) (left ID, err error) {
	kept, leaving, err := checkMerge(ctx, tx, keep, gone)
	if err != nil {
		return "", err
	}
	left, away, err := whoStays(ctx, tx, keep, gone, parts)
	if err != nil {
		return "", err
	}
	for _, p := range parts {
		if p.Merge == nil {
			continue
		}
		if err := all(ctx, tx, p, left, away); err != nil {
			return "", err
		}
	}
	var moving []ProfileID
	chosen := kept.Main
	for _, p := range map[ID]Creator{keep: kept, gone: leaving}[away].Profiles {
		moving = append(moving, p.ID)
	}
	if err := moveProfiles(ctx, tx, moving, away, left); err != nil {
		return "", err
	}
	if err := takeName(ctx, tx, left, kept.Name); err != nil {
		return "", err
	}
	if err := moveKnowledge(ctx, tx, left, away, away == keep); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `delete from creators where id = $1`, away); err != nil {
		return "", fmt.Errorf("cannot merge creator %s: %w", away, err)
	}
	return left, restoreMain(ctx, tx, left, keep, chosen)
}

// most rows that one room moves in a merge; a person has far fewer.
const (
	mergeStep  = 500
	mergeSteps = 40
)

func all(ctx context.Context, tx *db.Tx, p Part, left, away ID) error {
	for range mergeSteps {
		moved, err := p.Merge(ctx, tx, left, away, mergeStep)
		if err != nil || moved == 0 {
			return err
		}
	}
	return fault.Conflict("too_much", "There is too much known of this person to join the two at once.")
}

func checkMerge(ctx context.Context, tx *db.Tx, keep, gone ID) (kept, leaving Creator, err error) {
	if keep == gone {
		return kept, leaving, fault.Invalid("These are the same person already.").In("gone")
	}
	if kept, err = Find(ctx, tx, keep); err != nil {
		return kept, leaving, err
	}
	if leaving, err = Find(ctx, tx, gone); err != nil {
		return kept, leaving, err
	}
	if len(kept.Profiles)+len(leaving.Profiles) > mostProfiles {
		return kept, leaving, fault.Invalidf("A creator has at most %d profiles.", mostProfiles).In("profiles")
	}
	return kept, leaving, nil
}

// whoStays decides whose id is left: the one that stands in the books, else keep's.
func whoStays(ctx context.Context, tx *db.Tx, keep, gone ID, parts []Part) (left, away ID, err error) {
	for _, p := range parts {
		if p.Books == nil {
			continue
		}
		first, err := p.Books(ctx, tx, keep)
		if err != nil {
			return "", "", err
		}
		second, err := p.Books(ctx, tx, gone)
		if err != nil {
			return "", "", err
		}
		switch {
		case first != "" && second != "":
			return "", "", fault.Conflict("both_in_books", "Both have "+second+", and books are not rewritten. Keep both and pause one.").In("gone")
		case second != "" && left == keep, first != "" && left == gone:
			return "", "", fault.Conflict("both_in_books", "Each has money of its own, and books are not rewritten. Keep both and pause one.").In("gone")
		case second != "":
			left, away = gone, keep
		case first != "":
			left, away = keep, gone
		}
	}
	if left == "" {
		left, away = keep, gone
	}
	return left, away, nil
}

func takeName(ctx context.Context, tx *db.Tx, left ID, name string) error {
	_, err := tx.Exec(ctx, `update creators set name = $2, name_folded = $3, import_id = '' where id = $1`, left, name, sortKey(name))
	if err != nil {
		return fmt.Errorf("cannot name creator %s: %w", left, err)
	}
	return nil
}

// keyed are this room's tables where a creator has one row per key, with the other columns of the key.
var keyed = []struct{ table, key string }{
	{"creator_contacts", "program_id"},
	{"creator_prices", "program_id"},
	{"creator_tags", "program_id, kind, text_folded"},
	{"creator_list_members", "list_id"},
	{"creator_collaborations", "program_id, brand_folded, post_id, at"},
}

// moveKnowledge gives what is known of away to left. Where both have a row, the one of the person who was chosen stays: away's if awayWins.
func moveKnowledge(ctx context.Context, tx *db.Tx, left, away ID, awayWins bool) error {
	loser, winner := away, left
	if awayWins {
		loser, winner = left, away
	}
	if err := moveContacts(ctx, tx, winner, loser); err != nil {
		return err
	}
	if err := moveEvidence(ctx, tx, winner, loser); err != nil {
		return err
	}
	for _, t := range keyed {
		if _, err := tx.Exec(ctx, `delete from `+t.table+` where creator_id = $1 and (`+t.key+`) in (select `+t.key+` from `+t.table+` where creator_id = $2)`,
			loser, winner); err != nil {
			return fmt.Errorf("cannot merge %s: %w", t.table, err)
		}
		if _, err := tx.Exec(ctx, `update `+t.table+` set creator_id = $2 where creator_id = $1`, away, left); err != nil {
			return fmt.Errorf("cannot merge %s: %w", t.table, err)
		}
	}
	if _, err := tx.Exec(ctx, `update creator_notes set creator_id = $2 where creator_id = $1`, away, left); err != nil {
		return fmt.Errorf("cannot merge notes: %w", err)
	}
	return nil
}

// moveEvidence gives the winner's tags that rest on somebody's word the evidence that the loser's have.
func moveEvidence(ctx context.Context, tx *db.Tx, winner, loser ID) error {
	_, err := tx.Exec(ctx, `update creator_tags set post_id = l.post_id, posted_at = l.posted_at from creator_tags l
		where creator_tags.creator_id = $1 and creator_tags.post_id = '' and l.creator_id = $2 and l.post_id <> '' and l.program_id = creator_tags.program_id
		and l.kind = creator_tags.kind and l.text_folded = creator_tags.text_folded`, winner, loser)
	if err != nil {
		return fmt.Errorf("cannot merge the evidence of tags: %w", err)
	}
	return nil
}

// moveContacts fills what the winner's contact does not say from the loser's; an address or number that both have differently becomes a note of
// the contact, so that nothing is lost.
func moveContacts(ctx context.Context, tx *db.Tx, winner, loser ID) error {
	const both = `select w.program_id, w.email, w.phone, w.note, l.email, l.phone, l.note from creator_contacts w
		join creator_contacts l on l.program_id = w.program_id and l.creator_id = $2 where w.creator_id = $1`
	type pair struct {
		program string
		w, l    Contact
	}
	found, err := db.All(ctx, tx, func(s db.Scanner) (p pair, err error) {
		err = s.Scan(&p.program, &p.w.Email, &p.w.Phone, &p.w.Note, &p.l.Email, &p.l.Phone, &p.l.Note)
		return p, err
	}, both, winner, loser)
	if err != nil {
		return fmt.Errorf("cannot merge contacts: %w", err)
	}
	for _, p := range found {
		c := p.w.join(p.l)
		if _, err := tx.Exec(ctx, `update creator_contacts set email = $3, email_folded = $4, phone = $5, note = $6 where program_id = $1 and creator_id = $2`,
			p.program, winner, c.Email, foldEmail(c.Email), c.Phone, c.Note); err != nil {
			return fmt.Errorf("cannot merge contacts: %w", err)
		}
	}
	return nil
}

// join is c with what only o says; what both say differently is kept in the note.
func (c Contact) join(o Contact) Contact {
	for _, f := range []struct {
		mine  *string
		other string
	}{{&c.Email, o.Email}, {&c.Phone, o.Phone}} {
		switch {
		case *f.mine == "":
			*f.mine = f.other
		case f.other != "" && foldEmail(f.other) != foldEmail(*f.mine):
			c.Note = noteOf(c.Note, f.other)
		}
	}
	if o.Note != "" && o.Note != c.Note {
		c.Note = noteOf(c.Note, o.Note)
	}
	return c
}

func noteOf(note, more string) string {
	if note == "" {
		return more
	}
	return note + "\n" + more
}

// restoreMain chooses the profile that was keep's main one, unless nobody had chosen it: then it is the one with the most followers again.
func restoreMain(ctx context.Context, tx *db.Tx, left, keep ID, main ProfileID) error {
	if left != keep && main != "" {
		return SetMain(ctx, tx, left, main)
	}
	return refreshCreators(ctx, tx, []ID{left}, "")
}
