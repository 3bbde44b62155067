package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/base/programs"
)

// Bounds of an entry.
const (
	MaxNote     = 2000     // bytes
	maxDocument = 64 << 10 // bytes; a larger one is told by its size and hash
)

// Entry is one act.
type Entry struct {
	ID        string          `json:"id"`
	At        time.Time       `json:"at"`
	Program   programs.ID     `json:"program_id,omitempty"` // "" for acts on the whole installation
	ActorKind auth.Kind       `json:"actor_kind"`
	ActorID   string          `json:"actor_id"`
	ActorName string          `json:"actor_name"` // as it was then
	Action    string          `json:"action"`     // "commission.approve"
	Subject   string          `json:"subject"`    // "com_…"
	Before    json.RawMessage `json:"before,omitempty"`
	After     json.RawMessage `json:"after,omitempty"`
	Note      string          `json:"note,omitempty"` // the reason a person gave
}

// Record writes an entry about an act of p into the act's transaction. before and after may be nil.
func Record(ctx context.Context, tx *db.Tx, p auth.Principal, program programs.ID, action, subject string, before, after any, note string) error {
	if p.ID == "" || action == "" {
		panic("BUG: an act without an actor or a name")
	}
	if len(note) > MaxNote {
		return fault.Invalidf("a note must have at most %d bytes", MaxNote).In("note")
	}
	was, err := document(before)
	if err != nil {
		return fmt.Errorf("cannot describe what was before %s: %w", action, err)
	}
	is, err := document(after)
	if err != nil {
		return fmt.Errorf("cannot describe what is after %s: %w", action, err)
	}
	_, err = tx.Exec(ctx, `insert into audit (id, at, program_id, actor_kind, actor_id, actor_name, action, subject, before, after, note)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		id.New("aud", tx.Now()), db.Micros(tx.Now()), program, p.Kind, p.ID, p.Name, action, subject, was, is, note)
	if err != nil {
		return fmt.Errorf("cannot record %s: %w", action, err)
	}
	return nil
}

// document is the JSON text of a value without its secrets, or nil for none.
func document(value any) (any, error) {
	if value == nil {
		return nil, nil //nolint:nilnil // null in the database
	}
	text, err := redacted(value)
	if err != nil {
		return nil, err
	}
	if len(text) > maxDocument {
		sum := sha256.Sum256(text)
		return fmt.Sprintf(`{"bytes":%d,"sha256":"%s"}`, len(text), hex.EncodeToString(sum[:])), nil
	}
	return string(text), nil
}

// Filter says which entries a list holds.
type Filter struct {
	Program programs.ID // "" for all: only for who sees the whole installation
	Subject string      // "" for all
}

// List returns a page of entries, the latest first.
func List(ctx context.Context, tx *db.Tx, f Filter, page db.Page) (items []Entry, next string, err error) {
	items, err = db.All(ctx, tx, scan, `
		select id, at, program_id, actor_kind, actor_id, actor_name, action, subject, before, after, note from audit
		where ($1 or id < $2) and ($3 or program_id = $4) and ($5 or subject = $6)
		order by id desc limit $7`,
		page.After == "", page.After, f.Program == "", f.Program, f.Subject == "", f.Subject, page.Bound()+1)
	if err != nil {
		return nil, "", fmt.Errorf("cannot list the audit: %w", err)
	}
	items, next = db.Cut(items, page, func(e Entry) string { return e.ID })
	return items, next, nil
}

func scan(s db.Scanner) (e Entry, err error) {
	var before, after string
	err = s.Scan(&e.ID, db.ScanTime(&e.At), &e.Program, &e.ActorKind, &e.ActorID, &e.ActorName, &e.Action, &e.Subject, db.Nullable(&before),
		db.Nullable(&after), &e.Note)
	e.Before, e.After = raw(before), raw(after)
	return e, err
}

func raw(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}
