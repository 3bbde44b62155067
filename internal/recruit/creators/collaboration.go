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

// CollaborationID names a collaboration: col_….
type CollaborationID string

// CollaborationPrefix begins the ids of collaborations.
const CollaborationPrefix = "col"

// Collaboration is work a creator did for a brand before, with its evidence: a post, or who said so.
type Collaboration struct {
	ID          CollaborationID
	Program     programs.ID // "" from public posts; else what this program knows
	Creator     ID
	Brand       string
	BrandFolded string // how brands are compared; set by AddCollaborations
	Post        PostID
	At          time.Time // of the post, or when it was; zero is unknown
	Source      string
	Note        string
	MadeBy      string
	Import      string
}

const (
	longestBrand = 100
	mostCollabs  = 10_000
)

// Check cleans a collaboration and refuses what cannot be one.
func (c Collaboration) Check() (Collaboration, error) {
	c.Brand, c.Note = strings.Join(strings.Fields(c.Brand), " "), strings.TrimSpace(c.Note)
	c.BrandFolded = FoldBrand(c.Brand)
	switch {
	case c.BrandFolded == "":
		return c, fault.Invalid("A collaboration needs the brand's name.").In("brand")
	case !utf8.ValidString(c.Brand) || utf8.RuneCountInString(c.Brand) > longestBrand || strings.ContainsFunc(c.Brand, isControl):
		return c, fault.Invalidf("A brand's name is one line of at most %d characters.", longestBrand).In("brand")
	case utf8.RuneCountInString(c.Note) > longestNote:
		return c, fault.Invalidf("A note has at most %d characters.", longestNote).In("note")
	}
	return c, nil
}

// FoldBrand makes brands comparable: "@Nordic.Tea" and "Nordic Tea" are one.
func FoldBrand(brand string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("@._-–' ’&", r) {
			return -1
		}
		return r
	}, Fold(brand))
}

// AddCollaboration stores one collaboration; see AddCollaborations.
func AddCollaboration(ctx context.Context, tx *db.Tx, c Collaboration) error {
	_, err := AddCollaborations(ctx, tx, []Collaboration{c})
	return err
}

// AddCollaborations stores collaborations and returns how many are new: the same brand, post and day are known once.
func AddCollaborations(ctx context.Context, tx *db.Tx, all []Collaboration) (added int64, err error) {
	if len(all) > mostCollabs {
		return 0, fault.Invalidf("At most %d collaborations can be added at a time.", mostCollabs)
	}
	rows := make([][]any, len(all))
	for i, c := range all {
		if c, err = c.Check(); err != nil {
			return 0, err
		}
		rows[i] = []any{
			id.New(CollaborationPrefix, tx.Now()), c.Program, c.Creator, c.Brand, c.BrandFolded, c.Post, db.Micros(c.At), c.Source, c.Note, c.MadeBy,
			c.Import, db.Micros(tx.Now()),
		}
	}
	added, err = insertRows(ctx, tx, `insert into creator_collaborations (id, program_id, creator_id, brand, brand_folded, post_id, at, source, note,
		made_by, import_id, created_at)`, 12, `on conflict (creator_id, program_id, brand_folded, post_id, at) do nothing`, rows)
	if err != nil {
		return 0, fmt.Errorf("cannot store collaborations: %w", err)
	}
	return added, nil
}

// RemoveCollaboration takes away what a program entered.
func RemoveCollaboration(ctx context.Context, tx *db.Tx, program programs.ID, creator ID, it CollaborationID) error {
	done, err := tx.Exec(ctx, `delete from creator_collaborations where id = $1 and program_id = $2 and creator_id = $3`, it, program, creator)
	if err != nil {
		return fmt.Errorf("cannot remove collaboration %s: %w", it, err)
	}
	if done == 0 {
		return fault.NotFound("collaboration")
	}
	return nil
}

// CollaborationsOf returns what is known of the creators' past work, the program's own knowledge and what public posts show; the newest first.
func CollaborationsOf(ctx context.Context, tx *db.Tx, program programs.ID, creators []ID) (map[ID][]Collaboration, error) {
	var keys [][]any
	for _, c := range creators {
		if keys = append(keys, []any{string(c), ""}); program != "" {
			keys = append(keys, []any{string(c), string(program)})
		}
	}
	found, err := selectIn(ctx, tx, scanCollaboration, `select c.id, c.program_id, c.creator_id, c.brand, c.brand_folded, c.post_id, c.at, c.source, c.note,
		c.made_by, c.import_id from creator_collaborations c where `+visible("c.import_id")+` and (c.creator_id, c.program_id) in`, 2,
		`order by c.at desc, c.brand_folded, c.id`, keys)
	if err != nil {
		return nil, fmt.Errorf("cannot read collaborations: %w", err)
	}
	return gather(found, func(c Collaboration) (ID, Collaboration) { return c.Creator, c }), nil
}

func scanCollaboration(s db.Scanner) (c Collaboration, err error) {
	err = s.Scan(&c.ID, &c.Program, &c.Creator, &c.Brand, &c.BrandFolded, &c.Post, db.ScanTime(&c.At), &c.Source, &c.Note, &c.MadeBy, &c.Import)
	return c, err
}
