package partnerships

import (
	"context"
	"fmt"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
	"rapport/internal/partner/terms"
	"rapport/internal/recruit/creators"
)

// SetStatus moves a partnership as Move allows.
func SetStatus(ctx context.Context, tx *db.Tx, partnership ID, to Status) (Partnership, error) {
	p, err := Hold(ctx, tx, partnership)
	if err != nil {
		return Partnership{}, err
	}
	if err := Move(p.Status, to); err != nil || p.Status == to {
		return p, err
	}
	moved := step(p.Status, to)
	p.Status = to
	return p, save(ctx, tx, &p, EventStatus, moved)
}

// SetGroup puts a partnership into a group of its program; "" takes it out of its group.
func SetGroup(ctx context.Context, tx *db.Tx, partnership ID, to GroupID) (Partnership, error) {
	p, err := Hold(ctx, tx, partnership)
	if err != nil {
		return Partnership{}, err
	}
	if err := checkGroup(ctx, tx, p.Program, to); err != nil || p.Group == to {
		return p, err
	}
	p.Group = to
	name := ""
	if to != "" {
		g, err := FindGroup(ctx, tx, to)
		if err != nil {
			return Partnership{}, err
		}
		name = g.Name
	}
	return p, save(ctx, tx, &p, EventGroup, name)
}

// SetTerms gives a partnership terms of its own. Parts that are nil are left to its group, then to the program.
func SetTerms(ctx context.Context, tx *db.Tx, partnership ID, t terms.Terms) (Partnership, error) {
	p, err := Hold(ctx, tx, partnership)
	if err != nil {
		return Partnership{}, err
	}
	if err := checkTerms(ctx, tx, p.Program, t); err != nil {
		return Partnership{}, err
	}
	p.Terms = t
	return p, save(ctx, tx, &p, EventTerms, sayTerms(t))
}

// SetNote writes what the merchant's people want to remember of the partner. The creator never sees it.
func SetNote(ctx context.Context, tx *db.Tx, partnership ID, note string) (Partnership, error) {
	note, err := Prose(note, longestNote, "note")
	if err != nil {
		return Partnership{}, err
	}
	p, err := Hold(ctx, tx, partnership)
	if err != nil || p.Note == note {
		return p, err
	}
	p.Note = note
	return p, save(ctx, tx, &p, EventNote, "")
}

// Hold reads a partnership and keeps it: no other transaction changes the row before this one ends.
func Hold(ctx context.Context, tx *db.Tx, partnership ID) (Partnership, error) {
	p, found, err := db.One(ctx, tx, scan, `update partnerships set updated_at = updated_at where id = $1 and `+visible("import_id")+
		` returning `+columns, partnership)
	if err != nil {
		return Partnership{}, fmt.Errorf("cannot hold partnership %s: %w", partnership, err)
	}
	if !found {
		return Partnership{}, fault.NotFound("partnership")
	}
	return p, nil
}

// holdPair is Hold for the partnership that a creator has in a program, hidden or not.
func holdPair(ctx context.Context, tx *db.Tx, program programs.ID, creator creators.ID) (p Partnership, hidden bool, err error) {
	p, found, err := db.One(ctx, tx, scan, `update partnerships set updated_at = updated_at where program_id = $1 and creator_id = $2
		returning `+columns, program, creator)
	if err != nil {
		return Partnership{}, false, fmt.Errorf("cannot hold the partnership of %s in %s: %w", creator, program, err)
	}
	if !found {
		return Partnership{}, false, fault.Conflict("partnership_removed", "The partnership was being removed; ask again.").In("creator_id")
	}
	_, hidden, err = db.One(ctx, tx, db.Column[string], `select id from imports where id = $1 and state <> 'visible'`, p.Import)
	return p, hidden, err
}

// save writes a held partnership, its timeline and its event. From now on it is nobody's import.
func save(ctx context.Context, tx *db.Tx, p *Partnership, kind EventKind, text string) error {
	p.Import, p.UpdatedAt = "", tx.Now()
	_, err := tx.Exec(ctx, `update partnerships set group_id = $2, status = $3, terms = $4, note = $5, import_id = '', created_at = $6, updated_at = $7
		where id = $1`, p.ID, db.OrNull(p.Group), p.Status, encode(p.Terms), p.Note, db.Micros(p.CreatedAt), db.Micros(p.UpdatedAt))
	if err != nil {
		return fmt.Errorf("cannot change partnership %s: %w", p.ID, err)
	}
	return p.tell(ctx, tx, kind, text)
}

// tell writes the timeline and emits the event. From the first word with a creator on, links that another program's people made for them are over.
func (p Partnership) tell(ctx context.Context, tx *db.Tx, kind EventKind, text string) error {
	if err := Record(ctx, tx, p.ID, kind, text); err != nil {
		return err
	}
	if (kind == EventCreated || kind == EventStatus) && p.Status != StatusProspect {
		if err := auth.EndLinksOfOthers(ctx, tx, string(p.Creator), p.Program); err != nil {
			return err
		}
	}
	return tx.Emit(ctx, TopicChanged, string(p.Program), Changed{p.ID, p.Program, p.Status})
}
