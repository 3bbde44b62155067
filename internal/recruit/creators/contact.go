package creators

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/programs"
)

// Contact is how a program reaches a creator. It belongs to the program and is shown to nobody else.
type Contact struct {
	Email, Phone, Note string
}

const (
	longestEmail = 254 // RFC 5321
	LongestPhone = 40
	longestNote  = 2000
)

// ParseEmail checks an address and returns it without surrounding space. It takes a bare address only, never "Name <address>".
func ParseEmail(text string) (string, error) {
	text = strings.TrimSpace(text)
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text || len(text) > longestEmail || !strings.Contains(text[strings.LastIndex(text, "@"):], ".") {
		return "", fault.Invalid("This is not an e-mail address.").In("email")
	}
	return text, nil
}

// Check cleans a contact and refuses what cannot be one.
func (c Contact) Check() (Contact, error) {
	c.Email, c.Phone, c.Note = strings.TrimSpace(c.Email), strings.TrimSpace(c.Phone), strings.TrimSpace(c.Note)
	if c.Email != "" {
		if _, err := ParseEmail(c.Email); err != nil {
			return c, err
		}
	}
	if utf8.RuneCountInString(c.Phone) > LongestPhone {
		return c, fault.Invalidf("A phone number has at most %d characters.", LongestPhone).In("phone")
	}
	if utf8.RuneCountInString(c.Note) > longestNote {
		return c, fault.Invalidf("A note has at most %d characters.", longestNote).In("note")
	}
	return c, nil
}

// SetContact stores how a program reaches a creator. With program "" the contact serves every program; only callers with rights in the whole
// installation may enter one.
func SetContact(ctx context.Context, tx *db.Tx, program programs.ID, creator ID, c Contact) error {
	c, err := c.Check()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into creator_contacts (program_id, creator_id, email, email_folded, phone, note, import_id, updated_at)
		values ($1, $2, $3, $4, $5, $6, '', $7)
		on conflict (program_id, creator_id) do update set email = excluded.email, email_folded = excluded.email_folded,
			phone = excluded.phone, note = excluded.note, import_id = '', updated_at = excluded.updated_at`,
		program, creator, c.Email, foldEmail(c.Email), c.Phone, c.Note, db.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("cannot store the contact of creator %s: %w", creator, err)
	}
	return nil
}

func foldEmail(email string) string { return foldHandle(email) }

// ContactOf returns the program's contact, else the one that was entered for every program, else none.
func ContactOf(ctx context.Context, tx *db.Tx, program programs.ID, creator ID) (Contact, error) {
	c, _, err := db.One(ctx, tx, scanContact, `select email, phone, note from creator_contacts
		where creator_id = $1 and program_id in ($2, '') and `+visible("import_id")+` order by program_id desc limit 1`, creator, program)
	if err != nil {
		return Contact{}, fmt.Errorf("cannot read the contact of creator %s: %w", creator, err)
	}
	return c, nil
}

func scanContact(s db.Scanner) (c Contact, err error) {
	err = s.Scan(&c.Email, &c.Phone, &c.Note)
	return c, err
}

// Addressed is a creator whom a program knows by a mail address.
type Addressed struct {
	Program programs.ID // "" is a contact that serves every program
	Creator ID
}

// WithEmail returns at most `most` of those whom a mail address was noted for.
func WithEmail(ctx context.Context, tx *db.Tx, email string, most int) ([]Addressed, error) {
	if email == "" {
		return nil, nil
	}
	all, err := db.All(ctx, tx, func(s db.Scanner) (a Addressed, err error) {
		err = s.Scan(&a.Program, &a.Creator)
		return a, err
	}, `select program_id, creator_id from creator_contacts where email_folded = $1 and `+visible("import_id")+` order by program_id, creator_id limit $2`, foldEmail(email), most)
	if err != nil {
		return nil, fmt.Errorf("cannot look up whose address it is: %w", err)
	}
	return all, nil
}

// AddContacts writes contacts that an import brought. A contact that is there already stays as it is.
func AddContacts(ctx context.Context, tx *db.Tx, importID string, program programs.ID, contacts map[ID]Contact) error {
	rows := make([][]any, 0, len(contacts))
	for id, c := range contacts {
		rows = append(rows, []any{program, id, c.Email, foldEmail(c.Email), c.Phone, c.Note, importID, db.Micros(tx.Now())})
	}
	_, err := insertRows(ctx, tx, `insert into creator_contacts (program_id, creator_id, email, email_folded, phone, note, import_id, updated_at)`,
		8, `on conflict (program_id, creator_id) do nothing`, rows)
	return err
}
