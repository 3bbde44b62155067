package outreach

import (
	"cmp"
	"context"
	"fmt"

	"rapport/internal/base/auth"
	"rapport/internal/base/db"
	"rapport/internal/base/fault"
	"rapport/internal/base/id"
	"rapport/internal/partner/partnerships"
)

// Send writes a message into a partnership's conversation and lets the pipeline follow.
func Send(ctx context.Context, tx *db.Tx, n New) (Message, error) {
	if n.From != SideBrand && n.From != SideCreator {
		panic("BUG: a message comes from the brand or the creator")
	}
	body, err := partnerships.Prose(n.Body, longestBody, "body")
	if err != nil {
		return Message{}, err
	}
	if body == "" {
		return Message{}, fault.Invalid("Write something first.").In("body")
	}
	p, err := partnerships.Hold(ctx, tx, n.Partnership)
	if err != nil {
		return Message{}, err
	}
	m := Message{ID: ID(id.New(Prefix, tx.Now())), Program: p.Program, Partnership: p.ID, From: n.From, Author: cmp.Or(n.Author, auth.From(ctx).Name), Body: body, At: tx.Now(), Channel: cmp.Or(n.Channel, ChannelPortal)}
	if err := insert(ctx, tx, m); err != nil {
		return Message{}, err
	}
	if m.From == SideCreator { // no reminder follows an answer, also none that is due this minute
		if _, err := StopEnrolments(ctx, tx, p.ID, StopReplied); err != nil {
			return Message{}, err
		}
	}
	if to := Follow(p.Status, m.From); to != p.Status {
		if _, err := partnerships.SetStatus(ctx, tx, p.ID, to); err != nil {
			return Message{}, err
		}
	}
	return m, tx.Emit(ctx, TopicSent, string(m.Program), Sent{m.ID, m.Program, m.Partnership, m.From})
}

// MarkRead marks what the other side of a reader wrote as read, up to and with a message, or all of it where upTo is "". It returns how many
// messages were unread before.
func MarkRead(ctx context.Context, tx *db.Tx, partnership partnerships.ID, reader Side, upTo ID) (int64, error) {
	if upTo == "" {
		upTo = ID(Prefix + "~") // after every id
	}
	read, err := tx.Exec(ctx, `update messages set read_at = $1 where partnership_id = $2 and from_creator = $3 and id <= $4 and read_at is null`,
		db.Micros(tx.Now()), partnership, reader.Other() == SideCreator, upTo)
	if err != nil {
		return 0, fmt.Errorf("cannot mark the messages of %s as read: %w", partnership, err)
	}
	return read, nil
}
