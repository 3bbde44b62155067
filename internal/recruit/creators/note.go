package creators

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

// NoteID names a note: not_….
type NoteID string

// NotePrefix begins the ids of notes.
const NotePrefix = "not"

// Note is what somebody of a program wrote down about a creator. Only that program reads it.
type Note struct {
	ID      NoteID
	Program programs.ID
	Creator ID
	Text    string
	MadeBy  string
	At      time.Time
}

// AddNote writes a note down.
func AddNote(ctx context.Context, tx *db.Tx, program programs.ID, creator ID, text, by string) (Note, error) {
	n := Note{ID: NoteID(id.New(NotePrefix, tx.Now())), Program: program, Creator: creator, Text: strings.TrimSpace(text), MadeBy: by, At: tx.Now()}
	switch {
	case n.Text == "":
		return n, fault.Invalid("A note needs some words.").In("text")
	case !utf8.ValidString(n.Text) || strings.Contains(n.Text, "\x00"):
		return n, fault.Invalid("This is not text.").In("text")
	case utf8.RuneCountInString(n.Text) > longestNote:
		return n, fault.Invalidf("A note has at most %d characters.", longestNote).In("text")
	}
	_, err := tx.Exec(ctx, `insert into creator_notes (id, program_id, creator_id, text, made_by, at) values ($1, $2, $3, $4, $5, $6)`,
		n.ID, program, creator, n.Text, by, db.Micros(n.At))
	if err != nil {
		return n, fmt.Errorf("cannot store a note: %w", err)
	}
	return n, nil
}

// RemoveNote takes a note of the program away.
func RemoveNote(ctx context.Context, tx *db.Tx, program programs.ID, creator ID, note NoteID) error {
	done, err := tx.Exec(ctx, `delete from creator_notes where id = $1 and program_id = $2 and creator_id = $3`, note, program, creator)
	if err != nil {
		return fmt.Errorf("cannot remove note %s: %w", note, err)
	}
	if done == 0 {
		return fault.NotFound("note")
	}
	return nil
}

// notesShown is how many notes of a creator are read.
const notesShown = 500

// NotesOf returns the program's notes on a creator, the newest first.
func NotesOf(ctx context.Context, tx *db.Tx, program programs.ID, creator ID) ([]Note, error) {
	all, err := db.All(ctx, tx, func(s db.Scanner) (n Note, err error) {
		err = s.Scan(&n.ID, &n.Program, &n.Creator, &n.Text, &n.MadeBy, db.ScanTime(&n.At))
		return n, err
	}, `select id, program_id, creator_id, text, made_by, at from creator_notes where creator_id = $1 and program_id = $2 order by id desc limit $3`,
		creator, program, notesShown)
	if err != nil {
		return nil, fmt.Errorf("cannot read the notes on creator %s: %w", creator, err)
	}
	return all, nil
}
