package creators

import (
	"context"

	"rapport/internal/base/db"
	"rapport/internal/base/programs"
)

// Part is what one room knows of a creator as a person, and how it lets go of it. Every room whose tables speak of creators provides one; main
// puts them together, the uppermost room first, so that whatever refers to a row is gone before the row.
type Part struct {
	Name string

	// Export returns everything the room holds of the creator, ready for JSON, each figure with its source and time. With a program it returns
	// what is that program's and what is public; with "" that of every program. Nothing is nil.
	Export func(ctx context.Context, tx *db.Tx, of ID, program programs.ID) (any, error)

	// Erase removes, or robs of all that names the person, at most about limit rows, and returns how many; it is called until it returns 0.
	// Rows that the books need stay.
	Erase func(ctx context.Context, tx *db.Tx, of ID, limit int) (gone int64, err error)

	// Merge gives what the room holds of one creator to another, at most about limit rows, and returns how many; it is called until it
	// returns 0. Where both have what only one may have, keep's stays. It may be nil where the room holds nothing under a creator's id.
	Merge func(ctx context.Context, tx *db.Tx, keep, gone ID, limit int) (moved int64, err error)

	// Texts are the words by which the room knows the person, beside those of their accounts and contacts. It may be nil.
	Texts func(ctx context.Context, tx *db.Tx, of ID) ([]string, error)

	// Books says in words what of the creator stands in books that are never rewritten ("commissions"), or "". It may be nil.
	Books func(ctx context.Context, tx *db.Tx, of ID) (string, error)

	// Sweep looks through records that cannot be found by the creator's id, outside of write transactions, for the texts that name the person,
	// and removes those. It runs before anything is erased, and may be nil.
	Sweep func(ctx context.Context, d *db.DB, of ID, texts []string) error
}

// RemovedName is what an erased creator is called who stays because the books need the row.
const RemovedName = "Removed creator"
