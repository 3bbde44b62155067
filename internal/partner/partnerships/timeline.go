package partnerships

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/id"
	"rapport/internal/partner/terms"
)

// EventKind sorts what happened.
type EventKind string

// The kinds of events, and what their text says.
const (
	EventCreated EventKind = "created" // the status it began in
	EventStatus  EventKind = "status"  // "contacted → active"
	EventGroup   EventKind = "group"   // the group's name, or "" for none
	EventTerms   EventKind = "terms"   // "15 %, 10 % off", or "" for none of its own
	EventNote    EventKind = "note"    // ""
	EventPlan    EventKind = "plan"    // the next step, or "" for none
	EventMail    EventKind = "mail"    // what became of a mail: one of the words of a MailFate
	EventFound   EventKind = "found"   // where they already talk about the brand: the post's address, or the order's number
)

// Event is one line of a partnership's timeline.
type Event struct {
	ID    string
	At    time.Time
	Kind  EventKind
	Actor string // the name of who did it, or "" where nobody was asked
	Text  string
}

// Record writes a line of the timeline, in the name of the request's principal.
func Record(ctx context.Context, tx *db.Tx, partnership ID, kind EventKind, text string) error {
	_, err := tx.Exec(ctx, `insert into partnership_events (id, partnership_id, at, kind, actor_name, text) values ($1, $2, $3, $4, $5, $6)`,
		id.New("evt", tx.Now()), partnership, db.Micros(tx.Now()), kind, auth.From(ctx).Name, text)
	if err != nil {
		return fmt.Errorf("cannot write the timeline of %s: %w", partnership, err)
	}
	return nil
}

// Timeline returns a page of what happened to a partnership, the latest first.
func Timeline(ctx context.Context, tx *db.Tx, partnership ID, page db.Page) (items []Event, next string, err error) {
	w := where{}
	w.add(`partnership_id = ` + w.arg(partnership))
	if page.After != "" {
		w.add(`id < ` + w.arg(page.After))
	}
	items, err = db.All(ctx, tx, scanEvent, `select id, at, kind, actor_name, text from partnership_events where `+w.text()+
		` order by id desc limit `+w.arg(page.Bound()+1), w.args...)
	if err != nil {
		return nil, "", fmt.Errorf("cannot read the timeline of %s: %w", partnership, err)
	}
	items, next = db.Cut(items, page, func(e Event) string { return e.ID })
	return items, next, nil
}

func scanEvent(s db.Scanner) (e Event, err error) {
	err = s.Scan(&e.ID, db.ScanTime(&e.At), &e.Kind, &e.Actor, &e.Text)
	return e, err
}

func step(from, to Status) string {
	if from == to {
		return string(to)
	}
	return string(from) + " → " + string(to)
}

func sayTerms(t terms.Terms) string {
	var parts []string
	if t.Commission != nil {
		parts = append(parts, t.Commission.Text())
	}
	if t.Offer != nil && t.Offer.Text() != "" {
		parts = append(parts, t.Offer.Text())
	}
	return strings.Join(parts, ", ")
}
